package remote_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/remote"
)

// onSitesOfFiles runs a test on the sources whose files can be seen half.
func onSitesOfFiles(t *testing.T, test func(t *testing.T, open func() *fetcher, list string)) {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"folder", "sftp"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := sites[name](t)
			at.options.Settle = 2 * time.Second // SFTP tells whole seconds
			server := redistest.Start(t)
			test(t, func() *fetcher { return newFetcher(t, server, at.address, at.options) }, filepath.Join(at.dir, "list.csv"))
		})
	}
}

// appendTo writes to a file, now by a clock that is ahead, so that it is young however slow this machine is.
func appendTo(t *testing.T, path, text string) {
	t.Helper()
	soon := time.Now().Add(10 * time.Second)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err = errors.Join(err, f.Close(), os.Chtimes(path, soon, soon)); err != nil {
		t.Fatal(err)
	}
}

func TestAListThatWasJustUploadedIsTakenInTheSameLookOnceItIsWhole(t *testing.T) {
	onSitesOfFiles(t, func(t *testing.T, open func() *fetcher, list string) {
		f := open()
		appendTo(t, list, "half")
		pauses := 0
		found, err := f.source.CollectAndWait(t.Context(), f.log, f.dir, f.take, time.Minute,
			func(young []remote.Unsettled, _ time.Duration) {
				if len(young) != 1 || young[0].Name != "list.csv" {
					t.Errorf("waits for %+v", young)
				}
				if pauses++; pauses == 1 {
					appendTo(t, list, " and half")
				}
			})
		if err != nil || found.Taken != 1 || len(found.Unsettled) != 1 || found.Waited == 0 || pauses < 2 {
			t.Errorf("%+v after %d pauses, %v", found, pauses, err)
		}
		f.want(t, "list.csv=half and half")
	})
}

func TestAListThatNeverComesToRestIsAnErrorAndNotTaken(t *testing.T) {
	onSitesOfFiles(t, func(t *testing.T, open func() *fetcher, list string) {
		f := open()
		appendTo(t, list, "a line")
		found, err := f.source.CollectAndWait(t.Context(), f.log, f.dir, f.take, 3*time.Second,
			func([]remote.Unsettled, time.Duration) {
				appendTo(t, list, " and one more")
			})
		problem, is := errors.AsType[*remote.Error](err)
		if !is || problem.Kind != remote.Changed || !strings.Contains(err.Error(), "list.csv") || found.Taken != 0 {
			t.Errorf("%+v, %v", found, err)
		}
		f.want(t)
	})
}

func TestAFileFromTheFutureIsTakenOnceItIsUnchanged(t *testing.T) {
	onSitesOfFiles(t, func(t *testing.T, open func() *fetcher, list string) {
		f := open()
		appendTo(t, list, "whole")
		tomorrow := time.Now().AddDate(0, 0, 1)
		if err := os.Chtimes(list, tomorrow, tomorrow); err != nil {
			t.Fatal(err)
		}
		found, err := f.source.Collect(t.Context(), f.log, f.dir, f.take)
		if err != nil || found.Taken != 0 || len(found.Unsettled) != 1 || found.Unsettled[0].Ahead < 23*time.Hour {
			t.Fatalf("%+v, %v", found, err)
		}
		if found, err = f.source.CollectAndWait(t.Context(), f.log, f.dir, f.take, time.Minute, nil); err != nil ||
			found.Taken != 1 {
			t.Fatalf("%+v, %v", found, err)
		}
		f.want(t, "list.csv=whole")

		f = open()
		if found, err = f.source.Collect(t.Context(), f.log, f.dir, f.take); err != nil || found.Taken != 0 ||
			len(found.Unsettled) != 0 {
			t.Errorf("what was taken is waited for by the next process: %+v, %v", found, err)
		}
	})
}

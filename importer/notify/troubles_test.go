package notify_test

import (
	"context"
	"testing"
	"time"

	"guestflow/importer/notify"
)

// A trouble that stands is reported once when it begins and once when it passes, by whichever process sees it and
// however often each is restarted.
func TestATroubleIsReportedOnceAndSoIsItsEnd(t *testing.T) {
	onBothStores(t, func(t *testing.T, f *fleet) {
		since := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
		var standing []notify.Trouble
		process := func() *notify.Notifier {
			n := f.process("webhook")
			n.Watch(func(context.Context) ([]notify.Trouble, error) { return standing, nil })
			return n
		}
		refused := func(since time.Time) []notify.Trouble {
			return []notify.Trouble{{Key: "sign-in", Since: since,
				Begun: notify.Message{Kind: notify.SignInFailed, Title: "refused", Text: "the secret"},
				Over:  notify.Message{Kind: notify.SignInRecovered, Title: "works again"}}}
		}
		f.poll(process())
		f.want()
		standing = refused(since)
		for range 2 {
			f.poll(process())
		}
		f.want("main-trouble-sign-in-begun")
		standing = nil
		for range 2 {
			f.poll(process())
		}
		f.want("main-trouble-sign-in-begun", "main-trouble-sign-in-over")
		if f.sent[1].Kind != notify.SignInRecovered || f.sent[1].Title != "works again" {
			t.Errorf("its end: %+v", f.sent[1])
		}
		standing = refused(since.Add(time.Hour))
		f.poll(process())
		f.want("main-trouble-sign-in-begun", "main-trouble-sign-in-over", "main-trouble-sign-in-begun")
	})
}

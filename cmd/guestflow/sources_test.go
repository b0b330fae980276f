package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// gala is a profile of the sandbox's event.
func gala(lines ...string) string {
	d := sandbox.Defaults()
	text := fmt.Sprintf("profiles:\n  gala:\n    event: %s\n    template: %s\n", d.EventID, d.TemplateID)
	for _, line := range lines {
		text += "    " + line + "\n"
	}
	return text
}

// drop puts a list into a source's folder, as if it had been there for an hour.
func (h *house) drop(name string, rows int, more ...string) {
	h.t.Helper()
	path := h.file(name, rows, more...)
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, hourAgo, hourAgo); err != nil {
		h.t.Fatal(err)
	}
	to := filepath.Join(h.dir, "lists", name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Rename(path, to); err != nil {
		h.t.Fatal(err)
	}
}

func TestAPolledSourceIsImportedOnceHoweverManyProcessesLookAtIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists")))
	h.drop("first.csv", 30)
	h.drop("notes.md", 1)
	var logs []*testkit.Process
	for range 2 {
		logs = append(logs, h.start("looked at again and again", "run", "--source-every=1s"))
	}
	testkit.Eventually(t, "the first list is out", func() bool { return box.Summary().Emails == 30 })
	h.drop("second.csv", 0, "Bob,Lee,bob@example.com")
	testkit.Eventually(t, "the second list is out", func() bool { return box.Summary().Emails == 31 })
	testkit.Eventually(t, "the reports are beside the files", func() bool {
		reports, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "spool", "sandbox", "done", "*.report"))
		return len(reports) == 2
	})
	if s := box.Summary(); s.Guests != 31 || s.EmailsMax != 1 {
		t.Fatalf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
	if n := strings.Count(logs[0].String()+logs[1].String(), "file imported"); n != 2 {
		t.Fatalf("%d files were imported, not 2\n%s\n%s", n, logs[0], logs[1])
	}
	if _, err := os.Stat(filepath.Join(h.dir, "lists", "notes.md")); err != nil {
		t.Fatal("a file that is no list is gone")
	}
	h.must("report")
}

func TestNothingThatASourceHandsOverStaysInItsInbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists"), `source_pattern: "*guests*"`))
	h.drop("guests.gz", 20)
	h.drop("guests", 0, "Ann,Lee,ann@example.com")
	for i, name := range []string{"guests.csv.partial", "guests.csv~", "#1 guests.csv"} {
		h.drop(name, 0, fmt.Sprintf("Bob,Lee,bob%d@example.com", i))
	}
	log := h.start("looked at again and again", "run", "--source-every=1s")
	testkit.Eventually(t, "the two lists are out", func() bool { return box.Summary().Emails >= 21 })
	testkit.Eventually(t, "the reports are beside the files", func() bool {
		reports, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "spool", "sandbox", "done", "*.report"))
		return len(reports) == 2
	})
	if s := box.Summary(); s.Guests != 21 {
		t.Errorf("%d guests, and not the 21 of the two lists", s.Guests)
	}
	if n := strings.Count(log.String(), "a file is left at its source"); n != 1 {
		t.Errorf("of the list with a doubtful name is told %d times", n)
	}
}

func TestASourceThatIsAwayIsToldOnceAndReadWhenItIsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	away := make(chan bool, 1)
	away <- true
	looks := make(chan struct{}, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		is := <-away
		away <- is
		select {
		case looks <- struct{}{}:
		default: // as many as are waited for
		}
		if is {
			http.Error(w, "", http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte("First Name,Last Name,Email\nAnn,Lee,ann@example.com\n"))
	}))
	t.Cleanup(server.Close)
	h.write("guestflow.yaml", gala("source: "+server.URL+"/export.php?list=gala"))
	d := h.start("a source cannot be read", "run", "--source-every=1s")
	for range 3 {
		<-looks
	}
	<-away
	away <- false
	testkit.Eventually(t, "the list is out", func() bool { return box.Summary().Emails == 1 })
	if n := d.Count("a source cannot be read"); n != 1 {
		t.Fatalf("told %d times\n%s", n, d)
	}
	if strings.Contains(d.String(), "list=gala") {
		t.Fatalf("the address's query shows in\n%s", d)
	}
}

func TestAURLIsImportedLikeAFile(t *testing.T) {
	t.Parallel()
	lists := httptest.NewServer(http.StripPrefix("/lists/", http.FileServer(http.Dir("testdata"))))
	t.Cleanup(lists.Close)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	store := s3Server(t)
	put(t, store+"/guests/2026/list.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Lee,bob@example.com\n")
	h.write("guestflow.yaml",
		gala("source: s3://guests/2026?region=eu-west-1&endpoint="+store, "source_id: ops",
			"source_secret_file: "+h.write("s3-secret", "hunter2")))
	h.start("running", "run", "--roles=workers")

	out := h.must("import", "s3://guests/2026/list.csv", "--profile=gala", "--dry-run")
	if !strings.Contains(out, "2 guests, 2 emails") {
		t.Fatal(out)
	}
	if entries, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "*", "*")); len(entries) > 0 {
		t.Fatalf("a dry run left %v", entries)
	}
	out = h.must("import", "s3://guests/2026/list.csv", "--profile=gala", "--wait", "--json")
	if c := countsOf(t, out); c["accepted"] != 2 || box.Summary().Emails != 2 {
		t.Fatalf("%v, %d emails", c, box.Summary().Emails)
	}
	h.must("report")
	if out = h.must("import", "s3://guests/2026/list.csv", "--profile=gala", "--wait"); !strings.Contains(out,
		"was finished") || box.Summary().Emails != 2 {
		t.Fatalf("%d emails\n%s", box.Summary().Emails, out)
	}
	for args, want := range map[string]struct {
		code int
		say  string
	}{
		"s3://guests/2026/none.csv --profile=gala": {exit.Input, "not found"},
		"ftp://guests/list.csv":                    {exit.Usage, "the scheme ftp:// is unknown"},
		"sftp://ops@127.0.0.1:1/list.csv --profile=gala": {exit.Usage,
			"the profile whose source is at the same place"},
		"s3://guests/2026/list.csv?endpoint=http://127.0.0.1:1 --profile=gala": {exit.Input, "s3://guests/2026"},
	} {
		h := *h
		h.env = append(h.env, "AWS_EC2_METADATA_DISABLED=true", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=y")
		out, errs, code := h.run(append([]string{"import"}, strings.Fields(args)...)...)
		if code != want.code || !strings.Contains(errs, want.say) || strings.Contains(out+errs, "hunter2") {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", args, code, want.code, want.say, out, errs)
		}
	}
}

// s3Server is a bucket "guests" on loopback.
func s3Server(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("guests"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return server.URL
}

func put(t *testing.T, url, content string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}

func TestMistakesInSourcesAndSchedulesAreNamed(t *testing.T) {
	t.Parallel()
	folder := "source: /lists"
	cases := map[string]struct {
		file string
		say  string
	}{
		"a cron without a source":    {gala("cron: 0 3 * * *", "timezone: UTC"), "add source: a URL or a folder"},
		"a pattern without a source": {gala("source_pattern: x"), "source_pattern is set without a source"},
		"a cron without a time zone": {gala(folder, "cron: 0 3 * * *"), "add timezone:"},
		"the host's own time zone":   {gala(folder, "cron: 0 3 * * *", "timezone: Local"), "it differs between hosts"},
		"a cron that is none":        {gala(folder, "cron: at night", "timezone: UTC"), "minute hour day month weekday"},
		"a cron with seconds": {gala(folder, `cron: "0 0 3 * * *"`, "timezone: UTC"),
			"minute hour day month weekday"},
		"a cron that never happens": {gala(folder, "cron: 0 3 30 2 *", "timezone: UTC"), "it never occurs"},
		"a misspelt missed": {gala(folder, "cron: 0 3 * * *", "timezone: UTC", "missed: run"),
			"run_once or skip"},
		"missed without a cron": {gala(folder, "missed: skip"), "add cron"},
		"a jitter without a unit": {gala(folder, "cron: 0 3 * * *", "timezone: UTC", "jitter: 5"),
			`jitter "5" is not a duration`},
		"a long jitter":     {gala(folder, "cron: 0 3 * * *", "timezone: UTC", "jitter: 3h"), "out of range"},
		"a relative folder": {gala("source: lists"), "absolute path"},
		"an unknown scheme": {gala("source: ftp://host/lists"), "scheme ftp:// is unknown"},
		"a password in the URL": {gala("source: sftp://u:hunter2@host/lists", "source_known_hosts: /k",
			"source_key_file: /k"), "a password in the URL"},
		"a misspelt after":              {gala(folder, "source_after: erase"), "leave, move or delete"},
		"a pattern that is none":        {gala(folder, `source_pattern: "["`), "cannot be read"},
		"gs without a key":              {gala("source: gs://guests"), "source_secret_file"},
		"sftp without known hosts":      {gala("source: sftp://u@host/lists"), "source_known_hosts"},
		"sftp without a way to sign in": {gala("source: sftp://u@host/lists", "source_known_hosts: /k"), "source_key_file"},
		"a secret that is not there": {gala("source: https://host/list.csv", "source_secret_file: /none"),
			"source_secret_file cannot be read"},
		"a name that is no folder's":  {strings.Replace(gala(folder), "gala:", "ga/la:", 1), "cannot be a folder's"},
		"an account that is not said": {"accounts:\n  acme: {}\n" + gala(folder), "nothing says for which its source is"},
		"a misspelt key":              {gala("sorce: /lists"), `unknown key "sorce"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.write("guestflow.yaml", c.file)
			out, errs, code := h.run("config")
			if code != exit.Usage || !strings.Contains(errs, c.say) || !strings.Contains(errs, "profile ") ||
				strings.Contains(errs, "hunter2") {
				t.Fatalf("exit %d, want %q\n%s%s", code, c.say, out, errs)
			}
			if strings.Count(strings.TrimSpace(errs), "\n") > 0 {
				t.Fatalf("more than a sentence: %s", errs)
			}
		})
	}
}

func TestTheConfigurationShowsAProfileAsItWasWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write("guestflow.yaml",
		gala("source: /lists", "source_after: move", "cron: 0 3 * * *", "timezone: Europe/London", "jitter: 5m"))
	out := h.must("config")
	for _, line := range []string{"source: /lists", "source_after: move", "cron: 0 3 * * *", "jitter: 5m"} {
		if !strings.Contains(out, "        "+line+" ") {
			t.Fatalf("no %q in\n%s", line, out)
		}
	}
	if out := h.must("config", "--json"); !strings.Contains(out, `"source_after":"move"`) {
		t.Fatal(out)
	}
}

func TestEveryKeyOfTheExamplesProfileIsReal(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join("..", "..", "deploy", "guestflow.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`(?m)^    (?:# )?([a-z_]+): `).FindAllSubmatch(example, -1)
	if len(shown) < 10 {
		t.Fatalf("only %d keys were found", len(shown))
	}
	for _, m := range shown {
		if !config.ProfileKeys()[string(m[1])] {
			t.Errorf("no profile has the key %s", m[1])
		}
	}
}

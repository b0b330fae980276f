package main

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
)

// commands lists every command that can be typed.
func commands(t *testing.T) (list []string) {
	t.Helper()
	file, err := config.ReadFile([]string{"--config=/dev/null"})
	if err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(&cli{}, file, terminal.Output{Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		if n.Leaf() {
			list = append(list, strings.TrimPrefix(n.FullPath(), "guestflow "))
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	return list
}

// withoutJSON are the commands that print no JSON, and why.
var withoutJSON = map[string]string{
	"run":         "prints nothing but its log, as JSON by --log-format=json",
	"sandbox":     "prints one document and goes on; see TestTheSandboxTellsScriptsWhereItIs",
	"token login": "needs a browser",
	"approve":     "needs a file that waits; see TestAFileThatLeavesADoubtWaitsForItsAnswer",
	"discard":     "likewise",
	"hold":        "likewise; see TestAnImportOfTheCommandLineWaitsForItsTime",
	"resend":      "needs an email that went out; see TestARowIsSentAgainOnceByOneDecision",
	"completion":  "prints a program for a shell",
	"man":         "prints a page for man",
	"help":        "prints text; of settings config --keys prints JSON",
}

func TestEveryCommandPrintsJSONForScripts(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	well := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(well.Close)
	h.write("guestflow.yaml",
		"profiles:\n  gala:\n    source: "+h.dir+"/in\n    cron: '0 3 1 1 *'\n    timezone: UTC\n    "+
			strings.Replace(strings.TrimPrefix(event, "--"), "=", ": ", 1)+"\n")
	h.must("import", h.file("guests.csv", 3), event, template)
	id := h.status().ID
	users := "--users=" + filepath.Join(h.dir, "users")
	if err := os.Mkdir(filepath.Join(h.dir, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.write("secret", "correct horse battery staple\n")
	// In an order in which each can be done.
	steps := [][]string{
		{"import", h.file("more.csv", 2), event, template}, {"imports"}, {"status"},
		{"status", "--watch", "--times=2", "--every=10ms"},
		{"top", "--times=1"}, {"parked"}, {"waiting"}, {"templates", "list", event},
		{"templates", "preview", h.file("more.csv", 2), event, template},
		{"templates", "test", h.file("more.csv", 2), event, template, "--to=me@x.example", "--yes"},
		{"guest", "find", "ann1@example.com"},
		{"schedules", "list"}, {"schedules", "run", "gala"},
		{"report", id}, {"reconcile", event}, {"window", id, "09:00-18:00, UTC"}, {"window", id}, {"pause", id},
		{"resume", id}, {"retry", id},
		{"cancel", id, "--yes"},
		{"gate", "show"}, {"gate", "probe", "trust"}, {"gate", "open", "trust"},
		{"limits", "show"}, {"limits", "set", "--rate-per-minute=900"}, {"limits", "reset"},
		{"token", "renew"}, {"token", "show"}, {"token", "forget"},
		{"suppress", "list"}, {"suppress", "add", "ann@x.example"}, {"suppress", "check", "ann@x.example"},
		{"suppress", "lift", "ann@x.example", "--yes"}, {"erase", "ann@x.example", "--yes"},
		{"webhook", "register", h.url}, {"webhook", "show"}, {"webhook", "test"}, {"webhook", "rotate"},
		{"webhook", "delete"},
		{"api-token", "add", "shop"}, {"api-token", "list"}, {"api-token", "revoke", "shop"},
		{"version"}, {"doctor"}, {"health", "--url=" + well.URL}, {"config"},
		{"user", "add", "ann", users, "--new-password-file=secret"}, {"user", "list", users},
		{"user", "remove", "ann", users},
		{"demo", "--rows=20", "--gate=1ms", "--listen="},
	}
	tested := map[string]bool{}
	for _, args := range steps {
		for _, c := range commands(t) {
			if line := strings.Join(args, " ") + " "; strings.HasPrefix(line, c+" ") {
				tested[c] = true
			}
		}
		out, errs, code := h.run(append(args, "--json")...)
		if code != exit.OK && code != exit.Attention {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
			continue
		}
		read := json.NewDecoder(strings.NewReader(out))
		for n := 0; ; n++ {
			var document any
			if err := read.Decode(&document); err == io.EOF && n > 0 {
				break
			} else if err != nil || document == nil {
				t.Errorf("%v prints no JSON: %v\n%s%s", args, err, out, errs)
				break
			}
		}
	}
	for _, c := range commands(t) {
		if _, excused := withoutJSON[c]; tested[c] == excused {
			t.Errorf("guestflow %s: it is to be in this test or among %v, and not in both", c,
				slices.Sorted(maps.Keys(withoutJSON)))
		}
	}
}

func TestListsAreNeverNullForScripts(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	for _, args := range [][]string{{"imports"}, {"gate"}, {"parked"}, {"schedules"}, {"status", "--watch", "--times=1"}} {
		if out := h.must(append(args, "--json")...); strings.Contains(out, "null") {
			t.Errorf("%v: %s", args, out)
		}
	}
}

func TestASteeredImportIsShownAsItIsThen(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.must("import", h.file("guests.csv", 3), event, template)
	id := h.status().ID
	var got struct {
		Done  string `json:"done"`
		Story string `json:"story"`
		ledger.Import
		Counts map[string]int `json:"counts"`
	}
	if err := json.Unmarshal([]byte(h.must("pause", id, "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Done != "pause" || got.ID != id || got.Stopped != ledger.StoppedPaused || got.Story != "3 rows wait" ||
		got.Counts["queued"] != 3 {
		t.Fatalf("%+v", got)
	}
}

func TestErrorsAreJSONForScripts(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.write("broken.yaml", "json: [")
	h.write("json.yaml", "json: true\n")
	cases := map[string]struct {
		args []string
		code int
	}{
		"what Redis does not have":     {[]string{"status", "nonesuch", "--json"}, exit.Usage},
		"a flag that there is not":     {[]string{"status", "--nope", "--json"}, exit.Usage},
		"a file that is not YAML":      {[]string{"status", "--config=broken.yaml", "--json"}, exit.Usage},
		"a Redis that is away":         {[]string{"--json", "--redis-url=redis://127.0.0.1:1", "status"}, exit.Store},
		"JSON by the configuration":    {[]string{"--config=json.yaml", "status", "nonesuch"}, exit.Usage},
		"one of several missing files": {[]string{"import", "a.csv", "b.csv", event, "--json"}, exit.Input},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, errs, code := h.run(c.args...)
			lines := strings.Split(strings.TrimSpace(errs), "\n")
			for _, line := range lines {
				var said terminal.Failure
				if err := json.Unmarshal([]byte(line), &said); err != nil || said.Code != c.code || said.Error == "" ||
					code != c.code {
					t.Fatalf("exit %d, want %d: %s", code, c.code, errs)
				}
			}
		})
	}
}

func TestTheSandboxTellsScriptsWhereItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.start("}", "sandbox", "--listen=127.0.0.1:0", "--json")
	var at map[string]string
	line, _ := bufio.NewReader(strings.NewReader(d.String())).ReadString('\n')
	if err := json.Unmarshal([]byte(line), &at); err != nil || at["url"] == "" || at["event"] == "" {
		t.Fatalf("%v in %s", err, line)
	}
}

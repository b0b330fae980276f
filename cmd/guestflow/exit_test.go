package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// liveAccount is the environment of an account outside of the sandbox's rules.
func liveAccount(tokenURL, password, subscriptionKey string) []string {
	account := sandbox.Defaults()
	return []string{
		"GUESTFLOW_CLIENT_ID=" + account.ClientID, "GUESTFLOW_CLIENT_SECRET=" + account.ClientSecret,
		"GUESTFLOW_USERNAME=" + account.Email,
		"GUESTFLOW_PASSWORD=" + password, "GUESTFLOW_SUBSCRIPTION_KEY=" + subscriptionKey,
		"GUESTFLOW_IDENTITY_URL=" + tokenURL,
	}
}

// Whatever command needs a token, and however the identity server fails to give one: scripts see the code for it, and
// people what to check.
func TestACommandThatGetsNoTokenEndsAsUnreachable(t *testing.T) {
	t.Parallel()
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/429/token":
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/502/token":
			w.WriteHeader(http.StatusBadGateway)
		case "/302/token":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/page/token":
			_, _ = w.Write([]byte("<html>"))
		}
	}))
	t.Cleanup(identity.Close)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.sandbox(sandbox.Options{})
	good := h.file("good.csv", 1)
	for name, command := range map[string][]string{
		"import": {"import", good, event}, "dry run": {"import", good, event, "--dry-run"}, "doctor": {"doctor"},
		"token renew": {"token", "renew"}, "webhook": {"webhook", "show"},
	} {
		for _, how := range []string{"429", "502", "302", "page"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				h := h.with(liveAccount(identity.URL+"/"+how+"/token", "x", sandbox.Defaults().SubscriptionKey)...)
				account := "--account=" + strings.ReplaceAll(name, " ", "") + how
				out, errs, code := h.run(append([]string{account}, command...)...)
				if code != exit.Unreachable || !strings.Contains(out+errs, "GUESTFLOW_IDENTITY_URL") {
					t.Fatalf("exit %d, want %d and what to check\n%s%s", code, exit.Unreachable, out, errs)
				}
			})
		}
	}
}

// A dry run is what scripts ask before the import: it must not say yes where the import says no.
func TestADryRunSaysNoWhereQflowWould(t *testing.T) {
	t.Parallel()
	redis := "GUESTFLOW_REDIS_URL=" + redistest.Start(t).URL()
	for where, env := range map[string][]string{"with a Redis": {redis}, "with nothing": nil} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, env...)
			box := h.sandbox(sandbox.Options{})
			api := strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")
			token := api + "/core/connect/token"
			good := h.file("good.csv", 1)
			for name, c := range map[string]struct {
				args []string
				code int
				env  []string
			}{
				"all is well":         {[]string{event, template}, exit.OK, nil},
				"an unknown event":    {[]string{"--event=none"}, exit.Refused, nil},
				"an unknown template": {[]string{event, "--template=none"}, exit.Refused, nil},
				"wrong credentials": {[]string{"--account=live", event}, exit.Refused,
					liveAccount(token, "wrong", sandbox.Defaults().SubscriptionKey)},
				"an unreachable API": {[]string{"--account=far", "--api-url=http://127.0.0.1:1", event}, exit.Unreachable, nil},
			} {
				out, errs, code := h.with(c.env...).run(append([]string{"import", good, "--dry-run"}, c.args...)...)
				if code != c.code || !strings.Contains(out, "1 guest") {
					t.Errorf("%s: exit %d, want %d and the plan all the same\n%s%s", name, code, c.code, out, errs)
				}
			}
			if n := box.Summary(); n.Guests != 0 || n.Emails != 0 {
				t.Errorf("dry runs made %d guests and %d emails", n.Guests, n.Emails)
			}
			if entries, _ := os.ReadDir(h.dir); env == nil && len(entries) != 1 {
				t.Errorf("dry runs left %v", entries)
			}
		})
	}
}

// Each case is run dry, and then for real, over the same Redis: scripts go by the code of the dry run.
func TestADryRunEndsWithTheCodeOfTheImport(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+server.URL())
	box := h.sandbox(sandbox.Options{})
	token := strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=") + "/core/connect/token"
	good, mixed := h.file("good.csv", 3), h.file("mixed.csv", 3, "Bob,Bad,bob@nowhere")
	finished := h.file("finished.csv", 2, "Eve,Bad,eve@nowhere")
	worker := h.start("running", "run")
	h.run("import", finished, event, template, "--wait")
	worker.End(syscall.SIGTERM)
	cancelled := h.write("stopped.csv", "First Name,Last Name,Email\nZoe,Zed,zoe@example.com\n")
	h.must("import", cancelled, event, template)
	h.must("cancel", h.status().ID, "--yes")
	header := h.write("header.csv", "First Name,Last Name,Email\n")
	asks := h.write("asks.csv", "First Name,Last Name,Email,Valid From\nAnn,Lee,ann@example.com,01/02/2027\n")
	standing := h.write("standing.csv", "First Name,Last Name,Email,RSVP\nAnn,Lee,ann@example.com,declined\n")
	for _, c := range []struct {
		name string
		args []string
		code int
		env  []string
	}{
		{"all is well", []string{good, event, template}, exit.OK, nil},
		{"the same again, as nothing is to be done", []string{good, event, template}, exit.OK, nil},
		{"an unknown event", []string{good, "--event=none"}, exit.Refused, nil},
		{"an unknown template", []string{good, event, "--template=none"}, exit.Refused, nil},
		{"an unknown template of a finished import", []string{finished, event, template, "--again", "--template=none"},
			exit.Refused, nil},
		{"no event at all", []string{good}, exit.Input, nil},
		{"a header without rows", []string{header, event}, exit.Input, nil},
		{"a file that is not there", []string{"nowhere.csv", event}, exit.Input, nil},
		{"a good file beside one that is not there", []string{good, "nowhere.csv", event, template}, exit.Input, nil},
		{"a rejected row", []string{mixed, event, template}, exit.OK, nil},
		{"a rejected row too many", []string{mixed, event, template, "--max-rejects=0"}, exit.Input, nil},
		{"a rejected row in a strict file", []string{mixed, event, template, "--strict"}, exit.Input, nil},
		{"dates that leave a question", []string{asks, event, template}, exit.Input, nil},
		{"a column of those who declined", []string{standing, event, template}, exit.Input, nil},
		{"a finished import that is waited for", []string{finished, event, template, "--wait"}, exit.Attention, nil},
		{"a cancelled import", []string{cancelled, event, template}, exit.Declined, nil},
		{"a cancelled import again", []string{cancelled, event, template, "--again"}, exit.OK, nil},
		{"a list that waits for approval", []string{h.file("held.csv", 4), event, template, "--hold=always", "--wait"},
			exit.OK, nil},
		{"a time that is past", []string{good, event, "--at=2020-01-01 09:00"}, exit.Usage, nil},
		{"an unknown profile", []string{good, "--profile=none"}, exit.Usage, nil},
		{"no token", []string{"--account=deny", good, event, "--yes"}, exit.Refused,
			liveAccount(token, "wrong", sandbox.Defaults().SubscriptionKey)},
		{"a refused key", []string{"--account=key", good, event, "--yes"}, exit.Refused,
			liveAccount(token, sandbox.Defaults().Password, strings.Repeat("0", 32))},
		{"an unreachable API", []string{"--account=far", "--api-url=http://127.0.0.1:1", good, event}, exit.Unreachable, nil},
		{"a Redis that is away", []string{"--redis-url=redis://127.0.0.1:1", good, event}, exit.Store, nil},
		{"a Redis that is away, and no file", []string{"--redis-url=redis://127.0.0.1:1", "nowhere.csv", event}, exit.Input,
			nil},
	} {
		for _, args := range [][]string{{"--dry-run"}, {"--preview=2", "--json"}, nil} {
			out, errs, code := h.with(c.env...).run(slices.Concat([]string{"import"}, c.args, args)...)
			if code != c.code {
				t.Errorf("%s, with %v: exit %d, want %d\n%s%s", c.name, args, code, c.code, out, errs)
			}
		}
	}
	if n := box.Summary(); n.Emails != 2 {
		t.Errorf("%d emails, want those of the finished import alone", n.Emails)
	}
}

func TestADryRunSaysWhatAnImportWouldWaitFor(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	path := h.file("guests.csv", 3)
	if out := h.must("import", path, event, template, "--hold=always", "--dry-run"); !strings.Contains(out,
		"waits for approval") {
		t.Error(out)
	}
	if out := h.must("import", path, event, template, "--undo=10m", "--dry-run"); !strings.Contains(out, "starts at ") {
		t.Error(out)
	}
	if out := h.must("waiting", "--json"); strings.Contains(out, "guests.csv") {
		t.Errorf("a dry run has put a file there: %s", out)
	}
	alone := newHouse(t)
	if _, errs, code := alone.run("import", alone.file("guests.csv", 3), event, template, "--hold=always",
		"--dry-run"); code != exit.Usage || !strings.Contains(errs, "no other process is there") {
		t.Errorf("without a Redis: exit %d, %s", code, errs)
	}
}

func TestADryRunThatWouldWaitNamesRejectedRows(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	mixed := h.file("mixed.csv", 3, "Bob,Bad,bob@nowhere")
	if out, errs, code := h.run("import", mixed, event, template, "--wait", "--dry-run"); code != exit.Attention ||
		!strings.Contains(errs, "1 row that is rejected") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestADryRunSaysWhatKnownGuestsGet(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	path := h.file("guests.csv", 3)
	h.must("import", path, event, template, "--wait")
	second := "--template=" + sandbox.Defaults().SecondTemplate
	out := h.must("import", path, event, second, "--dry-run")
	if !strings.Contains(out, "3 known guests, 3 emails of another template; 0 new, 0 changed, 0 unchanged") {
		t.Error(out)
	}
	if out := h.must("import", path, event, second, "--dry-run", "--json"); !strings.Contains(out,
		`"compared":{"new":0,"changed":0,"unchanged":0,"waiting":0,"known":3,"another_template":3}`) {
		t.Error(out)
	}
	plain := h.write("plain.csv", "First Name,Last Name,Email\nZoe,Zed,zoe@example.com\n")
	h.must("import", plain, event, "--wait")
	if out := h.must("import", plain, event, template, "--dry-run"); !strings.Contains(out,
		"1 known guest, 1 email that they have not had; 0 new") {
		t.Error(out)
	}
	// The same command once more does nothing, whatever could be sent by now.
	h.must("suppress", "add", "yan@example.com")
	lifted := h.write("lifted.csv", "First Name,Last Name,Email\nYan,Yew,yan@example.com\n")
	h.must("import", lifted, event, template, "--wait")
	h.must("suppress", "lift", "yan@example.com", "--yes")
	if out := h.must("import", lifted, event, template, "--dry-run"); !strings.Contains(out, "1 guest, 0 emails") {
		t.Error(out)
	}
}

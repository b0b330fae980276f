package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker/delivery"
)

// receiving is a house whose sandbox can report to a handler of ours, as the console mounts it.
type receiving struct {
	*house
	box     *sandbox.Sandbox
	redis   *redis.Client
	secrets *delivery.Secrets
	url     string
}

func newReceiving(t *testing.T) *receiving {
	t.Helper()
	server := redistest.Start(t)
	key := strings.Repeat("42", 32)
	h := newHouse(t, append([]string{"GUESTFLOW_REDIS_URL=" + server.URL(), "GUESTFLOW_TOKEN_KEYS=" + key}, fast...)...)
	r := &receiving{house: h, box: h.sandbox(sandbox.Options{Adjust: func(sw *sandbox.Switches) {
		noLimits(sw)
		sw.WebhookRetryMS = 20
	}})}
	books, err := ledger.For(redistest.Connect(t, server), "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	ring, err := tokencache.ParseKeys(secret.Text(key))
	if err != nil {
		t.Fatal(err)
	}
	books.SealWith(func() (tokencache.Keyring, error) { return ring, nil })
	r.redis = redistest.Connect(t, server)
	r.secrets = delivery.NewSecrets(r.redis, books.Prefix(), books.Account(), ring)
	mux := http.NewServeMux()
	mux.Handle("POST "+operate.WebhookPath,
		delivery.New(books, r.secrets, slog.New(slog.DiscardHandler), delivery.Observer{}).Handler())
	console := httptest.NewServer(mux)
	t.Cleanup(console.Close)
	r.url = console.URL + operate.WebhookPath
	return r
}

func (r *receiving) adjust(change func(*sandbox.Switches)) {
	r.t.Helper()
	if err := r.box.Adjust(change); err != nil {
		r.t.Fatal(err)
	}
}

// good runs a command that must succeed.
func (r *receiving) good(args ...string) string {
	r.t.Helper()
	out, errs, code := r.run(args...)
	if code != exit.OK {
		r.t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
	}
	list, err := r.secrets.Current(r.t.Context(), true)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range list {
		if strings.Contains(out+errs, s.Reveal()) {
			r.t.Fatalf("%v shows the secret", args)
		}
	}
	return out
}

func TestRowsEndAsTheirEmailsDid(t *testing.T) {
	t.Parallel()
	r := newReceiving(t)
	r.good("webhook", "register", r.url)
	r.start("running", "run")
	// The emails leave when the import is over and its rows, all fine so far, are no longer kept.
	r.adjust(func(sw *sandbox.Switches) { sw.MailHeld = true })
	file := r.file("good.csv", 40, "Bob,Gone,bounce@x.example", "Cem,Angry,spam@x.example", "Dee,Unlucky,fail@x.example")
	out, errs, code := r.run("import", file, event, template, "--wait", "--json")
	if code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	testkit.Eventually(t, "the rows are no longer kept", func() bool {
		return len(r.redis.Keys(t.Context(), "gf:{sandbox}:import:*:chunk:*").Val()) == 0
	})
	r.adjust(func(sw *sandbox.Switches) { sw.MailHeld = false })
	if err := r.box.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := countsOf(t, r.good("status", "--json"))
	if counts["delivered"] != 40 || counts["undeliverable"] != 2 || counts["refused"] != 1 {
		t.Fatalf("counts %v; %+v", counts, r.box.Summary().Webhooks)
	}

	// What Qflow failed to send can be sent again, and only that.
	id := importOf(t, out)
	if _, errs, code := r.run("retry", id); code == exit.OK || !strings.Contains(errs, "--again") {
		t.Errorf("retry: exit %d, %s", code, errs)
	}
	if counts := countsOf(t, r.good("status", id, "--json")); counts["queued"] != 0 || counts["refused"] != 1 {
		t.Errorf("after the retry: %v", counts)
	}
	emails := r.box.Summary().Emails
	out, errs, _ = r.run("import", file, event, template, "--wait", "--again", "--json")
	if got := countsOf(t, out); got["unchanged"] != 42 || r.box.Summary().Emails != emails+1 ||
		r.box.Summary().Total(sandbox.Send) != 1 {
		t.Errorf("again: %v, %d emails more, %d by /comms/send\n%s", got, r.box.Summary().Emails-emails,
			r.box.Summary().Total(sandbox.Send), errs)
	}
}

func importOf(t *testing.T, out string) string {
	t.Helper()
	var imp struct{ ID string }
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&imp); err != nil || imp.ID == "" {
		t.Fatalf("%s: %v", out, err)
	}
	return imp.ID
}

func TestTheWebhookIsSteeredFromTheCommandLine(t *testing.T) {
	t.Parallel()
	r := newReceiving(t)
	if out := r.good("webhook"); !strings.Contains(out, "none") {
		t.Errorf("before: %s", out)
	}
	for _, args := range [][]string{{"webhook", "test"}, {"webhook", "rotate"}} {
		if _, errs, code := r.run(args...); code != exit.Usage || !strings.Contains(errs, "guestflow webhook register") {
			t.Errorf("%v without a webhook: exit %d, %s", args, code, errs)
		}
	}
	r.good("webhook", "register", r.url)
	for _, rotate := range []string{"--leaked=false", "--leaked"} {
		if out := r.good("webhook", "test"); !strings.Contains(out, "has arrived") {
			t.Errorf("test: %s", out)
		}
		r.good("webhook", "rotate", rotate)
	}
	r.good("webhook", "test", "--json")
	var v operate.WebhookStatus
	if err := json.Unmarshal([]byte(r.good("webhook", "show", "--json")), &v); err != nil || v.AtQflow != r.url ||
		v.URL != r.url || v.LastDelivery.IsZero() || v.Problem != "" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, errs, code := r.run("webhook", "register", r.url+"/sandbox"); code != exit.Declined ||
		!strings.Contains(errs, "Replace it by") || strings.Contains(errs, "imported") {
		t.Errorf("another address, unasked: exit %d, %s", code, errs)
	}
	r.good("webhook", "delete")
	r.good("webhook", "delete") // again
	if out := r.good("webhook"); !strings.Contains(out, "none") {
		t.Errorf("afterwards: %s", out)
	}
}

func TestAWebhookWithoutAnAnswerSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	r := newReceiving(t)
	r.good("webhook", "register", "http://127.0.0.1:1/webhooks/qflow")
	_, errs, code := r.run("webhook", "test", "--timeout=300ms")
	if code == exit.OK || !strings.Contains(errs, "curl -i -X POST http://127.0.0.1:1/webhooks/qflow") {
		t.Fatalf("exit %d, %s", code, errs)
	}
}

func TestASecretWhoseAnswerWasLostIsReplacedByARotation(t *testing.T) {
	t.Parallel()
	r := newReceiving(t)
	if err := r.box.Inject(sandbox.Fault{Endpoint: sandbox.SetWebhook, Kind: sandbox.LostAfter, Next: 1}); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := r.run("webhook", "register", r.url); code == exit.OK ||
		!strings.Contains(errs, "guestflow webhook rotate") {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if out := r.good("webhook", "show"); !strings.Contains(out, "no answer was received") {
		t.Errorf("show: %s", out)
	}
	if _, _, code := r.run("webhook", "test", "--timeout=300ms"); code == exit.OK {
		t.Error("a test arrives without a secret")
	}
	r.good("webhook", "rotate")
	r.good("webhook", "test")
	if out := r.good("webhook", "show"); strings.Contains(out, "problem") {
		t.Errorf("afterwards: %s", out)
	}
}

func TestAWebhookGoesNowhereUnsafe(t *testing.T) {
	t.Parallel()
	for address, c := range map[string]struct{ live, trial bool }{
		"https://guests.example.com/webhooks/qflow": {true, true},
		"http://guests.example.com/webhooks/qflow":  {false, true},
		"http://127.0.0.1:9464/webhooks/qflow":      {false, true},

		"https://guests.example.com/webhooks/qflow/main":  {true, true},
		"https://example.com/guests/webhooks/qflow/main":  {true, true},
		"https://example.com/from/qflow":                  {true, true}, // a proxy in front may call it so
		"https://guests.example.com/webhooks/qflow/":      {false, false},
		"https://guests.example.com/webhooks/qflow/other": {false, false},
		"https://localhost/webhooks/qflow":                {false, true},
		"https://guests.example.com":                      {false, false},
		"https://guests.example.com/":                     {false, false},
		"https://ann:pw@guests.example.com/x":             {false, false},
		"https://guests.example.com/x#y":                  {false, false},
		"ftp://guests.example.com/x":                      {false, false},
		"guests.example.com/x":                            {false, false},
		"":                                                {false, false},
	} {
		for live, want := range map[bool]bool{true: c.live, false: c.trial} {
			if err := checkWebhookURL(address, "main", live); (err == nil) != want {
				t.Errorf("%q, live %v: %v", address, live, err)
			}
		}
	}
	err := checkWebhookURL("https://example.com/guests/webhooks/qflow/other", "main", true)
	if err == nil || !strings.Contains(err.Error(), "https://example.com/guests/webhooks/qflow/main") {
		t.Errorf("the right address is not said: %v", err)
	}
}

// What one account had registered before a second one came must not be lost.
func TestReportsOfSeveralAccountsArriveAtBothTheirPaths(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(),
		"GUESTFLOW_TOKEN_KEYS="+strings.Repeat("42", 32))...)
	config := "accounts:\n"
	for _, name := range []string{"acme", "beta"} {
		box := sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.WebhookRetryMS = 20 }})
		api, err := box.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = box.Close() })
		config += fmt.Sprintf("  %s:\n    api_url: %s\n", name, api)
	}
	h.write("guestflow.yaml", config)
	_, at := h.served()
	for _, name := range []string{"acme", "beta"} {
		for _, path := range []string{"/webhooks/qflow", "/webhooks/qflow/" + name} {
			h.must("--account="+name, "webhook", "register", at+path, "--yes")
			if out := h.must("--account="+name, "webhook", "test"); !strings.Contains(out, "has arrived") {
				t.Errorf("%s at %s: %s", name, path, out)
			}
		}
	}
	other := at + "/webhooks/qflow/beta"
	if _, errs, code := h.run("--account=acme", "webhook", "register", other, "--yes"); code != exit.Usage ||
		!strings.Contains(errs, at+"/webhooks/qflow/acme") {
		t.Errorf("another account's path: exit %d, %s", code, errs)
	}
	answer, err := http.Post(at+"/webhooks/qflow", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	_, metrics := visit(t, at+"/metrics")
	const counted = `guestflow_webhook_refusals_total{account="(any)",reason="malformed_signature"} 1`
	if answer.StatusCode != http.StatusUnauthorized || !strings.Contains(metrics, counted) {
		t.Errorf("what is not signed is answered with %d, and %s is not counted", answer.StatusCode, counted)
	}
}

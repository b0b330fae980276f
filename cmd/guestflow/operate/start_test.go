package operate_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// starter is an account that can ask a sandbox.
func starter(t *testing.T, options sandbox.Options) (*operate.Account, *sandbox.Sandbox) {
	t.Helper()
	box := sandbox.New(options)
	api, err := box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	client, log, c := redistest.Client(t), slog.New(slog.DiscardHandler), sandbox.Defaults()
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = api + "/core/connect/token"
	tokens, err := tokencache.New(client, tokencache.Config{Account: "main", Endpoint: endpoint, StateDir: t.TempDir(),
		Logger: log,
		Credentials: tokencache.Credentials{ClientID: c.ClientID, ClientSecret: secret.Text(c.ClientSecret),
			Username: c.Email, Password: secret.Text(c.Password)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tokens.Close() })
	caller, err := qflow.New(qflow.Config{URL: api, SubscriptionKey: secret.Text(c.SubscriptionKey)},
		worker.Tokens{Cache: tokens})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(caller.Close)
	return &operate.Account{
		Redis: client, Ledger: books, Importer: importer.New(client, books, log),
		Gates:  gate.New(client, books.Prefix(), nil),
		Budget: budget.New(client, budget.Config{Egress: "e", Account: "main", Limits: budget.DefaultLimits, Log: log}),
		Queues: queue.New(client, "main"), Tokens: tokens, Qflow: caller, Log: log,
	}, box
}

// planned reads a list of one guest.
func planned(t *testing.T, change func(*importer.Settings)) importer.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte("First name,Email\nAnn,ann@party.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := importer.Settings{Spec: spec.Spec{Account: "main", Event: sandbox.Defaults().EventID,
		Template: sandbox.Defaults().TemplateID}}
	if change != nil {
		change(&to)
	}
	plan, err := importer.MakePlan(t.Context(), path, to)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestAWrongEventOrTemplateIsFoundBeforeAnyGuestIsTouched(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{})
	for what, change := range map[string]func(*importer.Settings){
		"the event":       func(s *importer.Settings) { s.Event = "e0000000-0000-4000-8000-00000000dead" },
		"has no template": func(s *importer.Settings) { s.Template = "70000000-0000-4000-8000-00000000dead" },
	} {
		_, err := a.Ready(t.Context(), planned(t, change))
		if err == nil || !operate.IsInputError(err) || !strings.Contains(err.Error(), what) ||
			!strings.Contains(err.Error(), "nothing was imported") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := box.Summary().Guests; n != 0 {
		t.Errorf("%d guests", n)
	}
}

// The rows wait for the gate, which is what gates are for.
func TestAClosedGateKeepsNoImportFromBeginning(t *testing.T) {
	t.Parallel()
	a, _ := starter(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { s.Trusted, s.CommsEnabled = false, false }})
	if _, err := a.Ready(t.Context(), planned(t, nil)); err != nil {
		t.Error(err)
	}
}

func TestAFurtherImportGoesOnWithOneThatIsNotOver(t *testing.T) {
	t.Parallel()
	a, _ := starter(t, sandbox.Options{})
	anna := operate.Actor{Name: "anna", Via: "console"}
	begin := func(again string) ledger.Import {
		t.Helper()
		plan, err := a.Ready(t.Context(), planned(t, func(s *importer.Settings) { s.Again = again }))
		if err != nil {
			t.Fatal(err)
		}
		imp, _, err := a.Begin(t.Context(), anna, plan)
		if err != nil {
			t.Fatal(err)
		}
		return imp
	}
	first := begin("")
	if second := begin("x"); second.ID != first.ID {
		t.Errorf("%s was begun beside %s", second.ID, first.ID)
	}
	if _, err := a.Ledger.Cancel(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	second := begin("x")
	if second.ID == first.ID {
		t.Error("on purpose, none was begun")
	}
	trail, err := a.AuditLog(t.Context(), second.ID, 10)
	if err != nil || len(trail) != 1 || trail[0].Action != "import" || trail[0].Actor != "anna" ||
		!strings.Contains(trail[0].After, "1 guest, 1 email") {
		t.Errorf("the trail has %+v, %v", trail, err)
	}
}

func TestALongImportSaysHowLong(t *testing.T) {
	t.Parallel()
	limits := budget.Limits{API: 1000, Email: 300}
	for want, plan := range map[string]importer.Plan{
		"a minute or less": {Calls: 900, Emails: 200},
		"10m0s":            {Calls: 3000, Emails: 3000},
		"5m0s":             {Calls: 5000},
	} {
		if got := operate.DurationText(plan, limits); got != want {
			t.Errorf("%d calls and %d emails take %s, want %s", plan.Calls, plan.Emails, got, want)
		}
	}
	if got := operate.DurationText(importer.Plan{Calls: 1e6, Emails: 1e6}, budget.Limits{}); got != "a minute or less" {
		t.Errorf("without limits it takes %s", got)
	}
}

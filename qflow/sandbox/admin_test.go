package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

func TestAdminClientSeesWhatTheSandboxKnows(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	admin := sandbox.Admin{URL: c.url + "/", HTTP: c.http}
	ctx := t.Context()
	record := invited("correlationId", "row-17")
	c.create(record).want(http.StatusOK)
	if err := admin.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	history, err := admin.History(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if here := c.box.History(); !reflect.DeepEqual(history, here) {
		t.Errorf("history over HTTP differ:\n%+v\n%+v", history, here)
	}
	if mail := history.EmailList[0]; mail.Count != 1 || mail.GuestID != record["id"] ||
		mail.State != sandbox.StateDelivered || mail.CorrelationID != "row-17" {
		t.Errorf("email %+v", mail)
	}
	if history.GuestList[0].EventID != account.EventID || history.Grants["password"] != 1 {
		t.Errorf("history %+v", history)
	}
	if sw, err := admin.Switches(ctx); err != nil || sw != sandbox.DefaultSwitches() {
		t.Errorf("switches: %v", err)
	}
}

func TestAdminClientCanDoEverything(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	admin := sandbox.Admin{URL: c.url, HTTP: c.http}
	ctx := t.Context()
	for name, err := range map[string]error{
		"inject":         admin.Inject(ctx, sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.Slow}),
		"clear":          admin.ClearFaults(ctx),
		"revoke access":  admin.RevokeAccessTokens(ctx),
		"revoke refresh": admin.RevokeRefreshTokens(ctx),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := admin.Inject(ctx, sandbox.Fault{Kind: "oops"}); err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("bad fault: %v", err)
	}
	if err := admin.SetInvitation(ctx, account.EventID, account.TemplateID, sandbox.StateBounced); err == nil {
		t.Error("an invitation for an unknown guest")
	}
	c.create(guest()).want(http.StatusUnauthorized)
}

func TestResetForgetsEverything(t *testing.T) {
	t.Parallel()
	c := signedIn(t, untrusted)
	trust(c)
	c.create(invited()).want(http.StatusOK)
	c.inject(sandbox.Fault{Kind: sandbox.Slow})
	if err := (sandbox.Admin{URL: c.url, HTTP: c.http}).Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.wantBooks(0, 0)
	sum := c.box.Summary()
	if len(sum.Calls) != 0 || sum.PlanUsed != 0 || sum.Trusted || len(c.box.Faults()) != 0 {
		t.Fatalf("left over: %+v", sum)
	}
	c.create(guest()).want(http.StatusUnauthorized)
	c.signIn()
	c.create(guest()).want(http.StatusOK)
}

func TestTrustOpensByItself(t *testing.T) {
	t.Parallel()
	c := openWith(t, sandbox.Options{TrustOpensAfter: 30 * time.Second})
	c.signIn()
	record := invited()
	c.create(record).want(http.StatusForbidden)
	c.clock.Step(29 * time.Second)
	c.create(record).want(http.StatusForbidden)
	c.clock.Step(time.Second)
	c.create(record).want(http.StatusOK)
	c.wantBooks(1, 1)
}

func TestCloseEndsHangingCallsAndUndeliverableWebhooks(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.WebhookRetryMS = 3_600_000 })
	called := make(chan struct{})
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		close(called)
	}))
	t.Cleanup(r.Close)
	c.register(r.URL)
	c.call(http.MethodPost, commsPath+"/webhook/test", nil).want(http.StatusOK)
	<-called
	c.inject(sandbox.Fault{Kind: sandbox.Hang, DelayMS: 3_600_000})
	hung := make(chan answer)
	go func() { hung <- c.create(guest()) }()
	for c.box.Faults()[0].Injected == 0 { // the call is in the fault
		if _, err := (sandbox.Admin{URL: c.url, HTTP: c.http}).Summary(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.box.Close(); err != nil {
		t.Fatal(err)
	}
	(<-hung).wantLost()
}

func TestSettleGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.MailDelayMS = 3_600_000 })
	c.create(invited()).want(http.StatusOK)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.box.Settle(ctx); err == nil {
		t.Fatal("settled with mail under way")
	}
	c.box.Reset()
	c.settle()
}

func TestBadSwitchesInOptionsPanic(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a mistyped switch passed for a tested case")
		}
	}()
	sandbox.New(sandbox.Options{Adjust: func(sw *sandbox.Switches) { sw.BulkBody = "xml" }})
}

func TestCredentialsDoNotPrintTheirSecrets(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{account.Password, account.ClientSecret, account.SubscriptionKey} {
		if strings.Contains(account.String()+account.GoString(), secret) {
			t.Error("a secret is printed")
		}
	}
}

package operate

import (
	"strings"
	"testing"
	"time"

	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/gate"
)

// What is refused is told apart by who refused it: the identity server, or Qflow the key. A server that is away for a
// moment while a token serves is nothing yet.
func TestWhatCannotSignInIsToldApart(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	failed := func(p tokencache.Problem, ago time.Duration, state string) *tokencache.Info {
		return &tokencache.Info{Account: "acme", Now: now, State: state, ExpiresAt: now.Add(time.Minute),
			SignIn: &tokencache.SignIn{Account: "acme", Problem: p, Since: now.Add(-ago)}}
	}
	authGate := func(code string) []gate.Closed { return []gate.Closed{{Gate: qflow.GateAuth, Code: code}} }
	for name, tt := range map[string]struct {
		info   *tokencache.Info
		closed []gate.Closed
		want   string // problem; "" for none
		do     string
	}{
		"nothing":      {info: &tokencache.Info{}},
		"another gate": {closed: []gate.Closed{{Gate: qflow.GateTrust, Code: "trust_required"}}},
		"the key": {closed: authGate("subscription_key"), want: "key",
			do: "guestflow gate probe auth --account acme"},
		"new tokens":                 {closed: authGate("http_401"), want: "token", do: "--account acme"},
		"a gate that is about to go": {info: &tokencache.Info{State: "fresh"}, closed: authGate("no_token")},
		"the secret": {info: failed(tokencache.ProblemClient, 0, "fresh"), want: "client",
			do: "--account acme"},
		"the secret behind a gate": {info: failed(tokencache.ProblemClient, 0, "none"), closed: authGate("no_token"),
			want: "client",
			do:   "client_secret_file"},
		"away for a moment": {info: failed(tokencache.ProblemUnreachable, 20*time.Second, "fresh")},
		"away for longer": {info: failed(tokencache.ProblemUnreachable, 40*time.Second, "fresh"),
			want: "unreachable"},
		"away and no token left": {info: failed(tokencache.ProblemUnreachable, time.Second, "expired"),
			want: "unreachable"},
		"a problem not known (yet)": {info: failed("of_a_later_version", 0, "fresh"), want: "of_a_later_version",
			do: "guestflow doctor --account acme"},
	} {
		s := signInOf("acme", tt.info, tt.closed)
		switch {
		case s == nil && tt.want != "":
			t.Errorf("%s: nothing is said, want %q", name, tt.want)
		case s != nil && (s.Problem != tt.want || !strings.Contains(s.ToDo, tt.do)):
			t.Errorf("%s: %q, to do %q; want %q", name, s.Problem, s.ToDo, tt.want)
		}
	}
}

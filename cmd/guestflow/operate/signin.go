package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/gate"
)

// SignIn is why the account's calls cannot sign in at Qflow, or soon cannot. Every page, command and notification shows
// it until a sign-in succeeds.
type SignIn struct {
	Account string    `json:"account"`
	Problem string    `json:"problem"` // of tokencache's list, or key, or token
	Refused bool      `json:"refused"` // otherwise a server is not there, and waiting may help
	Text    string    `json:"text"`    // what happened
	ToDo    string    `json:"to_do"`   // with the command for this account
	Since   time.Time `json:"since"`
	NextTry time.Time `json:"next_try,omitzero"`     // by itself
	Serves  time.Time `json:"serves_until,omitzero"` // the token from before
}

// The problems that Qflow's own answers show.
const (
	keyRefused   = "key"   // the subscription key
	tokenRefused = "token" // each new access token
)

// String is the failure in a sentence.
func (s SignIn) String() string {
	return fmt.Sprintf("account %s cannot sign in at Qflow: %s; %s", s.Account, s.Text, s.ToDo)
}

// Standing reports whether the failure is worth more than a look: refused, or not there for so long that it is no
// restart.
func (s SignIn) Standing(now time.Time) bool { return s.Refused || now.Sub(s.Since) >= standingAfter }

const (
	// briefly is for how long an identity server may be away unseen while a token serves: its restart is no failure.
	briefly = 30 * time.Second

	// standingAfter is how long an outage lasts until it is notified of.
	standingAfter = 2 * time.Minute
)

// SignIn returns why the account cannot sign in; nil if nothing is known to be wrong. All of it is in Redis, so that
// each process of the fleet says the same, also after a restart.
func (a *Account) SignIn(ctx context.Context) (*SignIn, error) {
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return nil, err
	}
	if a.Tokens == nil {
		return signInOf(a.Name(), nil, closed), nil
	}
	info, err := a.Tokens.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return signInOf(a.Name(), &info, closed), nil
}

func signInOf(account string, info *tokencache.Info, closed []gate.Closed) *SignIn {
	if info != nil && info.SignIn != nil {
		return identityProblem(*info)
	}
	for _, c := range closed {
		if c.Gate == qflow.GateAuth {
			return qflowProblem(account, c)
		}
	}
	return nil
}

// identityProblem is about the identity server, where tokens come from.
func identityProblem(i tokencache.Info) *SignIn {
	f := i.SignIn
	if !f.Refused() && i.State == "fresh" && i.Now.Sub(f.Since) < briefly {
		return nil
	}
	s := &SignIn{Account: i.Account, Problem: string(f.Problem), Refused: f.Refused(), Text: f.Text(), ToDo: f.ToDo(),
		Since: f.Since, NextTry: f.NextTry}
	if i.ExpiresAt.After(i.Now) {
		s.Serves = i.ExpiresAt
	}
	return s
}

// qflowProblem is about Qflow itself, which took neither the key nor a new token. The gate opens when it takes them.
func qflowProblem(account string, c gate.Closed) *SignIn {
	s := &SignIn{Account: account, Refused: true, Since: c.Since, NextTry: c.NextProbe}
	switch c.Code {
	case "subscription_key":
		s.Problem, s.Text = keyRefused, "Qflow refuses the subscription key"
		s.ToDo = "correct subscription_key_file of the account from Qflow's welcome email, restart guestflow run, then: " +
			"guestflow gate probe auth --account " + account
	case "http_401":
		s.Problem, s.Text = tokenRefused, "Qflow refuses each new access token"
		s.ToDo = "check subscription_key_file, key_header and the user's rights at Qflow, then: guestflow gate probe auth " +
			"--account " + account
	default: // there was no token, and by now there is one: the next probe opens the gate
		return nil
	}
	return s
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/store"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/gate"
)

type doctorCommand struct {
	Event string `help:"Event to ask Qflow about."`
}

// finding is one line of a diagnosis.
type finding struct {
	Check  string `json:"check"`
	Result string `json:"result"` // ok, warning, failed
	Text   string `json:"text"`
	err    error
}

// Run checks everything it can and says what to do about each thing; the exit code is that of the first failure.
func (c *doctorCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error { return c.check(ctx, a, std) })
}

func (c *doctorCommand) check(ctx context.Context, a *app, std output) error {
	if err := a.connect(nil); err != nil {
		return err
	}
	findings := []finding{a.checkStore(), a.checkPolicy(ctx), a.checkPersistence(ctx), a.checkClock(ctx), a.checkToken(ctx)}
	if last := findings[len(findings)-1]; last.err == nil {
		findings = append(findings, a.checkQflow(ctx, c.event(a)))
	}
	findings = append(findings, a.checkGates(ctx))
	if a.settings.JSON {
		if err := json.NewEncoder(std.out).Encode(findings); err != nil {
			return fmt.Errorf("print the findings: %w", err)
		}
	}
	var failed error
	for _, f := range findings {
		if !a.settings.JSON {
			fmt.Fprintf(std.out, "%-8s %-18s %s\n", f.Result, f.Check, f.Text)
		}
		if failed == nil {
			failed = f.err
		}
	}
	return failed
}

func (c *doctorCommand) event(a *app) string {
	if c.Event == "" && !a.live() {
		return sandbox.Defaults().EventID
	}
	return c.Event
}

func ok(check, text string) finding      { return finding{Check: check, Result: "ok", Text: text} }
func warning(check, text string) finding { return finding{Check: check, Result: "warning", Text: text} }
func failure(check string, err error) finding {
	return finding{Check: check, Result: "failed", Text: describe(err), err: err}
}

func (a *app) checkStore() finding {
	switch a.store.Kind {
	case store.Embedded:
		return warning("store", a.store.Note())
	case store.Child:
		return ok("store", "a redis-server on the state folder")
	case store.Configured:
	}
	return ok("store", a.store.URL)
}

// checkPolicy refuses a Redis that may throw keys away: it would throw away rows.
func (a *app) checkPolicy(ctx context.Context) finding {
	values, err := a.store.Client.ConfigGet(ctx, "maxmemory-policy").Result()
	policy := values["maxmemory-policy"]
	switch {
	case a.store.Kind == store.Embedded:
		return ok("eviction", "the embedded store evicts nothing")
	case err != nil:
		return warning("eviction", "Redis does not tell its maxmemory-policy; it must be noeviction")
	case policy != "noeviction":
		return failure("eviction", &usageError{fmt.Sprintf("Redis may evict the ledger: maxmemory-policy is %s; set it to noeviction", policy)})
	}
	return ok("eviction", policy)
}

func (a *app) checkPersistence(ctx context.Context) finding {
	values, err := a.store.Client.ConfigGet(ctx, "appendonly").Result()
	switch {
	case a.store.Kind == store.Embedded:
		return warning("persistence", "nothing is kept over a restart")
	case err != nil:
		return warning("persistence", "Redis does not tell whether it persists; it should have appendonly yes")
	case values["appendonly"] != "yes":
		return warning("persistence", "a restart of Redis loses the ledger: set appendonly yes")
	}
	return ok("persistence", "append-only file")
}

// maxSkew is far below the half minute at which Asynq would take a running chunk for abandoned.
const maxSkew = 5 * time.Second

func (a *app) checkClock(ctx context.Context) finding {
	before := time.Now()
	there, err := a.store.Client.Time(ctx).Result()
	if err != nil {
		return failure("clock", fmt.Errorf("ask Redis for its time: %w", err))
	}
	skew := there.Sub(before.Add(time.Since(before) / 2)).Round(time.Millisecond)
	if skew.Abs() > maxSkew {
		return warning("clock", fmt.Sprintf("this host and Redis differ by %s; run NTP on both", skew))
	}
	return ok("clock", fmt.Sprintf("within %s of Redis", max(skew.Abs(), time.Millisecond)))
}

func (a *app) checkToken(ctx context.Context) finding {
	token, err := a.tokens.Token(ctx)
	if err != nil {
		return failure("identity", err)
	}
	return ok("identity", fmt.Sprintf("a token, good until %s", token.Expiry.Local().Format(time.DateTime)))
}

// checkQflow makes the one call that touches no guest. Without an event any answer but a wrong key shows that the way is
// open.
func (a *app) checkQflow(ctx context.Context, event string) finding {
	list, out, err := a.desk().Templates(ctx, event)
	switch {
	case err != nil:
		return failure("qflow", err)
	case out.Kind == qflow.Accepted:
		return ok("qflow", fmt.Sprintf("key and comms access are good; the event has %d templates", len(list)))
	case out.Kind == qflow.GateClosed:
		return warning("qflow", gate.Meaning(out.Gate))
	case out.Kind == qflow.Refused && event == "":
		return ok("qflow", "it answers; name an event with --event to see its templates")
	}
	return failure("qflow", fmt.Errorf("ask for templates: %w", out.Err()))
}

func (a *app) checkGates(ctx context.Context) finding {
	closed, err := a.gates.Closed(ctx)
	if err != nil {
		return failure("gates", err)
	}
	if len(closed) == 0 {
		return ok("gates", "all open")
	}
	return warning("gates", fmt.Sprintf("the %s gate is closed since %s: %s", closed[0].Gate, closed[0].Since.Local().Format(time.DateTime), gate.Meaning(closed[0].Gate)))
}

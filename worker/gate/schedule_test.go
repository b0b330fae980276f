package gate_test

import (
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// The probes of the send gate get rarer, since each may cost a row: its waits are longer than any step of a short
// ladder, and no sign that a clock has gone back.
func TestAProbeComesNoSoonerThanItWasPutOffTo(t *testing.T) {
	t.Parallel()
	client := redistest.Connect(t, redistest.Start(t))
	for name, ladder := range map[string][]time.Duration{"short": {time.Millisecond}, "usual": nil} {
		for _, kind := range qflow.Gates {
			g := gate.New(client, "gf:{"+name+string(kind)+"}:", ladder)
			if _, err := g.Close(t.Context(), kind, "x"); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				closed, err := g.Closed(t.Context())
				if err != nil || len(closed) != 1 {
					t.Fatalf("%+v, %v", closed, err)
				}
				if err := g.RecordProbe(t.Context(), closed[0], true, gate.MaxProbeDelay, "ambiguous"); err != nil {
					t.Fatal(err)
				}
				if closed, err = g.Closed(t.Context()); err != nil {
					t.Fatal(err)
				}
				if due, err := g.Due(t.Context(), closed); err != nil || len(due) > 0 {
					t.Fatalf("%s gate, %s ladder, after %d probes: due already (%v)", kind, name, closed[0].Probes, err)
				}
			}
		}
	}
}

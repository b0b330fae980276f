package operate_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// acts writes acts down that are numbered from first to last.
func (o *office) acts(first, last int) {
	o.t.Helper()
	for n := first; n <= last; n++ {
		if err := o.Audited(o.t.Context(), anna, fmt.Sprint("act ", n), "the trust gate", "",
			func() (string, error) { return "", nil }); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) page(after, before string) (p operate.AuditPage, numbers string) {
	o.t.Helper()
	p, err := o.AuditPage(o.t.Context(), after, before, 3)
	if err != nil {
		o.t.Fatal(err)
	}
	var list []string
	for _, a := range p.Entries {
		list = append(list, strings.TrimPrefix(a.Action, "act "))
	}
	return p, strings.Join(list, " ")
}

func TestPagesOfTheTrailStayAsTheyAreWhileActsAreWritten(t *testing.T) {
	t.Parallel()
	o := open(t)
	if p, numbers := o.page("", ""); numbers != "" || p.Older+p.Newer != "" || p.Total != 0 {
		t.Errorf("of an empty trail: %q %+v", numbers, p)
	}
	o.acts(1, 8)
	first, numbers := o.page("", "")
	if numbers != "8 7 6" || first.Newer != "" || first.Total != 8 {
		t.Fatalf("the newest are %q, %+v", numbers, first)
	}
	o.acts(9, 10)
	second, numbers := o.page("", first.Older)
	if numbers != "5 4 3" || second.Total != 10 {
		t.Errorf("those before are %q, %+v", numbers, second)
	}
	last, numbers := o.page("", second.Older)
	if numbers != "2 1" || last.Older != "" {
		t.Errorf("the oldest are %q, %+v", numbers, last)
	}
	back, numbers := o.page(last.Newer, "")
	if numbers != "5 4 3" || back.Older != second.Older {
		t.Errorf("back again it is %q, %+v", numbers, back)
	}
	back, numbers = o.page(back.Newer, "")
	if numbers != "8 7 6" || back.Newer == "" {
		t.Errorf("further back it is %q, %+v", numbers, back)
	}
	if top, numbers := o.page(back.Newer, ""); numbers != "10 9 8" || top.Newer != "" {
		t.Errorf("too few are newer, so it should be the newest: %q, %+v", numbers, top)
	}
	if none, numbers := o.page("", "1-1"); numbers != "" || none.Older != "" || none.Newer != "1-1" {
		t.Errorf("before all that is kept: %q, %+v", numbers, none)
	}
}

// kept gives how many acts the whole trail has.
func (o *office) kept() int {
	o.t.Helper()
	p, _ := o.page("", "")
	return p.Total
}

func TestNoAuditEntryIsPushedOutByLaterOnes(t *testing.T) {
	t.Parallel()
	o := open(t)
	const more = 1_100 // a target's own list has a thousand
	o.acts(1, 1+more)
	if n := o.kept(); n != 1+more {
		t.Errorf("of %d acts %d are kept", 1+more, n)
	}
	if _, numbers := o.page("0-1", ""); numbers != "3 2 1" {
		t.Errorf("the oldest acts are %s", numbers)
	}
}

// actsOf writes some acts of a moment. Those that are there are left: a client that gives up on the answer gives the
// whole command again. A script takes a few of them, or Redis would be busy with it for longer than it lets others
// wait.
func (o *office) actsOf(at time.Time, acts int) {
	o.t.Helper()
	const each = 2_000
	for first := 1; first <= acts; first += each {
		err := o.Redis.Eval(o.t.Context(),
			`for n = ARGV[2], ARGV[3] do redis.pcall('XADD', KEYS[1], ARGV[1] .. '-' .. n, 'act', '{}') end`,
			[]string{o.Ledger.Prefix() + "audit"}, at.UnixMilli(), first, min(first+each-1, acts)).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			o.t.Fatal(err)
		}
	}
}

func TestActsAreKeptAsLongAsImportsAndInACrowdForAMonth(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		there map[time.Duration]int // acts by their age
		left  int
	}{
		"few":   {map[time.Duration]int{181 * day: 3, 179 * day: 5}, 5},
		"many":  {map[time.Duration]int{181 * day: 3, 31 * day: 60_000, 29 * day: 50_000}, 50_000},
		"young": {map[time.Duration]int{29 * day: 120_000}, 120_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			for _, age := range slices.Backward(slices.Sorted(maps.Keys(c.there))) { // places only grow
				o.actsOf(time.Now().Add(-age), c.there[age])
			}
			o.acts(1, 1)
			if n := o.kept(); n != c.left+1 {
				t.Errorf("%d acts are kept, want %d", n, c.left+1)
			}
		})
	}
}

func TestWhatChangesNothingIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1")
	if _, err := o.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	calls := 120
	steer := func(v operate.Verb) func() error {
		return func() error { _, err := o.Steer(t.Context(), anna, v, imp.ID, 10); return err }
	}
	for _, c := range []struct {
		what    string
		do      func() error
		written int // of three times
	}{
		{"limits", func() error { return o.SetLimits(t.Context(), anna, budget.LimitChanges{API: &calls}) }, 1},
		{"reset", func() error { return o.ResetLimits(t.Context(), anna) }, 1},
		{"retry", steer(operate.Retry), 0},
		{"pause", steer(operate.Pause), 1},
		{"resume", steer(operate.Resume), 1},
		{"open gate", func() error { return o.OpenGate(t.Context(), anna, qflow.GateTrust) }, 1},
		{"cancel", steer(operate.Cancel), 1},
	} {
		before := o.kept()
		for range 3 {
			if err := c.do(); err != nil && !operate.IsRefused(err) {
				t.Fatal(err)
			}
		}
		if n := o.kept() - before; n != c.written {
			t.Errorf("%s three times is written down %d times", c.what, n)
		}
	}
}

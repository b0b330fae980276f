package worker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// factor is one thing about Qflow that nobody knows, or that may go wrong.
type factor struct {
	name   string
	values []string
	set    func(*sandbox.Switches, string) // nil: the test itself acts upon it
}

var factors = []factor{
	{"row_on_trust_403", []string{"kept", "dropped"}, func(s *sandbox.Switches, v string) { s.RowOnTrust403 = v }},
	{"repeat_after_trust", []string{"sends", "as_is"}, func(s *sandbox.Switches, v string) { s.RepeatAfterTrust = v }},
	{"repeat_other_template", []string{"sends", "as_is"}, func(s *sandbox.Switches, v string) { s.RepeatOtherTemplate = v }},
	{"template_added_later", []string{"sends", "as_is"}, func(s *sandbox.Switches, v string) { s.TemplateAddedLater = v }},
	{"repeat_while_untrusted", []string{"403", "as_is"}, func(s *sandbox.Switches, v string) { s.RepeatWhileUntrusted = v }},
	{"allow_list_position", []string{"before_row", "after_row"}, func(s *sandbox.Switches, v string) { s.AllowListPosition = v }},
	{"send_while_queued", []string{"sends", "as_is", "409"}, func(s *sandbox.Switches, v string) { s.SendWhileQueued = v }},
	{"limit", []string{"none", "tight"}, func(s *sandbox.Switches, v string) {
		noLimits(s)
		if v == "tight" {
			s.ZonePerMinute, s.WindowSeconds, s.MitigationSeconds = 25, 0.5, 0.3
		}
	}},
	{"rate_limit_body", []string{"json", "html", "empty"}, func(s *sandbox.Switches, v string) { s.RateLimitBody = v }},
	{"retry_after", []string{"none", "seconds", "date"}, func(s *sandbox.Switches, v string) { s.RetryAfter = v }},
	{"bulk_partial", []string{"reject_all", "per_row_200", "per_row_207", "keep_good_400"}, func(s *sandbox.Switches, v string) { s.BulkPartial = v }},
	{"bulk_body", []string{"array", "object", "empty", "not_json"}, func(s *sandbox.Switches, v string) { s.BulkBody = v }},
	{"bulk_status", []string{"200", "201", "204"}, func(s *sandbox.Switches, v string) { s.BulkStatus = v }},
	{"error_shape", []string{"error", "code", "errorCode", "pascal", "nested", "text", "problem"}, func(s *sandbox.Switches, v string) { s.ErrorShape = v }},
	{"plan_body", []string{"message", "code", "empty", "text", "html"}, func(s *sandbox.Switches, v string) { s.PlanBody = v }},
	{"gate", []string{"trust", "comms", "plan", "trust and comms"}, nil},
	{"fault", []string{"none", "guest " + sandbox.LostAfter, "guest " + sandbox.Fail500After, "send " + sandbox.LostAfter, "send " + sandbox.Fail500After}, nil},
}

// combination is one value of each factor, by the factor's name.
type combination map[string]string

// allPairs covers every two values of every two factors by a few combinations, greedily: faults that need three things at
// once are rare, and all combinations are three hundred million.
func allPairs(factors []factor) []combination {
	random := rand.New(rand.NewPCG(1, 2))
	type pair struct{ f, v, g, w int }
	open := map[pair]bool{}
	for f := range factors {
		for g := f + 1; g < len(factors); g++ {
			for v := range factors[f].values {
				for w := range factors[g].values {
					open[pair{f, v, g, w}] = true
				}
			}
		}
	}
	gain := func(values []int) (n int) {
		for f := range values {
			for g := f + 1; g < len(values); g++ {
				if open[pair{f, values[f], g, values[g]}] {
					n++
				}
			}
		}
		return n
	}
	var all []combination
	for len(open) > 0 {
		var best []int
		for range 20 {
			values := make([]int, len(factors))
			for f := range values {
				values[f] = random.IntN(len(factors[f].values))
			}
			for _, f := range random.Perm(len(factors)) { // each factor in turn takes its best value
				most, at := -1, values[f]
				for v := range factors[f].values {
					values[f] = v
					if n := gain(values); n > most {
						most, at = n, v
					}
				}
				values[f] = at
			}
			if best == nil || gain(values) > gain(best) {
				best = values
			}
		}
		c := combination{}
		for f, v := range best {
			c[factors[f].name] = factors[f].values[v]
			for g := f + 1; g < len(best); g++ {
				delete(open, pair{f, v, g, best[g]})
			}
		}
		all = append(all, c)
	}
	return all
}

// TestPromisesHoldWhateverQflowDoes runs three small imports for each combination: guests without an email, one of whom is
// refused; new guests with one; and the first ones again, now with one. A gate closes and opens half-way.
func TestPromisesHoldWhateverQflowDoes(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	combinations := allPairs(factors)
	var running sync.WaitGroup
	slots := make(chan struct{}, 12) // they mostly wait
	for i, c := range combinations {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			// Not t.Parallel, which would have them wait for each other by twos.
			t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
				box := sandbox.Options{Seed: uint64(i), Adjust: func(s *sandbox.Switches) {
					for _, f := range factors {
						if f.set != nil {
							f.set(s, c[f.name])
						}
					}
					s.MailHeld, s.DuplicateBarcode = true, "400"
				}}
				m := &matrix{farm: newFarmOn(t, server, fmt.Sprintf("m%02d", i), box), combination: c}
				defer func() {
					if t.Failed() {
						t.Logf("%v\n%s", c, m.lines)
					}
				}()
				m.run()
			})
		})
	}
	running.Wait()
	t.Logf("%d combinations", len(combinations))
}

type matrix struct {
	*farm
	combination
}

func (m *matrix) run() {
	m.limits.Mitigation = 500 * time.Millisecond // a 429 that does not say for how long would end the test
	stop := m.work()
	defer stop()
	const old, fresh = 12, 25
	one := m.awaitDone(m.importFile(barcodes(m.t, "x", old, 1), settings("")))
	if one.Counts[ledger.Created] != old {
		m.t.Fatalf("counts %v", one.Counts)
	}
	// Another file claims the barcode of one of them.
	two := m.awaitDone(m.importFile(barcodes(m.t, "other", 3, 1000), settings("")))
	if two.Counts[ledger.Created] != 2 || two.Counts[ledger.Refused] != 1 {
		m.t.Fatalf("counts %v", two.Counts)
	}
	if what, kind, faulty := strings.Cut(m.combination["fault"], " "); faulty {
		at := map[string]sandbox.Endpoint{"guest": sandbox.CreateGuest, "send": sandbox.Send}[what]
		if err := m.sandbox.Inject(sandbox.Fault{Endpoint: at, Kind: kind, Every: 4}); err != nil {
			m.t.Fatal(err)
		}
	}
	three := m.importFile(file(m.t, fresh), settings(template))
	m.until("some are sent", func() bool { return m.sandbox.Summary().Emails >= 6 }, nothing)
	m.shut(true)
	four := m.importFile(barcodes(m.t, "x", old, 1), settings(template))
	for _, id := range []string{three, four} {
		m.await(id, "all rows are done or parked", func(i ledger.Import) bool { return i.Counts.Open() == i.Counts.Parked() })
	}
	m.shut(false)
	m.check(m.awaitDone(three), m.awaitDone(four))
}

// barcodes gives a file of guests whose barcodes are multiples of a number.
func barcodes(t *testing.T, name string, n, step int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Barcode\n")
	for i := range n {
		fmt.Fprintf(&b, "%s%d,Lee,%s%d@example.com,%016d\n", name, i, name, i, i*step)
	}
	return write(t, b.String())
}

// shut closes or opens the combination's gate at Qflow.
func (m *matrix) shut(closed bool) {
	plan := 0
	if closed {
		plan = max(1, m.sandbox.Summary().PlanUsed)
	}
	m.adjust(func(s *sandbox.Switches) {
		s.Trusted = !closed || !strings.Contains(m.combination["gate"], "trust")
		s.CommsEnabled = !closed || !strings.Contains(m.combination["gate"], "comms")
		if m.combination["gate"] == "plan" {
			s.PlanLimit = plan
		}
	})
}

func (m *matrix) check(imports ...ledger.Import) {
	m.t.Helper()
	accepted, unknown := 0, 0
	for _, i := range imports {
		c := i.Counts
		accepted, unknown = accepted+c[ledger.Accepted], unknown+c[ledger.Unknown]
		if c.Total() != i.Rows || c[ledger.Accepted]+c[ledger.Unknown] != i.Rows {
			m.t.Errorf("import of %d rows: counts %s", i.Rows, show(c))
		}
		m.checkReasons(i)
	}
	s := m.sandbox.Summary()
	if s.EmailsMax > 1 || s.RefreshPresentationsMax > 1 {
		m.t.Errorf("a guest has %d emails", s.EmailsMax)
	}
	if s.Emails < accepted || s.Emails > accepted+unknown {
		m.t.Errorf("%d rows are accepted and %d unknown, and %d emails are queued", accepted, unknown, s.Emails)
	}
	if lost := m.lost(); unknown > lost {
		m.t.Errorf("%d rows are unknown, and %d answers were lost", unknown, lost)
	}
	if m.lines.count("level=ERROR") > 0 {
		m.t.Error("an error was logged")
	}
}

func (m *matrix) lost() (n int) {
	for _, f := range m.sandbox.Faults() {
		n += f.Injected
	}
	return n
}

func (m *matrix) checkReasons(i ledger.Import) {
	m.t.Helper()
	marks, err := m.ledger.Marks(context.Background(), i.ID, 1, i.Rows)
	if err != nil {
		m.t.Fatal(err)
	}
	for n, mark := range marks {
		why, err := m.ledger.Reasons(context.Background(), i.ID, []int{n + 1})
		if err != nil || why[0].IsZero() != mark.State().Fine() {
			m.t.Errorf("row %d is %s, because of %+v (%v)", n+1, mark.State(), why, err)
		}
	}
}

func show(c ledger.Counts) string {
	text, _ := c.MarshalJSON()
	return string(text)
}

// The generator is worth a test of its own: a pair that it forgets is a case that nobody tried.
func TestAllPairsAreCovered(t *testing.T) {
	t.Parallel()
	all := allPairs(factors)
	for f, one := range factors {
		for _, other := range factors[f+1:] {
			for _, v := range one.values {
				for _, w := range other.values {
					found := false
					for _, c := range all {
						found = found || c[one.name] == v && c[other.name] == w
					}
					if !found {
						t.Errorf("nobody tries %s=%s with %s=%s", one.name, v, other.name, w)
					}
				}
			}
		}
	}
}

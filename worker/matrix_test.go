package worker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// factor is one thing about Qflow that is unknown, or that may go wrong.
type factor struct {
	name   string
	values []string
	set    func(*sandbox.Switches, string) // nil: the test itself acts upon it
}

var factors = []factor{
	{"row_on_trust_403", []string{"kept", "dropped"}, func(s *sandbox.Switches, v string) { s.RowOnTrust403 = v }},
	{"repeat_after_trust", []string{"sends", "as_is"}, func(s *sandbox.Switches, v string) { s.RepeatAfterTrust = v }},
	{"repeat_other_template", []string{"sends", "as_is"}, func(s *sandbox.Switches,
		v string) {
		s.RepeatOtherTemplate = v
	}},
	{"template_added_later", []string{"sends", "as_is"}, func(s *sandbox.Switches, v string) { s.TemplateAddedLater = v }},
	{"repeat_while_untrusted", []string{"403", "as_is"}, func(s *sandbox.Switches,
		v string) {
		s.RepeatWhileUntrusted = v
	}},
	{"allow_list_position", []string{"before_row", "after_row"},
		func(s *sandbox.Switches, v string) { s.AllowListPosition = v }},
	{"send_while_queued", []string{"sends", "as_is", "409"}, func(s *sandbox.Switches,
		v string) {
		s.SendWhileQueued = v
	}},
	{"limit", []string{"none", "tight"}, func(s *sandbox.Switches, v string) {
		noLimits(s)
		if v == "tight" {
			s.ZonePerMinute, s.WindowSeconds, s.MitigationSeconds = 25, 0.5, 0.3
		}
	}},
	{"rate_limit_body", []string{"json", "html", "empty"}, func(s *sandbox.Switches, v string) { s.RateLimitBody = v }},
	{"retry_after", []string{"none", "seconds", "date"}, func(s *sandbox.Switches, v string) { s.RetryAfter = v }},
	{"bulk_partial", []string{"reject_all", "per_row_200", "per_row_207", "keep_good_400"},
		func(s *sandbox.Switches, v string) { s.BulkPartial = v }},
	{"bulk_body", []string{"array", "object", "empty", "not_json"},
		func(s *sandbox.Switches, v string) { s.BulkBody = v }},
	{"bulk_status", []string{"200", "201", "204"}, func(s *sandbox.Switches, v string) { s.BulkStatus = v }},
	{"error_shape", []string{"error", "code", "errorCode", "pascal", "nested", "text", "problem"},
		func(s *sandbox.Switches, v string) { s.ErrorShape = v }},
	{"plan_body", []string{"message", "code", "empty", "text", "html"},
		func(s *sandbox.Switches, v string) { s.PlanBody = v }},
	{"gate", []string{"trust", "comms", "plan", "trust and comms"}, nil},
	{"row_on_template_404", []string{"kept", "dropped"}, func(s *sandbox.Switches, v string) { s.RowOnTemplate404 = v }},
	{"empty_fields", []string{"null", "omitted"}, func(s *sandbox.Switches, v string) { s.EmptyFields = v }},
	{"bulk_omitted", []string{"keeps", "clears"}, func(s *sandbox.Switches, v string) { s.BulkOmitted = v }},
	{"past", []string{"none", "bulk answers lost", "written and forgotten", "sent and forgotten", "parked and forgotten",
		"refused late", "parked and cancelled"}, nil},
	{"fault", []string{"none", "guest " + sandbox.LostAfter, "guest " + sandbox.Fail500After,
		"send " + sandbox.LostAfter, "send " + sandbox.Fail500After}, nil},
}

// combination is one value of each factor, by the factor's name.
type combination map[string]string

// pairs are the combinations that are tried.
var pairs = sync.OnceValue(func() []combination { return allPairs(factors) })

// allPairs covers every two values of every two factors by a few combinations, greedily: faults that need three things
// at once are rare, and all combinations are three hundred million.
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

// oneIn is of how many combinations one runs with the race detector: what goes on side by side is the same in all.
const oneIn = 8

// TestPromisesHoldWhateverQflowDoes runs three small imports for each combination: guests without an email, one of whom
// is refused; new guests with one; and the first ones again, now with one. A gate closes and opens half-way.
func TestPromisesHoldWhateverQflowDoes(t *testing.T) {
	t.Parallel()
	testkit.WithoutRace(t) // all of them; some below with it, where it is there
	server := redistest.Start(t)
	combinations := pairs()
	var running sync.WaitGroup
	slots := make(chan struct{}, 12) // they mostly wait
	for i, c := range combinations {
		if testkit.RaceDetector && i%oneIn != 0 {
			continue
		}
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
	m.limits.Pause = 500 * time.Millisecond // a 429 that does not say for how long would end the test
	stop := m.work()
	defer stop()
	const old, fresh = 12, 25
	before := m.past()
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
	emails := m.sandbox.Summary().Emails
	fileThree, fileFour := file(m.t, fresh), barcodes(m.t, "x", old, 1)
	three := m.importFile(fileThree, settings(template))
	m.until("some are sent", func() bool { return m.sandbox.Summary().Emails >= emails+6 })
	m.shut(true)
	four := m.importFile(fileFour, settings(template))
	for _, id := range []string{three, four} {
		m.await(id, "all rows are done or parked", func(i ledger.Import) bool { return i.Counts.Open() == i.Counts.Parked() })
	}
	m.shut(false)
	m.check(emails, m.awaitDone(three), m.awaitDone(four))
	m.checkRows(fileThree, three, template)
	m.checkRows(fileFour, four, template)
	m.future(before)
}

const pastGuests = 6

// past is what has become of some guests in an import before: of calls without an answer, of a Redis that forgot, or of
// refusals after the guest was made.
func (m *matrix) past() (id string) {
	path := named(m.t, "Old", pastGuests)
	switch m.combination["past"] {
	case "bulk answers lost":
		m.inject(sandbox.Fault{Endpoint: sandbox.BulkGuests, Kind: sandbox.Fail500After})
		id = m.importFile(path, settings(""))
		m.until("the guests are made", func() bool { return m.sandbox.Summary().Guests == pastGuests })
		m.cancel(id)
		m.sandbox.ClearFaults()
	case "written and forgotten":
		id = m.awaitDone(m.importFile(path, settings(""))).ID
		m.forget()
	case "sent and forgotten":
		id = m.awaitDone(m.importFile(path, settings(template))).ID
		m.forget()
	case "parked and forgotten", "parked and cancelled":
		m.adjust(func(s *sandbox.Switches) { s.Trusted = false })
		id = m.importFile(path, settings(template))
		m.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == pastGuests })
		m.cancel(id)
		m.adjust(func(s *sandbox.Switches) { s.Trusted = true })
		if m.combination["past"] == "parked and forgotten" {
			m.forget()
		}
	case "refused late":
		id = m.awaitDone(m.importFile(path, settings("77777777-2222-4333-8444-555555555555"))).ID // no such template
	}
	return id
}

// future imports those guests with an email, and other tags than before. before is the import of past, if any.
func (m *matrix) future(before string) {
	m.sandbox.ClearFaults()
	path := retagged(m.t, named(m.t, "Old", pastGuests), "NEW")
	five := m.awaitDone(m.importFile(path, settings(template)))
	m.checkRows(path, five.ID, template)
	m.checkReasons(five)
	forgotten := strings.HasSuffix(m.combination["past"], "forgotten")
	if unknown := five.Counts[ledger.Unknown]; unknown > 0 && !forgotten {
		m.t.Errorf("%d rows are unknown, though no answer about their emails was lost", unknown)
		for row := range pastGuests {
			calls, err := m.ledger.Attempts(context.Background(), before, row+1)
			m.t.Logf("row %d of the import before: %v (%v)", row+1, calls, err)
		}
	}
	for _, g := range m.sandbox.History().GuestList {
		if strings.HasPrefix(g.FirstName, "Old") && g.Tags != "NEW" {
			m.t.Errorf("the guest %s has the tags %s", g.FirstName, g.Tags)
		}
	}
}

func (m *matrix) cancel(id string) {
	m.t.Helper()
	if _, err := m.ledger.Cancel(context.Background(), id); err != nil {
		m.t.Fatal(err)
	}
}

// forget loses the guest index.
func (m *matrix) forget() {
	m.t.Helper()
	ctx := context.Background()
	keys, err := m.redis.Keys(ctx, m.ledger.Prefix()+"guests:*").Result()
	if err != nil || len(keys) == 0 {
		m.t.Fatalf("%d keys of the guest index, %v", len(keys), err)
	}
	if err := m.redis.Del(ctx, keys...).Err(); err != nil {
		m.t.Fatal(err)
	}
}

// retagged is a file of the same guests with other tags.
func retagged(t *testing.T, path, tags string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, strings.ReplaceAll(string(text), ",VIP\n", ","+tags+"\n"))
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

// check is given how many emails there were before these imports.
func (m *matrix) check(before int, imports ...ledger.Import) {
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
	if sent := s.Emails - before; sent < accepted || sent > accepted+unknown {
		m.t.Errorf("%d rows are accepted and %d unknown, and %d emails are queued", accepted, unknown, sent)
	}
	if lost := m.lost(); unknown > lost {
		m.t.Errorf("%d rows are unknown, and %d answers were lost", unknown, lost)
	}
	// A worker that a busy machine wakes too late says so.
	if m.lines.Count("level=ERROR") > m.lines.Count("too slow to keep to the rate limits") {
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
	marks, err := m.ledger.RowBytes(context.Background(), i.ID, 1, i.Rows)
	if err != nil {
		m.t.Fatal(err)
	}
	for n, mark := range marks {
		why, err := m.ledger.Reasons(context.Background(), i.ID, []int{n + 1})
		if err != nil || why[0].IsZero() != mark.State().Succeeded() {
			m.t.Errorf("row %d is %s, because of %+v (%v)", n+1, mark.State(), why, err)
		}
		if mark.State() == ledger.Unknown {
			calls, err := m.ledger.Attempts(context.Background(), i.ID, n+1)
			m.t.Logf("row %d of import %s is unknown, because of %+v, after %v (%v)", n+1, i.ID, why[0], calls, err)
		}
	}
}

func show(c ledger.Counts) string {
	text, _ := c.MarshalJSON()
	return string(text)
}

// The generator is worth a test of its own: a pair that it forgets is a case that is not tried.
func TestAllPairsAreCovered(t *testing.T) {
	t.Parallel()
	all := pairs()
	for f, one := range factors {
		for _, other := range factors[f+1:] {
			for _, v := range one.values {
				for _, w := range other.values {
					found := false
					for _, c := range all {
						found = found || c[one.name] == v && c[other.name] == w
					}
					if !found {
						t.Errorf("%s=%s is not tried with %s=%s", one.name, v, other.name, w)
					}
				}
			}
		}
	}
}

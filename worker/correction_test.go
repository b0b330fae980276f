package worker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/reason"
	"guestflow/importer/sendwindow"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// members is a list of members, by whose numbers they are known. An address is that of the list's version in which it
// was corrected last.
func members(corrected []int) string {
	var b strings.Builder
	b.WriteString("Member,First Name,Last Name,Email\n")
	for n, version := range corrected {
		fmt.Fprintf(&b, "M-%d,Ann,Lee %c%c,%s\n", n, 'A'+n/26, 'A'+n%26, memberAddress(n, version))
	}
	return b.String()
}

func memberAddress(n, version int) string { return fmt.Sprintf("ann%d.%d@example.com", n, version) }

// known imports a list of members.
func (f *farm) known(corrected []int, says ...func(*importer.Settings)) string {
	f.t.Helper()
	s := settings(template)
	s.Key, s.NearMisses = "Member", "update"
	for _, say := range says {
		say(&s)
	}
	return f.importFile(write(f.t, members(corrected)), s.Beside(f.ledger))
}

// emailsTo returns the addresses that emails went to, by what Qflow has of the guests.
func (f *farm) emailsTo() map[string]int {
	f.t.Helper()
	books, emails := f.sandbox.History(), map[string]int{}
	for _, g := range books.GuestList {
		for _, e := range books.EmailList {
			if e.GuestID == g.ID {
				emails[g.Email] += e.Count
			}
		}
	}
	return emails
}

// checkMembers checks that each has one email, at the address of this version.
func (f *farm) checkMembers(corrected []int) {
	f.t.Helper()
	f.checkBooks(len(corrected), len(corrected))
	emails := f.emailsTo()
	for n, version := range corrected {
		if to := memberAddress(n, version); emails[to] != 1 {
			f.t.Errorf("%s has %d emails of %v", to, emails[to], emails)
		}
	}
}

// Promise: a correction that comes while the first email waits counts: there is one email, to the corrected address.
func TestAnEmailThatWaitsGoesToTheCorrectedAddress(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	first, then := []int{0, 0, 0, 0, 0, 0}, []int{1, 0, 1, 0, 0, 1}
	untrusted := func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.Trusted = false }) }
	trusted := func(f *farm, _ string) { f.adjust(func(s *sandbox.Switches) { s.Trusted = true }) }
	parked := func(i ledger.Import) bool { return i.Counts.Parked() == len(first) }
	for name, wait := range map[string]struct {
		before func(f *farm)
		says   func(*importer.Settings)
		until  func(ledger.Import) bool // with a worker that works; nil for none
		then   func(f *farm, id string)
	}{
		"for a worker": {},
		"for a gate":   {before: untrusted, until: parked, then: trusted},
		"for a gate, and the guest is there": {
			before: func(f *farm) { f.first = true; untrusted(f) }, until: parked, then: trusted,
		},
		"for its window, and the guest is there": {
			says:  func(s *importer.Settings) { s.SendWindow, s.OutsideWindow = closedWindow(), sendwindow.Create },
			until: func(ledger.Import) bool { return true },
			then:  func(f *farm, id string) { f.setWindow(id, sendwindow.None); f.comeNow(id) },
		},
		"for a person who has paused it": {
			then: func(f *farm, id string) {
				imp, err := f.ledger.Import(f.t.Context(), id)
				f.must(err)
				f.must(f.importer().Resume(f.t.Context(), imp))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarmOn(t, server, strings.NewReplacer(" ", "-", ",", "").Replace(name), sandbox.Options{Adjust: noLimits})
			if wait.before != nil {
				wait.before(f)
			}
			var says []func(*importer.Settings)
			if wait.says != nil {
				says = append(says, wait.says)
			}
			id := f.known(first, says...)
			if strings.Contains(name, "paused") {
				f.must(f.ledger.Pause(t.Context(), id))
			}
			if wait.until != nil {
				stop := f.work()
				f.await(id, "its emails wait", wait.until)
				if wait.says != nil {
					f.until("the guests are there", func() bool { return f.sandbox.Summary().Guests == len(first) })
				}
				if f.first {
					f.until("no guest is being written", func() bool {
						chunks := 0
						err := queue.New(f.redis, f.account).EachParked(qflow.GateTrust, func(refs []chunk.Ref) (bool, error) {
							chunks += len(refs)
							return true, nil
						})
						return err == nil && chunks > 0
					})
				}
				stop() // a row of which the gate is probed would be on its way
				f.await(id, "its emails wait", wait.until)
			}
			if wait.says != nil || f.first {
				f.endWriting(id)
			}
			later := f.known(then)
			f.checkReplaced(id, 3)
			f.work()
			if wait.then != nil {
				wait.then(f, id)
			}
			f.awaitDone(id)
			f.awaitDone(later)
			f.checkMembers(then)
		})
	}
}

// Promise: where the answer to the first call of an email is an error or was lost, the plan of a correction says that
// the email may have left, whichever way the guest is known.
func TestThePlanOfACorrectionSaysThatTheFirstEmailMayHaveLeft(t *testing.T) {
	t.Parallel()
	const header = "Member,First Name,Last Name,Email"
	ann, bob := "\nM-1,Ann,Lee,ann@old.example", "\nM-2,Bob,Ray,bob@old.example"
	server := redistest.Start(t)
	for _, fault := range []string{sandbox.Fail500Before, sandbox.Fail500After, sandbox.LostAfter, sandbox.ResetBefore} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			f := newFarmOn(t, server, fault, sandbox.Options{Adjust: noLimits})
			f.must(f.sandbox.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: fault, Next: 1000}))
			s := settings(template)
			s.Account, s.Key, s.NearMisses = f.account, "Member", "update"
			id := f.importFile(write(t, header+ann+bob), s)
			f.work()
			f.until("both rows were called", func() bool {
				return f.redis.HLen(t.Context(), f.ledger.Prefix()+"import:"+id+":tries").Val() == 2
			})
			for list, want := range map[string]int{
				header + "\nM-1,Ann,Lee,ann@new.example" + bob: 1,
				header + ",Tags" + ann + ",VIP" + bob + ",":    0,
			} {
				plan, err := importer.MakePlan(t.Context(), write(t, list), s.Beside(f.ledger))
				f.must(err)
				if got := plan.Compared.Unsent.Leaving; got != want || plan.Emails != 0 ||
					strings.Contains(plan.Compared.Text(), "may have left") != (want > 0) {
					t.Errorf("%d, %d emails: %s", got, plan.Emails, plan.Compared.Text())
				}
			}
			s.Key = ""
			list := "First Name,Last Name,Email\nAnn,Lee,ann@new.example\nRobert,Ray,bob@old.example\n"
			plan, err := importer.MakePlan(t.Context(), write(t, list), s.Beside(f.ledger))
			f.must(err)
			if n := plan.Near; n == nil || n.Leaving != 2 || plan.Emails != 0 ||
				!strings.Contains(n.Text(), "the email of 2 of these guests may have left") {
				t.Errorf("by address and name: %s", plan.Near.Text())
			}
		})
	}
}

// endWriting has the time be over in which a write of a guest may be under way.
func (f *farm) endWriting(id string) {
	f.t.Helper()
	over := time.Now().Add(-time.Second).UnixMilli()
	f.must(f.redis.HSet(f.t.Context(), f.ledger.Prefix()+"import:"+id, "writing", over).Err())
}

// checkReplaced checks how many rows of an import were cancelled for those of a later one.
func (f *farm) checkReplaced(id string, want int) {
	f.t.Helper()
	imp, err := f.ledger.Import(f.t.Context(), id)
	f.must(err)
	rows := f.inState(imp, ledger.Cancelled)
	why, err := f.ledger.Reasons(f.t.Context(), id, rows)
	f.must(err)
	for _, r := range why {
		if r.Code != reason.Replaced {
			f.t.Errorf("a row is cancelled because of %s", r)
		}
	}
	if len(rows) != want {
		f.t.Errorf("%d rows are replaced, want %d", len(rows), want)
	}
}

// Workers send the first list while the second one comes: each guest gets one email, by whichever row came first.
func TestACorrectionRacesWithTheWorkersAndNoEmailGoesTwice(t *testing.T) {
	t.Parallel()
	const guests = 150
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	first := make([]int, guests)
	id := f.known(first)
	f.work()
	f.until("some are out", func() bool { return f.calls() > guests/10 })
	then := make([]int, guests)
	for n := range then {
		then[n] = 1
	}
	later := f.known(then)
	before, after := f.awaitDone(id), f.awaitDone(later)
	f.checkBooks(guests, guests)
	sent := before.Counts[ledger.Accepted] + after.Counts[ledger.Accepted]
	if sent != guests || before.Counts[ledger.Cancelled] != after.Counts[ledger.Accepted] ||
		before.Counts.Total() != guests || after.Counts.Total() != guests {
		t.Errorf("the first list has %s, the second %s", show(before.Counts), show(after.Counts))
	}
	t.Logf("%d of %d went to the corrected address", after.Counts[ledger.Accepted], guests)
	emails := f.emailsTo() // all guests are written as the later list has them
	for n := range then {
		if emails[memberAddress(n, 1)] != 1 {
			t.Errorf("member %d has %d emails", n, emails[memberAddress(n, 1)])
		}
	}
}

// knownCorrections once found a fault, and are tried each time.
var knownCorrections = []uint64{1, 228006, 666126, 678922}

// Promise: however often a list is corrected while its emails wait, also back to what it was, and whichever importers
// die over it, each guest gets one email, at the address that he had last; no row is lost.
func TestTheLastCorrectionOfAWaitingEmailCountsWhateverDies(t *testing.T) {
	t.Parallel()
	server, seeds := redistest.Start(t), slices.Clone(knownCorrections)
	draw := rand.New(rand.NewPCG(testkit.Seed(t), 7))
	for range 3 {
		seeds = append(seeds, draw.Uint64N(1_000_000))
	}
	if seed, err := strconv.ParseUint(os.Getenv("GUESTFLOW_HISTORY"), 10, 64); err == nil {
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			f := newFarmOn(t, server, fmt.Sprintf("c%d", seed), sandbox.Options{Seed: seed, Adjust: noLimits})
			newCorrections(t, f, seed).run()
		})
	}
}

// corrections is one run: a list that is corrected again and again while its emails wait for their windows.
type corrections struct {
	*farm
	random  *rand.Rand
	members []int
	ids     []string // of the members' guests
	imports []string
	lists   map[string][]int // by import, as it had the members
}

func newCorrections(t *testing.T, f *farm, seed uint64) *corrections {
	t.Helper()
	f.t = t
	return &corrections{
		farm: f, random: rand.New(rand.NewPCG(seed, 7)), members: make([]int, 12), lists: map[string][]int{},
	}
}

func (c *corrections) run() {
	r := c.random
	if r.IntN(2) == 0 {
		c.work()
	}
	var given [][]int
	for version := range 7 {
		if version > 1 && r.IntN(3) == 0 {
			c.members = slices.Clone(one(r, given...)) // a list that was given before, byte for byte
		} else {
			for range r.IntN(4) {
				c.members[r.IntN(len(c.members))] = version
			}
		}
		given = append(given, slices.Clone(c.members))
		c.bring()
	}
	c.work()
	c.until("each email waits as the last list has it", c.lastWaits, testkit.Detail(c.show))
	for _, id := range c.imports {
		c.setWindow(id, sendwindow.None)
	}
	c.until("all is done", c.done, testkit.Detail(c.show))
	for _, id := range c.imports {
		imp := c.awaitDone(id)
		if imp.Counts.Total() != len(c.members) || imp.Counts[ledger.Unknown] > 0 {
			c.t.Errorf("import %s has %s", id, show(imp.Counts))
		}
	}
	c.checkMembers(c.members)
	for _, e := range c.sandbox.History().EmailList {
		row, _ := ledger.ParseCorrelationID(c.account, e.CorrelationID)
		if n := row.Row - 1; c.lists[row.Import] == nil || c.lists[row.Import][n] != c.members[n] {
			c.t.Errorf("member %d was mailed by import %s, at an address of before", n, row.Import)
		}
	}
}

// lastWaits reports whether each email is that of a row with the last address. Where guests were being written when
// they were corrected it is so when that is certainly over, a moment later.
func (c *corrections) lastWaits() bool {
	for n, version := range c.members {
		if owner := c.owner(n); c.lists[owner.Import][n] == version {
			continue
		}
		for _, id := range c.imports {
			c.endWriting(id)
			c.comeNow(id)
		}
		return false
	}
	return true
}

// done reports whether no row waits any more, and has those come that do.
func (c *corrections) done() bool {
	done := true
	for _, id := range c.imports {
		imp, err := c.ledger.Import(c.t.Context(), id)
		c.must(err)
		if done = done && imp.Done(); !imp.Done() {
			c.comeNow(id)
		}
	}
	return done
}

// owner returns the row that has a member's email.
func (c *corrections) owner(n int) ledger.Owner {
	c.t.Helper()
	owner, found, err := guestindex.For(c.ledger).EmailOwner(c.t.Context(), sandbox.Defaults().EventID, c.ids[n], template)
	c.must(err)
	if !found {
		c.t.Fatalf("no row has the email of member %d", n)
	}
	return owner
}

func (c *corrections) show() string {
	var b strings.Builder
	for _, id := range c.imports {
		rows, _ := c.ledger.RowBytes(c.t.Context(), id, 1, len(c.members))
		fmt.Fprintf(&b, "import %s of %v:", id, c.lists[id])
		for _, row := range rows {
			fmt.Fprintf(&b, " %s", row.State())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// bring imports the list as it is now; its importer may die several times over it.
func (c *corrections) bring() {
	c.t.Helper()
	s := settings(template)
	s.Account, s.Key, s.NearMisses, s.Again = c.account, "Member", "update", ""
	s.SendWindow, s.OutsideWindow = closedWindow(), one(c.random, sendwindow.Hold, sendwindow.Create)
	path := write(c.t, members(c.members))
	plan, err := importer.MakePlan(c.t.Context(), path, s.Beside(c.ledger))
	c.must(err)
	plan, err = plan.AsGiven(c.t.Context(), c.ledger, nil)
	c.must(err)
	imp, created, err := c.importer().Begin(c.t.Context(), plan)
	c.must(err)
	if created {
		c.imports, c.lists[imp.ID] = append(c.imports, imp.ID), slices.Clone(c.members)
	}
	for range c.random.IntN(4) {
		reading, kill := context.WithTimeout(c.t.Context(), time.Duration(c.random.IntN(6000))*time.Microsecond)
		_ = c.importer().Run(reading, plan, imp)
		kill()
	}
	c.must(c.importer().Run(c.t.Context(), plan, imp))
	for n := len(c.ids); n < len(c.members); n++ { // of the first list, whose chunks have a row each
		data, err := c.ledger.Chunks.Get(c.t.Context(), imp.ID, n)
		c.must(err)
		rows, err := chunk.Decode(data)
		c.must(err)
		c.ids = append(c.ids, rows[0].Guest.ID)
	}
}

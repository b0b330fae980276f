package spool_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/hold"
	"guestflow/importer/inbox"
	"guestflow/importer/spool"
)

// clocks are those of a host and of its Redis, which a test sets.
type clocks struct {
	mu           sync.Mutex
	wall, server time.Time
	up           time.Duration
	boot         string
}

func newClocks() *clocks {
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	return &clocks{wall: now, server: now, up: time.Hour, boot: "first"}
}

// pass lets time pass.
func (c *clocks) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.server, c.up = c.wall.Add(d), c.server.Add(d), c.up+d
}

// set sets the clock on the wall, and that of Redis, forward or back.
func (c *clocks) set(wall, server time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.server = c.wall.Add(wall), c.server.Add(server)
}

func (c *clocks) reboot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.boot, c.up = c.boot+", and again", 0
}

func (c *clocks) clock() spool.Clock {
	return spool.Clock{
		Wall: func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.wall },
		Boot: func() (string, time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); return c.boot, c.up },
	}
}

func (c *clocks) redis(context.Context) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server, nil
}

// process is the spool of the account and its consumer, as a process has them.
func (h *host) process(c *clocks) (*spool.Spool, *spool.Consumer) {
	s := h.spool()
	s.Clock = c.clock()
	s.AtSteps(h.dies)
	consumer := spool.NewConsumer(h.take, h.logger(), s)
	consumer.ServerTime = c.redis
	return s, consumer
}

// brought puts a list into the spool under some rules.
func (h *host) brought(s *spool.Spool, rules hold.Rules) (id string) {
	h.t.Helper()
	r := record(spool.Source)
	r.Gate.Rules = rules
	id, err := s.Put(h.incoming(list()), r, spool.Approved)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func look(t *testing.T, c *spool.Consumer) {
	t.Helper()
	for range 3 {
		c.Look(t.Context())
	}
}

// inAProcess runs a function that may die half-way.
func inAProcess(f func()) {
	died := make(chan struct{})
	go func() {
		defer close(died)
		f()
	}()
	<-died
}

func (h *host) imports() int {
	h.t.Helper()
	list, err := h.books.Imports(h.t.Context(), 10)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(list)
}

// waits returns the one item, which waits, and of which nothing was imported.
func (h *host) waits(s *spool.Spool) spool.Item {
	h.t.Helper()
	waiting := s.Waiting(h.t.Context())
	if len(waiting) != 1 || h.lists()["waiting"] != 1 || len(h.lists()) != 1 || h.imports() != 0 {
		h.t.Fatalf("%d items wait, the list is in %v, and there are %d imports\n%s", len(waiting), h.lists(), h.imports(),
			&h.log)
	}
	return waiting[0]
}

// approve approves an item as it is shown.
func approve(t *testing.T, s *spool.Spool, i spool.Item, who string) time.Time {
	t.Helper()
	start, err := s.Approve(t.Context(), i.ID, spool.Decision{
		Approval: spool.Approval{By: who, SHA256: i.Plan.SHA256, Login: true}, Spec: *i.Spec,
	})
	if err != nil {
		t.Fatal(err)
	}
	return start
}

// Promise: nothing of a list that is held leaves before it is approved, wherever a process dies, and then it goes out
// once.
func TestNothingOfAListThatIsHeldLeavesBeforeItsApprovalWhereverAProcessDies(t *testing.T) {
	t.Parallel()
	for _, step := range []string{
		"nowhere", "claimed", "its waiting record is written", "its text is written", "it waits",
		"it is taken", "it is approved", "its decision is written", "it is about to be opened", "it is opened", "begun",
		"imported", "noted",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			h, c := newHost(t), newClocks()
			h.crash = step
			s, consumer := h.process(c)
			h.brought(s, hold.Rules{Hold: "always", Undo: "10m"})
			inAProcess(func() { look(t, consumer) })
			h.abandon()
			s, consumer = h.process(c)
			look(t, consumer)
			item := h.waits(s)
			if item.Gate.Approval == "" || item.Plan == nil || item.Plan.Guests != 3 {
				t.Fatalf("it waits as %+v", item.Record)
			}
			inAProcess(func() { _, _ = s.Approve(t.Context(), item.ID, byBoss(item)) })
			look(t, consumer)
			if item = h.waits(s); !item.Scheduled() { // the process died that approved it
				approve(t, s, item, "boss")
			}
			c.pass(10*time.Minute - time.Second)
			look(t, consumer)
			h.waits(s)
			c.pass(time.Second)
			inAProcess(func() { look(t, consumer) })
			h.abandon()
			_, others := h.process(c)
			look(t, others)
			h.wantOneImport()
		})
	}
}

func byBoss(i spool.Item) spool.Decision {
	return spool.Decision{Approval: spool.Approval{By: "boss", SHA256: i.Plan.SHA256}, Spec: *i.Spec}
}

// Promise: a clock that is set while an import waits has nothing sent early.
func TestNothingLeavesBeforeItsTimeWhateverTheClocksAreSetTo(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, step := range map[string]func(*clocks){
		"the host's clock forward":             func(c *clocks) { c.set(day, 0) },
		"both clocks forward":                  func(c *clocks) { c.set(day, day) },
		"both back and forward":                func(c *clocks) { c.set(-day, -day); c.set(2*day, 2*day) },
		"a reboot with the host's clock wrong": func(c *clocks) { c.reboot(); c.set(day, 0) },
		"a reboot with Redis' clock wrong":     func(c *clocks) { c.reboot(); c.set(0, day) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, c := newHost(t), newClocks()
			s, consumer := h.process(c)
			h.brought(s, hold.Rules{Undo: "10m"})
			look(t, consumer)
			h.waits(s)
			step(c)
			for range 2 { // processes, the second one new
				s, consumer = h.process(c)
				look(t, consumer)
				h.waits(s)
			}
			c.pass(10*time.Minute - time.Second)
			look(t, consumer)
			h.waits(s)
			c.pass(time.Second)
			look(t, consumer)
			h.wantOneImport()
		})
	}
}

// A clock that was right again later than its start time starts it then.
func TestAnImportWhoseClockWasSetBackStartsWhenTheClockSaysSo(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	h.brought(s, hold.Rules{StartAt: "2026-11-28T09:00Z"})
	look(t, consumer)
	c.set(-time.Hour, -time.Hour)
	c.pass(time.Hour)
	look(t, consumer)
	h.waits(s)
	c.pass(time.Hour)
	look(t, consumer)
	h.wantOneImport()
}

// Promise: what is taken back within its undo time never leaves.
func TestAnImportIsTakenBackWhileItCanBe(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	id := h.brought(s, hold.Rules{Undo: "10m"})
	look(t, consumer)
	h.waits(s)
	c.pass(9 * time.Minute)
	if err := s.Discard(id); err != nil {
		t.Fatal(err)
	}
	c.pass(day)
	look(t, consumer)
	if h.imports() != 0 || len(h.lists()) != 0 {
		t.Errorf("%d imports, and the list is in %v", h.imports(), h.lists())
	}
	if err := s.Discard(id); !errors.Is(err, spool.ErrNotWaiting) {
		t.Errorf("taken back twice: %v", err)
	}
}

const day = 24 * time.Hour

// Promise: an approval is of the file that was looked at.
func TestAFileThatChangesAfterItsApprovalIsApprovedAnew(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	h.brought(s, hold.Rules{Hold: "always", Undo: "10m"})
	look(t, consumer)
	item := h.waits(s)
	write := func(text string) {
		if err := os.WriteFile(s.Waiting(t.Context())[0].Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(list() + "Bob,Lee,bob@example.com\n")
	if _, err := s.Approve(t.Context(), item.ID, byBoss(item)); !errors.Is(err, spool.ErrChanged) {
		t.Fatalf("approved as it was looked at: %v", err)
	}
	write(list())
	approve(t, s, item, "boss")
	write(list() + "Eve,Lee,eve@example.com\n")
	c.pass(time.Hour)
	look(t, consumer)
	again := h.waits(s)
	if again.Gate.Approval != "the file was changed after it was approved" || again.Plan.Guests != 4 ||
		again.Approved.By != "" {
		t.Fatalf("it waits as %+v", again.Record)
	}
	approve(t, s, again, "boss")
	c.pass(time.Hour)
	look(t, consumer)
	if h.imports() != 1 || h.lists()["done"] != 1 {
		t.Errorf("%d imports, and it is in %v", h.imports(), h.lists())
	}
}

// Promise: who brought a list does not approve it where another has to.
func TestOnlyAnotherOperatorApprovesWhatIsUnderThatRule(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	r := record(spool.Console)
	r.Origin.By, r.Gate.Rules = "anna", hold.Rules{ApproveBy: "other"}
	id, err := s.Put(h.incoming(list()), r, spool.Waiting)
	if err != nil {
		t.Fatal(err)
	}
	say := func(who string, login bool) error {
		_, err := s.Approve(t.Context(), id, spool.Decision{Approval: spool.Approval{By: who, Login: login}, Spec: wanted})
		return err
	}
	for _, who := range []string{"anna", "Anna", "anna@example.com", "local", ""} {
		if _, is := errors.AsType[*spool.OtherError](say(who, true)); !is {
			t.Errorf("%q approves what anna has brought", who)
		}
	}
	if _, err := s.Approve(t.Context(), id,
		spool.Decision{Approval: spool.Approval{By: "root", Also: "anna"}, Spec: wanted}); err == nil {
		t.Error("anna approves as root what she has brought")
	}
	if err := say("bob", true); err != nil {
		t.Fatal(err)
	}
	look(t, consumer)
	h.wantOneImport()
	// Also where it is only known by the list whether the rule is for it.
	r.Gate.Rules = hold.Rules{Guarded: "one,gala"}
	for event, refused := range map[string]bool{"gala": true, "Gala ": true, "party": false} {
		if id, err = s.Put(h.incoming(list()), r, spool.Waiting); err != nil {
			t.Fatal(err)
		}
		d := spool.Decision{Approval: spool.Approval{By: "anna", Login: true}, Spec: wanted, Events: []string{"other", event}}
		if _, err := s.Approve(t.Context(), id, d); (err != nil) != refused {
			t.Errorf("of %q: %v", event, err)
		}
	}
}

// Promise: a list that was brought by sudo is approved by none of its person's names, and by another person.
func TestAListThatWasBroughtBySudoIsApprovedByAnother(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, _ := h.process(c)
	r := record(spool.Command)
	r.Origin.By, r.Origin.Also, r.Gate.Rules = "root", "anna", hold.Rules{ApproveBy: "other"}
	id, err := s.Put(h.incoming(list()), r, spool.Waiting)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []spool.Approval{{By: "anna"}, {By: "root"}, {By: "root", Also: "bob"}, {By: "bob", Also: "anna"},
		{}} {
		if _, err := s.Approve(t.Context(), id, spool.Decision{Approval: who, Spec: wanted}); err == nil {
			t.Fatalf("%+v approves it", who)
		}
	}
	if _, err := s.Approve(t.Context(), id,
		spool.Decision{Approval: spool.Approval{By: "bob"}, Spec: wanted}); err != nil {
		t.Error(err)
	}
}

// Promise: an item that was held at the same moment as its start time came, or as it was claimed, waits, or the one who
// holds it gets the error that it is too late.
func TestAHoldEitherHoldsOrSaysThatItIsTooLate(t *testing.T) {
	t.Parallel()
	for range 30 {
		h, c := newHost(t), newClocks()
		s, first := h.process(c)
		id := h.brought(s, hold.Rules{Undo: "10m"})
		look(t, first)
		_, second := h.process(c)
		c.pass(10 * time.Minute)
		var all sync.WaitGroup
		for _, consumer := range []*spool.Consumer{first, second} {
			all.Go(func() { look(t, consumer) })
		}
		held := h.spool().Hold(t.Context(), id, "boss")
		all.Wait()
		look(t, first)
		switch {
		case held == nil:
			if item := h.waits(s); item.Gate.HeldBy != "boss" {
				t.Fatalf("it waits as %+v", item.Record)
			}
			approve(t, s, h.waits(s), "boss")
			c.pass(time.Hour)
			look(t, first)
			h.wantOneImport()
		case errors.Is(held, spool.ErrImporting):
			if h.imports() == 0 {
				h.waits(s) // it was in time after all
			}
		default:
			t.Fatal(held)
		}
	}
}

// Promise: a kill at any step of an approval leaves an item that waits, or one that is imported once by what was
// approved.
func TestAKillAtAnyStepOfAnApprovalLeavesOneItemOrOneImport(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"it is taken", "its decision is written", "it is approved", "it is about to be opened",
		"it is opened"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			h, c := newHost(t), newClocks()
			s, consumer := h.process(c)
			h.brought(s, hold.Rules{Hold: "always"})
			look(t, consumer)
			item := h.waits(s)
			h.crash = step
			inAProcess(func() { _, _ = s.Approve(t.Context(), item.ID, byBoss(item)) })
			inAProcess(func() { look(t, consumer) })
			h.abandon()
			s, consumer = h.process(c)
			look(t, consumer)
			consumer.Tidy(t.Context())
			if step == "it is taken" { // nothing was decided
				approve(t, s, h.waits(s), "boss")
				look(t, consumer)
			}
			h.wantOneImport()
		})
	}
}

// Promise: of decisions that meet, one counts, and nothing is lost or done twice.
func TestDecisionsThatMeetLoseNothing(t *testing.T) {
	t.Parallel()
	for range 20 {
		h, c := newHost(t), newClocks()
		s, first := h.process(c)
		id := h.brought(s, hold.Rules{Hold: "always", Undo: "10m"})
		look(t, first)
		item := h.waits(s)
		var all sync.WaitGroup
		for _, who := range []string{"boss", "chief"} {
			other, _ := h.process(c)
			all.Go(func() {
				d := byBoss(item)
				d.By, d.Now = who, who == "chief"
				_, _ = other.Approve(t.Context(), id, d)
			})
		}
		all.Go(func() { look(t, first) })
		held := h.spool().Hold(t.Context(), id, "guard")
		all.Wait()
		look(t, first)
		if len(h.lists()) != 1 {
			t.Fatalf("the list is in %v", h.lists())
		}
		if waiting := s.Waiting(t.Context()); len(waiting) == 1 {
			if waiting[0].Spec == nil || waiting[0].Plan == nil {
				t.Fatalf("it waits as %+v", waiting[0].Record)
			}
			approve(t, s, waiting[0], "boss")
			c.pass(time.Hour)
			look(t, first)
		} else if held == nil && h.imports() == 0 {
			t.Fatal("neither waits it nor is it imported")
		}
		h.wantOneImport()
	}
}

// A kill while a person holds an item leaves it as it was, or held.
func TestAKillWhileAnItemIsHeldLeavesItAsItWasOrHeld(t *testing.T) {
	t.Parallel()
	for _, rules := range []hold.Rules{{}, {Undo: "10m"}} {
		for _, step := range []string{"its hold is written", "it is taken", "its decision is written"} {
			h, c := newHost(t), newClocks()
			s, consumer := h.process(c)
			id := h.brought(s, rules)
			if !rules.None() {
				look(t, consumer)
			}
			h.crash = step
			inAProcess(func() { _ = s.Hold(t.Context(), id, "boss") })
			h.crash = ""
			c.pass(time.Hour)
			look(t, consumer)
			if waiting := s.Waiting(t.Context()); len(waiting) == 1 {
				if waiting[0].Gate.Approval == "" {
					t.Fatalf("%s: it waits as %+v", step, waiting[0].Record)
				}
				if _, err := s.Approve(t.Context(), id,
					spool.Decision{Approval: spool.Approval{By: "boss", Now: true}, Spec: wanted}); err != nil {
					t.Fatal(err)
				}
				look(t, consumer)
			}
			h.wantOneImport()
		}
	}
}

// Another process may import an item as soon as its approval is written: the person who has approved it hears of no other
// decision.
func TestAnApprovalCountsWhereAnotherProcessIsQuickerToImport(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"it is taken", "its decision is written"} {
		h, c := newHost(t), newClocks()
		approving, first := h.process(c)
		id := h.brought(approving, hold.Rules{Hold: "always"})
		look(t, first)
		_, other := h.process(c)
		approving.AtSteps(func(at string) {
			if at == step {
				look(t, other)
			}
		})
		if _, err := approving.Approve(t.Context(), id,
			spool.Decision{Approval: spool.Approval{By: "boss", Now: true}, Spec: wanted}); err != nil {
			t.Errorf("another process looks where %s: %v", step, err)
		}
		look(t, other)
		h.wantOneImport()
	}
}

// The same where another person discards it at that moment: the approval has not counted.
func TestAnApprovalThatMeetsADiscardSaysSo(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	approving, first := h.process(c)
	id := h.brought(approving, hold.Rules{Hold: "always"})
	look(t, first)
	discarding, other := h.process(c)
	approving.AtSteps(func(at string) {
		if at == "its decision is written" {
			if err := discarding.Discard(id); err != nil {
				t.Error(err)
			}
		}
	})
	if _, err := approving.Approve(t.Context(), id,
		spool.Decision{Approval: spool.Approval{By: "boss", Now: true}, Spec: wanted}); !errors.Is(err, spool.ErrNotWaiting) {
		t.Errorf("the approval of a file that was discarded meanwhile: %v", err)
	}
	look(t, other)
	if n := h.imports(); n != 0 {
		t.Errorf("%d imports of a file that was discarded", n)
	}
}

// The folder of what is imported may not be there yet.
func TestTheFirstItemOfASpoolStartsAtItsTime(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	path := h.incoming(list())
	plan, err := importer.MakePlan(t.Context(), path, importer.Settings{Spec: wanted})
	if err != nil {
		t.Fatal(err)
	}
	r := record(spool.Command)
	r.Gate.Rules, r.Plan = hold.Rules{Undo: "10m"}, spool.PlanOf(plan)
	id, start, err := s.PutLater(path, r)
	if err != nil || start.IsZero() || id == "" {
		t.Fatalf("it starts at %s, %v", start, err)
	}
	look(t, consumer)
	h.waits(s)
	c.pass(10 * time.Minute)
	look(t, consumer)
	h.wantOneImport()
}

// Promise: a dropped file waits by the rules of its folder, is read again when it is corrected, and keeps its start
// time when it is only touched.
func TestADroppedFileWaitsByTheRulesOfItsFolder(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	rules := hold.Rules{Hold: "above 3", StartAt: "2099-01-01T00:00Z"}
	b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: wanted, Hold: rules}}, h.take, h.logger())
	if err != nil {
		t.Fatal(err)
	}
	drop := filepath.Join(h.dir, "list.csv")
	if err := os.WriteFile(drop, []byte(list()+"Bob,Lee,bob@example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	look(t, b.Consumer)
	s := h.spool()
	item := h.waits(s)
	if !strings.Contains(item.Gate.Approval, "above 3") || item.Origin.By == "" && runtime.GOOS == "linux" {
		t.Fatalf("it waits as %+v", item.Record)
	}
	text, err := os.ReadFile(filepath.Join(h.dir, "waiting", item.ID+"--list.csv.txt"))
	if err != nil || !strings.Contains(string(text), "guestflow approve "+item.ID) {
		t.Errorf("the text beside it: %q, %v", text, err)
	}
	if err := os.WriteFile(item.Path, []byte(list()), 0o600); err != nil { // corrected: 3 guests are few enough
		t.Fatal(err)
	}
	look(t, b.Consumer)
	if item = h.waits(s); !item.Scheduled() || item.Plan.Guests != 3 {
		t.Fatalf("corrected, it waits as %+v", item.Record)
	}
	start := approve(t, s, item, "boss")
	soon := time.Now().Add(time.Minute)
	if err := os.Chtimes(s.Waiting(t.Context())[0].Path, soon, soon); err != nil {
		t.Fatal(err)
	}
	look(t, b.Consumer)
	look(t, b.Consumer)
	if item = h.waits(s); !item.Gate.Start.Equal(start) || item.Approved.By != "boss" {
		t.Errorf("touched, it waits as %+v", item.Record)
	}
	now := byBoss(item)
	now.Now = true
	if _, err := s.Approve(t.Context(), item.ID, now); err != nil {
		t.Fatal(err)
	}
	look(t, b.Consumer)
	h.wantOneImport()
}

// Promise: nothing leaves before its approval and its undo time, whatever clocks are set to and wherever processes die,
// and then it leaves once. Real time is what passes on all clocks; setting one is none.
func TestNothingLeavesEarlyInGamesOfClocksKillsAndProcesses(t *testing.T) {
	t.Parallel()
	seed := testkit.Seed(t)
	for game := range 12 {
		random := rand.New(rand.NewPCG(seed, uint64(game)))
		h, c := newHost(t), newClocks()
		rules := hold.Rules{Undo: fmt.Sprintf("%dm", 1+random.IntN(60))}
		if random.IntN(2) == 0 {
			rules.Hold = "always"
		}
		undo, _ := rules.UndoFor()
		g := &clockGame{host: h, clocks: c, random: random, undo: undo, approved: rules.Hold == ""}
		s, _ := h.process(c)
		h.brought(s, rules)
		for range 40 {
			g.step()
		}
		g.end()
	}
}

// clockGame is a game about one list. waited is the real time since nothing but its undo time held it.
type clockGame struct {
	*host
	clocks   *clocks
	random   *rand.Rand
	undo     time.Duration
	waited   time.Duration
	approved bool
	began    bool // the undo time
}

func (g *clockGame) step() {
	s, consumer := g.process(g.clocks)
	_, other := g.process(g.clocks)
	jump := func() time.Duration { return time.Duration(g.random.IntN(240)-120) * time.Minute }
	switch g.random.IntN(6) {
	case 0:
		g.clocks.set(jump(), 0)
	case 1:
		g.clocks.set(0, jump())
	case 2:
		both := jump()
		g.clocks.set(both, both)
	case 3:
		d := time.Duration(g.random.IntN(20)) * time.Minute
		g.clocks.pass(d)
		if g.began {
			g.waited += d
		}
	case 4:
		steps := []string{"claimed", "its waiting record is written", "it waits", "it is about to be opened", "it is opened",
			"begun", "imported"}
		g.mu.Lock()
		g.crash = steps[g.random.IntN(len(steps))]
		g.mu.Unlock()
	default:
		if waiting := s.Waiting(g.t.Context()); !g.approved && len(waiting) == 1 && waiting[0].Gate.Approval != "" {
			approve(g.t, s, waiting[0], "boss")
			g.approved = true
		}
	}
	inAProcess(func() { look(g.t, consumer) })
	inAProcess(func() { look(g.t, other) })
	g.abandon()
	if waiting := s.Waiting(g.t.Context()); len(waiting) == 1 && waiting[0].Scheduled() {
		g.began = true
	}
	if g.imports() > 0 && (!g.approved || g.waited < g.undo) {
		g.t.Fatalf("it left after %v of %v, approved %t\n%s", g.waited, g.undo, g.approved, &g.log)
	}
}

// end has all that is left happen.
func (g *clockGame) end() {
	g.crash = ""
	s, consumer := g.process(g.clocks)
	look(g.t, consumer)
	if waiting := s.Waiting(g.t.Context()); !g.approved && len(waiting) == 1 {
		approve(g.t, s, waiting[0], "boss")
	}
	for range 3 {
		g.clocks.pass(7 * day)
		g.abandon()
		look(g.t, consumer)
	}
	g.wantOneImport()
}

// Promise: rows of an upload that wait for a decision, while the others are imported, wait for as long as any file.
func TestAnUploadOfWhichAPartIsImportedIsNotRemovedAsUnwanted(t *testing.T) {
	t.Parallel()
	h, c := newHost(t), newClocks()
	s, consumer := h.process(c)
	consumer.Keep = 30 * 24 * time.Hour
	wait := func(part *spool.Part, question string) string {
		r := record(spool.Console)
		r.Question, r.Part = question, part
		id, err := s.Put(h.incoming(list()), r, spool.Waiting)
		if err != nil {
			t.Fatal(err)
		}
		past := time.Now().Add(-25 * time.Hour)
		files, _ := filepath.Glob(filepath.Join(h.dir, "waiting", "*"+id+"*"))
		hidden, _ := filepath.Glob(filepath.Join(h.dir, "waiting", ".*"+id+"*"))
		for _, path := range append(files, hidden...) {
			if err := os.Chtimes(path, past, past); err != nil {
				t.Fatal(err)
			}
		}
		return id
	}
	part := wait(&spool.Part{Import: "abcdefgh", Rows: 3, Held: 1}, "1 row is like guests of earlier imports")
	wait(nil, "")
	wait(nil, "which encoding?")
	consumer.Tidy(t.Context())
	if list := s.Waiting(t.Context()); len(list) != 1 || list[0].ID != part {
		t.Errorf("%+v wait", list)
	}
}

func TestWhatWaitsForAPersonSaysWhatItWaitsForThen(t *testing.T) {
	t.Parallel()
	for want, rules := range map[string]hold.Rules{
		"held": {},
		"held; then it starts at 2026-12-01 08:00:00 UTC":                       {StartAt: "2026-12-01T09:00:00+01:00"},
		"held; then it starts at 09:00":                                         {StartAt: "09:00"},
		"held; then it can be taken back for 10m":                               {Undo: "10m"},
		"held; then it starts at 09:00, and can be taken back for 10m at least": {StartAt: "09:00", Undo: "10m"},
	} {
		r := spool.Record{Gate: spool.Gate{Rules: rules, Approval: "held"}}
		if got := r.Why(); got != "waits for approval: "+want {
			t.Errorf("%+v: %s", rules, got)
		}
	}
}

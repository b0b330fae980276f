package spool_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/hold"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// mailed are lists of members with an email.
var mailed = spec.Spec{Account: "main", Event: wanted.Event, Template: "7a1f9d1e-5d8b-4b8e-9a53-0f2b1a0c7d11", Key: "Member",
	Reading: spec.Reading{NearMisses: "update"}}

// members is a list of members, each with the address of a version.
func members(versions []int) string {
	var b strings.Builder
	b.WriteString("Member,First Name,Last Name,Email\n")
	for n, version := range versions {
		fmt.Fprintf(&b, "M-%d,Ann,Lee %c,ann%d.%d@example.com\n", n, 'A'+n, n, version)
	}
	return b.String()
}

// asGiven imports a file as a running guestflow does.
func (h *host) asGiven(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
	h.dies("claimed")
	plan, err := importer.MakePlan(ctx, path, s.Beside(h.books))
	if err == nil {
		plan, err = plan.AsGiven(ctx, h.books, func(i ledger.Import) bool { return spool.SameItem(i.Source, path) })
	}
	if err != nil {
		return spool.Result{}, err
	}
	if _, err := h.books.Import(ctx, plan.Import); errors.Is(err, ledger.ErrNotFound) {
		if s.Admit != nil {
			err = s.Admit(ctx, plan, func() (bool, error) { return true, nil })
		} else {
			err = nil
		}
		if err == nil {
			err = s.GiveWay(ctx, plan)
		}
		if err != nil {
			return spool.Result{}, err
		}
	}
	imp, created, err := h.im.Begin(ctx, plan)
	if err == nil {
		h.dies("begun")
		err = h.im.Run(ctx, plan, imp)
	}
	h.dies("imported")
	return spool.Result{
		Import: imp.ID, Rows: plan.Rows, Known: !created, Source: imp.Source,
		Resumed:   !created && imp.Enqueued*imp.Chunk < imp.Rows,
		SetSource: func(id, to string) error { return h.books.SetSource(ctx, id, to) },
	}, err
}

// owners are the versions of the members whose emails wait, as the rows that have them have the members.
func (h *host) owners(n int) (versions []int) {
	h.t.Helper()
	versions = make([]int, n)
	for i := range versions {
		owner, found := h.owner(i)
		if versions[i] = -1; found {
			versions[i] = h.version(owner)
		}
	}
	return versions
}

// owner is the row that has a member's email, as any list has his id.
func (h *host) owner(n int) (ledger.Owner, bool) {
	h.t.Helper()
	imports, err := h.books.Imports(h.t.Context(), 0)
	h.must(err)
	for _, imp := range imports {
		rows, err := h.rows(imp, n+1)
		h.must(err)
		for _, r := range rows {
			if r.Row != n+1 {
				continue
			}
			owner, found, err := guestindex.For(h.books).EmailOwner(h.t.Context(), wanted.Event, r.Guest.ID, mailed.Template)
			h.must(err)
			return owner, found
		}
	}
	return ledger.Owner{}, false
}

func (h *host) rows(imp ledger.Import, row int) ([]chunk.Row, error) {
	data, err := h.books.Chunks.Get(h.t.Context(), imp.ID, (row-1)/imp.Chunk)
	if errors.Is(err, ledger.ErrNoChunk) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return chunk.Decode(data)
}

// version is that of the member's address in a row.
func (h *host) version(of ledger.Owner) (version int) {
	h.t.Helper()
	imp, err := h.books.Import(h.t.Context(), of.Import)
	h.must(err)
	rows, err := h.rows(imp, of.Row)
	h.must(err)
	for _, r := range rows {
		var n int
		if r.Row == of.Row {
			_, err := fmt.Sscanf(r.Guest.Email, "ann%d.%d@", &n, &version)
			h.must(err)
		}
	}
	return version
}

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// giving is a process whose lists are brought one after the other.
type giving struct {
	*host
	clocks   *clocks
	spool    *spool.Spool
	consumer *spool.Consumer
}

func newGiving(t *testing.T) *giving {
	h := newHost(t)
	g := &giving{host: h, clocks: newClocks()}
	g.start()
	return g
}

// start is a process that takes the place of one that has died.
func (g *giving) start() {
	g.spool, g.consumer = g.process(g.clocks)
	g.consumer.Import = g.asGiven
}

// give has a list come, under some rules.
func (g *giving) give(versions []int, rules hold.Rules) (id string) {
	g.t.Helper()
	g.clocks.pass(time.Second)
	id, err := g.spool.Put(g.incoming(members(versions)), spool.Record{
		Name: "list.csv", Origin: spool.Origin{Door: spool.Source}, Spec: &mailed, Gate: spool.Gate{Rules: rules},
	}, spool.Approved)
	g.must(err)
	return id
}

func (g *giving) look() { look(g.t, g.consumer) }

// wantOwners fails unless the members' emails wait at these versions of their addresses; -1 is for none.
func (g *giving) wantOwners(versions ...int) {
	g.t.Helper()
	if got := g.owners(len(versions)); !slices.Equal(got, versions) {
		g.t.Errorf("emails wait at the versions %v, want %v", got, versions)
	}
}

func (g *giving) item(id string) spool.Item {
	g.t.Helper()
	i, err := g.spool.Find(g.t.Context(), id)
	g.must(err)
	return i
}

var undo = hold.Rules{Undo: "10m"}

// Promise: of two lists that wait at the same time the later one counts: no email of the first one is queued to an
// address that the later one has corrected.
func TestAListGivesWayToALaterOneThatHasItsGuestsOtherwise(t *testing.T) {
	t.Parallel()
	always := hold.Rules{Hold: "always"}
	for name, test := range map[string]func(g *giving, first string){
		"both can be taken back": func(g *giving, first string) {
			g.clocks.pass(5 * time.Minute)
			g.give([]int{0, 1, 0}, undo)
			g.look()
			g.clocks.pass(6 * time.Minute)
			g.look()
			if why := g.item(first).Why(); g.imports() != 0 || !strings.Contains(why, "which came later and has 1 of its guests with another") {
				g.t.Errorf("the first one %s, and there are %d imports", why, g.imports())
			}
			g.clocks.pass(6 * time.Minute)
			g.look()
			g.wantOwners(0, 1, 0)
		},
		"the later one is approved": func(g *giving, first string) {
			second := g.give([]int{0, 1, 0}, always)
			g.look()
			g.clocks.pass(time.Hour)
			g.look()
			g.wantOwners(-1, -1, -1)
			approve(g.t, g.spool, g.item(second), "boss")
			g.look()
			g.wantOwners(0, 1, 0)
		},
		"the later one is discarded": func(g *giving, first string) {
			second := g.give([]int{0, 1, 0}, always)
			g.look()
			g.clocks.pass(time.Hour)
			g.look()
			g.must(g.spool.Discard(second))
			g.look()
			g.wantOwners(0, 0, 0)
		},
		"a person lets it go before": func(g *giving, first string) {
			second := g.give([]int{0, 1, 0}, always)
			g.look()
			g.clocks.pass(time.Hour)
			g.look()
			i := g.item(first)
			_, err := g.spool.Approve(g.t.Context(), first, spool.Decision{
				Approval: spool.Approval{By: "boss", SHA256: i.Plan.SHA256, Now: true}, Spec: *i.Spec})
			g.must(err)
			g.look()
			g.wantOwners(0, 0, 0)
			approve(g.t, g.spool, g.item(second), "boss")
			g.look()
			g.wantOwners(0, 1, 0)
		},
		"the later one has the same guests": func(g *giving, first string) {
			g.give([]int{0, 0, 0, 0}, always)
			g.look()
			g.clocks.pass(time.Hour)
			g.look()
			g.wantOwners(0, 0, 0)
		},
		"the later one was imported while it was held": func(g *giving, first string) {
			g.must(g.spool.Hold(g.t.Context(), first, "boss"))
			g.give([]int{0, 1, 0}, hold.Rules{})
			g.look()
			g.wantOwners(0, 1, 0)
			approve(g.t, g.spool, g.item(first), "boss")
			g.clocks.pass(time.Hour)
			g.look()
			g.wantOwners(0, 1, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGiving(t)
			first := g.give([]int{0, 0, 0}, undo)
			g.look()
			test(g, first)
		})
	}
}

// Lists that lie in a folder together come in the order in which they were written, and then by name.
func TestOfListsThatLieInAFolderTogetherTheLastOneCounts(t *testing.T) {
	t.Parallel()
	long := time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		first, last string
		apart       time.Duration // that the last one was written later
	}{
		"by time":             {"z.csv", "a.csv", time.Minute},
		"by name":             {"guests 1.csv", "guests 2.csv", 0},
		"by time before name": {"guests 2.csv", "guests 1.csv", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: mailed}}, h.asGiven, h.logger())
			h.must(err)
			for n, file := range []string{c.first, c.last} {
				path := filepath.Join(h.dir, file)
				h.must(os.WriteFile(path, []byte(members([]int{0, n, 0})), 0o600))
				at := long.Add(time.Duration(n) * c.apart)
				h.must(os.Chtimes(path, at, at))
			}
			for range 8 {
				b.Look(t.Context())
			}
			if got := h.owners(3); !slices.Equal(got, []int{0, 1, 0}) || h.imports() != 2 {
				t.Errorf("emails wait at the versions %v, by %d imports\n%s", got, h.imports(), h.log.String())
			}
		})
	}
}

// meaning is a random history of lists that are given, wait, are approved or withdrawn, and of emails that leave.
type meaning struct {
	*giving
	random  *rand.Rand
	members []int
	lists   []*given
	diary   []string
	sent    map[int]bool
	begun   map[string]int // by import, how many lists had been given by then
}

type given struct {
	id        string
	versions  []int
	withdrawn bool
	imported  bool
}

// Promise: an email leaves to the address in the list that was given last before it left, as far as that list is
// imported or was given before the email's import had begun: whichever lists wait for their approval or their time, are
// given again or taken back, and wherever processes die.
func TestAnEmailGoesToTheAddressThatWasMeantLast(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(testkit.Seed(t), 3))
	for range 4 {
		seed := draw.Uint64N(1_000_000)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := &meaning{giving: newGiving(t), random: rand.New(rand.NewPCG(seed, 5)), members: make([]int, 4), sent: map[int]bool{},
				begun: map[string]int{}}
			m.run()
		})
	}
}

func (m *meaning) note(format string, args ...any) {
	m.diary = append(m.diary, fmt.Sprintf(format, args...))
}

func (m *meaning) run() {
	m.t.Cleanup(func() {
		if m.t.Failed() {
			m.t.Log(strings.Join(m.diary, "\n"))
		}
	})
	take := m.consumer.Import
	m.consumer.Import = m.noting(take)
	for range 40 {
		m.step()
	}
	for range 6 { // all that waits by itself is imported
		m.clocks.pass(time.Hour)
		m.look()
	}
	m.send()
	for n := range m.members {
		if !m.sent[n] && m.expected("") != nil {
			m.t.Errorf("member %d has no email", n)
		}
	}
}

// noting notes what imports begin.
func (m *meaning) noting(take spool.Import) spool.Import {
	return func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
		before, _ := m.books.Imports(ctx, 0)
		r, err := take(ctx, path, s)
		after, _ := m.books.Imports(ctx, 0)
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(after) > len(before) {
			m.begun[after[0].ID] = len(m.lists)
		}
		for _, l := range m.lists {
			if err == nil && strings.Contains(path, l.id) {
				l.imported = true
				m.note("list %s is import %s, known %v", l.id, r.Import, r.Known)
			}
		}
		return r, err
	}
}

func (m *meaning) step() {
	r := m.random
	switch r.IntN(8) {
	case 0, 1, 2:
		m.bring()
	case 3, 4:
		m.clocks.pass(time.Duration(r.IntN(7)) * time.Minute)
		m.look()
	case 5:
		m.send()
	case 6:
		m.decide()
	case 7:
		m.mu.Lock()
		m.crash = []string{"claimed", "its waiting record is written", "its text is written", "it waits", "it is about to be opened",
			"it is opened"}[r.IntN(6)]
		m.note("a process dies where: %s", m.crash)
		m.mu.Unlock()
		inAProcess(m.look)
		m.mu.Lock()
		m.crash = ""
		m.mu.Unlock()
		take := m.consumer.Import
		m.start()
		m.consumer.Import = take
		m.abandon()
	}
}

func (m *meaning) bring() {
	r := m.random
	if len(m.lists) > 1 && r.IntN(3) == 0 {
		m.members = slices.Clone(m.lists[r.IntN(len(m.lists))].versions)
	} else {
		m.members = slices.Clone(m.members)
		m.members[r.IntN(len(m.members))] = len(m.lists)
	}
	rules := []hold.Rules{{}, undo, {Undo: "3m"}, {Hold: "always"}}[r.IntN(4)]
	l := &given{versions: m.members}
	l.id = m.give(m.members, rules)
	m.mu.Lock()
	m.lists = append(m.lists, l)
	m.mu.Unlock()
	m.note("list %s of %v under %+v", l.id, l.versions, rules)
	if r.IntN(3) > 0 {
		m.look()
	}
}

// decide approves or withdraws a list that waits.
func (m *meaning) decide() {
	waiting := m.spool.Waiting(m.t.Context())
	if len(waiting) == 0 {
		return
	}
	i := waiting[m.random.IntN(len(waiting))]
	if i.Gate.Approval != "" && i.Plan != nil && m.random.IntN(3) > 0 {
		m.note("list %s is approved", i.ID)
		approve(m.t, m.spool, i, "boss")
		return
	}
	if err := m.spool.Discard(i.ID); err == nil {
		m.note("list %s is withdrawn", i.ID)
		for _, l := range m.lists {
			l.withdrawn = l.withdrawn || l.id == i.ID
		}
	}
}

// expected returns the list by which an email of an import has to go.
func (m *meaning) expected(imp string) (last *given) {
	for n, l := range m.lists {
		if !l.withdrawn && (l.imported || n < m.begun[imp]) {
			last = l
		}
	}
	return last
}

// send has the emails leave that wait.
func (m *meaning) send() {
	for n := range m.members {
		owner, found := m.owner(n)
		if !found || m.sent[n] {
			continue
		}
		bytes, err := m.books.RowBytes(m.t.Context(), owner.Import, owner.Row, owner.Row)
		m.must(err)
		if bytes[0].State() != ledger.Queued {
			continue
		}
		if want := m.expected(owner.Import); m.version(owner) != want.versions[n] {
			m.t.Errorf("member %d is mailed by import %s at version %d, and %v was given last", n, owner.Import, m.version(owner), want)
		}
		for _, to := range []ledger.State{ledger.Sending, ledger.Accepted} {
			_, _, err := m.books.Move(m.t.Context(), owner.Import, []ledger.Move{{Row: owner.Row, To: to}})
			m.must(err)
		}
		m.sent[n] = true
		m.note("member %d is mailed by import %s", n, owner.Import)
	}
}

// Promise: a list that is given again, after a later one has taken emails of it over, counts anew; twice in a row it is one.
func TestAListThatIsGivenAgainCountsAnew(t *testing.T) {
	t.Parallel()
	g := newGiving(t)
	for _, c := range []struct{ versions, owners []int }{
		{[]int{0, 0, 0}, []int{0, 0, 0}},
		{[]int{0, 1, 0}, []int{0, 1, 0}},
		{[]int{0, 0, 0}, []int{0, 0, 0}},
		{[]int{0, 0, 0}, []int{0, 0, 0}},
		{[]int{0, 1, 0}, []int{0, 1, 0}},
		{[]int{0, 0, 0}, []int{0, 0, 0}},
	} {
		g.give(c.versions, hold.Rules{})
		g.look()
		g.wantOwners(c.owners...)
	}
	if n := g.imports(); n != 5 {
		t.Errorf("there are %d imports, want one for each list but for the one that came twice in a row", n)
	}
}

package worker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/redis/go-redis/v9"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/sendwindow"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/importer/table"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// knownHistories once found a fault, of the program or of this test, and are tried each time.
var knownHistories = []uint64{1, 32481}

// TestAPersonGetsOneEmailOfATemplateHoweverListsComeAndProcessesEnd makes random histories of lists about the same few
// people: corrected, with rows gone, in other orders and encodings, by other columns, brought again and again while
// importers and workers are killed, answers are lost and addresses are suppressed. The generator knows which rows are
// which person; guestflow does not. At the end each person has at most one email of each template, unless a decision
// says otherwise, each row is in one state, and the states add up.
//
// GUESTFLOW_CHAOS=long tries 200 new histories, GUESTFLOW_HISTORIES=50 as many, GUESTFLOW_HISTORY=17 that one alone.
func TestAPersonGetsOneEmailOfATemplateHoweverListsComeAndProcessesEnd(t *testing.T) {
	t.Parallel()
	seeds, fresh := slices.Clone(knownHistories), 3
	if testkit.Long() {
		fresh = 200
	}
	if n, err := strconv.Atoi(os.Getenv("GUESTFLOW_HISTORIES")); err == nil {
		fresh = n
	}
	draw := rand.New(rand.NewPCG(testkit.Seed(t), 0))
	for range fresh {
		seeds = append(seeds, draw.Uint64N(1_000_000))
	}
	if seed, err := strconv.ParseUint(os.Getenv("GUESTFLOW_HISTORY"), 10, 64); err == nil {
		seeds = []uint64{seed}
	}
	t.Logf("histories %v", seeds)
	server := redistest.Start(t)
	slots := make(chan struct{}, 6)
	var running sync.WaitGroup
	for _, seed := range seeds {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t.Run(fmt.Sprint(seed), func(t *testing.T) { newHistory(t, server, seed).run() })
		})
	}
	running.Wait()
}

// history is one run: people, the lists that name them, and what happens to guestflow meanwhile.
type history struct {
	*farm
	random  *rand.Rand
	people  []*person
	key     string // of lists; the column that has a number for each person, or none
	answers bool   // lists have a column of answers, and a rule that leaves out who declined
	here    []*person
	lists   []*roll
	killers []func() // one for each worker
	diary   []string
	guests  map[string]int    // how many further guests a decision has made of a person
	ended   map[[2]string]int // emails of a person whose address was suppressed then, by person and template
	unsafe  map[string]bool   // addresses that are suppressed
}

// person is a person as the lists name him at present.
type person struct {
	id string // for the generator alone
	identity
	known    identity // as guestflow has met him last
	version  int      // of what else is said of him
	declined bool     // in the list's column of answers
}

type identity struct{ first, last, email string }

// roll is one list, as it was imported.
type roll struct {
	id     string
	people []*person // by row
	out    []bool    // by row: the rule leaves it out
	plan   importer.Plan
}

func newHistory(t *testing.T, server *redisserver.Server, seed uint64) *history {
	t.Helper()
	f := newFarmOn(t, server, fmt.Sprintf("h%d", seed), sandbox.Options{Seed: seed, Adjust: noLimits})
	f.timeout = 2 * time.Second
	h := &history{farm: f, random: rand.New(rand.NewPCG(seed, 11)), guests: map[string]int{}, ended: map[[2]string]int{},
		unsafe: map[string]bool{}}
	if h.random.IntN(3) == 0 {
		h.key = "Member ID"
	}
	h.answers = h.random.IntN(2) == 0
	for n := range 24 {
		h.people = append(h.people, &person{id: fmt.Sprintf("person%d", n), identity: identity{
			first: []string{"Zoë", "Bob", "Åsa", "Eve"}[n%4], last: fmt.Sprintf("Müller %c", 'A'+n),
			email: fmt.Sprintf("guest%d@example.com", n),
		}})
	}
	h.people[1].email, h.people[1].last = h.people[0].email, h.people[0].last // a family
	h.people[4].first, h.people[4].last = h.people[0].first, h.people[0].last // and one of the same name
	return h
}

func (h *history) note(format string, args ...any) {
	h.diary = append(h.diary, fmt.Sprintf(format, args...))
}

// one returns one of some things.
func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func (h *history) run() {
	h.t.Cleanup(func() {
		if h.t.Failed() {
			h.t.Log(strings.Join(h.diary, "\n"))
		}
	})
	h.here = slices.Clone(h.people[:8])
	for range 2 {
		for range 14 {
			h.step()
			h.pause()
		}
		h.settle()
		h.check()
		h.suppress()
	}
}

func (h *history) step() {
	switch h.random.IntN(16) {
	case 0, 12, 15:
		h.killOver(func() { h.change(); h.bring() })
	case 1, 13:
		h.fault()
	case 14:
		if len(h.lists) > 0 {
			l := one(h.random, h.lists...)
			h.note("the window of %s is open", l.id)
			h.setWindow(l.id, sendwindow.None)
			h.comeNow(l.id)
		}
	case 10, 11:
		turn := func() { h.adjust(func(s *sandbox.Switches) { s.Trusted = !s.Trusted }) }
		if h.note("trusted: %v", !h.sandbox.Switches().Trusted); h.sandbox.Switches().Trusted {
			turn()
		} else {
			h.killOver(turn) // over what was parked
		}
	case 2:
		if len(h.killers) < 3 {
			h.startWorker()
		}
	case 3, 4:
		if h.change(); h.random.IntN(6) == 0 {
			h.moveAll()
		}
	default:
		h.bring()
	}
}

// pause lets the workers make some calls.
func (h *history) pause() { h.letCall(h.random.IntN(5)) }

// letCall waits for so many calls, if they come soon.
func (h *history) letCall(n int) {
	enough := h.calls() + n
	over, look := time.NewTimer(time.Duration(50+50*n)*time.Millisecond), time.NewTicker(2*time.Millisecond)
	defer over.Stop()
	defer look.Stop()
	for h.calls() < enough {
		select {
		case <-over.C:
			return
		case <-look.C:
		}
	}
}

// change is what people do to a list between two drops: some come, some go, details change.
func (h *history) change() {
	p := one(h.random, h.people...)
	at := slices.Index(h.here, p)
	switch {
	case at < 0:
		h.here = append(h.here, p)
		if h.random.IntN(2) == 0 {
			h.change()
		}
	case len(h.here) > 2 && h.random.IntN(3) == 0:
		h.here = slices.Delete(h.here, at, at+1)
	case h.random.IntN(4) == 0:
		p.declined = !p.declined
	case !h.unsafe[p.email] && !h.unsafe[p.known.email]: // so that a suppressed one stays so
		p.correct(h.random.IntN(6))
	}
}

// moveAll gives everybody of the list another address, as where a company has another domain.
func (h *history) moveAll() {
	for _, p := range h.here {
		if p.known != (identity{}) && !h.unsafe[p.email] && !h.unsafe[p.known.email] {
			p.correct(1)
		}
	}
	h.note("all have another address")
}

// correct changes what is said of a person: something that two people may share, or his name or his address. Both at
// once make another person of him for all that a list says, so the other is as guestflow has met it.
func (p *person) correct(what int) {
	p.version++
	if p.known == (identity{}) {
		return
	}
	switch what {
	case 0:
		p.identity = p.known
		p.first = "Robert" + strings.Repeat("o", p.version)
	case 1:
		p.identity = p.known
		p.email = fmt.Sprintf("%s.%d@example.com", p.id, p.version)
	case 2:
		p.identity = p.known
		p.first, p.last = p.last, p.first
	case 3:
		p.identity = p.known
		p.first = strings.NewReplacer("ë", "e", "Å", "A").Replace(p.first)
	}
}

// bring imports the list as it is now: written in some way, and read by some process that may be killed over it.
func (h *history) bring() {
	r := h.random
	to := importer.Settings{Spec: spec.Spec{
		Account: h.account, Event: sandbox.Defaults().EventID, Profile: "gala", Key: h.key,
		Template: one(r, "", template, template, template, sandbox.Defaults().SecondTemplate),
	}}
	if h.answers {
		to.Where = "answer != declined"
	}
	if r.IntN(5) == 0 {
		to.Again = fmt.Sprint(len(h.lists))
	}
	if r.IntN(6) == 0 { // told apart otherwise than before
		h.key = one(r, "", "Member ID")
		to.Key = h.key
	}
	to.NearMisses = one[spec.NearMisses](r, "", "", "update", "update", "new", "skip",
		"key=update,name=update,address=hold")
	if r.IntN(4) == 0 {
		to.SendWindow, to.OutsideWindow = closedWindow(), one(r, sendwindow.Hold, sendwindow.Create)
	}
	rows := slices.Clone(h.here)
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	out := make([]bool, len(rows))
	for i, p := range rows {
		out[i] = h.answers && p.declined
	}
	path := filepath.Join(h.t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, h.written(rows), 0o600); err != nil {
		h.t.Fatal(err)
	}
	plan, meant := h.planned(path, to.Beside(h.ledger))
	if !meant {
		h.note("list of %s is not imported", ids(rows))
		return
	}
	im := h.importer()
	imp, created, err := im.Begin(h.t.Context(), plan)
	if err != nil {
		h.t.Fatal(err)
	}
	h.note("list %s of %s, template %s, window %q: new %v", imp.ID, ids(rows), to.Template, to.SendWindow, created)
	if created {
		h.lists = append(h.lists, &roll{imp.ID, rows, out, plan})
		h.decided(rows, plan)
	}
	if r.IntN(3) == 0 { // its process is killed, and the same command comes again
		reading, kill := context.WithCancel(h.t.Context())
		timer := time.AfterFunc(time.Duration(r.IntN(4000))*time.Microsecond, kill)
		err = im.Run(reading, plan, imp)
		timer.Stop()
		kill()
		h.note("its importer ends: %v", err)
	}
	if err := h.importer().Run(h.t.Context(), plan, imp); err != nil {
		h.t.Fatal(err)
	}
}

// planned plans a list, with an answer to each question: the right one about its encoding, any about known guests.
// False if it is not imported after all.
func (h *history) planned(path string, to importer.Settings) (importer.Plan, bool) {
	h.t.Helper()
	plan, err := importer.MakePlan(h.t.Context(), path, to)
	if err == nil {
		err = plan.Refused()
	}
	if err == nil {
		return plan, true
	}
	doubt, asked := errors.AsType[*table.Question](err)
	if !asked {
		h.note("%v", err)
		return plan, false
	}
	switch choice := one(h.random, doubt.Choices...); choice.Option {
	case "encoding":
		to.Encoding = "windows-1252"
	case "near-misses":
		to.NearMisses = spec.NearMisses(choice.Value)
	default:
		h.t.Fatal(err)
	}
	return h.planned(path, to)
}

// decided notes which rows of an import a decision has made new guests, and as what guestflow has met the others.
func (h *history) decided(rows []*person, plan importer.Plan) {
	left := map[int]bool{}
	if plan.Near != nil {
		for _, m := range plan.Near.Rows {
			switch m.Choice {
			case spec.NearNew:
				h.guests[rows[m.Row-1].id]++
				h.note("%s is decided to be new", rows[m.Row-1].id)
			case spec.NearSkip, spec.NearHold:
				left[m.Row-1] = true
			case spec.NearUpdate:
			}
		}
	}
	for n, p := range rows {
		if !left[n] && (!h.answers || !p.declined) {
			p.known = p.identity
		}
	}
}

func ids(rows []*person) (list []string) {
	for _, p := range rows {
		list = append(list, strings.TrimPrefix(p.id, "person"))
	}
	return list
}

// written is a list as some program writes it. What it says of people is the same.
func (h *history) written(rows []*person) []byte {
	r := h.random
	columns := []string{"First Name", "Last Name", "Email", "Tags", "Member ID"}
	if h.answers {
		columns = append(columns, "Answer")
	}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	spelt := one(r, func(s string) string { return s }, strings.ToUpper, func(s string) string { return " " + s + "  " })
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = one(r, ',', ';', '\t'), r.IntN(2) == 0
	_ = w.Write(columns)
	for _, p := range rows {
		cell := map[string]string{"First Name": p.first, "Last Name": p.last, "Email": spelt(p.email), "Answer": "going",
			"Tags": fmt.Sprintf("version %d", p.version), "Member ID": "M-" + p.id}
		if p.declined {
			cell["Answer"] = "declined"
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = cell[c]
		}
		_ = w.Write(row)
	}
	w.Flush()
	return encoded(r, b.String())
}

func encoded(r *rand.Rand, text string) []byte {
	switch r.IntN(5) {
	case 0:
		return []byte("\ufeff" + text)
	case 1:
		return []byte("\ufeff" + norm.NFD.String(text)) // as a Mac writes names
	case 2:
		units := utf16.Encode([]rune("\ufeff" + text))
		data := make([]byte, 0, 2*len(units))
		for _, u := range units {
			data = binary.LittleEndian.AppendUint16(data, u)
		}
		return data
	case 3:
		if data, err := charmap.Windows1252.NewEncoder().String(text); err == nil {
			return []byte(data)
		}
	}
	return []byte(text)
}

func (h *history) startWorker() {
	client, dying := redis.NewClient(h.server.Redis()), &dying{}
	client.AddHook(dying)
	stop := h.workWith(client)
	h.killers = append(h.killers, func() {
		dying.dead.Store(true)
		go stop()
	})
}

// dying is a process that is killed: nothing that it does from then on reaches Redis.
type dying struct{ dead atomic.Bool }

func (d *dying) err() error {
	if d.dead.Load() {
		return redis.ErrClosed
	}
	return nil
}

func (d *dying) DialHook(next redis.DialHook) redis.DialHook { return next }

func (d *dying) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := d.err(); err != nil {
			cmd.SetErr(err)
			return err
		}
		return next(ctx, cmd)
	}
}

func (d *dying) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if err := d.err(); err != nil {
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
			return err
		}
		return next(ctx, cmds)
	}
}

// killOver kills a worker over the calls that something brings about, and has its leases end.
func (h *history) killOver(work func()) {
	if len(h.killers) == 0 {
		h.startWorker()
	}
	for _, at := range []sandbox.Endpoint{sandbox.CreateGuest, sandbox.Send} {
		h.inject(sandbox.Fault{Endpoint: at, Kind: sandbox.SlowAfter, DelayMS: 300, Next: 4})
	}
	before := h.calls()
	work()
	h.letCall(before + 8 - h.calls())
	n := h.random.IntN(len(h.killers))
	h.killers[n]()
	h.killers = slices.Delete(h.killers, n, n+1)
	h.note("a worker is killed")
	h.endLeases()
}

// endLeases has every task that is active come back, as when the lease of its worker has ended; of workers that live as
// well, so that some chunks are run twice at once.
func (h *history) endLeases() {
	ctx := h.t.Context()
	var queues []string
	for _, lane := range chunk.ShortLanes() { // of lists that are as short as these
		queues = append(queues, lane.Queue(h.account))
	}
	for _, g := range qflow.Gates {
		queues = append(queues, queue.ParkedQueue(h.account, g))
	}
	for _, name := range queues {
		key := "asynq:{" + name + "}:"
		for _, id := range h.redis.LRange(ctx, key+"active", 0, -1).Val() {
			_, err := h.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.LRem(ctx, key+"active", 0, id)
				p.ZRem(ctx, key+"lease", id)
				p.HSet(ctx, key+"t:"+id, "state", "retry")
				p.ZAdd(ctx, key+"retry", redis.Z{Score: float64(time.Now().Unix()), Member: id})
				return nil
			})
			if err != nil {
				h.t.Fatal(err)
			}
		}
	}
	keys, err := h.redis.Keys(ctx, h.ledger.Prefix()+"import:*:sending:*").Result()
	if err == nil && len(keys) > 0 {
		err = h.redis.Del(ctx, keys...).Err()
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) fault() {
	f := sandbox.Fault{Endpoint: one(h.random, sandbox.CreateGuest, sandbox.Send, sandbox.BulkGuests),
		Next: 1 + h.random.IntN(3),
		Kind: one(h.random, sandbox.Fail500Before, sandbox.Fail500After, sandbox.LostAfter, sandbox.ShortAfter,
			sandbox.ResetBefore,
			sandbox.Fail401, sandbox.HTMLAfter, sandbox.WrongTypesAfter, sandbox.SlowAfter, sandbox.SlowAfter), DelayMS: 300}
	h.note("fault %s of %s, %d times", f.Kind, f.Endpoint, f.Next)
	h.inject(f)
}

// settle opens all windows and waits until every row is settled.
func (h *history) settle() {
	h.sandbox.ClearFaults()
	h.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	h.startWorker()
	for _, l := range h.lists {
		h.setWindow(l.id, sendwindow.None)
	}
	h.note("all is open, and nothing goes wrong")
	h.until("every row is settled", func() bool {
		done := true
		for _, l := range h.lists {
			imp, err := h.ledger.Import(h.t.Context(), l.id)
			if err != nil {
				h.t.Fatal(err)
			}
			if !imp.Done() {
				done = false
				h.comeNow(l.id)
			}
		}
		return done
	}, testkit.Detail(func() string { return strings.Join(h.diary, "\n") }))
}

// emails counts the emails that were queued, by person and template. Whose one is, its row says.
func (h *history) emails() map[[2]string]int {
	counts := map[[2]string]int{}
	for _, e := range h.sandbox.History().EmailList {
		row, ours := ledger.ParseCorrelationID(h.account, e.CorrelationID)
		at := slices.IndexFunc(h.lists, func(l *roll) bool { return l.id == row.Import })
		if !ours || at < 0 {
			h.t.Fatalf("an email of no row: %+v", e)
		}
		counts[[2]string{h.lists[at].people[row.Row-1].id, e.TemplateID}] += e.Count
	}
	return counts
}

// hasCommonName reports whether decisions have made four guests of the two people of one name. The name says
// nothing then: a row of theirs with another address is a new guest.
func (h *history) hasCommonName(id string) bool {
	const common = 4
	one, other := h.people[0].id, h.people[4].id
	return (id == one || id == other) && 2+h.guests[one]+h.guests[other] >= common
}

func (h *history) check() {
	h.t.Helper()
	for of, n := range h.emails() {
		if most := 1 + h.guests[of[0]]; n > most && !h.hasCommonName(of[0]) {
			h.t.Errorf("%s got %d emails of template %s, and is %d guests as decided", of[0], n, of[1], most)
		}
		if most, suppressed := h.ended[of]; suppressed && n > most {
			h.t.Errorf("%s got %d emails of template %s, %d of them before the address was suppressed", of[0], n, of[1], most)
		}
	}
	for _, l := range h.lists {
		h.checkList(l)
	}
}

func (h *history) checkList(l *roll) {
	h.t.Helper()
	imp, err := h.ledger.Import(h.t.Context(), l.id)
	if err != nil {
		h.t.Fatal(err)
	}
	rows, err := h.ledger.RowBytes(h.t.Context(), l.id, 1, imp.Rows)
	if err != nil {
		h.t.Fatal(err)
	}
	var counts ledger.Counts
	for _, b := range rows {
		counts[b.State()]++
	}
	if counts != imp.Counts || counts.Total() != len(l.people) || counts.Open() > 0 {
		h.t.Errorf("import %s of %d rows has %s, and its rows %s", l.id, len(l.people), show(imp.Counts), show(counts))
	}
	emails := h.emails()
	for n, b := range rows {
		if l.out[n] && b.State() != ledger.Filtered {
			h.t.Errorf("row %d of import %s, which the rule leaves out, is %s", n+1, l.id, b.State())
		}
		p, of := l.people[n], [2]string{l.people[n].id, l.plan.Settings.Template}
		switch b.State() {
		case ledger.Accepted:
			if emails[of] == 0 {
				h.t.Errorf("row %d of import %s says that %s got an email", n+1, l.id, p.id)
			}
		case ledger.Suppressed:
			if !h.unsafe[p.email] {
				h.t.Errorf("row %d of import %s is suppressed, and %s may be mailed", n+1, l.id, p.id)
			}
		default:
		}
	}
}

// suppress takes a person's address out of all emails to come, and notes how many each such person has.
func (h *history) suppress() {
	set := suppression.For(h.ledger)
	p := one(h.random, h.people...)
	if _, err := set.Add(h.t.Context(), p.email); err != nil {
		h.t.Fatal(err)
	}
	h.unsafe[p.email] = true
	h.note("the address of %s is suppressed", p.id)
	emails := h.emails()
	for _, p := range h.people {
		for _, template := range []string{template, sandbox.Defaults().SecondTemplate} {
			if of := [2]string{p.id, template}; h.unsafe[p.email] {
				h.ended[of] = emails[of]
			}
		}
	}
}

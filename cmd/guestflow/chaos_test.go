package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// TestChaosOverEverythingLosesNoRowAndSendsNoEmailTwice runs four workers and an importer as processes, on a real Redis
// and a sandbox of its own, and lets everything happen to them at once that may: kills, freezes, restarts of Redis that
// keep or lose its last writes, a clock of Redis that is set, faults of the API and of the identity server, gates that
// close and open. Afterwards the sandbox's books and the reports are held against each other, row by row.
//
// GUESTFLOW_CHAOS=long takes 20,000 rows. GUESTFLOW_CHAOS_SEED repeats a run, as far as the machine's scheduling
// allows: what is done is the same, when it strikes is not. The processes' log and the sandbox's books go to
// t.ArtifactDir.
func TestChaosOverEverythingLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	t.Parallel()
	c := newChaos(t)
	c.fleet = newFleet(t, nil, chaosEnv...)
	c.races = true
	c.harms = append(c.harms, c.restarting, c.forgetting, c.stepping)
	c.play()
}

// TestChaosOverFailoversLosesNoRowAndSendsNoEmailTwice is the same on a master with two replicas and three Sentinels:
// the master dies again and again, without its last second having reached a replica, and another one takes its place
// whose clock is wrong. One replica confirms what may not be lost, and the one that has most is promoted.
//
// It is not parallel: servers that starve take each other for dead.
func TestChaosOverFailoversLosesNoRowAndSendsNoEmailTwice(t *testing.T) { // see above
	if !testkit.Long() {
		t.Skip("it takes ten minutes; make chaos runs it")
	}
	c := newChaos(t)
	c.fleet = &fleet{house: newHouse(t, append([]string{"GUESTFLOW_REDIS_REPLICAS=1"}, chaosEnv...)...)}
	c.watched = redistest.StartSentinelsWithClocks(t, []*redistest.Clock{newClock(t), newClock(t), newClock(t)})
	c.moveIn(c.watched.URL(), redistest.ConnectSentinels(t, c.watched), nil)
	c.harms = append(c.harms, c.failing)
	c.play()
}

// play is all of it, on the Redis that the fleet has by now.
func (c *chaos) play() {
	c.t.Helper()
	c.begin()
	c.rage()
	c.calm()
	c.judge()
}

type size struct {
	files, rows int           // every other file has these rows, and those between smallFile: they go by another lane
	apart       time.Duration // between two files
	span        time.Duration // how long things happen at most: they end when nearly all rows are settled
	kills       time.Duration // how long workers and Redis are killed: Asynq gives their chunks back after 60 to 75 s
	// how long one worker at a time is frozen, so that its chunks are given to others meanwhile; 0 is not at all
	deep  time.Duration
	ease  int // how many times longer everything is left alone in between: a long run is to get through
	delay int // milliseconds that a call takes, so that most hits are in the middle of one
}

const smallFile = 60

func chaosSize() size {
	if testkit.Long() {
		return size{files: 37, rows: 1000, apart: 6 * time.Second, span: 8 * time.Minute, kills: 8 * time.Minute,
			deep: 80 * time.Second, ease: 3, delay: 100}
	}
	return size{files: 5, rows: 480, apart: 2 * time.Second, span: 20 * time.Second, kills: 12 * time.Second, ease: 1,
		delay: 80}
}

// of is how many rows a file has.
func (s size) of(file int) int {
	if file%2 == 1 {
		return smallFile
	}
	return s.rows
}

func (s size) total() (n int) {
	for i := range s.files {
		n += s.of(i)
	}
	return n
}

const (
	chaosWorkers = 4
	chaosPlaces  = 4 + 1 // of a worker: GUESTFLOW_CONCURRENCY, and one for short imports
	chaosProbes  = time.Second
)

// chaosEnv has no limits, which would leave everything to wait for one another.
var chaosEnv = slices.Concat(fast,
	[]string{fmt.Sprintf("GUESTFLOW_CONCURRENCY=%d", chaosPlaces-1), "GUESTFLOW_PROBE_INTERVALS=" + chaosProbes.String()})

type chaos struct {
	*fleet
	watched *redistest.SentinelSet // the Redis of a fleet that has no server of its own
	size    size
	seed    uint64
	harms   []func(context.Context)
	deep    sync.WaitGroup

	// known is held while Redis loses writes that workers have made, until they have had the time to make them again:
	// one that is killed or frozen in between takes what it knows of its calls with it, which cannot be repaired. For
	// the same reason one that is frozen, or was a moment ago, is not killed.
	known sync.Mutex
	late  *testkit.Lateness

	mu     sync.Mutex
	ice    map[*unit]int       // how often each is frozen now
	thawed map[*unit]time.Time // when it was let go on
	hurts  []hurt
	faults map[string]int       // injected, by endpoint and kind
	done   map[string]int       // everything else that happened, by name
	ended  map[string]time.Time // when files were imported, by path
}

// hurt is something that may cost a reply without the sandbox knowing of it.
type hurt struct {
	what     string
	from, to time.Time
}

const (
	killed  = "kill"
	frozen  = "freeze"
	noRedis = "Redis away"
	gated   = "gate closed"
)

func newChaos(t *testing.T) *chaos {
	t.Helper()
	seed := uint64(20261121)
	if given := os.Getenv("GUESTFLOW_CHAOS_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("GUESTFLOW_CHAOS_SEED: %v", err)
		}
	}
	t.Logf("GUESTFLOW_CHAOS_SEED=%d", seed)
	c := &chaos{size: chaosSize(), seed: seed, faults: map[string]int{}, done: map[string]int{},
		ended: map[string]time.Time{}, ice: map[*unit]int{}, thawed: map[*unit]time.Time{}, late: testkit.MeasureLateness(t)}
	c.harms = []func(context.Context){c.hurting, c.faulting, c.gating}
	return c
}

// begin has the sandbox keep its books, and starts the workers.
func (c *chaos) begin() {
	c.patch(map[string]any{
		"keep_calls": true, "access_token_seconds": 10, "reuse_revokes_family": true,
		"retry_after": "seconds", "mitigation_seconds": 1, "window_seconds": 1,
	})
	if err := c.admin.Inject(c.t.Context(), c.slow()...); err != nil {
		c.t.Fatal(err)
	}
	for range chaosWorkers {
		c.keep("run")
	}
}

// random gives each of those who do harm dice of its own, so that a seed means the same for each.
func (c *chaos) random(who uint64) *rand.Rand { return rand.New(rand.NewPCG(c.seed, who)) }

func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)))
}

// rest is the time between two harms of a kind.
func (c *chaos) rest(r *rand.Rand, least, most time.Duration) time.Duration {
	return time.Duration(c.size.ease) * between(r, least, most)
}

// pass waits; false: the time of harm is over.
func pass(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (c *chaos) note(what string, from time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hurts = append(c.hurts, hurt{what, from, time.Now()})
	c.done[what]++
}

func (c *chaos) count(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[what]++
}

// rage lets things happen until nearly all rows are settled: what is left then is in the hands of the dead and the
// frozen. It begins when work is going on, since a fleet that has no token yet has nothing to lose. All files are
// enqueued when it returns.
func (c *chaos) rage() {
	ctx, stop := context.WithTimeout(c.t.Context(), c.size.span)
	c.t.Cleanup(stop)
	var all sync.WaitGroup
	all.Go(func() { c.importing(ctx) })
	testkit.Eventually(c.t, "work is going on", func() bool { return c.counts()[ledger.Accepted] > 20 })
	if c.size.deep > 0 {
		c.deep.Go(func() { c.freezingDeep(ctx) })
	}
	for _, do := range c.harms {
		all.Go(func() { do(ctx) })
	}
	for pass(ctx, 200*time.Millisecond) {
		if n := c.counts(); n.Total()-n.Open() > c.size.total()*9/10 {
			stop()
		}
	}
	all.Wait()
	c.endFaults()
}

// importing drops one file after the other. An importer that was killed, or has failed, is started again until it says
// that all is enqueued.
func (c *chaos) importing(ctx context.Context) {
	r := c.random(1)
	for i := range c.size.files {
		if !c.importAll(ctx, r, c.guests(i)) {
			return
		}
		pass(ctx, c.size.apart)
	}
}

func (c *chaos) importAll(ctx context.Context, r *rand.Rand, path string) bool {
	for tries := 0; !c.importOnce(ctx, r, path); tries++ {
		if ctx.Err() == nil {
			tries = 0
		}
		if tries > 50 {
			c.t.Errorf("%s cannot be imported; see fleet.log", path)
			return false
		}
		time.Sleep(200 * time.Millisecond)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[path] = time.Now()
	return true
}

// importedSince gives the files whose import had ended at a time or later.
func (c *chaos) importedSince(since time.Time) (paths []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, at := range c.ended {
		if !at.Before(since) {
			paths = append(paths, path)
		}
	}
	return paths
}

// guests writes a file: new guests, two of the file before, one of its own twice, and one that is no guest.
func (c *chaos) guests(file int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range c.size.of(file) - 4 {
		b.WriteString(chaosGuest(file, i))
	}
	b.WriteString(chaosGuest(max(file-1, 0), 1) + chaosGuest(max(file-1, 0), 3) + chaosGuest(file, 2) +
		"Bob,Bad,bob@nowhere\n")
	path := filepath.Join(c.dir, fmt.Sprintf("guests-%02d.csv", file))
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		c.t.Error(err)
	}
	return path
}

// chaosGuest has a name that no other has, in whatever order its words are. Its number has fewer digits than one of a telephone.
func chaosGuest(file, n int) string {
	return fmt.Sprintf("Ann,Lee %d,ann.%d.%d@example.com\n", 10_000*file+n, file, n)
}

// importOnce is one life of the importer.
func (c *chaos) importOnce(ctx context.Context, r *rand.Rand, path string) bool {
	cmd := c.command("import", path, event, template)
	cmd.Stdout, cmd.Stderr = c.fleet.log, c.fleet.log
	if err := cmd.Start(); err != nil {
		c.t.Errorf("start the importer: %v", err)
		return false
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	if ctx.Err() == nil && r.IntN(3) > 0 {
		c.hurtImporter(r, cmd, ended)
	}
	<-ended
	return cmd.ProcessState.ExitCode() == exit.OK
}

func (c *chaos) hurtImporter(r *rand.Rand, cmd *exec.Cmd, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-time.After(between(r, 30*time.Millisecond, 700*time.Millisecond)):
	}
	if r.IntN(2) == 0 {
		if cmd.Process.Kill() == nil {
			c.count("importer killed")
		}
		return
	}
	if cmd.Process.Signal(syscall.SIGSTOP) == nil {
		c.count("importer frozen")
		time.Sleep(between(r, 300*time.Millisecond, 3*time.Second))
		_ = cmd.Process.Signal(syscall.SIGCONT)
	}
}

// hurting kills workers and freezes them, for longer than a last look before a call may be old.
func (c *chaos) hurting(ctx context.Context) {
	r := c.random(2)
	began := time.Now()
	var thaws sync.WaitGroup
	defer thaws.Wait()
	for pass(ctx, c.rest(r, 500*time.Millisecond, 2*time.Second)) {
		u := c.units[r.IntN(chaosWorkers-1)] // the last one is frozen deep
		from := time.Now()
		if r.IntN(3) == 0 && time.Since(began) < c.size.kills {
			if c.mayKill(u) {
				c.strike(u, syscall.SIGKILL)
				c.note(killed, from)
			}
			continue
		}
		for_ := between(r, 100*time.Millisecond, 7*time.Second)
		c.freeze(u)
		thaws.Go(func() {
			time.Sleep(for_)
			c.thaw(u)
			c.note(frozen, from)
		})
	}
}

func (c *chaos) freeze(u *unit) {
	c.mu.Lock()
	c.ice[u]++
	c.mu.Unlock()
	c.strike(u, syscall.SIGSTOP)
}

func (c *chaos) thaw(u *unit) {
	u.signal(syscall.SIGCONT)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ice[u]--
	c.thawed[u] = time.Now()
}

// mayKill reports whether a worker has had the time to write down again what Redis may have lost while it was frozen.
func (c *chaos) mayKill(u *unit) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ice[u] == 0 && time.Since(c.thawed[u]) > c.remembered()
}

// strike leaves a worker alone that may be the only one who knows of a call.
func (c *chaos) strike(u *unit, with syscall.Signal) {
	c.known.Lock()
	defer c.known.Unlock()
	u.signal(with)
}

// freezingDeep freezes one worker for so long that Asynq gives its chunks to others, and lets it go on then as if
// nothing had happened.
func (c *chaos) freezingDeep(ctx context.Context) {
	u := c.units[chaosWorkers-1]
	for pass(ctx, 3*time.Second) {
		from := time.Now()
		c.strike(u, syscall.SIGSTOP)
		time.Sleep(c.size.deep)
		u.signal(syscall.SIGCONT)
		c.note(frozen, from)
		c.count("of which for longer than a lease")
	}
}

func (c *chaos) restarting(ctx context.Context) {
	r := c.random(3)
	ctx, stop := context.WithTimeout(ctx, c.size.kills)
	defer stop()
	for pass(ctx, c.rest(r, 2*time.Second, 6*time.Second)) {
		from := time.Now()
		c.restartRedis(between(r, 0, 1500*time.Millisecond))
		c.note(noRedis, from)
	}
}

// remembered is how long workers have to write down again what Redis has lost: they look once a second, if the machine
// lets them, which is slow where it wakes this process late.
func (c *chaos) remembered() time.Duration { return 2*time.Second + 10*c.late.Most() }

// forgetting has Redis lose its last second. A command that had ended in it may have to be given again, since no
// process may be there who knows that the rows are missing.
func (c *chaos) forgetting(ctx context.Context) {
	r := c.random(6)
	ctx, stop := context.WithTimeout(ctx, c.size.kills)
	defer stop()
	for pass(ctx, c.rest(r, time.Second, 4*time.Second)) {
		c.known.Lock()
		from := time.Now()
		c.forget(between(r, 100*time.Millisecond, 1200*time.Millisecond))
		c.note(noRedis, from)
		c.count("of which without its last writes")
		time.Sleep(c.remembered())
		c.known.Unlock()
		for _, path := range c.importedSince(from) {
			c.importAll(ctx, r, path)
		}
	}
}

// steps are how far Redis' clock is ahead of the true one, or behind: less and more than guestflow waits for, there and
// back.
var steps = []time.Duration{0, time.Minute, -time.Minute, 7 * time.Minute, -7 * time.Minute, time.Hour, -time.Hour}

// set has a clock show another time. The last one stays: work goes on by a clock that is wrong.
func (c *chaos) set(clock *redistest.Clock, r *rand.Rand) {
	if clock == nil {
		return
	}
	if err := clock.Set(steps[r.IntN(len(steps))]); err != nil {
		c.t.Error(err)
	}
	c.count("Redis' clock set")
}

func (c *chaos) stepping(ctx context.Context) {
	r := c.random(7)
	for pass(ctx, c.rest(r, 2*time.Second, 6*time.Second)) {
		c.set(c.clock, r)
	}
}

// failing has one master after the other die.
func (c *chaos) failing(ctx context.Context) {
	r := c.random(3)
	for pass(ctx, c.rest(r, 2*time.Second, 6*time.Second)) {
		c.failOver(r)
	}
}

// failOver has the master die, and come back as a replica with another clock. It has been cut off from its replicas
// just before, so nothing that it took since is left. No command has to be given again: it says that an import is
// enqueued when a replica has it.
func (c *chaos) failOver(r *rand.Rand) {
	was, back := c.loseMaster(r)
	c.set(c.watched.Clocks[was], r)
	back()
}

func (c *chaos) loseMaster(r *rand.Rand) (was int, back func()) {
	c.known.Lock()
	defer c.known.Unlock()
	from := time.Now()
	was = c.watched.Isolate(between(r, 100*time.Millisecond, 1200*time.Millisecond))
	back = c.watched.FailOver(redistest.Kill)
	c.note(noRedis, from)
	c.count("of which by a failover")
	time.Sleep(c.remembered())
	return was, back
}

// apiFaults are those of a single call, with the reply lost on either side of the commit, and those that only slow
// down.
var apiFaults = []string{
	sandbox.Fail500Before, sandbox.Fail500After, sandbox.LostAfter, sandbox.ShortAfter, sandbox.ResetBefore, sandbox.Hang,
	sandbox.HangAfter, sandbox.Slow, sandbox.HTMLBefore, sandbox.HTMLAfter, sandbox.WrongTypesAfter,
}

// tokenFaults leave out a 401: to the token cache that is a wrong password, with which it waits a minute.
var tokenFaults = []string{
	sandbox.Fail500Before, sandbox.Fail500After, sandbox.LostAfter, sandbox.ShortAfter, sandbox.ResetBefore, sandbox.Hang,
	sandbox.HangAfter, sandbox.SlowAfter, sandbox.HTMLAfter, sandbox.WrongTypesAfter, sandbox.Fail429,
}

// faulting changes the weather every other second.
func (c *chaos) faulting(ctx context.Context) {
	r := c.random(4)
	for {
		c.endFaults()
		list := c.weather(r)
		if err := c.admin.Inject(context.Background(), list...); err != nil {
			c.t.Errorf("inject %+v: %v", list, err)
		}
		c.troubleTokens(r)
		if !pass(ctx, between(r, time.Second, 3*time.Second)) {
			return
		}
	}
}

func (c *chaos) weather(r *rand.Rand) (list []sandbox.Fault) {
	endpoints := []sandbox.Endpoint{sandbox.CreateGuest, sandbox.Send}
	for range 1 + r.IntN(3) {
		list = append(list, sandbox.Fault{
			Endpoint: endpoints[r.IntN(2)], Kind: apiFaults[r.IntN(len(apiFaults))], Probability: 0.02 + 0.1*r.Float64(),
			DelayMS: 1 + r.IntN(2000),
		})
	}
	if r.IntN(4) == 0 {
		list = append(list, sandbox.Fault{Endpoint: endpoints[r.IntN(2)], Kind: sandbox.Fail429, Next: 1 + r.IntN(2)})
	}
	if r.IntN(15) == 0 {
		list = append(list, sandbox.Fault{Endpoint: endpoints[r.IntN(2)], Kind: sandbox.Fail401, Next: 1})
	}
	if r.IntN(6) == 0 { // longer than the client's patience of 30 s: a few, since each takes a worker's place
		kind := []string{sandbox.Hang, sandbox.HangAfter, sandbox.SlowAfter}[r.IntN(3)]
		list = append(list, sandbox.Fault{Endpoint: endpoints[r.IntN(2)], Kind: kind, Next: 1, DelayMS: 33_000})
	}
	if r.IntN(3) == 0 {
		delay := 300 + r.IntN(2000)
		if r.IntN(5) == 0 {
			delay = 9000 // longer than the token cache's patience
		}
		list = append(list, sandbox.Fault{Endpoint: sandbox.Token, Kind: tokenFaults[r.IntN(len(tokenFaults))], Next: 1,
			DelayMS: delay})
	}
	return append(list, c.slow()...)
}

// slow has every other call take its time.
func (c *chaos) slow() []sandbox.Fault {
	return []sandbox.Fault{
		{Endpoint: sandbox.CreateGuest, Kind: sandbox.SlowAfter, DelayMS: c.size.delay},
		{Endpoint: sandbox.Send, Kind: sandbox.SlowAfter, DelayMS: c.size.delay},
	}
}

func (c *chaos) troubleTokens(r *rand.Rand) {
	var err error
	switch r.IntN(15) {
	case 0:
		c.count("access tokens revoked")
		err = c.admin.RevokeAccessTokens(context.Background())
	case 1:
		c.count("refresh tokens revoked")
		err = c.admin.RevokeRefreshTokens(context.Background())
	}
	if err != nil {
		c.t.Errorf("revoke tokens: %v", err)
	}
}

// endFaults adds up what the present ones did.
func (c *chaos) endFaults() {
	list, err := c.admin.Faults(context.Background())
	if err == nil {
		err = c.admin.ClearFaults(context.Background())
	}
	if err != nil {
		c.t.Errorf("end the faults: %v", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range list {
		if f.DelayMS != c.size.delay {
			c.faults[string(f.Endpoint)+" "+f.Kind] += f.Injected
		}
	}
}

// gating closes gates and opens them again. What Qflow does with a guest whose email it refuses, and with a repeated
// call later on, is unknown, so it changes each time.
func (c *chaos) gating(ctx context.Context) {
	r := c.random(5)
	closed := []map[string]any{{"trusted": false}, {"trusted": false}, {"comms_enabled": false},
		{"trusted": false, "comms_enabled": false}, {"plan_limit": 1}}
	for pass(ctx, c.rest(r, 2*time.Second, 6*time.Second)) {
		from := time.Now()
		change := maps.Clone(closed[r.IntN(len(closed))])
		change["row_on_trust_403"] = []string{"kept", "dropped"}[r.IntN(2)]
		change["repeat_after_trust"] = []string{"sends", "as_is"}[r.IntN(2)]
		change["repeat_while_untrusted"] = []string{"403", "as_is"}[r.IntN(2)]
		change["allow_list_position"] = []string{"before_row", "after_row"}[r.IntN(2)]
		c.patch(change)
		pass(ctx, between(r, time.Second, 4*time.Second))
		c.openGates()
		c.note(gated, from)
	}
}

func (c *chaos) openGates() {
	c.patch(map[string]any{"trusted": true, "comms_enabled": true, "plan_limit": 0})
}

// calm waits until every row is settled, with nothing standing in its way. Asynq gives the chunks of killed workers
// back after a minute: make chaos waits for that. Briefly, the leases are made to run out, those of the living too, and
// a worker starts, which looks for such chunks at once: what a deep freeze does otherwise.
func (c *chaos) calm() {
	began := time.Now()
	c.openGates()
	c.deep.Wait()
	if !testkit.Long() {
		leasesRunOut(c.t, c.redis)
		c.keep("run")
	}
	settled := func() bool {
		list := c.imports()
		open := slices.ContainsFunc(list, func(i ledger.Import) bool { return !i.Done() })
		return len(rowsByList(list)) == c.size.files && !open
	}
	for !settled() {
		if time.Since(began) > 4*time.Minute {
			c.t.Fatalf("rows are left behind:\n%s", c.stuck())
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Logf("settled %s after the end of all faults", time.Since(began).Round(time.Second))
}

// rowsByList has the rows of each list once, by its content. One that is given again, since Redis may have forgotten
// some of it, is a further import where a later list waits for its guests.
func rowsByList(imports []ledger.Import) map[string]int {
	rows := map[string]int{}
	for _, imp := range imports {
		rows[imp.SHA256] = imp.Rows
	}
	return rows
}

// stuck says which rows are open, and what Asynq has of their chunks.
func (c *chaos) stuck() string {
	var b strings.Builder
	imports := c.imports()
	fmt.Fprintf(&b, "%d imports of %d lists, %d lists were given\n", len(imports), len(rowsByList(imports)), c.size.files)
	for _, imp := range imports {
		if imp.Done() {
			continue
		}
		fmt.Fprintf(&b, "import %s, %d chunks enqueued: %s\n", imp.ID, imp.Enqueued, terminal.Counts(imp.Counts))
		err := c.ledger.EachWindow(c.t.Context(), imp.ID, func(first int, marks []ledger.RowByte) error {
			for i, m := range marks {
				if m.State().Class() == ledger.Open {
					fmt.Fprintf(&b, "  row %d of chunk %d is %s, byte %x\n", first+i, (first+i-1)/imp.Chunk, m.State(), uint8(m))
				}
			}
			return nil
		})
		if err != nil {
			fmt.Fprintln(&b, err)
		}
	}
	keys, _ := c.redis.Keys(c.t.Context(), "asynq:{*").Result()
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintln(&b, " ", k)
	}
	return b.String()
}

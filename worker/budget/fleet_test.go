package budget_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// fleet is several real processes on one Redis with a backlog without end, and a server that notes when calls arrive.
// Their time passes as it does, so they are judged by make chaos alone; see world for the same in stepped time.
type fleet struct {
	t     *testing.T
	box   *sandbox.Sandbox
	redis string
	url   string
	late  *testkit.Lateness
}

const (
	limit = 1200        // calls a minute
	span  = time.Minute // how long the fleet is judged: the limit's own window
)

func newFleet(t *testing.T) *fleet {
	t.Helper()
	if !testkit.Long() {
		t.Skip("a minute of real processes: make chaos")
	}
	f := &fleet{t: t, box: sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute = limit, 0
	}})}
	var err error
	if f.url, err = f.box.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.box.Close() })
	f.redis = redistest.Client(t).Options().Addr
	f.late = testkit.MeasureLateness(t)
	return f
}

// until waits until a moment: here it is time that passes which is looked at.
func until(at time.Time) { <-time.After(time.Until(at)) }

// A machine is quiet when it wakes those who sleep within a few milliseconds. Other processes on it may be held up a
// little longer than the one that measures.
const (
	quiet = 10 * time.Millisecond
	room  = 5 * quiet
)

// ahead is how far ahead slots may be booked, so what a killed process may cost. It is not the constant: that may be
// wrong.
const ahead = 500 * time.Millisecond

// judge looks at what arrived between two moments: how much of the limit was used, and the busiest windows.
func (f *fleet) judge(from, to time.Time, least float64) {
	f.t.Helper()
	all := f.box.History()
	calls := all.Arrivals[sandbox.ZoneScope]
	first, _ := slices.BinarySearchFunc(calls, from, time.Time.Compare)
	end, _ := slices.BinarySearchFunc(calls, to, time.Time.Compare)
	used := float64(end-first) / (limit * to.Sub(from).Minutes())
	late := f.late.Most()
	second, minute := most(calls, time.Second), most(calls, time.Minute)
	f.t.Logf("%.2f %% of the limit used; at most %d calls in a second, %d in a minute (limit %d); a sleeper woke up to %s late",
		100*used, second, minute, limit, late.Round(time.Microsecond))
	// Slots are 51 ms apart, which leaves 20 ms of room in a second. A machine that is held up for longer pushes calls
	// together, but by no more than Wait lets a call be late. A minute has room for that.
	push := room
	if late > quiet {
		push = budget.Late + late
	}
	if slots := int((time.Second+push)/(time.Minute*100/98/limit)) + 1; second > slots {
		f.t.Errorf("%d calls in a second, want at most %d", second, slots)
	}
	if minute > limit || all.LimitsTripped > 0 {
		f.t.Errorf("the limit was passed %d times, with up to %d calls in a minute", all.LimitsTripped, minute)
	}
	switch {
	case used >= least:
	case late > room:
		f.t.Log("this machine was held up, so some slots had to pass unused: how much of the limit was used is not judged")
	default:
		f.t.Errorf("%.2f %% of the limit used, want %.2f", 100*used, 100*least)
	}
}

// most is the largest number of times in any window of a length.
func most(times []time.Time, length time.Duration) (n int) {
	first := 0
	for last, at := range times {
		for at.Sub(times[first]) >= length {
			first++
		}
		n = max(n, last-first+1)
	}
	return n
}

func TestChaosThreeProcessesUseTheLimitAndNeverPassIt(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for range 3 {
		f.start(self(t))
	}
	began := time.Now()
	until(began.Add(span))
	f.judge(began, began.Add(span), 0.97)
}

// A process that is killed takes its booked slots with it, and no other's.
func TestChaosAKilledProcessLosesNoMoreThanTheHorizon(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	var processes []*child
	for range 3 {
		processes = append(processes, f.start(self(t)))
	}
	began := time.Now()
	until(began.Add(span / 2))
	processes[0].kill()
	f.start(self(t))
	until(began.Add(span))
	f.judge(began, began.Add(span), 0.97)
}

func TestChaosAFrozenProcessDoesNotCallLate(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	frozen := f.start(self(t))
	f.start(self(t))
	began := time.Now()
	for i := range 3 {
		until(began.Add(time.Duration(2*i+1) * time.Second))
		frozen.signal(syscall.SIGSTOP)
		until(began.Add(time.Duration(2*i+2) * time.Second))
		frozen.signal(syscall.SIGCONT)
	}
	until(began.Add(7 * time.Second))
	f.judge(began, time.Now(), 0)
}

// The hosts' clocks are a minute apart here, two of them half a minute from Redis' own. No tool shifts the clock of a
// Go program, which asks the kernel without a library in between; so these processes are built with a standard library
// whose time.Now is wrong by as much as the environment says. Everything else in them is what is shipped.
func TestChaosHostClocksHalfAMinuteApartMakeNoDifference(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	binary := withWrongClock(t)
	var clocks []time.Duration
	for _, ahead := range []int{-30, 0, 30} {
		c := f.start(binary, fmt.Sprintf("%s=%d", aheadEnv, ahead))
		clocks = append(clocks, time.Until(c.clock).Round(5*time.Second))
	}
	if want := []time.Duration{-30 * time.Second, 0, 30 * time.Second}; !slices.Equal(clocks, want) {
		t.Fatalf("the processes' clocks are off by %s, want %s", clocks, want)
	}
	began := time.Now()
	until(began.Add(span))
	f.judge(began, began.Add(span), 0.97)
}

const aheadEnv = "GUESTFLOW_TEST_CLOCK_AHEAD"

// withWrongClock builds this test binary on a time.Now that is aheadEnv seconds ahead.
func withWrongClock(t *testing.T) (binary string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const reading = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	wrong := strings.Replace(string(source), reading, reading+"\tsec += clockAhead\n", 1)
	if wrong == string(source) {
		t.Fatalf("time.Now of %s has another form: adapt this test", runtime.Version())
	}
	wrong = strings.Replace(wrong, "import (\n", "import (\n\t\"syscall\"\n", 1) + `
var clockAhead = func() int64 {
	text, _ := syscall.Getenv("` + aheadEnv + `")
	n, _ := atoi(text)
	return int64(n)
}()
`
	dir := t.TempDir()
	replacement, overlay := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json")
	list, _ := json.Marshal(map[string]map[string]string{"Replace": {original: replacement}})
	for path, text := range map[string]string{replacement: wrong, overlay: string(list)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary = filepath.Join(dir, "budget.test")
	build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build with a wrong clock: %v\n%s", err, out)
	}
	return binary
}

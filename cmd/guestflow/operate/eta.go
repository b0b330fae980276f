package operate

import (
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/visible"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// sample is how many rows had gone to Qflow at a time.
type sample struct {
	at      time.Time
	handled int
}

// rateWindow is the time that a rate is measured over: long enough to be steady, short enough to show a stall.
const rateWindow = 15 * time.Second

// progress measures imports that run together.
func (w *Watcher) progress(running []ledger.Import, at time.Time, s snapshot) []Progress {
	if w.Clock != nil {
		s.clock = w.Clock
	}
	list, loads := make([]Progress, len(running)), make([]load, len(running))
	for i, imp := range running {
		list[i], loads[i] = w.progressOf(imp, at, s)
	}
	for i := range list {
		list[i].Remaining, list[i].RemainingParked = loads[i].remaining(loads)
		list[i].Remaining = list[i].Window.remaining(s.at, list[i].Remaining)
		if list[i].Behind = s.ahead(i, list); list[i].Behind != "" {
			list[i].Remaining = 0 // when its turn comes is not known
		}
	}
	return list
}

// ahead returns the file of the import behind which another one waits: it could move, has not, and this one does.
func (s snapshot) ahead(i int, list []Progress) string {
	p, fastest := list[i], -1
	if !p.known || p.Rate > 0 || p.Stall != "" || p.Stopped != "" || p.WaitsForGate() || p.WaitsForWindow() ||
		p.Counts.Open() == p.unread+p.Counts.Parked() {
		return ""
	}
	for j, other := range list {
		if j != i && other.Rate > 0 && (fastest < 0 || other.Rate > list[fastest].Rate) {
			fastest = j
		}
	}
	if fastest < 0 {
		return ""
	}
	if id := s.laneBlocker(p.Import); id != "" {
		for j := range list {
			if list[j].ID == id {
				fastest = j
			}
		}
	}
	return visible.Line(list[fastest].FileName())
}

// handled is how many rows went to Qflow. What was rejected, filtered or found unchanged took no call, and cancelled
// rows never went: none of them says how fast the others go.
func handled(c ledger.Counts) int {
	return c.Total() - c.Open() - c[ledger.Rejected] - c[ledger.Unchanged] - c[ledger.Filtered] - c[ledger.Cancelled]
}

// blocked reports whether a closed gate stops the rows of an import that are queued: they will be parked.
func (s snapshot) blocked(imp ledger.Import) bool {
	for _, c := range s.gates {
		if c.Event != "" && !strings.EqualFold(c.Event, imp.Event) {
			continue
		}
		switch c.Gate {
		case qflow.GateAuth, qflow.GatePlan:
			return true
		case qflow.GateComms, qflow.GateTrust:
			if imp.Template != "" {
				return true
			}
		case qflow.GateSend: // of those that repeat an email alone
		}
	}
	return false
}

func (w *Watcher) progressOf(imp ledger.Import, at time.Time, s snapshot) (Progress, load) {
	rate, known := w.rate(imp.ID, sample{at, handled(imp.Counts)})
	if imp.Stopped != "" {
		rate = 0 // that of the time before
	}
	paused := s.importerPause(imp) != ""
	unread := 0 // rows that are not read any more, or at an unknown time
	if interruption(imp, s.liveImporters) != "" || imp.QueuedChunks() == 0 && paused {
		unread = imp.Counts[ledger.New]
	}
	p := Progress{Import: imp, Rate: rate, Gated: len(s.gates) > 0, unread: s.unreadRows(imp), importerPaused: paused,
		Window: WindowOf(imp, s.at), known: known}
	p.Releasing = IsReleasing(imp, s.gates)
	if rate < 1 && (known || !s.busy() || unread > 0 || s.isIdle(imp)) {
		p.Stall = s.stall(imp)
		p.AtGate, p.BesideGate = s.besideGate(imp)
	}
	l := loadOf(imp, unread, rate, s.budget)
	if s.blocked(imp) { // no time of its own can be promised; what it takes afterwards can
		l.moving, l.parked = 0, l.moving+l.parked
	}
	l.asleep = p.WaitsForWindow()
	return p, l
}

// load is an import's share of the limits: how many seconds its rows take if it has the limits for itself.
type load struct {
	moving, parked float64 // the rows that can move, and those that wait for a gate
	speed          float64 // the share of the limits that it used recently; 0 while unknown
	free           bool    // without limits: its seconds are those at its own rate, and it takes nothing from others
	asleep         bool    // its window is closed: it takes nothing from those that can move
}

func loadOf(imp ledger.Import, unread int, rate float64, state budget.State) load {
	parked := float64(imp.Counts.Parked())
	moving := float64(imp.Counts.Open()-unread) - parked
	if imp.Stopped != "" {
		moving = 0
	}
	allowed := rowsPerSecond(imp, state)
	switch {
	case allowed > 0 && rate >= 1:
		return load{moving: moving / allowed, parked: parked / allowed, speed: rate / allowed}
	case allowed > 0:
		return load{moving: moving / allowed, parked: parked / allowed}
	case rate >= 1:
		return load{moving: moving / rate, free: true}
	}
	return load{free: true}
}

// remaining is how long the rows take that can move, and the parked ones once they can. Imports take turns at the
// limits (package budget): until one has finished, each other one has had as much of them, or all that it needs. So the
// last one finishes when all have. Where an import does not use its share up, it takes that much longer.
func (l load) remaining(all []load) (now, then time.Duration) {
	if l.free {
		return seconds(l.moving), 0
	}
	var moving, parked, sharers float64
	for _, other := range all {
		if other.free || other.asleep && !l.asleep {
			continue
		}
		moving += min(l.moving, other.moving)
		parked += min(l.parked, other.parked)
		if other.moving > 0 {
			sharers++
		}
	}
	if l.speed > 0 && sharers > 0 {
		moving /= min(l.speed*sharers, max(l.speed, 1))
	}
	return seconds(moving), seconds(parked)
}

func seconds(n float64) time.Duration {
	return time.Duration(n * float64(time.Second)).Round(time.Second)
}

// rowsPerSecond is how many rows of an import the limits allow; those without an email go two hundred a call.
func rowsPerSecond(imp ledger.Import, s budget.State) float64 {
	zone, send := float64(s.APILimit)/60*s.Throttle, float64(s.EmailLimit)/60*s.Throttle
	if imp.Template == "" {
		return zone * 200
	}
	if s.EmailLimit > 0 && (s.APILimit == 0 || send < zone) {
		return send
	}
	return zone
}

// rate is rows that went to Qflow in a second, within the window; it is unknown at the first sample.
func (w *Watcher) rate(id string, s sample) (perSecond float64, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := append(w.samples[id], s)
	for s.at.Sub(list[0].at) > rateWindow {
		list = list[1:]
	}
	w.samples[id] = list
	if len(w.samples) > maxListed {
		clear(w.samples)
	}
	took := s.at.Sub(list[0].at).Seconds()
	if took <= 0 {
		return 0, false
	}
	return float64(s.handled-list[0].handled) / took, true
}

package operate

import (
	"time"

	"guestflow/importer/ledger"
	"guestflow/worker/budget"
)

// sample is how many rows were settled at a moment.
type sample struct {
	at      time.Time
	settled int
}

// rateWindow is the time that the rate is taken over: long enough to be steady, short enough to show that nothing moves.
const rateWindow = 15 * time.Second

// progress says how imports that run together get on.
func (w *Watcher) progress(running []ledger.Import, at time.Time, now snapshot) []Progress {
	if w.Clock != nil {
		now.clock = w.Clock
	}
	list, loads := make([]Progress, len(running)), make([]load, len(running))
	for i, imp := range running {
		rate, known := w.rate(imp.ID, sample{at, imp.Rows - imp.Counts.Open()})
		if imp.Stopped != "" {
			rate = 0 // how fast it was is not how fast it is
		}
		gone := 0
		if interruption(imp, now.liveImporters) != "" || imp.QueuedChunks() == 0 && now.importerPause(imp) != "" {
			gone = imp.Counts[ledger.New] // nobody reads them any more, or nobody knows when they are read
		}
		list[i], loads[i] = Progress{Import: imp, Rate: rate, Gated: len(now.gates) > 0, unread: now.unreadRows(imp), importerPaused: now.importerPause(imp) != ""}, loadOf(imp, gone, rate, now.budget)
		if rate < 1 && (known || !now.busy() || gone > 0 || now.isIdle(imp)) {
			list[i].Stall = now.stall(imp)
		}
	}
	for i := range list {
		list[i].Remaining, list[i].RemainingParked = loads[i].remaining(loads)
	}
	return list
}

// load is what an import asks of the limits: how many seconds its rows take if it has them for itself.
type load struct {
	moving, parked float64 // the rows that can move, and those that wait for a gate
	speed          float64 // the share of the limits that it had of late; 0 while nobody knows
	free           bool    // there are no limits: its seconds are those at its own rate, and it takes nothing from others
}

func loadOf(imp ledger.Import, gone int, rate float64, state budget.State) load {
	parked := float64(imp.Counts.Parked())
	moving := float64(imp.Counts.Open()-gone) - parked
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

// remaining is how long the rows take that can move, and those that are parked, once they can. Imports take turns at the limits
// (package budget): until one is done, each other has had as much of them as it, or all that it needs. So the last one is done
// when all are. Where they do not use the limits up, by an import's own speed, it takes so much longer.
func (l load) remaining(all []load) (now, then time.Duration) {
	if l.free {
		return seconds(l.moving), 0
	}
	var moving, parked, sharers float64
	for _, other := range all {
		if other.free {
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

// rowsPerSecond is how many rows of an import the limits let through; those without an email go two hundred at a time.
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

// rate is rows settled a second, over what was seen of late; at the first look nobody knows.
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
	return float64(s.settled-list[0].settled) / took, true
}

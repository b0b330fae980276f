package access

import (
	"net/http"
	"slices"
	"sync"
)

// How many requests are answered at a time. Together they are well below the connections of the console's listener, so that some
// are always free for whoever comes next.
const (
	userSlots          = 512 // of all who have logged in
	slotsPerUser       = 96  // of one of them: six browsers' connections at HTTP/1.1, and as many streams as the pages may hold
	loginSlots         = 64  // of those who send a name and a password
	loginsPerSource    = 16  // of them, those from one address: an office at nine o'clock, each for some milliseconds
	strangerSlots      = 128 // of all others who have not logged in
	strangersPerSource = 48  // of them, those from one address: the files of a login page, and what Qflow tells
	probeSlots         = 32  // of one path of Options.Probes
)

// The texts of refusals for want of a place.
const (
	tooBusy = "The console answers as many requests as it can at a time. Try again in a few seconds."
	tooMany = "You have too many requests open at this console. Close some of its pages, or wait until they are answered, and try again."
)

// slotLimit is how many requests of a kind are answered at a time.
type slotLimit struct {
	kind   string
	max    int
	status int // of the refusal of one more
	why    string
}

// slots are taken by requests while they are answered: by those who have logged in, by each of them, by logins, by other strangers,
// and by probes. So a flood of one kind locks no other out. Nor does one address lock strangers out: who reads an answer as slowly as
// may be has a place for half a minute, and by HTTP/2 a hundred of them on one connection. A request without a place is refused at
// once and not queued: those who wait are what a flood is made of.
type slots struct {
	mu    sync.Mutex
	taken map[string]int
}

// acquire takes a place of each kind, until leave is called; or none, and gives the kind that is full.
func (p *slots) acquire(kinds []slotLimit) (leave func(), full *slotLimit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		if p.taken[k.kind] >= k.max {
			return nil, &k
		}
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	for _, k := range kinds {
		p.taken[k.kind]++
	}
	return func() { p.release(kinds) }, nil
}

func (p *slots) release(kinds []slotLimit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		if p.taken[k.kind]--; p.taken[k.kind] == 0 {
			delete(p.taken, k.kind)
		}
	}
}

// limitConcurrency answers a request where there is a place for its kind.
func (a *Access) limitConcurrency(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, full := a.slots.acquire(a.slotLimits(r))
		if full != nil {
			a.warn(r, "requests are refused: as many as may be are being answered", "of", full.kind, "most", full.max)
			w.Header().Set("Retry-After", "5")
			a.refuse(w, r, full.status, full.why)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// slotLimits are those of a request. What is public is a stranger's whoever asks: a page's own files are few and small.
func (a *Access) slotLimits(r *http.Request) []slotLimit {
	if slices.Contains(a.options.Probes, r.URL.Path) {
		return []slotLimit{probeLimit(r.URL.Path)}
	}
	if !a.public(r) {
		if u, err := a.authenticate(r); err == nil {
			return []slotLimit{{"user " + u.Name, slotsPerUser, http.StatusTooManyRequests, tooMany}, {"users", userSlots, http.StatusServiceUnavailable, tooBusy}}
		}
	}
	if r.Method == http.MethodPost && r.URL.Path == "/login" {
		return a.strangerLimits(r, "logins", loginsPerSource, loginSlots)
	}
	return a.strangerLimits(r, "strangers", strangersPerSource, strangerSlots)
}

// strangerLimits are the bounds of those of whom only the address is known.
func (a *Access) strangerLimits(r *http.Request, of string, fromOne, fromAll int) []slotLimit {
	return []slotLimit{
		{of + " from " + network(a.sourceAddress(r)), fromOne, http.StatusServiceUnavailable, tooBusy},
		{of, fromAll, http.StatusServiceUnavailable, tooBusy},
	}
}

func probeLimit(path string) slotLimit {
	return slotLimit{"probes of " + path, probeSlots, http.StatusServiceUnavailable, tooBusy}
}

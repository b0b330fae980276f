package access

import (
	"net/http"
	"slices"
	"sync"
)

// How many requests are answered concurrently. Together they are well below the connections of the console's listener,
// so that some are always free.
const (
	userSlots = 512 // of all users who have logged in
	// of one of them: six browsers' connections at HTTP/1.1, and as many streams as the pages may hold
	slotsPerUser       = 96
	loginSlots         = 64  // of requests with a name and a password
	loginsPerSource    = 16  // of them, those from one address: an office at nine o'clock, each for some milliseconds
	strangerSlots      = 128 // of all others without a login
	strangersPerSource = 48  // of them, those from one address: the files of a login page, and Qflow's webhooks
	probeSlots         = 32  // of one path of Options.Probes
)

// The texts of refusals for lack of a slot.
const (
	tooBusy = "The console is busy. Try again in a few seconds."
	tooMany = "You have too many open requests. Close some pages, or wait until they have loaded, and try again."
)

// slotLimit bounds the concurrent requests of a kind.
type slotLimit struct {
	kind   string
	max    int
	status int // of a refusal
	why    string
}

// slots bound the concurrent requests by kind: those of all users, of each user, logins, other requests without a
// login, and probes. So a flood of one kind does not block the others. Nor can one address block all requests without a
// login: a client that reads as slowly as it may holds a slot for half a minute, and by HTTP/2 a hundred slots with one
// connection. A request without a slot is refused at once and not queued, since a queue is what a flood fills.
type slots struct {
	mu    sync.Mutex
	taken map[string]int
}

// acquire takes a slot of each kind until release is called, or none, and returns the kind that is full.
func (p *slots) acquire(kinds []slotLimit) (release func(), full *slotLimit) {
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

// limitConcurrency refuses requests that get no slot.
func (a *Access) limitConcurrency(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		release, full := a.slots.acquire(a.slotLimits(r))
		if full != nil {
			a.warn(r, "requests are refused: as many as may be are being answered", "of", full.kind, "most", full.max)
			w.Header().Set("Retry-After", "5")
			a.refuse(w, r, full.status, full.why)
			return
		}
		defer release()
		next.ServeHTTP(w, r)
	})
}

// slotLimits are the limits of a request. A public path counts as one without a login, even for a user: a page's files
// are few and small.
func (a *Access) slotLimits(r *http.Request) []slotLimit {
	if slices.Contains(a.options.Probes, r.URL.Path) {
		return []slotLimit{probeLimit(r.URL.Path)}
	}
	if ofAPI(r) { // before the token is looked up
		return a.strangerLimits(r, "programs", strangersPerSource, strangerSlots)
	}
	if !a.public(r) {
		if u, err := a.authenticate(r); err == nil {
			return []slotLimit{{"user " + u.Name, slotsPerUser, http.StatusTooManyRequests, tooMany},
				{"users", userSlots, http.StatusServiceUnavailable, tooBusy}}
		}
	}
	if r.Method == http.MethodPost && r.URL.Path == "/login" {
		return a.strangerLimits(r, "logins", loginsPerSource, loginSlots)
	}
	return a.strangerLimits(r, "strangers", strangersPerSource, strangerSlots)
}

// strangerLimits are the limits of requests of which only the address is known.
func (a *Access) strangerLimits(r *http.Request, of string, fromOne, fromAll int) []slotLimit {
	return []slotLimit{
		{of + " from " + network(a.sourceAddress(r)), fromOne, http.StatusServiceUnavailable, tooBusy},
		{of, fromAll, http.StatusServiceUnavailable, tooBusy},
	}
}

func probeLimit(path string) slotLimit {
	return slotLimit{"probes of " + path, probeSlots, http.StatusServiceUnavailable, tooBusy}
}

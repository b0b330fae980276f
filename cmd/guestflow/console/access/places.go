package access

import (
	"net/http"
	"slices"
	"sync"
)

// How many requests are answered at a time. Together they are well below the connections of the console's listener, so that some
// are always free for whoever comes next.
const (
	userPlaces     = 512 // of all who have logged in
	ownPlaces      = 96  // of one of them: six browsers' connections at HTTP/1.1, and as many streams as the pages may hold
	loginPlaces    = 64  // of those who send a name and a password
	sourceLogins   = 16  // of them, those from one address: an office at nine o'clock, each for some milliseconds
	strangerPlaces = 128 // of all others who have not logged in
	sourcePlaces   = 48  // of them, those from one address: the files of a login page, and what Qflow tells
	probePlaces    = 32  // of one path of Options.Probes
)

// The texts of refusals for want of a place.
const (
	tooBusy = "The console answers as many requests as it can at a time. Try again in a few seconds."
	tooMany = "You have too many requests open at this console. Close some of its pages, or wait until they are answered, and try again."
)

// bound is how many requests of a kind are answered at a time.
type bound struct {
	of     string
	most   int
	status int // of the refusal of one more
	why    string
}

// places are taken by requests while they are answered: by those who have logged in, by each of them, by logins, by other strangers,
// and by probes. So a flood of one kind locks no other out. Nor does one address lock strangers out: who reads an answer as slowly as
// may be has a place for half a minute, and by HTTP/2 a hundred of them on one connection. A request without a place is refused at
// once and not queued: those who wait are what a flood is made of.
type places struct {
	mu    sync.Mutex
	taken map[string]int
}

// take takes a place of each kind, until leave is called; or none, and gives the kind that is full.
func (p *places) take(kinds []bound) (leave func(), full *bound) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		if p.taken[k.of] >= k.most {
			return nil, &k
		}
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	for _, k := range kinds {
		p.taken[k.of]++
	}
	return func() { p.leave(kinds) }, nil
}

func (p *places) leave(kinds []bound) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range kinds {
		if p.taken[k.of]--; p.taken[k.of] == 0 {
			delete(p.taken, k.of)
		}
	}
}

// seat answers a request where there is a place for its kind.
func (a *Access) seat(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, full := a.places.take(a.bounds(r))
		if full != nil {
			a.warn(r, "requests are refused: as many as may be are being answered", "of", full.of, "most", full.most)
			w.Header().Set("Retry-After", "5")
			a.refuse(w, r, full.status, full.why)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// bounds are those of a request. What is public is a stranger's whoever asks: a page's own files are few and small.
func (a *Access) bounds(r *http.Request) []bound {
	if slices.Contains(a.options.Probes, r.URL.Path) {
		return []bound{probes(r.URL.Path)}
	}
	if !a.public(r) {
		if u, err := a.who(r); err == nil {
			return []bound{{"user " + u.Name, ownPlaces, http.StatusTooManyRequests, tooMany}, {"users", userPlaces, http.StatusServiceUnavailable, tooBusy}}
		}
	}
	if r.Method == http.MethodPost && r.URL.Path == "/login" {
		return a.unknown(r, "logins", sourceLogins, loginPlaces)
	}
	return a.unknown(r, "strangers", sourcePlaces, strangerPlaces)
}

// unknown are the bounds of those of whom only the address is known.
func (a *Access) unknown(r *http.Request, of string, fromOne, fromAll int) []bound {
	return []bound{
		{of + " from " + network(a.source(r)), fromOne, http.StatusServiceUnavailable, tooBusy},
		{of, fromAll, http.StatusServiceUnavailable, tooBusy},
	}
}

func probes(path string) bound {
	return bound{"probes of " + path, probePlaces, http.StatusServiceUnavailable, tooBusy}
}

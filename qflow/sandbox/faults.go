package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The kinds of Fault. "Commit" is the moment from which a repeat of the call finds its work done.
const (
	Fail500Before   = "500_before_commit"
	Fail500After    = "500_after_commit"
	LostAfter       = "reply_lost_after_commit" // the work is done, the connection ends without a reply
	ShortAfter      = "reply_cut_short_after_commit"
	ResetBefore     = "reset_before_commit" // the connection is reset before anything is done
	Hang            = "hang"                // nothing is done and nothing answered for delay_ms, then the connection ends
	HangAfter       = "hang_after_commit"   // the work is done, then as Hang
	Slow            = "slow"                // an ordinary answer, delay_ms later
	SlowAfter       = "slow_after_commit"   // the work is done at once, its ordinary answer comes delay_ms later
	Fail429         = "429"                 // one reply; it starts no mitigation window
	Fail401         = "401"
	HTMLBefore      = "html_before_commit"       // a proxy's 502 page
	HTMLAfter       = "html_after_commit"        // a 200 page instead of JSON
	WrongTypesAfter = "wrong_types_after_commit" // a 200 with JSON whose fields have other types
)

// Kinds lists every fault kind.
func Kinds() []string {
	return []string{Fail500Before, Fail500After, LostAfter, ShortAfter, ResetBefore, Hang, HangAfter, Slow, SlowAfter,
		Fail429, Fail401, HTMLBefore, HTMLAfter, WrongTypesAfter}
}

// Fault breaks calls of one endpoint. With none of Next, Every and Probability set it breaks all of them.
type Fault struct {
	Endpoint Endpoint `json:"endpoint"` // empty means Any
	Kind     string   `json:"kind"`
	// Skip lets that many calls pass first.
	Skip int `json:"skip,omitempty"`
	// Next breaks that many calls, and is then used up.
	Next int `json:"next,omitempty"`
	// Every breaks each Nth call.
	Every int `json:"every,omitempty"`
	// Probability breaks a call with that chance, from the sandbox's seed.
	Probability float64 `json:"probability,omitempty"`
	// DelayMS is the duration of Hang and Slow.
	DelayMS int `json:"delay_ms,omitempty"`
	// Injected counts the calls broken so far; it is ignored on input.
	Injected int `json:"injected"`
}

func (f Fault) check() error {
	if !slices.Contains(Kinds(), f.Kind) {
		return fmt.Errorf("fault kind %q is none of %v", f.Kind, Kinds())
	}
	if _, known := gates[f.Endpoint]; !known && f.Endpoint != Any && f.Endpoint != "" {
		return fmt.Errorf("fault endpoint %q is not an endpoint", f.Endpoint)
	}
	return nil
}

type faults struct {
	sync.Mutex
	random *rand.Rand
	seeded uint64
	active []*armed
}

// armed is an active Fault. A nil one does nothing.
type armed struct {
	Fault
	seen int
}

func (f *faults) seed(seed uint64) { f.seeded = seed }

func (f *faults) clear() {
	f.Lock()
	defer f.Unlock()
	f.random = rand.New(rand.NewPCG(f.seeded, f.seeded)) // faults that can be repeated, no secret
	f.active = nil
}

// Inject adds faults to the active ones. The first one that applies to a call breaks it.
func (s *Sandbox) Inject(list ...Fault) error {
	for _, fault := range list {
		if err := fault.check(); err != nil {
			return fmt.Errorf("inject: %w", err)
		}
	}
	s.faults.Lock()
	defer s.faults.Unlock()
	for _, fault := range list {
		fault.Injected = 0
		s.faults.active = append(s.faults.active, &armed{Fault: fault})
	}
	return nil
}

// ClearFaults ends all faults.
func (s *Sandbox) ClearFaults() { s.faults.clear() }

// Faults lists the active faults, with their counts.
func (s *Sandbox) Faults() []Fault {
	s.faults.Lock()
	defer s.faults.Unlock()
	list := make([]Fault, 0, len(s.faults.active))
	for _, a := range s.faults.active {
		list = append(list, a.Fault)
	}
	return list
}

func (f *faults) pick(at Endpoint) *armed {
	f.Lock()
	defer f.Unlock()
	for _, a := range f.active {
		if a.strikes(at, f.random) {
			a.Injected++
			return a
		}
	}
	return nil
}

func (a *armed) strikes(at Endpoint, random *rand.Rand) bool {
	if a.Endpoint != at && a.Endpoint != Any && a.Endpoint != "" {
		return false
	}
	a.seen++
	if a.seen <= a.Skip || (a.Next > 0 && a.Injected >= a.Next) {
		return false
	}
	switch {
	case a.Every > 0:
		return (a.seen-a.Skip)%a.Every == 0
	case a.Probability > 0:
		return random.Float64() < a.Probability
	}
	return true
}

func (a *armed) delay() time.Duration { return time.Duration(a.DelayMS) * time.Millisecond }

// faultBefore decides which fault the call gets and does what happens before the commit.
func faultBefore(c *call) *reply {
	c.fault = c.s.faults.pick(c.at)
	if c.fault == nil {
		return nil
	}
	switch c.fault.Kind {
	case Fail500Before:
		return serverError()
	case HTMLBefore:
		return textReply(http.StatusBadGateway, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>")
	case ResetBefore:
		return &reply{cut: cutReset}
	case Fail429:
		return c.tooMany(seconds(c.sw.MitigationSeconds))
	case Fail401:
		return (&reply{status: http.StatusUnauthorized}).with("WWW-Authenticate", "Bearer")
	case Hang:
		c.s.wait(c.r, c.fault.delay())
		return &reply{cut: cutClosed}
	case Slow:
		c.s.wait(c.r, c.fault.delay())
	}
	return nil
}

// after replaces the answer of a call whose work is done. A call that was refused has no commit to hide, but its reply
// gets lost like any other.
func (a *armed) after(c *call, answer *reply) *reply {
	if a == nil {
		return answer
	}
	switch a.Kind {
	case Fail500After:
		return serverError()
	case LostAfter:
		return &reply{cut: cutClosed}
	case ShortAfter:
		answer.cut = cutShort
	case HangAfter:
		c.s.wait(c.r, a.delay())
		return &reply{cut: cutClosed}
	case SlowAfter:
		c.s.wait(c.r, a.delay())
	case HTMLAfter:
		return textReply(http.StatusOK, "text/html", "<html><body>We will be back shortly</body></html>")
	case WrongTypesAfter:
		return jsonReply(http.StatusOK,
			map[string]any{"id": 7, "access_token": 7, "refresh_token": []string{}, "expires_in": "soon"})
	}
	return answer
}

func serverError() *reply {
	return jsonReply(http.StatusInternalServerError, map[string]any{"message": "An error has occurred."})
}

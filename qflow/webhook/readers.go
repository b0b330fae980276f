package webhook

import (
	"net/netip"
	"sync"
)

const (
	// seats is how many bodies are on their way at once, 32 MiB at most. It takes a machine with 64 addresses to fill them.
	seats = 512

	// seatsEach is how many of them one source has. Who sends a body in one go needs a seat for microseconds.
	seatsEach = 8
)

// readers are the requests whose bodies are on their way, by source. Nothing is known of them yet but that anybody can send them,
// so that they are counted apart from those that have arrived.
type readers struct {
	mu  sync.Mutex
	all int
	of  map[string]int
}

func (r *readers) enter(source string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all >= seats || r.of[source] >= seatsEach {
		return false
	}
	if r.of == nil {
		r.of = map[string]int{}
	}
	r.all++
	r.of[source]++
	return true
}

func (r *readers) leave(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all--
	if r.of[source]--; r.of[source] == 0 {
		delete(r.of, source)
	}
}

// network is what one party has of addresses: one of IPv4, 2^64 of IPv6.
func network(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	address := at.Addr().Unmap().WithZone("")
	if wide, err := address.Prefix(64); err == nil && address.Is6() {
		return wide.String()
	}
	return address.String()
}

package webhook

import (
	"net/netip"
	"sync"
)

const (
	// maxReaders is how many bodies are read at once, 32 MiB at most. It takes 64 addresses to use them up.
	maxReaders = 512

	// maxReadersEach is how many of them one source has. A body that is sent in one go is read within microseconds.
	maxReadersEach = 8
)

// readers counts the requests whose bodies are still arriving, by source. They are not yet authenticated, so they are
// limited apart from those that have arrived.
type readers struct {
	mu  sync.Mutex
	all int
	of  map[string]int
}

func (r *readers) enter(source string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all >= maxReaders || r.of[source] >= maxReadersEach {
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

// network returns the addresses that one client is assumed to have: one of IPv4, a /64 of IPv6.
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

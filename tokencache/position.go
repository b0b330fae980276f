package tokencache

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// position is how far an account's record has come: its generation, and how many claims there were on it. It only
// grows, unless Redis goes back: a power cut that loses the last second of writes, a failover, a backup. A process that
// has seen a position and is shown an older one knows that claims are missing, and that the refresh token in the record
// may have been sent under one of them.
type position struct {
	gen    uint64
	claims uint64
	nonce  string // of the last of the claims, "" where that is not known
}

func (p position) before(q position) bool {
	return p.gen < q.gen || p.gen == q.gen && p.claims < q.claims
}

// repeats reports whether p, a claim just made, has been made before by a process whose claim Redis has lost.
func (p position) repeats(seen position) bool {
	return p.before(seen) || !seen.before(p) && p.nonce != seen.nonce
}

// String is the position as it is announced and as it is in a file's name.
func (p position) String() string { return fmt.Sprintf("%d.%d.%s", p.gen, p.claims, p.nonce) }

func parsePosition(s string) (p position, ok bool) {
	gen, rest, _ := strings.Cut(s, ".")
	claims, nonce, ok := strings.Cut(rest, ".")
	var err1, err2 error
	p.gen, err1 = strconv.ParseUint(gen, 10, 64)
	p.claims, err2 = strconv.ParseUint(claims, 10, 64)
	p.nonce = nonce
	return p, ok && err1 == nil && err2 == nil
}

// newest is the newest position that this process knows of.
type newest struct {
	mu sync.Mutex
	at position
}

// advance moves to p and reports whether that is newer.
func (n *newest) advance(p position) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.at.before(p) {
		return false
	}
	n.at = p
	return true
}

func (n *newest) load() position {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

package guest

import (
	"encoding/binary"
	"time"

	"guestflow/qflow"
)

// content is a guest's that would be written to Qflow, as a hash takes it: 64 bits of FNV-1a (RFC 9923). It only shows
// whether a guest has changed, so they do, at a tenth of the price of JSON and SHA-256. The email is not in it: a
// changed template is not a changed guest.
type content []byte

func (c content) of(g *qflow.Guest) content {
	c = c[:0]
	for _, s := range [...]string{
		g.ID, g.EventID, g.FirstName, g.OtherNames, g.LastName, g.Email, g.Notes, g.Barcode, g.Tags, g.CustomID,
	} {
		c = append(c, s...)
		c = c.number(uint64(len(s))) // so that text that moves from one field to the next is a change
	}
	c = c.number(uint64(g.PlusOnes)).time(g.ValidFrom).time(g.ValidTo) // not negative
	if g.IsGroup {
		c = c.number(1)
	}
	return c
}

func (c content) number(n uint64) content {
	for ; n > 0; n >>= 8 {
		c = append(c, byte(n))
	}
	return append(c, 0xff)
}

func (c content) time(t *time.Time) content {
	if t == nil {
		return c.number(0)
	}
	return c.number(uint64(t.UnixNano()))
}

// Hasher hashes four guests at once. Of one, each byte's multiplication waits for the one before; of four, a processor
// does four in the same time.
type Hasher struct {
	contents [4]content
	sums     [4]*[8]byte
	n        int
}

// Add has the content of a guest hashed into sum, at the latest by Finish.
func (h *Hasher) Add(g *qflow.Guest, sum *[8]byte) {
	h.contents[h.n], h.sums[h.n] = h.contents[h.n].of(g), sum
	if h.n++; h.n == len(h.sums) {
		h.Finish()
	}
}

// Finish hashes those that were added last. What earlier ones have left in the places of others is hashed along, for
// nothing.
func (h *Hasher) Finish() {
	a, b, c, d := h.contents[0], h.contents[1], h.contents[2], h.contents[3]
	same := min(len(a), len(b), len(c), len(d))
	sums := fnv4(a[:same], b[:same], c[:same], d[:same])
	for i, sum := range h.sums[:h.n] {
		binary.BigEndian.PutUint64(sum[:], fnv(sums[i], h.contents[i][same:]))
	}
	h.n = 0
}

// The constants of FNV-1a.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func fnv(sum uint64, data []byte) uint64 {
	for _, c := range data {
		sum = (sum ^ uint64(c)) * fnvPrime
	}
	return sum
}

func fnv4(a, b, c, d []byte) [4]uint64 {
	w, x, y, z := uint64(fnvOffset), uint64(fnvOffset), uint64(fnvOffset), uint64(fnvOffset)
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	for i := range a {
		w = (w ^ uint64(a[i])) * fnvPrime
		x = (x ^ uint64(b[i])) * fnvPrime
		y = (y ^ uint64(c[i])) * fnvPrime
		z = (z ^ uint64(d[i])) * fnvPrime
	}
	return [4]uint64{w, x, y, z}
}

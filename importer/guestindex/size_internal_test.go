package guestindex

import "testing"

// Promise: a guest of a long list costs Redis as much as one of a short list, since hashes do not become longer.
func TestALongListHasAsManyGuestsInAHashAsAShortOne(t *testing.T) {
	t.Parallel()
	for guests, want := range map[int]size{
		0: usualSize, 100_000: usualSize, 131_072: usualSize, 131_073: 13, 262_144: 13, 500_000: 14, 1_000_000: 15, 1 << 30: maxSize,
	} {
		s := sizeFor(guests)
		if s != want {
			t.Errorf("%d guests have the size %d, want %d", guests, s, want)
		}
		if parsed, err := parseSize(s.text()); err != nil || parsed != s {
			t.Errorf("size %d is read as %d (%v)", s, parsed, err)
		}
	}
}

package guest_test

import (
	"strings"
	"testing"

	"guestflow/importer/guest"
)

// Folding what is folded changes nothing, and the fast way for ASCII gives what the long way gives.
func FuzzSpellingsThatLookFoldedAreOneGuest(f *testing.F) {
	for _, name := range []string{"Ada", "ADA  augusta", "Zoë", "Zoe\u0308", "Straße", "İstanbul", "ΌΣΟΣ", "a\tb",
		" \u00a0x", "'=x"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := guest.Fold(name)
		if twice := guest.Fold(once); twice != once && !strings.ContainsFunc(name, func(r rune) bool { return r > 0x24f }) {
			t.Fatalf("%q folds to %q, and that to %q", name, once, twice)
		}
		if long := strings.TrimSuffix(guest.Fold(name+" é"), " é"); strings.TrimSpace(name) != "" && long != once {
			t.Fatalf("%q folds to %q alone and to %q beside an accent", name, once, long)
		}
	})
}

func FuzzAnAcceptedEmailIsOneAddress(f *testing.F) {
	for _, address := range []string{"ada@guests.example", "a@b", "a@b.c", "o'hara@x.example", "ä@ä.example",
		"a..b@x.example", "a@x..y", "\"a\"@x.y", "a@[::1]"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !guest.ValidEmail(s) {
			return
		}
		local, domain, _ := strings.Cut(s, "@")
		if local == "" || strings.Count(s, "@") != 1 || !strings.Contains(domain, ".") ||
			strings.ContainsAny(s, " \t\r\n,;<>\"()\x00\u200b") || len(s) > 254 {
			t.Fatalf("%q is taken for an address", s)
		}
	})
}

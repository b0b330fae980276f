package access

import (
	"strconv"
	"testing"
	"time"
)

func TestTriesComeBackOneByOne(t *testing.T) {
	t.Parallel()
	th, now := newRateLimiter(10*time.Second, 3), time.Now()
	for i := range 3 {
		if wait := th.take("a", now); wait != 0 {
			t.Fatalf("try %d waits %v", i, wait)
		}
	}
	for range 1000 { // refused tries make it no worse
		if wait := th.take("a", now); wait != 10*time.Second {
			t.Fatalf("wait %v", wait)
		}
	}
	if wait := th.take("a", now.Add(10*time.Second)); wait != 0 {
		t.Fatalf("wait %v", wait)
	}
	th.refund("a")
	if wait := th.take("a", now.Add(10*time.Second)); wait != 0 {
		t.Fatalf("a try that was right counts: %v", wait)
	}
}

// Made-up names do not evict what is known of a real one; that they fill no memory is by the table's fixed
// size.
func TestAFloodOfKeysEvictsNone(t *testing.T) {
	t.Parallel()
	th, now := newRateLimiter(time.Minute, 1), time.Now()
	th.take("a", now)
	for i := range 100_000 {
		th.take(strconv.Itoa(i), now)
	}
	if th.take("a", now) == 0 {
		t.Error("a was forgotten")
	}
}

// The time of an answer tells no names: whatever is typed, one hash of the same cost is compared. Measuring it would
// find out how busy the machine is.
func TestAnUnknownNameCostsAsMuchAsAKnownOne(t *testing.T) {
	t.Parallel()
	const password = "a password"
	anna := newHash(password)
	users, err := parsePasswords("p", []byte("anna:"+anna+"\nbo:"+newHash("another")))
	if err != nil {
		t.Fatal(err)
	}
	if got := hashToCompare(users, "unknown").text; got != anna {
		t.Errorf("an unknown name is compared with %q", got)
	}
	if got := hashToCompare(nil, "unknown"); got.memory != hashMemory || got.passes != hashPasses ||
		got.lanes != hashLanes || len(got.key) != keyLength {
		t.Errorf("without users %+v is compared", got)
	}
	if _, right := checkPassword(users, "unknown", password); right { // though it is the first one's password
		t.Error("an unknown name is let in")
	}
	if e, right := checkPassword(users, "anna", password); !right || e.user.Name != "anna" {
		t.Error("a right password is refused")
	}
}

// A browser's mark and a login that is under way are no sessions, though the same process signed them.
func TestACookieIsGoodForItsOwnPurposeOnly(t *testing.T) {
	t.Parallel()
	s, err := newSigner("", false)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.seal(deviceCookie, device{ID: "1", Name: "otto"})
	if err != nil {
		t.Fatal(err)
	}
	var d device
	if !s.open(deviceCookie, sealed, &d) || d.Name != "otto" {
		t.Error("a cookie of ours is refused")
	}
	if s.open(sessionCookie, sealed, &session{}) || s.open(flowCookie, sealed, &loginFlow{}) {
		t.Error("a browser's mark is taken for another cookie")
	}
}

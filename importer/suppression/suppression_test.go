package suppression_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/suppression"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func check(t *testing.T, s *suppression.Set, address string) suppression.Entry {
	t.Helper()
	entries, err := s.Check(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return entries[0]
}

func report(t *testing.T, s *suppression.Set, address string, why suppression.Reason, at time.Time) suppression.Added {
	t.Helper()
	added, err := s.Report(t.Context(), address, why, at)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func add(t *testing.T, s *suppression.Set, addresses ...string) suppression.Added {
	t.Helper()
	added, err := s.Add(t.Context(), addresses...)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestAnAddressIsKnownInEverySpellingThatIsTheSameGuests(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		s := suppression.For(l)
		if check(t, s, "ann@x.example").Suppressed() {
			t.Error("suppressed before anything was")
		}
		add(t, s, "Ann.Lee+gala@X.example", "zoë@bücher.example")
		for address, want := range map[string]bool{
			"ann.lee+gala@x.example": true, "ANN.LEE+GALA@X.EXAMPLE": true, " ann.lee+gala@x.example ": true,
			"ZOË@BÜCHER.example": true, "zoe\u0308@bu\u0308cher.example": true,
			"annlee+gala@x.example": false, "ann.lee@x.example": false, "ann.lee+gala@y.example": false, "": false,
		} {
			if got := check(t, s, address).Suppressed(); got != want {
				t.Errorf("%q: suppressed %v", address, got)
			}
		}
	})
}

func TestTheWeightiestReasonStaysAndAPersonsWordLastsOverOldReports(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		s, ctx := suppression.For(l), t.Context()
		yesterday := time.Now().Add(-24 * time.Hour)
		const ann = "ann@x.example"
		if got := report(t, s, ann, suppression.Bounced, yesterday); got != (suppression.Added{New: 1}) {
			t.Errorf("%+v", got)
		}
		if got := add(t, s, ann); got != (suppression.Added{Already: 1}) {
			t.Errorf("%+v", got)
		}
		report(t, s, ann, suppression.Complained, yesterday.Add(time.Hour))
		report(t, s, ann, suppression.Bounced, yesterday.Add(2*time.Hour))
		if e := check(t, s, ann); e.Reason != suppression.Complained ||
			!e.Since.Equal(yesterday.Add(time.Hour).Truncate(time.Second)) {
			t.Errorf("%+v", e)
		}
		if before, err := s.Lift(ctx, "ANN@x.example"); err != nil || before.Reason != suppression.Complained {
			t.Errorf("%+v, %v", before, err)
		}
		if e := check(t, s, ann); e.Suppressed() || e.Lifted.IsZero() {
			t.Errorf("lifted, and yet %+v", e)
		}
		if got := report(t, s, ann, suppression.Complained, yesterday); got != (suppression.Added{Lifted: 1}) ||
			check(t, s, ann).Suppressed() {
			t.Errorf("what happened before it was lifted has suppressed it again: %+v", got)
		}
		report(t, s, ann, suppression.Bounced, time.Now().Add(time.Minute))
		if e := check(t, s, ann); e.Reason != suppression.Bounced {
			t.Errorf("a bounce after it was lifted: %+v", e)
		}
		if _, err := s.Lift(ctx, ann); err != nil {
			t.Fatal(err)
		}
		if got := add(t, s, ann); got != (suppression.Added{New: 1}) || check(t, s, ann).Reason != suppression.ByHand {
			t.Errorf("%+v", got)
		}
		if before, err := s.Lift(ctx, "bob@x.example"); err != nil || before != (suppression.Entry{}) {
			t.Errorf("lifted what was not suppressed: %+v, %v", before, err)
		}
		if check(t, s, "bob@x.example") != (suppression.Entry{}) {
			t.Error("something is kept of an address that was never suppressed")
		}
		if before, err := s.Forget(ctx, ann); err != nil || before.Reason != suppression.ByHand ||
			check(t, s, ann) != (suppression.Entry{}) {
			t.Errorf("%+v, %v", before, err)
		}
	})
}

func TestCountsAreWhatTheEntriesSay(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		s, ctx, now := suppression.For(l), t.Context(), time.Now()
		reasons := suppression.Reasons()
		for i := range 40 {
			report(t, s, fmt.Sprintf("guest%d@x.example", i), reasons[i%4], now.Add(-time.Duration(i)*24*time.Hour))
		}
		for i := range 10 {
			report(t, s, fmt.Sprintf("guest%d@x.example", i), suppression.Complained, now)
		}
		for i := range 4 {
			if _, err := s.Lift(ctx, fmt.Sprintf("guest%d@x.example", i)); err != nil {
				t.Fatal(err)
			}
		}
		counts, err := s.Count(ctx)
		if err != nil || counts.Total != 36 || counts.Lifted != 4 {
			t.Errorf("%+v, %v", counts, err)
		}
		ages, err := s.Age(ctx, now)
		if err != nil {
			t.Fatal(err)
		}
		for why, n := range counts.Reasons {
			sum := 0
			for _, k := range ages[why] {
				sum += k
			}
			if sum != n {
				t.Errorf("%s: counted %d, of all ages %d", why, n, sum)
			}
		}
	})
}

func TestAccountsAreApart(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		other, err := ledger.For(client, "beta")
		if err != nil {
			t.Fatal(err)
		}
		add(t, suppression.For(l), "ann@x.example")
		if check(t, suppression.For(other), "ann@x.example").Suppressed() {
			t.Error("suppressed in another account")
		}
	})
}

// Each process has read the key once; another one is there after Redis has lost it.
func TestAKeyThatRedisHasLostIsReadAnew(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		one, two := suppression.For(l), suppression.For(l)
		add(t, one, "ann@x.example")
		if !check(t, two, "ann@x.example").Suppressed() {
			t.Error("another process does not know it")
		}
		client.FlushAll(t.Context())
		if check(t, one, "ann@x.example").Suppressed() {
			t.Error("known, though all is lost")
		}
		add(t, two, "ann@x.example")
		if !check(t, one, "ann@x.example").Suppressed() {
			t.Error("looked up by a key that is no longer the account's")
		}
	})
}

func ring(t *testing.T, keys ...string) func() (tokencache.Keyring, error) {
	t.Helper()
	all := ""
	for _, k := range keys {
		all += strings.Repeat(k, 32) + " "
	}
	r, err := tokencache.ParseKeys(secret.Text(all))
	return func() (tokencache.Keyring, error) { return r, err }
}

// A set that was begun without sealing keys gets one, which is rotated, and the old one removed.
func TestAddressesStaySuppressedWhenTheSealingKeyIsRotated(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		add(t, suppression.For(l), "ann@x.example")
		raw := client.HGet(t.Context(), "gf:{main}:suppressed", "key").Val()
		for _, keys := range [][]string{{"11"}, {"22", "11"}, {"22"}} {
			l.SealWith(ring(t, keys...))
			if !check(t, suppression.For(l), "ann@x.example").Suppressed() {
				t.Errorf("not known with the keys %v", keys)
			}
			if now := client.HGet(t.Context(), "gf:{main}:suppressed", "key").Val(); bytes.Contains([]byte(now), []byte(raw)) {
				t.Errorf("the key lies open with the keys %v", keys)
			}
		}
		l.SealWith(ring(t, "33"))
		if _, err := suppression.For(l).Check(t.Context(), "ann@x.example"); err == nil {
			t.Error("without the fleet's keys an address passes for one that is mailed")
		}
	})
}

func TestARowsAddressIsFoundWhenItsChunkIsGone(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		s, ctx := suppression.For(l), t.Context()
		id := ledgertest.NewImport(t, l, "rows", 500)
		rows := []suppression.Row{{Row: 201, Address: "ann@x.example"}, {Row: 203, Address: "BOB@x.example"}, {Row: 204}}
		if _, err := s.Screen(ctx, id, rows); err != nil {
			t.Fatal(err)
		}
		for row, want := range map[int]bool{0: false, 1: false, 201: true, 202: false, 203: true, 204: false, 500: false,
			501: false, 1 << 20: false} {
			known, err := s.ReportRow(ctx, ledger.Owner{Import: id, Row: row}, suppression.Bounced, time.Now())
			if err != nil || known != want {
				t.Errorf("row %d: known %v, %v", row, known, err)
			}
		}
		entries, err := s.Screen(ctx, id, append(rows, suppression.Row{Row: 205, Address: "cid@x.example"}))
		if err != nil || !entries[0].Suppressed() || !entries[1].Suppressed() || entries[2].Suppressed() ||
			entries[3].Suppressed() {
			t.Errorf("%+v, %v", entries, err)
		}
		if ttl := client.TTL(ctx, l.Keys().Addresses(id)).Val(); ttl <= 0 {
			t.Errorf("the digests do not expire with their import: %v", ttl)
		}
		if _, err := s.Screen(ctx, "gone", rows); err != nil || client.Exists(ctx, l.Keys().Addresses("gone")).Val() != 0 {
			t.Errorf("something is kept of an import that has expired: %v", err)
		}
	})
}

func TestNoAddressIsInRedis(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		add(t, suppression.For(l), "ann.unmistakable@x.example")
		for _, key := range client.Keys(t.Context(), "*").Val() {
			dump := fmt.Sprint(key, client.HGetAll(t.Context(), key).Val())
			if strings.Contains(dump, "unmistakable") {
				t.Error(dump)
			}
		}
	})
}

func BenchmarkBytesAnAddress(b *testing.B) {
	client := redisOf(b)
	l, err := ledger.For(client, "main")
	if err != nil {
		b.Fatal(err)
	}
	s := suppression.For(l)
	for _, n := range []int{1_000, 100_000, 500_000} {
		client.FlushAll(b.Context())
		before := usedMemory(b, client)
		var some []string
		for i := range n {
			if some = append(some, fmt.Sprintf("guest%d@example.com", i)); len(some) == 5000 || i == n-1 {
				if _, err := s.Add(b.Context(), some...); err != nil {
					b.Fatal(err)
				}
				some = nil
			}
		}
		b.ReportMetric(float64(usedMemory(b, client)-before)/float64(n), fmt.Sprintf("B/address-of-%d", n))
	}
}

// Promise: what a person wants is known on, whatever becomes of his mailbox.
func TestANoByHandIsNotTakenForABounce(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		s := suppression.For(l)
		for address, said := range map[string][]suppression.Reason{
			"ann@x.example": {suppression.Bounced, suppression.ByHand}, "bob@x.example": {suppression.ByHand, suppression.Bounced},
		} {
			for _, why := range said {
				if _, err := s.AddFor(t.Context(), why, address); err != nil {
					t.Fatal(err)
				}
			}
			if e := check(t, s, address); e.Reason != suppression.ByHand {
				t.Errorf("%v is kept as %s", said, e.Reason)
			}
		}
	})
}

package guestindex_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// What a worker remembers of a bucket is of one that is there: a bucket that is made anew meanwhile has an end as
// well, and only one that is there keeps what it has.
func TestABucketThatAWorkerMakesAnewExpires(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "first", 2)
		guest := guestindex.Guest{Row: 1, ID: uuid.NewSHA1(uuid.Nil, []byte("ida")), Event: "ev", Template: "T"}
		claims := guestindex.For(l).WorkerClaims()
		claim := func() time.Duration {
			t.Helper()
			got, err := claims.Of(id).Claim(t.Context(), []guestindex.Guest{guest})
			if err != nil || got[0].Verdict != guestindex.Create {
				t.Fatalf("%+v, %v", got, err)
			}
			buckets := client.Keys(t.Context(), l.Prefix()+"guests:ev:*").Val()
			if len(buckets) != 1 {
				t.Fatalf("buckets %q", buckets)
			}
			return client.TTL(t.Context(), buckets[0]).Val()
		}
		bucket := func() string { return client.Keys(t.Context(), l.Prefix()+"guests:ev:*").Val()[0] }
		if left := claim(); left < time.Hour {
			t.Fatalf("the first claim keeps the bucket for %s", left)
		}
		ledgertest.Must(t, client.Expire(t.Context(), bucket(), 2*time.Hour).Err())
		if left := claim(); left > 2*time.Hour {
			t.Errorf("the second claim has kept the bucket once more, for %s", left)
		}
		ledgertest.Must(t, client.Del(t.Context(), bucket()).Err())
		if left := claim(); left < 2*time.Hour {
			t.Errorf("the bucket that was made anew is kept for %s", left)
		}
	})
}

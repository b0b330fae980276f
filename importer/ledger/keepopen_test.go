package ledger_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func TestAnImportThatIsNotOverIsKeptHoweverShortTheRetention(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		const day = 24 * time.Hour
		l.RetainFor(day)
		running, over := ledgertest.NewImport(t, l, "running", 2), ledgertest.NewImport(t, l, "over", 2)
		for row := 1; row <= 2; row++ {
			ledgertest.Move(t, l, over, ledger.Move{Row: row, To: ledger.Accepted})
		}
		ttl := func(key string) time.Duration { return client.PTTL(t.Context(), key).Val() }
		for _, id := range []string{running, over} {
			if left := ttl(l.Keys().Import(id)); left > day || left < day-time.Hour {
				t.Errorf("an import is kept for %v, want a day", left)
			}
			for _, key := range []string{l.Keys().Import(id), l.Keys().Rows(id)} {
				client.PExpire(t.Context(), key, day/3)
			}
		}
		if err := l.KeepOpen(t.Context()); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{running: true, over: false} {
			for _, key := range []string{l.Keys().Import(id), l.Keys().Rows(id)} {
				if longer := ttl(key) > day/2; longer != want {
					t.Errorf("%s: kept longer %v", key, longer)
				}
			}
		}
	})
}

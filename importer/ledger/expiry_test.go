package ledger_test

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

func TestAnIdThatAnEarlierVersionGaveIsNotUsedAgain(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		first := ledgertest.NewImport(t, l, "first", 3)
		ledgertest.Must(t, client.Del(t.Context(), l.Prefix()+"known").Err())
		ledgertest.Must(t, l.Importers.Backfill(t.Context()))
		ledgertest.Expire(t, l, client, first)
		_, _, err := l.Create(t.Context(),
			ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: first, SHA256: "first", Rows: 3, Chunk: 50})
		if !errors.Is(err, ledger.ErrExpired) {
			t.Errorf("its id is used again: %v", err)
		}
	})
}

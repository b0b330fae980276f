package ledger_test

import (
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

func TestTheGuestsOfAnImportTakeNoMoreSpaceThanTheirKeys(t *testing.T) {
	t.Parallel()
	const rows, together = 20_000, 200
	client := redistest.Client(t)
	l, err := ledger.For(client, "members")
	ledgertest.Must(t, err)
	id := spec.ID("members")
	keys := make([]ledger.MemberKey, together)
	for i := range keys {
		keys[i] = ledger.MemberKey{1, 2, 3, 4, 5, byte(i)}
	}
	ledgertest.Must(t, l.Members.Reserve(t.Context(), id, rows))
	for first := rows - together + 1; first > 0; first -= together { // they may come in any order
		ledgertest.Must(t, l.Members.Put(t.Context(), id, first, keys))
	}
	ledgertest.Must(t, l.Members.Reserve(t.Context(), id, rows)) // a killed import goes on
	got, err := l.Members.Get(t.Context(), id, rows-together+1, rows)
	ledgertest.Must(t, err)
	if got[0] != keys[0] || got[together-1] != keys[together-1] {
		t.Errorf("the last rows have %v to %v", got[0], got[together-1])
	}
	if size := client.MemoryUsage(t.Context(), l.Prefix()+"import:"+id+":members").Val(); size > 7*rows {
		t.Errorf("%d rows take %d bytes, want 6 each and what is rounded up", rows, size)
	}
}

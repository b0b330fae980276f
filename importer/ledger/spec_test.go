package ledger_test

import (
	"reflect"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

func TestARecordKeepsItsSpecWholeAndOneOfTheVersionBeforeWhatItHas(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		whole := spec.Spec{
			Account: l.Account(), Event: "gala", Template: "welcome", Profile: "p", Key: "Email", Zone: "Europe/London",
			Again: "x", Resend: true, AnySheet: true,
			Reading: spec.Reading{
				Mapping: map[string]string{"tags": "VIP"}, SplitNames: new(true), Dates: "DMY", Sheet: "Guests", Encoding: "gbk",
				HeaderRow: "3", Hidden: "skip",
				Strict: new(false), MaxRejects: "5%",
			},
		}
		made, _, err := l.Create(t.Context(),
			ledger.Import{ID: "aaaaaaaa", Spec: whole, ResendMark: "x", SHA256: "sum", Rows: 1, Chunk: 1})
		if err != nil || !reflect.DeepEqual(made.Spec, whole) {
			t.Fatalf("%v: it is kept as %+v", err, made.Spec)
		}
		client.HDel(t.Context(), l.Prefix()+"import:aaaaaaaa", "spec")
		whole.Zone, whole.AnySheet = "", false
		whole.Reading = spec.Reading{Sheet: "Guests", Encoding: "gbk", HeaderRow: "3", Hidden: "skip", BlankRows: true}
		if old, err := l.Import(t.Context(), "aaaaaaaa"); err != nil || !reflect.DeepEqual(old.Spec, whole) || !old.Partial {
			t.Errorf("%v: of the version before it is %+v", err, old.Spec)
		}
	})
}

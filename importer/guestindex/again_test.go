package guestindex_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

// again is an import that sends emails once more, by a decision.
func (x index) again(name, mark string) string {
	x.Helper()
	imp := ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: spec.ID(name), SHA256: name, Rows: 9, Chunk: 50, ResendMark: mark}
	_, _, err := x.ledger.Create(x.Context(), imp)
	ledgertest.Must(x.T, err)
	ledgertest.Move(x.T, x.ledger, imp.ID, ledger.Move{Row: 1, To: ledger.Queued})
	return imp.ID
}

func (x index) claimed(id string, g guestindex.Guest) guestindex.Verdict {
	x.Helper()
	got, err := guestindex.For(x.ledger).Claim(x.Context(), id, []guestindex.Guest{g})
	ledgertest.Must(x.T, err)
	return got[0].Verdict
}

// asWorker is a guest as a worker claims him.
func asWorker(g guestindex.Guest) guestindex.Guest {
	g.Contact = guestindex.Contact{}
	return g
}

func TestWhatWasSentAgainCountsAsHad(t *testing.T) {
	for name, before := range map[string]func(x index, ann guestindex.Guest){
		"a new guest": func(index, guestindex.Guest) {},
		"one without it": func(x index, ann guestindex.Guest) {
			ann.Template = ""
			x.claim(x.list("first"), ann, guestindex.Create)
			ledgertest.Move(x.T, x.ledger, spec.ID("first"), ledger.Move{Row: 1, To: ledger.Created})
		},
		"one whose address was suppressed": func(x index, ann guestindex.Guest) {
			x.claim(x.list("first"), ann, guestindex.Create)
			ledgertest.Move(x.T, x.ledger, spec.ID("first"), ledger.Move{Row: 1, To: ledger.Suppressed})
		},
		"one whose email was refused": func(x index, ann guestindex.Guest) {
			x.claim(x.list("first"), ann, guestindex.Create)
			ledgertest.Move(x.T, x.ledger, spec.ID("first"), ledger.Move{Row: 1, To: ledger.Refused})
		},
		"one who had it before": func(x index, ann guestindex.Guest) {
			x.claim(x.list("first"), ann, guestindex.Create)
			x.sent(spec.ID("first"), 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onIndex(t, func(x index, _ redis.UniversalClient) {
				ann := person(1, "Ann Lee", "ann@x")
				before(x, ann)
				once := x.again("once", "1")
				for _, g := range []guestindex.Guest{ann, ann, asWorker(ann), asWorker(ann)} { // asked again after kills
					if got := x.claimed(once, g); got == guestindex.Unchanged {
						x.Fatal("nothing is sent again")
					}
				}
				if got := x.claimed(x.list("meanwhile"), ann); got != guestindex.Wait && got != guestindex.Unchanged {
					x.Errorf("before it is sent a list has the verdict %s", got)
				}
				x.sent(once, 1)
				x.claim(x.list("later"), ann, guestindex.Unchanged)
				twice := x.again("twice", "2")
				if got := x.claimed(twice, ann); got == guestindex.Unchanged {
					x.Error("a further decision sends nothing")
				}
				x.sent(twice, 1)
				x.claim(x.list("last"), ann, guestindex.Unchanged)
			})
		})
	}
}

// A version before noted of what it sent again only that, also where the guest had not had the email.
func TestWhatAVersionBeforeHasSentAgainCountsAsHad(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		ann := person(1, "Ann Lee", "ann@x")
		once := x.again("once", "1")
		x.claim(once, ann, guestindex.Create)
		x.sent(once, 1)
		for _, bucket := range client.Keys(x.Context(), x.ledger.Prefix()+"guests:ev:*").Val() {
			for field, raw := range client.HGetAll(x.Context(), bucket).Val() {
				client.HSet(x.Context(), bucket, field, raw[:21+16])
			}
		}
		x.claim(x.list("later"), ann, guestindex.Unchanged)
		other := ann
		other.Template = "U"
		if got := x.claimed(x.list("other"), other); got != guestindex.Send && got != guestindex.Create {
			x.Errorf("another template is %s", got)
		}
	})
}

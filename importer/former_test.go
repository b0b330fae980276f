package importer_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// formerID is the id that versions before gave a guest with an email.
func formerID(account, event string, parts ...string) uuid.UUID {
	key := account + "\x00" + event + "\x00email\x00" + strings.Join(parts, "\x00")
	return uuid.NewSHA1(uuid.MustParse("6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11"), []byte(key))
}

// An earlier version distinguished guests by characters that show nothing, by the sign of an apostrophe, and by no
// first name where its column was called Name. Those that it has made are not made, and not mailed, once more; all
// others have the id of what is seen.
func TestAGuestOfAnEarlierVersionKeepsItsID(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list   string
		before uuid.UUID
		keeps  int // the row that keeps it
	}{
		"an invisible character": {
			"First Name,Last Name,Email\nOle,Vik,ole@guests.example\nNora\u200b,Lind,nora@guests.example\nUn\u00ada,Ek,una@guests.example\n",
			formerID("before", "gala", "nora@guests.example", "nora\u200b", "lind", ""), 2,
		},
		"a first name that was not read": {
			"Name,Surname,Email\nIda,Holm,home@guests.example\nOle,Holm,home@guests.example\n",
			formerID("before", "gala", "home@guests.example", "", "holm", ""), 1,
		},
		"the apostrophe of a word processor": {
			"First Name,Last Name,Email\nOle,Vik,ole@guests.example\nUna,O’Hara,una@guests.example\n",
			formerID("before", "gala", "una@guests.example", "una", "o’hara", ""), 2,
		},
		"an apostrophe where there was another": {
			"First Name,Last Name,Email\nOle,D'Arcy,ole@guests.example\nUna,O'Hara,una@guests.example\n",
			formerID("before", "gala", "una@guests.example", "una", "o’hara", ""), 2,
		},
		"a hyphen that breaks no line": {
			"First Name,Last Name,Email\nOle,Vik,ole@guests.example\nAnn‑Lee,Berg,ann@guests.example\n",
			formerID("before", "gala", "ann@guests.example", "ann‑lee", "berg", ""), 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bundled(t, redistest.Client(t), "before")
			id := spec.ID("the import of an earlier version")
			if _, _, err := b.ledger.Create(t.Context(),
				ledger.Import{Spec: spec.Spec{Event: "gala"}, ID: id, Rows: 1, Chunk: 1}); err != nil {
				t.Fatal(err)
			}
			known := guestindex.Guest{Row: 1, ID: c.before, Event: "gala", Template: "invitation"}
			if _, err := guestindex.For(b.ledger).Claim(t.Context(), id, []guestindex.Guest{known}); err != nil {
				t.Fatal(err)
			}
			plan := b.mustRun(t, write(t, c.list), 0)
			rows := b.enqueued(t, plan.Import)
			if len(rows) != plan.Guests || plan.Guests < 2 {
				t.Fatalf("%d rows are enqueued of %d guests", len(rows), plan.Guests)
			}
			for _, r := range rows {
				if (r.Guest.ID == c.before.String()) != (r.Row == c.keeps) {
					t.Errorf("row %d has the id %s, and row %d should have %s", r.Row, r.Guest.ID, c.keeps, c.before)
				}
			}
		})
	}
}

// The ids of those who have no such character are for ever, and a spelling with one is the guest without.
func TestCharactersThatNobodySeesMakeNoOtherGuest(t *testing.T) {
	t.Parallel()
	const header = "First Name,Last Name,Email\n"
	want := ids(t, gala, header+"Nora,Lind,nora@guests.example\n")[0]
	if plain := formerID("main", "gala", "nora@guests.example", "nora", "lind", "").String(); want != plain {
		t.Errorf("a plain name has the id %s, want %s", want, plain)
	}
	for _, spelling := range []string{
		"Nora\u200b,Lind,nora@guests.example", "\u202aNora\u202c,Lind,nora@guests.example",
		"No\u00adra,Lind,nora@guests.example",
		"\ufeffNora,Lind\u2060,\u200enora@guests.example\u200b", "Nora\ufe0f,Lind\u2800,nora@guests.example",
		"No\u200cra,L\u200dind,nora@guests.example", "Nora\u3164,Lind,nora@guests.example",
	} {
		if got := ids(t, gala, header+spelling+"\n")[0]; got != want {
			t.Errorf("%+q is another guest", spelling)
		}
	}
	irish := formerID("main", "gala", "nora@guests.example", "nora", "o'hara", "").String()
	for _, spelling := range []string{"O'Hara", "O’Hara", "O‘Hara", "Oʼhara", "O′HARA"} {
		if got := ids(t, gala, header+"Nora,"+spelling+",nora@guests.example\n")[0]; got != irish {
			t.Errorf("%s is another guest than O'Hara", spelling)
		}
	}
	// What is seen stays: joined letters, and one sign of two.
	for _, name := range []string{"علی\u200cرضا", "क्\u200dष", "👩\u200d💻 Ida"} {
		if got := guestsOf(t, header+name+",Lind,nora@guests.example\n"); len(got) != 1 || got[0].FirstName != name {
			t.Errorf("%+q becomes %+v", name, got)
		}
	}
}

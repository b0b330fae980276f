package spoolregistry_test

import (
	"fmt"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/spoolregistry"
)

func TestASpoolIsKnownToOtherProcessesAndAccountsKeepTheirs(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	books := func(account string) spoolregistry.Registry {
		l, err := ledger.For(client, account)
		if err != nil {
			t.Fatal(err)
		}
		return spoolregistry.For(l)
	}
	mine, other := books("main"), books("other")
	if list, err := mine.List(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, waiting := range []int{3, 2} { // the later note counts
		err := mine.Note(t.Context(), []spoolregistry.Place{
			{Host: "b", Dir: "/srv/in", Inbox: "/srv/in", Waiting: waiting}, {Host: "a", Dir: "/var/spool", Timed: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := mine.List(t.Context())
	if err != nil || len(list) != 2 || list[0].Host != "a" || list[0].Timed != 1 || list[1].Waiting != 2 ||
		!list[1].Fresh() {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := other.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("another account has %+v, %v", list, err)
	}
}

// A process that is gone has noted what may be otherwise by now; what is odd or of long ago is passed over.
func TestAnOldNoteIsNotTakenForHowItIs(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	for dir, age := range map[string]time.Duration{"/now": 0, "/ahead": -time.Hour, "/gone": time.Hour,
		"/forgotten": 31 * 24 * time.Hour} {
		text := fmt.Sprintf(`{"host":"a","dir":%q,"waiting":1,"noted":%q}`, dir, time.Now().Add(-age).UTC().Format(time.RFC3339))
		if err := client.HSet(t.Context(), l.Prefix()+"spools", "a\x00"+dir, text, "odd"+dir, "{").Err(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := spoolregistry.For(l).List(t.Context())
	got := ""
	for _, p := range list {
		got += fmt.Sprint(p.Dir, p.Fresh(), " ")
	}
	if err != nil || got != "/aheadtrue /gonefalse /nowtrue " {
		t.Errorf("%s, %v", got, err)
	}
}

package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func TestPagesOfTheListStayAsTheyAreWhileImportsBegin(t *testing.T) {
	ledgertest.OnBothStores(t, testListPages)
}

func testListPages(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
	begun := 0
	begin := func(n int) {
		for range n {
			begun++
			id := ledgertest.NewImport(t, l, fmt.Sprint("list ", begun), 1)
			// several begin in a millisecond
			client.ZAdd(t.Context(), l.Prefix()+"imports", redis.Z{Score: 2e12 + float64(begun), Member: id})
			client.HSet(t.Context(), l.Prefix()+"import:"+id, "source", begun)
		}
	}
	page := func(after, before, want string) ledger.Page {
		t.Helper()
		p, err := l.Page(t.Context(), after, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range p.Imports {
			got = append(got, i.Source)
		}
		if strings.Join(got, " ") != want || p.Total != begun {
			t.Errorf("after %q, before %q are %q of %d, want %q of %d", after, before, got, p.Total, want, begun)
		}
		return p
	}
	page("", "", "")
	begin(8)
	first := page("", "", "8 7 6")
	if first.Newer != "" || first.First != 1 || first.Last() != 3 {
		t.Errorf("the newest are %+v", first)
	}
	begin(2)
	second := page("", first.Older, "5 4 3")
	if second.First != 6 || second.Last() != 8 {
		t.Errorf("those before are %d to %d, want 6 to 8", second.First, second.Last())
	}
	last := page("", second.Older, "2 1")
	if last.Older != "" {
		t.Errorf("there is nothing before the oldest, and not %q", last.Older)
	}
	back := page(last.Newer, "", "5 4 3")
	back = page(back.Newer, "", "8 7 6")
	if top := page(back.Newer, "", "10 9 8"); top.Newer != "" {
		t.Errorf("there is nothing after the newest, and not %q", top.Newer)
	}
	if gone := page("", "zzzzzzzz", ""); gone.Newer != "zzzzzzzz" {
		t.Errorf("before one that is gone: %+v", gone)
	}
	page("zzzzzzzz", "", "10 9 8")
}

package importer_test

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// ugly is a list with rows that are rejected, left out, in the file twice, and full of what needs quotes; longer than a
// block of kept rows.
func ugly() string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Plus 1's,Guest notes,Tags,Valid From,Status,Template ID\n")
	for i := range 700 {
		email := fmt.Sprintf("guest%d@guests.example", i%690)
		if i%50 == 7 {
			email = "nobody"
		}
		fmt.Fprintf(&b, "Zoë %d,\"O'Neil, Jr\n%d\",%s,%d,\"a \"\"note\"\"\",VIP,2026-06-0%d,%s,%s\n",
			i%690, i%690, email, i%4, 1+i%9, []string{"approved", "declined"}[i%11/10],
			[]string{"invitation", "other", ""}[min(i%9, 2)])
	}
	return b.String()
}

func TestRowsThatAPlanHasKeptAreThoseOfItsFile(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	client := redistest.Client(t)
	type result struct {
		rows    []chunk.Row
		reasons []ledger.Reason
		counts  ledger.Counts
		emails  []ledger.Owner
	}
	const id = "70000000-0000-4000-8000-000000000001"
	var everyRow []int
	for i := range 700 {
		everyRow = append(everyRow, i+1)
	}
	got := map[bool]result{}
	for _, keep := range []bool{false, true} {
		b := bundled(t, client, fmt.Sprint("kept-", keep))
		b.s.Account, b.s.Where, b.s.Keep = "main", "status = approved", keep // ids are of the account
		plan, err := importer.MakePlan(t.Context(), write(t, ugly()), b.s)
		if err != nil {
			t.Fatal(err)
		}
		plan = plan.WithTemplate(id) // of a template that was given by its name
		imp, _, err := b.Begin(t.Context(), plan)
		if err != nil || b.Run(t.Context(), plan, imp) != nil {
			t.Fatal(err)
		}
		if imp, err = b.ledger.Import(t.Context(), plan.Import); err != nil {
			t.Fatal(err)
		}
		reasons, err := b.ledger.Reasons(t.Context(), plan.Import, everyRow)
		if err != nil {
			t.Fatal(err)
		}
		b.s.Account = b.ledger.Account()
		r := result{rows: b.enqueued(t, plan.Import), reasons: reasons, counts: imp.Counts}
		for _, row := range r.rows {
			owner, is, err := guestindex.For(b.ledger).EmailOwner(t.Context(), "gala", row.Guest.ID, row.Guest.TemplateID)
			if err != nil || !is {
				t.Fatalf("row %d does not own its email of %s (%v)", row.Row, row.Guest.TemplateID, err)
			}
			r.emails = append(r.emails, owner)
		}
		if entered := b.redis.HExists(t.Context(), b.ledger.Prefix()+"import:"+plan.Import,
			"entered").Val(); entered != keep {
			t.Errorf("rows are kept: %t; their guests are entered before the first chunk: %t", keep, entered)
		}
		got[keep] = r
	}
	if a, b := got[false], got[true]; !reflect.DeepEqual(a, b) {
		t.Errorf("rows that were kept: %d queued, %v; of the file: %d queued, %v", len(b.rows), b.counts, len(a.rows),
			a.counts)
	}
	if c := got[true].counts; c[ledger.Rejected] == 0 || c[ledger.Filtered] == 0 || c[ledger.Queued] < 500 {
		t.Errorf("the list has %v, and should have rows of each kind", c)
	}
	uses := map[string]int{}
	for _, row := range got[true].rows {
		uses[row.Guest.TemplateID]++
	}
	if len(uses) != 3 || uses[id] < uses["invitation"] || uses["invitation"] == 0 {
		t.Errorf("the rows have the templates %v", uses)
	}
}

// It has no name any more, but Linux shows what a process has open.
func TestNothingOfAPlanIsLeftOnceItIsClosed(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	open := func() (n int) {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("this system does not show a process's files")
		}
		for _, fd := range fds {
			if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(to, dir) {
				n++
			}
		}
		return n
	}
	path := write(t, numbered(1000))
	s := gala
	s.Keep = true
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err != nil {
		t.Fatal(err)
	}
	if n := open(); n != 1 {
		t.Errorf("a plan that keeps its rows has %d temporary files open", n)
	}
	plan.Close()
	if n := open(); n != 0 {
		t.Errorf("a closed plan has %d temporary files open", n)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := importer.MakePlan(ended, path, s); err == nil || open() != 0 {
		t.Errorf("a plan that was given up (%v) has %d temporary files open", err, open())
	}
}

package correction_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/correction"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/reason"
	"guestflow/qflow"
)

var (
	old     = qflow.Guest{FirstName: "Ann", LastName: "Lee", Email: "ann@old.example"}
	moved   = qflow.Guest{FirstName: "Ann", LastName: "Lee", Email: "ann@new.example"}
	renamed = qflow.Guest{FirstName: "Anna", LastName: "Lee", Email: "ann@old.example"}
	shouted = qflow.Guest{FirstName: "ANN", LastName: "Lee", Email: "ann@OLD.example"}
	tagged  = qflow.Guest{FirstName: "Ann", LastName: "Lee", Email: "ann@old.example", Tags: "VIP"}
)

// guest is a row of one guest.
func guest(row int, who qflow.Guest, template string) guestindex.Guest {
	g := guestindex.Guest{
		Row: row, ID: uuid.NewSHA1(uuid.Nil, []byte("one guest")), Event: "ev", Template: template, Person: correction.Person(&who),
	}
	copy(g.Content[:], who.FirstName+who.Email[4:]+who.Tags)
	return g
}

// lists are two imports, of which the earlier one has the guest queued.
func lists(t *testing.T, l *ledger.Ledger) (early, late string) {
	t.Helper()
	early, late = ledgertest.NewImport(t, l, "early", 3), ledgertest.NewImport(t, l, "late", 3)
	data, err := chunk.Encode([]chunk.Row{{Row: 1, Guest: old}})
	ledgertest.Must(t, err)
	stored, move := ledger.StoredChunk{N: 0, Data: data}, ledger.Move{Row: 1, To: ledger.Queued}
	ledgertest.Must(t, l.Chunks.Commit(t.Context(), early, []ledger.StoredChunk{stored}, []ledger.Move{move}))
	if _, err := guestindex.For(l).Claim(t.Context(), early, []guestindex.Guest{guest(1, old, "T")}); err != nil {
		t.Fatal(err)
	}
	return early, late
}

// want is what becomes of a later row, and whether the earlier one is cancelled.
type want struct {
	look, then       guestindex.Verdict
	tried, cancelled bool
}

var (
	taken      = want{look: guestindex.Replace, then: guestindex.Create, cancelled: true}
	takenTried = want{look: guestindex.Replace, then: guestindex.UpdateAndSend, tried: true, cancelled: true}
	waits      = want{look: guestindex.Wait, then: guestindex.Wait}
	unsent     = want{look: guestindex.WaitUnsent, then: guestindex.Wait}
	sent       = want{look: guestindex.Update, then: guestindex.Update}
)

// Promise: the email of a guest who is corrected before it has left goes once, as the latest list has him; what has
// begun, or is another email, is left alone.
func TestACorrectionTakesAnEmailOverThatHasNotBegun(t *testing.T) {
	for name, c := range map[string]struct {
		first    []ledger.Move // of the earlier row
		later    qflow.Guest
		template string // of the later row
		want     want
	}{
		"it waits for a worker":           {later: moved, template: "T", want: taken},
		"it waits for a gate":             {first: to(ledger.Parked, 0), later: moved, template: "T", want: taken},
		"the guest may be there":          {first: to(ledger.ParkedTried, ledger.Tried), later: moved, template: "T", want: takenTried},
		"the guest is as the list has it": {later: old, template: "T", want: waits},
		"only a tag is another":           {later: tagged, template: "T", want: waits},
		"it is in capitals":               {later: shouted, template: "T", want: waits},
		"the name is another":             {later: renamed, template: "T", want: taken},
		"it may be out":                   {first: to(ledger.Queued, ledger.MaybeSent), later: moved, template: "T", want: waits},
		"it is parked and may be out":     {first: to(ledger.Parked, ledger.MaybeSent), later: moved, template: "T", want: waits},
		"it is being sent":                {first: to(ledger.Sending, 0), later: moved, template: "T", want: waits},
		"the later list has none":         {later: moved, want: unsent},
		"the later list has another":      {later: moved, template: "U", want: unsent},
		"it is out":                       {first: to(ledger.Accepted, 0), later: moved, template: "T", want: sent},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				early, late := lists(t, l)
				for _, m := range c.first {
					ledgertest.Move(t, l, early, m)
				}
				g := guest(2, c.later, c.template)
				looked, err := guestindex.For(l).Compare(t.Context(), []guestindex.Guest{g})
				if err == nil {
					err = correction.Sift(t.Context(), l, []guestindex.Guest{g}, looked)
				}
				if err != nil || looked[0].Verdict != c.want.look {
					t.Fatalf("a look says %+v, %v", looked, err)
				}
				for range 2 { // as an importer that was killed, or a worker after it
					if got := replace(t, l, late, g); got.Verdict != c.want.then || got.Byte.HasFlag(ledger.Tried) != c.want.tried {
						t.Errorf("the later row is to %+v", got)
					}
				}
				if got := ledgertest.Byte(t, l, early, 1); (got.State() == ledger.Cancelled) != c.want.cancelled {
					t.Errorf("the earlier row is %s", got.State())
				}
				why, err := l.Reasons(t.Context(), early, []int{1})
				if err != nil || (why[0].Code == reason.Replaced) != c.want.cancelled {
					t.Errorf("because of %v, %v", why, err)
				}
				if got := replace(t, l, early, guest(1, old, "T")); c.want.cancelled && got.Verdict != guestindex.Wait {
					t.Errorf("the earlier row, which comes again, is to %s", got.Verdict)
				}
			})
		})
	}
}

func to(s ledger.State, set ledger.Flag) []ledger.Move {
	return []ledger.Move{{Row: 1, To: s, Set: set}}
}

// replace claims a guest as a worker does.
func replace(t *testing.T, l *ledger.Ledger, id string, g guestindex.Guest) guestindex.Claimed {
	t.Helper()
	claims := guestindex.For(l).Claims(id)
	got, err := claims.Claim(t.Context(), []guestindex.Guest{g})
	if err == nil {
		got, err = correction.Replace(t.Context(), l, claims, id, []guestindex.Guest{g}, got)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// A write of a guest that comes after that of his correction would undo it.
func TestAGuestWhoIsBeingWrittenIsNotTakenOver(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		early, late := lists(t, l)
		if _, err := l.Calls.BeginBulk(t.Context(), early, nil, 1); err != nil {
			t.Fatal(err)
		}
		g := guest(2, moved, "T")
		if got := replace(t, l, late, g); got.Verdict != guestindex.Wait {
			t.Errorf("while it may be under way: %s", got.Verdict)
		}
		for _, of := range []struct {
			guestindex.Guest
			want guestindex.Verdict
		}{{g, guestindex.WaitWritten}, {guest(2, moved, "U"), guestindex.WaitUnsent}, {guest(2, tagged, "T"), guestindex.Wait}} {
			looked, err := guestindex.For(l).Compare(t.Context(), []guestindex.Guest{of.Guest})
			if err == nil {
				err = correction.Sift(t.Context(), l, []guestindex.Guest{of.Guest}, looked)
			}
			if err != nil || looked[0].Verdict != of.want || looked[0].EmailWaits != (of.Template == "T") ||
				looked[0].Otherwise != (of.want == guestindex.WaitWritten) {
				t.Errorf("a look says %+v, %v; want %s", looked, err, of.want)
			}
		}
		over := time.Now().Add(-time.Second).UnixMilli()
		ledgertest.Must(t, client.HSet(t.Context(), l.Prefix()+"import:"+early, "writing", over).Err())
		if got := replace(t, l, late, g); got.Verdict != guestindex.UpdateAndSend {
			t.Errorf("after that: %s", got.Verdict)
		}
	})
}

// Promise: which list comes last is also known of lists whose rows wait beside one another, for a list before both. One
// that was killed half-way goes on when it is given again, whatever waits beside it.
func TestOfListsThatWaitForTheSameOneTheEarlierIsAwaited(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		early, second := lists(t, l)
		half, other := ledgertest.NewImport(t, l, "half", 3), ledgertest.NewImport(t, l, "other", 3)
		alone, third := ledgertest.NewImport(t, l, "alone", 3), ledgertest.NewImport(t, l, "third", 3)
		if _, err := l.Calls.BeginBulk(t.Context(), early, nil, 1); err != nil { // so that nothing is taken over
			t.Fatal(err)
		}
		ann, bob := guest(1, old, "T"), guest(1, old, "T")
		ann.ID, bob.ID = uuid.New(), uuid.New()
		for _, c := range []struct {
			id   string
			who  guestindex.Guest
			want guestindex.Verdict
		}{
			{second, guest(1, moved, "T"), guestindex.Wait}, {third, guest(1, renamed, "T"), guestindex.Wait},
			{half, ann, guestindex.Create}, {other, bob, guestindex.Create}, {alone, bob, guestindex.Wait},
		} {
			if got := replace(t, l, c.id, c.who); got.Verdict != c.want {
				t.Fatalf("%s: %s", c.id, got.Verdict)
			}
		}
		for id, want := range map[string]bool{
			early: true, second: true, half: false, other: true, alone: false, third: false,
		} {
			imp, err := l.Import(t.Context(), id)
			ledgertest.Must(t, err)
			if awaited, err := l.Awaited(t.Context(), imp); err != nil || awaited != want {
				t.Errorf("%s is awaited: %v, %v", imp.SHA256, awaited, err)
			}
		}
	})
}

// What a row has begun between the look and the change counts.
func TestARowThatHasBegunIsNotReplaced(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		early, late := ledgertest.NewImport(t, l, "early", 3), ledgertest.NewImport(t, l, "late", 3)
		ledgertest.Move(t, l, early, ledger.Move{Row: 1, To: ledger.Queued, Set: ledger.MaybeSent})
		var all []ledger.Replacement
		for row := 1; row <= 3; row++ {
			of, by := ledger.Owner{Import: early, Row: row}, ledger.Owner{Import: late, Row: row}
			all = append(all, ledger.Replacement{Of: of, By: by})
		}
		got, err := l.Replace(t.Context(), all)
		if err != nil || got[0] || !got[1] || !got[2] {
			t.Fatalf("%v, %v", got, err)
		}
		begun, err := l.Calls.BeginAtomic(t.Context(), early, nil, 1, 2)
		if err != nil || !begun.Rows[0].OK || begun.Rows[1].OK {
			t.Errorf("%+v, %v; a row that was replaced is not begun", begun.Rows, err)
		}
		imp, err := l.Import(t.Context(), early)
		if err != nil || imp.Counts[ledger.Cancelled] != 2 || imp.Counts[ledger.Queued] != 1 {
			t.Errorf("%v, %v", imp.Counts, err)
		}
	})
}

package importer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// meant are rules, each with a plain answer for a row with this status and ticket.
var meant = map[string]func(status, ticket string) bool{
	"status = approved": func(s,
		_ string) bool {
		return strings.EqualFold(s, "approved")
	},
	"status != declined and status != waitlist": func(s,
		_ string) bool {
		return !strings.EqualFold(s, "declined") && s != "waitlist"
	},
	"status in approved, Declined, waitlist": func(s, _ string) bool { return s != "" },
	"ticket in VIP, Press and status not in declined, waitlist": func(s, t string) bool {
		return t != "GA" &&
			!strings.EqualFold(s, "declined") && s != "waitlist"
	},
	"(status is empty or status = approved) and ticket = GA": func(s,
		t string) bool {
		return (s == "" || strings.EqualFold(s, "approved")) && t == "GA"
	},
	"all": func(string, string) bool { return true },
}

// Every row is in one state and the states add up, whatever rules leave out of a list, and however often it is
// imported. A row that is left out keeps nothing of its guest: another import, or a later row, has him as if he were
// new.
func TestARowThatIsLeftOutIsInOneStateAndClaimsNoGuest(t *testing.T) {
	t.Parallel()
	testkit.WithoutRace(t)
	client := redistest.Client(t)
	seed := testkit.Seed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	games := 25 // each has three rules of the six, and up to 300 rows
	switch {
	case testkit.Long():
	case testkit.RaceDetector:
		games = 2
	case testkit.IsBesideRace():
		games = 8
	}
	for game := range games {
		b := bundled(t, client, fmt.Sprintf("game%d", game))
		b.s.Compare = guestindex.For(b.ledger).Compare
		list, rows := randomStatuses(random)
		path := write(t, list)
		known := map[string]bool{}
		rules := slices.Sorted(func(yield func(string) bool) {
			for rule := range meant {
				if !yield(rule) {
					return
				}
			}
		})
		random.Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
		for _, rule := range rules[:3] {
			b.s.Reading = spec.Reading{Where: rule}
			b.playRule(t, path, rows, known)
		}
	}
}

type statusRow struct{ email, status, ticket, fault string }

func randomStatuses(random *rand.Rand) (list string, rows []statusRow) {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Status,Ticket\n")
	for i := range 1 + random.IntN(300) {
		who := random.IntN(i + 1)
		name := fmt.Sprintf("Ann%c%c,Lee", 'a'+rune(who/26), 'a'+rune(who%26)) // one name for one address: no near misses
		r := statusRow{email: fmt.Sprintf("g%d@guests.example", who)}
		r.status = []string{"approved", "APPROVED", "declined", " Declined", "waitlist", ""}[random.IntN(6)]
		r.ticket = []string{"GA", "VIP", "Press"}[random.IntN(3)]
		if i > 0 { // of a list whose rows all have too many cells the header is asked about
			r.fault = []string{"", "", "", "", "", "email", "cells"}[random.IntN(7)]
		}
		line := fmt.Sprintf("%s,%s,%s,%s", name, r.email, r.status, r.ticket)
		switch r.status = strings.TrimSpace(r.status); r.fault {
		case "email":
			line = fmt.Sprintf("%s,nobody,%s,%s", name, r.status, r.ticket)
		case "cells":
			line += ",more,and more"
		}
		b.WriteString(line + "\n")
		rows = append(rows, r)
	}
	return b.String(), rows
}

// playRule imports the list with the rule of the settings, twice, and compares with what the rule says. known are the
// guests of imports before.
func (b bundle) playRule(t *testing.T, path string, rows []statusRow, known map[string]bool) {
	t.Helper()
	states, here, fresh := make([]ledger.State, len(rows)), map[string]bool{}, 0
	for i, r := range rows {
		switch {
		case r.fault == "cells":
			states[i] = ledger.Rejected
		case !meant[b.s.Where](r.status, r.ticket):
			states[i] = ledger.Filtered
		case r.fault == "email", here[r.email]:
			states[i] = ledger.Rejected
		default:
			states[i], here[r.email] = ledger.Queued, true
			if !known[r.email] {
				fresh++
			}
		}
	}
	for again := range 2 {
		plan, err := b.run(t.Context(), path, 0)
		if err != nil {
			t.Fatal(err)
		}
		if again == 0 && plan.Compared != nil && plan.Compared.New != fresh {
			t.Errorf("%s: %d are new, want %d", b.s.Where, plan.Compared.New, fresh)
		}
		imp, err := b.ledger.Import(t.Context(), plan.Import)
		if err != nil || imp.Counts.Total() != len(rows) || plan.Guests+plan.Rejected+plan.Filtered != len(rows) ||
			imp.Counts[ledger.Filtered] != plan.Filtered {
			t.Fatalf("%s: %+v, %v; the plan has %d guests, %d rejected and %d left out of %d", b.s.Where, imp.Counts, err,
				plan.Guests, plan.Rejected, plan.Filtered, len(rows))
		}
		bytes, err := b.ledger.RowBytes(t.Context(), plan.Import, 1, len(rows))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range states {
			if got := bytes[i].State(); got != want {
				t.Fatalf("%s: row %d (%+v) is %s, want %s", b.s.Where, i+1, rows[i], got, want)
			}
		}
	}
	for email := range here {
		known[email] = true
	}
}

package report_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/report"
	"guestflow/importer/spec"
)

func summary(t *testing.T, l *ledger.Ledger, id string) (report.Summary, string) {
	t.Helper()
	s, err := report.Summarise(t.Context(), l, id, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := s.HTML(&page); err != nil {
		t.Fatal(err)
	}
	return s, page.String()
}

var tags = regexp.MustCompile(`<[^>]*>`)

func TestASummaryCountsEveryRowAndGroupsTheReasons(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		const rows = 1200 // more than one window
		id := spec.ID("summary")
		_, _, err := l.Create(t.Context(),
			ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: "x",
				Source: "/in/done/20260301T090000-ABCDEF-" + id + "--gala.csv", Rows: rows, Chunk: 50})
		if err != nil {
			t.Fatal(err)
		}
		var moves []ledger.Move
		for row := 1; row <= rows; row++ {
			m := ledger.Move{Row: row, To: ledger.Queued}
			if row%100 == 0 {
				m.To, m.Reason = ledger.Rejected,
					ledger.Reason{Code: "email_invalid", Text: "no address", Line: row + 1, Column: "E-Mail"}
			}
			moves = append(moves, m)
		}
		moves = append(moves,
			ledger.Move{Row: 1, To: ledger.Refused,
				Reason: ledger.Reason{Code: "http_422", Text: "ann@example.com is blocked", Line: 2}},
			ledger.Move{Row: 2, To: ledger.Parked, Reason: ledger.Reason{Code: "trust_gate", Text: "waits", Line: 3}},
			ledger.Move{Row: 3, To: ledger.Accepted},
		)
		if _, _, err := l.Move(t.Context(), id, moves); err != nil {
			t.Fatal(err)
		}
		s, page := summary(t, l, id)
		total := 0
		for _, line := range s.States {
			total += line.Rows
		}
		if total != rows {
			t.Errorf("the states add up to %d of %d rows", total, rows)
		}
		want := "[{parked trust_gate   1 [{2 3}]} {rejected email_invalid E-Mail no address 12 [{100 101} {200 201} {300 301} {400 401} {500 501}]} {refused http_422   1 [{1 2}]}]"
		if got := fmt.Sprint(s.Reasons); got != want {
			t.Errorf("the reasons are\n%s, want\n%s", got, want)
		}
		text := html.UnescapeString(tags.ReplaceAllString(page, " "))
		for _, say := range []string{"gala.csv", "1,200 rows", "email_invalid", "no address", "row 100, line 101", "1,185",
			"guestflow report " + id, "rejects.csv", "Not finished yet"} {
			if !strings.Contains(text, say) {
				t.Errorf("the page does not say %q:\n%s", say, text)
			}
		}
		if strings.Contains(page, "ann@example.com") || strings.Contains(page, "ABCDEF") {
			t.Error("the page says too much")
		}
	})
}

// A file's name, its headers and Qflow's codes come from outside.
func TestASummaryRunsAndFetchesNothing(t *testing.T) {
	t.Parallel()
	l, err := ledger.For(redistest.Client(t), "main")
	if err != nil {
		t.Fatal(err)
	}
	const evil = `"><script>alert('x')</script><img src=https://example.com/x onerror=alert(1)>{{.}}`
	id := spec.ID("evil")
	if _, _, err := l.Create(t.Context(),
		ledger.Import{Spec: spec.Spec{Event: evil, Template: evil, Profile: evil}, ID: id, SHA256: "x",
			Source: "/in/" + strings.ReplaceAll(evil, "/", "") + ".csv", Rows: 2, Chunk: 50}); err != nil {
		t.Fatal(err)
	}
	_, _, err = l.Move(t.Context(), id, []ledger.Move{
		{Row: 1, To: ledger.Rejected, Reason: ledger.Reason{Code: evil, Text: evil, Column: evil}},
		{Row: 2, To: ledger.Cancelled},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, page := summary(t, l, id)
	for _, bad := range []string{"<script", "<img", "<link", "src=\"", "href=", "@import", "url("} {
		if strings.Contains(strings.ToLower(page), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(html.UnescapeString(page), evil) {
		t.Error("the page does not show what the file says")
	}
	if !strings.Contains(page, "none was given") {
		t.Error("a row without a reason is not counted")
	}
}

func TestASummaryStaysShortWhateverTheReasons(t *testing.T) {
	t.Parallel()
	l, err := ledger.For(redistest.Client(t), "main")
	if err != nil {
		t.Fatal(err)
	}
	const rows = 700
	id := ledgertest.NewImport(t, l, "many", rows)
	var moves []ledger.Move
	for row := 1; row <= rows; row++ {
		moves = append(moves, ledger.Move{Row: row, To: ledger.Refused,
			Reason: ledger.Reason{Code: fmt.Sprintf("code_%d", row)}})
	}
	if _, _, err := l.Move(t.Context(), id, moves); err != nil {
		t.Fatal(err)
	}
	s, page := summary(t, l, id)
	if len(s.Reasons) != 200 || s.Other != 500 || !strings.Contains(page, "500 more rows") {
		t.Errorf("%d reasons and %d others", len(s.Reasons), s.Other)
	}
}

package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/sendwindow"
	"guestflow/importer/spec"
)

// openToday and closedToday are windows as they are at every hour of this test.
func openToday(t *testing.T) sendwindow.Window {
	t.Helper()
	return parsed(t, "00:00-24:00")
}

func closedToday(t *testing.T) sendwindow.Window {
	t.Helper()
	return parsed(t, "00:00-24:00 "+time.Now().UTC().AddDate(0, 0, 3).Weekday().String())
}

func parsed(t *testing.T, text string) sendwindow.Window {
	t.Helper()
	w, err := sendwindow.Parse(text, "UTC")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNoEmailBeginsWhileTheWindowIsClosed(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "window", 9)
		row := 0
		begins := func(begin func(context.Context, int) (ledger.BeginResult, error)) bool {
			t.Helper()
			row++
			b, err := begin(t.Context(), row)
			if err != nil {
				t.Fatal(err)
			}
			if b.WindowClosed == b.Rows[0].OK {
				t.Errorf("row %d began: %v, and the window is closed: %v", row, b.Rows[0].OK, b.WindowClosed)
			}
			return b.Rows[0].OK
		}
		atomic := func(ctx context.Context, row int) (ledger.BeginResult, error) {
			return l.Calls.BeginAtomic(ctx, id, nil, row)
		}
		send := func(ctx context.Context, row int) (ledger.BeginResult, error) {
			return l.Calls.BeginSend(ctx, id, nil, row)
		}
		bulk := func(ctx context.Context, row int) (ledger.BeginResult, error) {
			return l.Calls.BeginBulk(ctx, id, nil, row)
		}
		if !begins(atomic) || !begins(send) {
			t.Error("without a window, emails wait")
		}
		setWindow(t, l, id, closedToday(t))
		if looks(t, l, id) == 0 || begins(atomic) || begins(send) || !begins(bulk) {
			t.Error("outside of its window an email begins, or a guest waits who gets none")
		}
		setWindow(t, l, id, openToday(t))
		if begins(atomic) { // its hours are not known yet
			t.Error("an email begins before the hours of its window are known")
		}
		if looks(t, l, id) != 0 || !begins(atomic) {
			t.Error("inside of its window an email waits")
		}
		setWindow(t, l, id, sendwindow.Window{})
		if looks(t, l, id) != 0 || !begins(send) {
			t.Error("an email waits for a window that is gone")
		}
	})
}

func setWindow(t *testing.T, l *ledger.Ledger, id string, w sendwindow.Window) {
	t.Helper()
	if err := l.Windows.Set(t.Context(), id, w); err != nil {
		t.Fatal(err)
	}
	imp, err := l.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if want := w.String(); imp.SendWindow != want && (want != sendwindow.None || imp.SendWindow != "") {
		t.Fatalf("its window is %q, not %s", imp.SendWindow, want)
	}
}

// looks returns how long emails have to wait.
func looks(t *testing.T, l *ledger.Ledger, id string) time.Duration {
	t.Helper()
	s, err := l.Windows.Look(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s.Opens.Sub(s.Now)
}

// A window as it was asked for, with a zone from beside it, becomes one that says all of itself.
func TestARecordHasTheWindowItWasMadeWith(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		imp := ledger.Import{ID: spec.ID("w"), SHA256: "w", Rows: 1, Chunk: 1,
			Spec: spec.Spec{Event: "ev", Zone: "Europe/London",
				Reading: spec.Reading{SendWindow: "mon-fri 9:00-18:00", OutsideWindow: "create"}}}
		made, _, err := l.Create(t.Context(), imp)
		if err != nil || made.SendWindow != "09:00-18:00 Mon-Fri, Europe/London" {
			t.Fatalf("its window is %q, %v", made.SendWindow, err)
		}
		if s, err := l.Windows.Look(t.Context(), imp.ID); err != nil || !s.CreateFirst ||
			s.Window.String() != made.SendWindow {
			t.Errorf("%+v, %v", s, err)
		}
		imp.ID, imp.SendWindow = spec.ID("x"), "nonsense"
		if _, _, err := l.Create(t.Context(), imp); err == nil {
			t.Error("an import begins with a window that cannot be read")
		}
	})
}

func TestAnImportOfAVersionBeforeHasNoWindow(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "before", 1)
		imp, err := l.Import(t.Context(), id)
		if err != nil || imp.SendWindow != "" || looks(t, l, id) != 0 {
			t.Errorf("window %q, %v", imp.SendWindow, err)
		}
		if err := l.Windows.Set(t.Context(), "aaaaaaaa", openToday(t)); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("an import that is not there gets a window: %v", err)
		}
	})
}

// A call may leave so much later than its mark.
func TestTheLastMarkIsAWhileBeforeTheWindowCloses(t *testing.T) {
	t.Parallel()
	w := parsed(t, "09:00-18:00 Mon-Fri")
	six := time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC)
	for before, closed := range map[time.Duration]bool{time.Minute: false, ledger.MarkLasts + 1: false,
		ledger.MarkLasts: true, 1: true, -1: true} {
		s := ledger.WindowAt(w, six.Add(-before))
		if s.IsClosed() != closed || closed && !s.Opens.Equal(six.Add(63*time.Hour)) {
			t.Errorf("%s before it closes: closed %v, opens %v", before, s.IsClosed(), s.Opens)
		}
	}
}

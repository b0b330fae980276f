package sendwindow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"go.uber.org/goleak"

	"guestflow/importer/sendwindow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func window(t testing.TB, text string) sendwindow.Window {
	t.Helper()
	w, err := sendwindow.Parse(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAWindowIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"09:00-18:00 Mon-Fri":                        "09:00-18:00 Mon-Fri, Europe/London",
		" 9:00 – 18:00  mon - FRI ":                  "09:00-18:00 Mon-Fri, Europe/London",
		"Mon-Fri 09:00-18:00":                        "09:00-18:00 Mon-Fri, Europe/London",
		"monday-friday, 09:00-18:00":                 "09:00-18:00 Mon-Fri, Europe/London",
		"08:00-12:00,14:00-18:00 Mon-Sat":            "08:00-12:00,14:00-18:00 Mon-Sat, Europe/London",
		"22:00-02:00":                                "22:00-02:00, Europe/London",
		"00:00-24:00 Sat,Sun":                        "00:00-24:00 Sat-Sun, Europe/London",
		"09:00-18:00 Sat-Mon":                        "09:00-18:00 Mon,Sat-Sun, Europe/London",
		"09:00-18:00 Tues Thurs":                     "09:00-18:00 Tue,Thu, Europe/London",
		"09:00-18:00 Mon-Fri, 10:00-14:00 Sat":       "09:00-18:00 Mon-Fri; 10:00-14:00 Sat, Europe/London",
		"Mon 09:00-12:00 Tue 10:00-11:00":            "09:00-12:00 Mon; 10:00-11:00 Tue, Europe/London",
		"09:00-18:00 Mon-Fri; 10:00-14:00":           "09:00-18:00 Mon-Fri; 10:00-14:00, Europe/London",
		"09:00-18:00 Mon-Fri, America/New_York":      "09:00-18:00 Mon-Fri, America/New_York",
		"09:00-18:00 Mon-Fri America/Port-au-Prince": "09:00-18:00 Mon-Fri, America/Port-au-Prince",
		"09:00-18:00 utc":                            "09:00-18:00, UTC",
		"none":                                       "none",
		" NONE ":                                     "none",
		"":                                           "none",
	} {
		w, err := sendwindow.Parse(text, "Europe/London")
		if err != nil || w.String() != want || w.IsZero() != (want == "none") {
			t.Errorf("%q is %v, %v; want %s", text, w, err, want)
		}
	}
}

func TestWhatIsWrongWithAWindowIsNamedWithAnExample(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Mon-Fri":                                "hours are missing",
		";":                                      "hours are missing",
		"9-18 Mon-Fri":                           `"9-18" is not hours such as 09:00-18:00`,
		"9am-6pm":                                `"9am-6pm" is not hours`,
		"09.00-18.00":                            `"09.00-18.00" is not hours`,
		"09:00 18:00":                            `"09:00" is not hours`,
		"25:00-26:00":                            "a time that no clock shows",
		"09:60-10:00":                            "a time that no clock shows",
		"24:00-02:00":                            "a time that no clock shows",
		"09:00-09:00":                            "ends when it begins",
		"09:00-18:00 Mo-Fr":                      `"Mo" is not a day such as Mon or Monday`,
		"09:00-18:00 lundi":                      `"lundi" is not a day`,
		"09:00-18:00 weekdays":                   `"weekdays" is not a day`,
		"09:00-18:00 Mon-Fri, 10:00-14:00":       "the hours 10:00-14:00 have no days",
		"09:00-18:00 Mon-Fri, Europe/Lodnon":     `"Europe/Lodnon" is not a time zone such as Europe/London`,
		"09:00-18:00 Mon-Fri, ../etc/passwd":     "is not a time zone",
		"09:00-18:00 Europe/Rome; 1:00-2:00 UTC": "it names two time zones",
		"09:00-18:00 \x1b[31m":                   `\x1b`,
		strings.Repeat("09:00-18:00 ", 50):       "more than 300 characters",
		"every 5 minutes":                        `"every" is not a day`,
	} {
		_, err := sendwindow.Parse(text, "Europe/London")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), sendwindow.Example) ||
			strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
	if _, err := sendwindow.Parse("09:00-18:00", ""); err == nil || !strings.Contains(err.Error(), "it has no time zone") {
		t.Errorf("without a time zone: %v", err)
	}
}

// The clocks of Lord Howe move by half an hour, those of Casablanca back for Ramadan, Apia has skipped a whole day.
func TestAWindowIsOpenByTheClockOnTheWallWhereverClocksAreChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		from, to string // in that time zone, with its offset
		changes  []string
	}{
		{"09:00-18:00 Mon-Fri, Europe/London", "2026-03-27T17:00:00Z", "2026-03-31T12:00:00+01:00", []string{
			"closes 2026-03-27T18:00:00Z", "opens 2026-03-30T09:00:00+01:00", "closes 2026-03-30T18:00:00+01:00",
			"opens 2026-03-31T09:00:00+01:00"}},
		// 01:00 becomes 02:00: the skipped half hour of the window has no moment
		{"01:30-03:00 Sun, Europe/London", "2026-03-29T00:00:00Z", "2026-03-29T06:00:00+01:00", []string{
			"opens 2026-03-29T02:00:00+01:00", "closes 2026-03-29T03:00:00+01:00"}},
		{"01:15-01:45 Sun, Europe/London", "2026-03-28T00:00:00Z", "2026-04-06T00:00:00+01:00", []string{
			"opens 2026-04-05T01:15:00+01:00", "closes 2026-04-05T01:45:00+01:00"}},
		// 02:00 becomes 01:00: what is in the doubled hour is open twice
		{"01:15-01:45 Sun, Europe/London", "2026-10-25T00:00:00+01:00", "2026-10-25T06:00:00Z", []string{
			"opens 2026-10-25T01:15:00+01:00", "closes 2026-10-25T01:45:00+01:00", "opens 2026-10-25T01:15:00Z",
			"closes 2026-10-25T01:45:00Z"}},
		{"22:00-02:00 Sat, America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-08T12:00:00-04:00", []string{
			"opens 2026-03-07T22:00:00-05:00", "closes 2026-03-08T03:00:00-04:00"}},
		{"00:30-01:30, America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T12:00:00-05:00", []string{
			"opens 2026-11-01T00:30:00-04:00", "closes 2026-11-01T01:30:00-04:00", "opens 2026-11-01T01:00:00-05:00",
			"closes 2026-11-01T01:30:00-05:00"}},
		{"01:45-02:15 Sun, Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", "2026-10-04T06:00:00+11:00", []string{
			"opens 2026-10-04T01:45:00+10:30", "closes 2026-10-04T02:30:00+11:00"}},
		{"01:45-02:15 Sun, Australia/Lord_Howe", "2026-04-05T00:00:00+11:00", "2026-04-05T06:00:00+10:30", []string{
			"opens 2026-04-05T01:45:00+11:00", "closes 2026-04-05T01:30:00+10:30", "opens 2026-04-05T01:45:00+10:30",
			"closes 2026-04-05T02:15:00+10:30"}},
		{"02:30-09:00, Africa/Casablanca", "2026-02-15T00:00:00+01:00", "2026-02-15T12:00:00+00:00", []string{
			"opens 2026-02-15T02:30:00+01:00", "closes 2026-02-15T02:00:00Z", "opens 2026-02-15T02:30:00Z",
			"closes 2026-02-15T09:00:00Z"}},
		{"09:00-18:00 Fri, Pacific/Apia", "2011-12-29T00:00:00-10:00", "2012-01-07T00:00:00+14:00", []string{
			"opens 2012-01-06T09:00:00+14:00", "closes 2012-01-06T18:00:00+14:00"}},
		// At midnight: the hour that begins the day is skipped, and the one that ends it comes twice.
		{"23:00-00:30, Africa/Cairo", "2026-04-23T12:00:00+02:00", "2026-04-24T12:00:00+03:00", []string{
			"opens 2026-04-23T23:00:00+02:00", "closes 2026-04-24T01:00:00+03:00"}},
		{"23:30-00:30 Thu, Africa/Cairo", "2026-10-29T12:00:00+03:00", "2026-10-30T12:00:00+02:00", []string{
			"opens 2026-10-29T23:30:00+03:00", "closes 2026-10-29T23:00:00+02:00", "opens 2026-10-29T23:30:00+02:00",
			"closes 2026-10-30T00:30:00+02:00"}},
		{"00:00-00:45 Sun, Asia/Beirut", "2026-03-28T12:00:00+02:00", "2026-03-29T12:00:00+03:00", nil},
		{"22:00-24:00,00:00-02:00, UTC", "2026-06-01T12:00:00Z", "2026-06-02T12:00:00Z", []string{
			"opens 2026-06-01T22:00:00Z", "closes 2026-06-02T02:00:00Z"}},
		{"20:00-04:00 Sun, UTC", "2026-06-07T12:00:00Z", "2026-06-08T12:00:00Z", []string{
			"opens 2026-06-07T20:00:00Z", "closes 2026-06-08T04:00:00Z"}},
	} {
		w := window(t, c.text)
		zone, err := time.LoadLocation(w.Zone())
		if err != nil {
			t.Fatal(err)
		}
		at, end := moment(t, c.from), moment(t, c.to)
		var got []string
		for open := w.IsOpen(at); ; {
			if at = w.Changes(at); at.After(end) {
				break
			}
			word := "closes "
			if open = !open; open {
				word = "opens "
			}
			if w.IsOpen(at) != open || w.IsOpen(at.Add(-time.Second)) == open {
				t.Errorf("%s: it does not change at %v", c.text, at)
			}
			got = append(got, word+at.In(zone).Format(time.RFC3339))
		}
		if !slices.Equal(got, c.changes) {
			t.Errorf("%s from %s: %q, want %q", c.text, c.from, got, c.changes)
		}
	}
}

// Promise: a window is open exactly when a clock on the wall shows a time in it, each minute of the days on which
// clocks are changed.
func TestAWindowIsWhatTheWallShowsEachMinuteOfTheDaysOnWhichClocksAreChanged(t *testing.T) {
	t.Parallel()
	days := map[string][]string{
		"Europe/London": {"2026-03-28", "2026-10-24"}, "Australia/Lord_Howe": {"2026-04-04", "2026-10-03"},
		"Africa/Cairo": {"2026-04-23", "2026-10-29"}, "Asia/Beirut": {"2026-03-28", "2026-10-24"},
		"America/Santiago": {"2026-04-04", "2026-09-05"}, "America/St_Johns": {"2026-03-07", "2026-10-31"},
		"Africa/Casablanca": {"2026-02-14", "2026-03-21"}, "Pacific/Chatham": {"2026-04-04", "2026-09-26"},
	}
	hours := [][2]int{{9 * 60, 18 * 60}, {22 * 60, 2 * 60}, {23*60 + 30, 45}, {0, 30}, {2*60 + 15, 2*60 + 45}}
	for zone, starts := range days {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hours {
			text := fmt.Sprintf("%02d:%02d-%02d:%02d sat,SUNDAY,Thu, %s", h[0]/60, h[0]%60, h[1]/60, h[1]%60, zone)
			w := window(t, text)
			for _, start := range starts {
				day, _ := time.ParseInLocation(time.DateOnly, start, place)
				for m := range 3 * 24 * 60 {
					at := day.Add(time.Duration(m) * time.Minute)
					if w.IsOpen(at) != wallShows(at, h) {
						t.Fatalf("%s at %v: open is %t", text, at, w.IsOpen(at))
					}
				}
			}
		}
	}
}

// wallShows reports whether a clock shows a time in hours that begin on a Saturday, Sunday or Thursday.
func wallShows(at time.Time, hours [2]int) bool {
	on := func(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday || d == time.Thursday }
	minute, today := at.Hour()*60+at.Minute(), at.Weekday()
	yesterday := (today + 6) % 7
	if hours[0] < hours[1] {
		return on(today) && minute >= hours[0] && minute < hours[1]
	}
	return on(today) && minute >= hours[0] || on(yesterday) && minute < hours[1]
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAWindowThatIsAlwaysOpenNeverCloses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, text := range []string{"00:00-24:00, Europe/London", "12:00-24:00,00:00-12:00, UTC"} {
		if w := window(t, text); !w.IsOpen(now) || w.Changes(now).Sub(now) < 30*24*time.Hour || !w.Opens(now).Equal(now) {
			t.Errorf("%s changes at %v", text, w.Changes(now))
		}
	}
}

func TestWorkIsDoneByItsOpenHoursAlone(t *testing.T) {
	t.Parallel()
	friday := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text  string
		takes time.Duration
		want  string
	}{
		{"none", 5 * time.Hour, "2026-11-27T21:00:00Z"},
		{"09:00-18:00 Mon-Fri, UTC", time.Hour, "2026-11-27T17:00:00Z"},
		{"09:00-18:00 Mon-Fri, UTC", 2 * time.Hour, "2026-11-27T18:00:00Z"},
		{"09:00-18:00 Mon-Fri, UTC", 3 * time.Hour, "2026-11-30T10:00:00Z"},
		{"09:00-18:00 Mon-Fri, UTC", 450 * time.Hour, "2027-02-05T16:00:00Z"}, // ten weeks
		{"09:00-10:00 Mon, UTC", 0, "2026-11-30T09:00:00Z"},
		{"09:00-10:00 Mon, UTC", 10 * time.Hour, "2027-02-01T10:00:00Z"},
	} {
		if got := window(t, c.text).After(friday, c.takes); got.Format(time.RFC3339) != c.want {
			t.Errorf("%v of %s are done at %v, want %s", c.takes, c.text, got, c.want)
		}
	}
	window(t, "00:00-00:01 Mon, UTC").After(friday, 1<<62) // which ends
}

// FuzzAWindow compares what is computed with a look at a clock every minute.
func FuzzAWindow(f *testing.F) {
	for _, text := range []string{"09:00-18:00 Mon-Fri", "22:00-02:00 Sat-Sun",
		"01:59-02:01, 23:00-24:00 Sun; 00:00-00:01 Mon"} {
		for _, zone := range []string{"Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York"} {
			f.Add(text, zone, int64(1774747800))
			f.Add(text, zone, int64(1792886400))
		}
	}
	f.Fuzz(func(t *testing.T, text, zone string, unix int64) {
		w, err := sendwindow.Parse(text, zone)
		if err != nil || w.IsZero() {
			return
		}
		same, err := sendwindow.Parse(w.String(), "")
		if err != nil || same.String() != w.String() {
			t.Fatalf("%q is written as %q, which is %v, %v", text, w, same, err)
		}
		at := time.Unix(unix%4e9, 0)
		change := w.Changes(at)
		if !change.After(at) {
			t.Fatalf("%s changes at %v, after %v", w, change, at)
		}
		for m := at; m.Before(change) && m.Sub(at) < 3*24*time.Hour; m = m.Add(time.Minute) {
			if w.IsOpen(m) != w.IsOpen(at) {
				t.Fatalf("%s has changed by %v, and not at %v", w, m, change)
			}
		}
	})
}

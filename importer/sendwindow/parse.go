package sendwindow

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// None is the word for no window, where one that stands elsewhere is not to hold.
const None = "none"

// What becomes of guests while their emails wait.
const (
	Hold   = "hold"   // they wait with their emails; the default
	Create = "create" // they are created
)

// Example is a window as operators write it.
const Example = "09:00-18:00 Mon-Fri"

const (
	maxText   = 300
	maxRanges = 40
)

// group is ranges of times with the days on which they begin.
type group struct {
	times []timeRange
	days  days
}

// timeRange is a part of a day in minutes. One that ends at or before its beginning goes over midnight.
type timeRange struct{ from, to int }

// days is a set of days of the week: bit 0 is Monday.
type days uint8

const everyDay days = 1<<7 - 1

var dayNames = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// Parse reads a window such as "09:00-18:00 Mon-Fri, Europe/London". Several ranges and days have commas between them,
// and a range without days is for every day. The zone is for a text that names none. An empty text, and none, are no
// window.
func Parse(text, zone string) (Window, error) {
	if strings.TrimSpace(text) == "" || strings.EqualFold(strings.TrimSpace(text), None) {
		return Window{}, nil
	}
	w, err := parse(text, zone)
	if err != nil {
		return Window{}, fmt.Errorf("the send window %.60q: %w; write it as %q, or none", text, err, Example)
	}
	return w, nil
}

// Check returns what is wrong with a window, or with what is said of guests outside of it.
func Check(text, zone, outside string) error {
	_, err := Parse(text, zone)
	if outside != "" && outside != Hold && outside != Create {
		err = errors.Join(err, fmt.Errorf("outside_window is %s or %s, and not %.40q", Hold, Create, outside))
	}
	return err
}

var (
	dash  = regexp.MustCompile(`\s*[-‐-―−]\s*`)
	comma = regexp.MustCompile(`[\s,]+`)
)

func parse(text, zone string) (w Window, err error) {
	if len(text) > maxText {
		return w, fmt.Errorf("it has more than %d characters", maxText)
	}
	for part := range strings.SplitSeq(text, ";") {
		words := comma.Split(strings.Trim(dash.ReplaceAllString(part, "-"), " ,\t\r\n"), -1)
		words, named := takeZone(words)
		if named != "" && w.zone != nil {
			return w, errors.New("it names two time zones")
		}
		if named != "" {
			if w.zone, err = location(named); err != nil {
				return w, err
			}
		}
		groups, err := parseGroups(words)
		if err != nil {
			return w, err
		}
		w.groups = append(w.groups, groups...)
	}
	if w.zone == nil {
		if w.zone, err = location(zone); err != nil {
			return w, err
		}
	}
	return w, w.lay()
}

// takeZone takes the last word off if it is a time zone: it has a slash, or is UTC.
func takeZone(words []string) (rest []string, zone string) {
	last := len(words) - 1
	if strings.Contains(words[last], "/") || strings.EqualFold(words[last], "UTC") {
		return words[:last], words[last]
	}
	return words, ""
}

func location(name string) (*time.Location, error) {
	if name == "" {
		return nil, errors.New("it has no time zone: add one, as in " + Example +
			", Europe/London, or set timezone in the profile")
	}
	if strings.EqualFold(name, "UTC") {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || strings.EqualFold(name, "Local") {
		return nil, fmt.Errorf("%.40q is not a time zone such as Europe/London", name)
	}
	return zone, nil
}

// parseGroups reads times and days, in either order. A word of the first kind after one of the second begins another
// group.
func parseGroups(words []string) (groups []group, err error) {
	var g group
	var timesFirst bool
	for n, word := range words {
		if word == "" {
			continue
		}
		isTime := word[0] >= '0' && word[0] <= '9'
		if n == 0 {
			timesFirst = isTime
		}
		if complete := len(g.times) > 0 && g.days != 0; complete && isTime == timesFirst {
			groups, g = append(groups, g), group{}
		}
		if err := g.add(word, isTime); err != nil {
			return nil, err
		}
	}
	if len(groups) == 0 && g.days == 0 {
		g.days = everyDay
	}
	if groups = append(groups, g); len(g.times) == 0 {
		return nil, errors.New("hours are missing")
	}
	if g.days == 0 {
		return nil, fmt.Errorf("the hours %s have no days", g.times[0])
	}
	return groups, nil
}

func (g *group) add(word string, isTime bool) error {
	if isTime {
		r, err := parseRange(word)
		g.times = append(g.times, r)
		return err
	}
	d, err := parseDays(word)
	g.days |= d
	return err
}

var clockTimes = regexp.MustCompile(`^(\d\d?):(\d\d)-(\d\d?):(\d\d)$`)

func parseRange(word string) (timeRange, error) {
	m := clockTimes.FindStringSubmatch(word)
	if m == nil {
		return timeRange{}, fmt.Errorf("%.40q is not hours such as 09:00-18:00, in the 24-hour clock", word)
	}
	from, ok := minutes(m[1], m[2])
	to, fine := minutes(m[3], m[4])
	switch {
	case !ok || !fine || from == day/60:
		return timeRange{}, fmt.Errorf("%.40q has a time that no clock shows", word)
	case from == to:
		return timeRange{}, fmt.Errorf("%.40q ends when it begins; the whole day is 00:00-24:00", word)
	}
	return timeRange{from, to}, nil
}

// minutes reads a time of two numbers of at most two digits.
func minutes(hour, minute string) (n int, ok bool) {
	var h, m int
	for _, c := range hour {
		h = 10*h + int(c-'0')
	}
	for _, c := range minute {
		m = 10*m + int(c-'0')
	}
	return 60*h + m, m < 60 && 60*h+m <= day/60
}

// parseDays reads a day or a range of days. From Saturday to Monday are three.
func parseDays(word string) (set days, err error) {
	first, last, isRange := strings.Cut(word, "-")
	from, err := parseDay(first)
	if err != nil {
		return 0, err
	}
	to := from
	if isRange {
		if to, err = parseDay(last); err != nil {
			return 0, err
		}
	}
	for d := from; ; d = (d + 1) % 7 {
		if set |= 1 << d; d == to {
			return set, nil
		}
	}
}

func parseDay(word string) (int, error) {
	n := slices.IndexFunc(dayNames[:], func(name string) bool {
		return len(word) >= 3 && len(word) <= len(name) && strings.EqualFold(word, name[:len(word)])
	})
	if n < 0 {
		return 0, fmt.Errorf("%.40q is not a day such as Mon or Monday", word)
	}
	return n, nil
}

// lay computes the open parts of the week.
func (w *Window) lay() error {
	var spans []span
	for _, g := range w.groups {
		for _, r := range g.times {
			for d := range 7 {
				if g.days&(1<<d) != 0 {
					spans = append(spans, r.on(d)...)
				}
			}
		}
	}
	if len(spans) > 2*7*maxRanges {
		return fmt.Errorf("it has more than %d ranges of hours", maxRanges)
	}
	w.week = merged(spans)
	return nil
}

// on returns the range as it begins on a day. Over midnight of Sunday it goes on at the beginning of the week.
func (r timeRange) on(d int) []span {
	from, to := int64(d*day+60*r.from), int64(d*day+60*r.to)
	if r.to <= r.from {
		to += day
	}
	if to <= week {
		return []span{{from, to}}
	}
	return []span{{from, week}, {0, to - week}}
}

// String is the window as Parse reads it, with its time zone.
func (w Window) String() string {
	if w.IsZero() {
		return None
	}
	groups := make([]string, len(w.groups))
	for i, g := range w.groups {
		groups[i] = g.String()
	}
	return strings.Join(groups, "; ") + ", " + w.Zone()
}

func (g group) String() string {
	times := make([]string, len(g.times))
	for i, r := range g.times {
		times[i] = r.String()
	}
	text := strings.Join(times, ",")
	if g.days != everyDay {
		text += " " + g.days.String()
	}
	return text
}

func (r timeRange) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", r.from/60, r.from%60, r.to/60, r.to%60)
}

func (d days) String() string {
	var parts []string
	for first := 0; first < 7; first++ {
		if d&(1<<first) == 0 {
			continue
		}
		last := first
		for last < 6 && d&(1<<(last+1)) != 0 {
			last++
		}
		name := dayNames[first][:3]
		if last > first {
			name += "-" + dayNames[last][:3]
		}
		parts, first = append(parts, name), last
	}
	return strings.Join(parts, ",")
}

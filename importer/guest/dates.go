package guest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"guestflow/importer/pattern"
)

// DateOrders is a set of orders in which the numbers of a date may stand.
type DateOrders uint8

// The orders, each by what --dates says for it.
const (
	dayFirst DateOrders = 1 << iota
	monthFirst
	yearFirst

	// Contradictory is of dates of which no order fits all.
	Contradictory

	AnyOrder = dayFirst | monthFirst | yearFirst
)

var orderNames = map[string]DateOrders{"DMY": dayFirst, "MDY": monthFirst, "YMD": yearFirst}

// Names are what a person chooses from.
func (o DateOrders) Names() (list []string) {
	for _, name := range []string{"DMY", "MDY", "YMD"} {
		if o&orderNames[name] != 0 {
			list = append(list, name)
		}
	}
	return list
}

// ParseDateOrder is what a setting says of the order alone, or 0.
func ParseDateOrder(setting string) DateOrders {
	return orderNames[strings.ToUpper(strings.TrimSpace(setting))]
}

var (
	clockTime = pattern.New(`(?i)(?:[ ,T]|\bat\b|\bum\b)*\b([0-2]?[0-9])(?:[:.h]([0-5][0-9]))?(?:[:.]([0-5][0-9])(?:\.0+)?)?[ ]*([ap]\.?m\.?|uhr|h)?$`)
	numbered  = pattern.New(`^([0-9]{1,4})[ ]*([./-])[ ]*([0-9]{1,2})[ ]*([./-])[ ]*([0-9]{1,4})\.?$`)
	dayNamed  = pattern.New(`^([0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?[ /-]*(?:de[ ]+)?([\pL\pM'’]{3,})\.?,?[ /-]*(?:de[ ]+)?([0-9]{4}|[0-9]{2})(?: ?[гр]\.?)?$`)
	yearNamed = pattern.New(`^([0-9]{4})\.?[ -]+([\pL\pM]{3,})\.?[ -]+([0-9]{1,2})\.?$`)
	signed    = pattern.New(`^([0-9]{4}) ?[年년] ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일號号]?$`)
	compact   = pattern.New(`^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$`)
	nameFirst = pattern.New(`^(\pL{3,})\.?[ -]*([0-9]{1,2})(?:st|nd|rd|th)?,?[ -]+([0-9]{4})$`)
	weekday   = pattern.New(`^\pL{2,12}\.?,?[ ]+`)
)

// dateReading is what a text says of a day and a time.
type dateReading struct {
	numbers [3]int // as they stand, or year, month and day where fixed
	fixed   bool
	orders  DateOrders // that give a day
	clock   time.Duration
	timed   bool
}

// readDate takes apart a date as people write it. Its orders are all in which its numbers can be a day; any, where the
// text says the order itself, as with a month's name or a year of four digits before it. Dots stand behind days first
// wherever they are used.
func readDate(s string) (r dateReading, ok bool) {
	const longest = 60
	if len(s) > longest || !strings.ContainsAny(s, "0123456789") {
		return r, false
	}
	s = strings.Join(strings.Fields(s), " ")
	if r.day(s) {
		return r, true
	}
	at := clockTime.FindStringSubmatchIndex(s)
	if len(at) == 0 || at[0] == 0 {
		return r, false
	}
	if r.clock, r.timed = readClock(s, at); !r.timed {
		return r, false
	}
	ok = r.day(strings.TrimRight(s[:at[0]], " ,"))
	return r, ok
}

// readClock reads the time of day that clockTime has found at some places of a text; a number alone is none.
func readClock(s string, at []int) (clock time.Duration, ok bool) {
	part := func(n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return s[at[2*n]:at[2*n+1]]
	}
	hour, _ := strconv.Atoi(part(1))
	minute, _ := strconv.Atoi(part(2))
	second, _ := strconv.Atoi(part(3))
	half := strings.ToLower(strings.ReplaceAll(part(4), ".", ""))
	switch {
	case part(2) == "" && half == "":
		return 0, false
	case half == "am" || half == "pm":
		if hour < 1 || hour > 12 {
			return 0, false
		}
		if hour %= 12; half == "pm" {
			hour += 12
		}
	case hour > 23:
		return 0, false
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second, true
}

// day reads the part without a time.
func (r *dateReading) day(s string) bool {
	if m := numbered.FindStringSubmatch(s); m != nil {
		return r.numbered(m)
	}
	for _, order := range []*pattern.Pattern{signed, compact} {
		if m := order.FindStringSubmatch(s); m != nil {
			return r.known(number(m[1]), number(m[2]), number(m[3]))
		}
	}
	if m := yearNamed.FindStringSubmatch(s); m != nil {
		return r.named(m[3], m[2], m[1])
	}
	for range 2 {
		if m := dayNamed.FindStringSubmatch(s); m != nil {
			return r.named(m[1], m[2], m[3])
		}
		if m := nameFirst.FindStringSubmatch(s); len(m) > 0 && monthNamed(m[1]) > 0 {
			return r.named(m[2], m[1], m[3])
		}
		rest := weekday.ReplaceAllString(s, "")
		if rest == s {
			return false
		}
		s = rest
		if m := numbered.FindStringSubmatch(s); m != nil {
			return r.numbered(m)
		}
	}
	return false
}

func (r *dateReading) named(day, month, year string) bool {
	return r.known(fullYear(year), monthNamed(month), number(day))
}

// known is of numbers of which each is known for what it is.
func (r *dateReading) known(year, month, day int) bool {
	r.numbers, r.fixed, r.orders = [3]int{year, month, day}, true, AnyOrder
	return isDay(year, month, day)
}

func (r *dateReading) numbered(m []string) bool {
	a, b, c := m[1], m[3], m[5]
	if m[2] != m[4] {
		return false
	}
	switch {
	case len(a) == 4 && len(c) <= 2:
		r.numbers, r.fixed, r.orders = [3]int{number(a), number(b), number(c)}, true, AnyOrder
		return isDay(r.numbers[0], r.numbers[1], r.numbers[2])
	case len(a) > 2 || len(c) != 4 && len(c) != 2:
		return false
	}
	r.numbers = [3]int{number(a), number(b), number(c)}
	try := []DateOrders{dayFirst, monthFirst, yearFirst}
	switch {
	case m[2] == ".":
		try = try[:1]
	case len(c) == 4:
		try = try[:2]
	}
	for _, order := range try {
		if y, m, d := r.in(order); isDay(y, m, d) {
			r.orders |= order
		}
	}
	if m[2] == "." && r.orders == dayFirst {
		y, m, d := r.in(dayFirst)
		r.numbers, r.fixed, r.orders = [3]int{y, m, d}, true, AnyOrder
	}
	return r.orders != 0
}

// in returns the numbers in an order as year, month and day.
func (r *dateReading) in(order DateOrders) (y, m, d int) {
	n := r.numbers
	switch {
	case r.fixed:
		return n[0], n[1], n[2]
	case order == dayFirst:
		return century(n[2]), n[1], n[0]
	case order == monthFirst:
		return century(n[2]), n[0], n[1]
	}
	return century(n[0]), n[1], n[2]
}

func (r *dateReading) time(order DateOrders, zone *time.Location) time.Time {
	y, m, d := r.in(order)
	clock := r.clock
	return time.Date(y, time.Month(m), d, int(clock.Hours()), int(clock.Minutes())%60, int(clock.Seconds())%60, 0, zone)
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // the expressions have found digits
	return n
}

func fullYear(s string) int {
	if len(s) == 2 {
		return century(number(s))
	}
	return number(s)
}

// century is of years of two digits, as Go and POSIX have it.
func century(year int) int {
	switch {
	case year >= 100:
		return year
	case year < 69:
		return 2000 + year
	}
	return 1900 + year
}

func isDay(y, m, d int) bool {
	return m >= 1 && m <= 12 && d >= 1 && y >= minYear && y <= maxYear &&
		time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

// lettersOf leaves letters without case and accents.
func lettersOf(word string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(word))
}

// CheckDateLayout returns what is wrong with a profile's layout of dates, or nil.
func CheckDateLayout(layout string) error {
	_, err := ParseDateLayout(layout)
	return err
}

// layoutPart is a run of one letter, or anything else.
var layoutPart = pattern.New(`Y+|y+|M+|D+|d+|H+|h+|m+|s+|A|a|'[^']*'|T|[^\pL]+|\pL+`)

// goParts are the runs as Go writes them.
var goParts = map[string]string{
	"YYYY": "2006", "YY": "06", "yyyy": "2006", "yy": "06", "MMMM": "January", "MMM": "Jan", "MM": "01", "M": "1",
	"DD": "02", "D": "2", "dd": "02", "d": "2",
	"HH": "15", "H": "15", "hh": "03", "h": "3", "mm": "04", "m": "4", "ss": "05", "s": "5", "A": "PM", "a": "PM",
	"T": "T",
}

// ParseDateLayout takes a layout as people write it, such as DD.MM.YYYY HH:mm, or as Go does. The order of the numbers
// alone (DMY, MDY or YMD) is no layout: then the usual ones are read.
func ParseDateLayout(s string) (string, error) {
	if s == "" || ParseDateOrder(s) != 0 {
		return "", nil
	}
	if !strings.Contains(s, "06") && strings.ContainsAny(s, "YyDd") {
		var err error
		if s, err = goLayout(s); err != nil {
			return "", err
		}
	}
	for _, want := range []time.Time{time.Date(2031, 10, 27, 0, 0, 0, 0, time.UTC),
		time.Date(2032, 11, 28, 0, 0, 0, 0, time.UTC)} {
		if got, err := time.Parse(s, want.Format(s)); err != nil || !got.Equal(want) {
			return "", errors.New("the date layout must have a year, a month and a day, such as DD.MM.YYYY, or be DMY, MDY or YMD for the usual ones in this order")
		}
	}
	evening := time.Date(2031, 10, 27, 21, 0, 0, 0, time.UTC)
	if got, err := time.Parse(s, evening.Format(s)); err != nil || got.Hour() != 21 && got.Hour() != 0 {
		return "", errors.New("the date layout has an hour of a clock of twelve, and not which half of the day is meant: write HH, or hh with A for AM and PM")
	}
	return s, nil
}

func goLayout(s string) (string, error) {
	var b strings.Builder
	month, hour := strings.Contains(s, "M"), false
	for _, part := range layoutPart.FindAllString(s, -1) {
		switch known, is := goParts[part]; {
		case is && part[0] == 'm' && !hour && !month: // dd/mm/yyyy
			b.WriteString(goParts[strings.ToUpper(part)])
		case is && part[0] == 'M' && hour: // DD.MM.YYYY HH:MM
			b.WriteString(goParts[strings.ToLower(part)])
		case is:
			hour = hour || part[0] == 'H' || part[0] == 'h'
			b.WriteString(known)
		case part[0] == '\'':
			b.WriteString(strings.Trim(part, "'"))
		case strings.ContainsFunc(part, unicode.IsLetter):
			return "", fmt.Errorf("the date layout has %q, which stands for nothing: write YYYY, YY, MMMM, MMM, MM, M, DD, D, HH, hh, mm, ss and A, and other words in '…'", part)
		default:
			b.WriteString(part)
		}
	}
	return b.String(), nil
}

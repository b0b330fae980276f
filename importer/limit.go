package importer

import (
	"fmt"
	"strconv"
	"strings"
)

// Limit is how many rows of a file may be rejected: a number of them, or a share of all. The zero value is no limit.
type Limit struct {
	set   bool
	rows  int
	share float64 // in percent, when rows is -1
}

// ParseLimit reads "10" or "2.5%"; "" is no limit.
func ParseLimit(s string) (Limit, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Limit{}, nil
	}
	if percent, is := strings.CutSuffix(s, "%"); is {
		share, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
		if err == nil && share >= 0 && share <= 100 {
			return Limit{set: true, rows: -1, share: share}, nil
		}
	} else if rows, err := strconv.Atoi(s); err == nil && rows >= 0 {
		return Limit{set: true, rows: rows}, nil
	}
	return Limit{}, fmt.Errorf("%q is neither a number of rows such as 10 nor a share such as 5%%", s)
}

func (l Limit) String() string {
	switch {
	case !l.set:
		return ""
	case l.rows < 0:
		return strconv.FormatFloat(l.share, 'f', -1, 64) + "%"
	}
	return strconv.Itoa(l.rows)
}

// MarshalText writes what ParseLimit reads.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is ParseLimit, for flags and configuration.
func (l *Limit) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLimit(string(text))
	return err
}

func (l Limit) allows(rejected, rows int) bool {
	switch {
	case !l.set:
		return true
	case l.rows < 0:
		return float64(rejected)*100 <= l.share*float64(rows)
	}
	return rejected <= l.rows
}

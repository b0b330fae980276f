package spec

import (
	"errors"
	"strconv"
	"strings"
)

// Limit is how many rows of a file may be rejected: a number of them such as "10", or a share of all such as "5%"; "" is no limit.
type Limit string

var errLimit = errors.New("the limit of rejected rows (max_rejects) is neither a number of rows such as 10 nor a share such as 5%")

// Check returns an error for a text that is neither.
func (l Limit) Check() error {
	_, _, err := l.parse()
	return err
}

// Allows reports whether so many rejected rows are within the limit.
func (l Limit) Allows(rejected, rows int) bool {
	most, share, err := l.parse()
	switch {
	case err != nil:
		return false
	case strings.TrimSpace(string(l)) == "":
		return true
	case share:
		return float64(rejected)*100 <= most*float64(rows)
	}
	return float64(rejected) <= most
}

func (l Limit) parse() (most float64, share bool, err error) {
	text := strings.TrimSpace(string(l))
	if text == "" {
		return 0, false, nil
	}
	if percent, is := strings.CutSuffix(text, "%"); is {
		most, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
		if err == nil && most >= 0 && most <= 100 {
			return most, true, nil
		}
	} else if rows, err := strconv.Atoi(text); err == nil && rows >= 0 {
		return float64(rows), false, nil
	}
	return 0, false, errLimit // without the text, which may be a secret that slipped into the wrong line
}

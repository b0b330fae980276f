package config

import (
	"errors"
	"strconv"
	"strings"

	"guestflow/worker/budget"
)

// Limit is a rate limit in a minute; 0 is none. It is written as a number or as the word none: a 0 could mean no limit,
// which mails everybody at once, or nothing at all, so it is asked.
type Limit int

// askedZero is a 0 as it was written, until ReadLimits decides about it.
const askedZero Limit = -1

var errLimit = errors.New("a number from 1 is wanted, or none for no limit")

// ParseLimit reads a limit. zero reports that it is a 0, which the caller decides about.
func ParseLimit(text string) (n int, zero bool, err error) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, budget.NoLimit) {
		return 0, false, nil
	}
	n, err = strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, false, errLimit
	}
	return n, n == 0, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Limit) UnmarshalText(text []byte) error {
	n, zero, err := ParseLimit(string(text))
	if *l = Limit(n); zero {
		*l = askedZero
	}
	return err
}

// String is the limit as it is written.
func (l Limit) String() string { return budget.LimitText(int(l)) }

// ZeroLimit is what is said of a 0 that was typed.
func ZeroLimit(setting string) error {
	return Usagef("%s 0 could mean no limit, or that nothing is sent: write none for no limit; to send nothing, pause imports "+
		"with guestflow pause ID", setting)
}

// ReadLimits decides about limits that were written as 0. On the command line that is refused. In the environment and
// in guestflow.yaml it has meant no limit since the first version, and goes on to, with a warning: an upgrade that
// stops a fleet would be no better.
func (s *Settings) ReadLimits(typed func(flag string) bool) error {
	for flag, l := range map[string]*Limit{"rate-per-minute": &s.RatePerMinute,
		"send-rate-per-minute": &s.SendRatePerMinute} {
		if *l != askedZero {
			continue
		}
		if typed(flag) {
			return ZeroLimit("--" + flag)
		}
		*l = 0
		s.ZeroLimits = append(s.ZeroLimits, strings.ReplaceAll(flag, "-", "_"))
	}
	return nil
}

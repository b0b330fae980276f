package guest

import (
	"strconv"
	"strings"
	"time"

	"guestflow/importer/pattern"
)

var (
	// offsetZone is a time zone behind a time: Z, UTC, +02:00, GMT+2, with its name in brackets or not.
	offsetZone = pattern.New(`(?i)^(.*[0-9](?: ?[ap]\.?m\.?)?) ?(Z|UTC|GMT|(UTC|GMT)? ?([+-])([0-9]{1,2})(:?)([0-9]{2})?(?: UTC)?)(?: ?\([^()]*\))?$`)
	// namedZone is the name of a place: Europe/Berlin.
	namedZone = pattern.New(`^(.*[0-9](?: ?[apAP]\.?[mM]\.?)?) \(?([A-Z][A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?)\)?$`)
	// letterZone is an abbreviation, of which several zones have most.
	letterZone = pattern.New(`:[0-9]{2}(?: ?[apAP]\.?[mM]\.?)? ?\(?([A-Z]{3,5})\)?$`)
)

// cutZone takes the time zone off the end of a date with a time.
func cutZone(s string) (rest string, zone *time.Location, is bool) {
	if !strings.Contains(s, ":") || len(s) > longestDate {
		return s, nil, false
	}
	if both, is := strings.CutSuffix(s, " UTC"); is &&
		strings.ContainsAny(both[len(both)-min(len(both), len("+0000")):], "+-") {
		s = both // an offset, and its name
	}
	if m := offsetZone.FindStringSubmatch(s); m != nil && strings.Contains(m[1], ":") && !isRange(m) {
		hours, _ := strconv.Atoi(m[5])
		minutes, _ := strconv.Atoi(m[7])
		seconds := (hours*60 + minutes) * 60
		if m[4] == "-" {
			seconds = -seconds
		}
		return strings.TrimSpace(m[1]), time.FixedZone("", seconds), hours <= maxOffset && minutes < 60
	}
	if m := namedZone.FindStringSubmatch(s); m != nil {
		if zone, err := time.LoadLocation(m[2]); err == nil {
			return strings.TrimSpace(m[1]), zone, true
		}
	}
	return s, nil, false
}

// isRange reports whether what looks like an offset may be the time at which something ends: 10:00-12:00.
func isRange(m []string) bool {
	return m[4] == "-" && m[3] == "" && m[6] != "" && strings.Count(m[1], ":") == 1 && !strings.Contains(m[1], "T")
}

const (
	longestDate = 80
	maxOffset   = 14 // hours from Greenwich
)

// namesZoneByLetters reports whether a time has an abbreviation of its zone behind it.
func namesZoneByLetters(s string) bool {
	m := letterZone.FindStringSubmatch(s)
	return m != nil && m[1] != "UHR"
}

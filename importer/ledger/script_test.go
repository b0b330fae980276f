package ledger_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"guestflow/importer/ledger"
)

// bareState are the ways in which a script would name a state or a flag by its number, or a class by its letter.
var bareState = []*regexp.Regexp{
	regexp.MustCompile(`\b(state|from|to|before|byte)\b\s*[=~]=\s*-?\d`),        // state == 9
	regexp.MustCompile(`\d\s*[=~]=\s*(state|from|to|before|byte)\b`),            // 9 == state
	regexp.MustCompile(`\blocal\s+[A-Z][A-Z_, ]*=\s*(\d|\{\s*\[?\d)`),           // local SENDING, UNKNOWN = 9, 10
	regexp.MustCompile(`\[\d+\]\s*=\s*true`),                                    // {[2] = true}
	regexp.MustCompile(`['"]n\d+['"]`),                                          // 'n0'
	regexp.MustCompile(`\bjoin\(\d`),                                            // join(0, ...)
	regexp.MustCompile(`\b(64|128)\b`),                                          // flags
	regexp.MustCompile(`\b(class|kind|class\(\w+\))\s*[=~]=\s*['"]`),            // class == 'o'
	regexp.MustCompile(`['"]\[%z(\\\d+)+\]['"]`),                                // a row in NEW with any flags
	regexp.MustCompile(`\breturn\s+['"][a-zA-Z]['"]`),                           // return 'w', owner
	regexp.MustCompile(`\b(verdict|letter|existed)\b\s*(=|[=~]=)\s*['"]\w['"]`), // existed == '2'
}

func TestNoScriptNamesAStateByItsNumber(t *testing.T) {
	t.Parallel()
	scripts := 0
	rooms := os.DirFS("..")
	for _, pattern := range []string{"ledger/lua/*.lua", "guestindex/*.lua", "emailevent/*.lua"} {
		paths, err := fs.Glob(rooms, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := fs.ReadFile(rooms, path)
			if err != nil {
				t.Fatal(err)
			}
			scripts++
			for n, line := range strings.Split(string(text), "\n") {
				if code, _, _ := strings.Cut(line, "--"); named(code) != "" {
					t.Errorf("%s:%d: %q: name it; script.go has the constants", path, n+1, named(code))
				}
			}
		}
	}
	if scripts < 15 {
		t.Errorf("only %d scripts were looked at", scripts)
	}
	for _, line := range []string{ // of the scripts as they once were
		"local ACCEPTED, REFUSED, SENDING, UNKNOWN = 3, 8, 9, 10",
		"local SENDING, CALLABLE = 9, {[2] = true, [6] = true, [7] = true}",
		"redis.call('HSET', import, 'n0', ARGV[3])", "write(rows, row, join(0, false, true, 0))",
		"if class == 'f' and state == NEW then",
		`local at = string.find(marks, '[%z\16\32\48\64]')`, "maybe = (maybe or set >= 128) and clear < 128",
		"return 'w', owner",
		"changed, certain = there, existed == '2'", "if state == 9 then",
	} {
		if named(line) == "" {
			t.Errorf("nothing is found in %s", line)
		}
	}
}

func named(code string) string {
	for _, way := range bareState {
		if found := way.FindString(code); found != "" {
			return found
		}
	}
	return ""
}

// Redis keeps numbers of states: another order would make other states of rows that are there.
func TestStatesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	for s, name := range []string{
		"new", "rejected", "queued", "accepted", "created", "unchanged", "parked", "parked-tried", "refused", "sending",
		"unknown", "exhausted",
		"cancelled", "delivered", "undeliverable", "filtered", "suppressed",
	} {
		if got := ledger.State(s).String(); got != name {
			t.Errorf("%d is %s, was %s", s, got, name)
		}
	}
}

package personname_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/personname"
)

// Whatever a full name is, each of its letters is in one of the parts, or it is said that something was left out.
func FuzzASplitNameLosesNoLetter(f *testing.F) {
	for _, name := range []string{"Ada Lovelace", "Dr. Anna Schmidt, PhD", "Martin King Jr.", "Robert (Bob) Smith",
		"山田 太郎", "Anna & Bob", "de la Cruz, Ana", "SCHMIDT Anna"} {
		f.Add(name, uint8(0))
	}
	f.Fuzz(func(t *testing.T, name string, setting uint8) {
		surname := append([]string{""}, personname.Surnames...)[int(setting)%(len(personname.Surnames)+1)]
		if !utf8.ValidString(name) { // the file's encoding is another question
			return
		}
		begun := time.Now()
		first, last, doubt := split(name, surname)
		if took := time.Since(begun); took > 2*time.Second {
			t.Fatalf("it took %s", took)
		}
		if doubt == personname.LeftOut || doubt == personname.SeveralNames || doubt == personname.SeveralWays {
			return
		}
		letters := func(s string) string {
			runes := []rune(strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					return r
				}
				return -1
			}, s))
			slices.Sort(runes)
			return string(runes)
		}
		if letters(name) != letters(first+last) {
			t.Fatalf("%q is split into %q and %q", name, first, last)
		}
	})
}

package guest

import (
	"fmt"
	"strings"
	"testing"
)

// What leaves names out before the patterns are tried is for speed alone.
func TestNoNameThatAPatternFindsIsLeftOutBeforeIt(t *testing.T) {
	words := strings.Split(companionWords, "|")
	words = append(words, "table", "Tisch", "SEAT", "person", "attendee", "Teilnehmer", "participant", "name", "Ticket",
		"Anna", "Lovelace", "plus one", "VIP guest", "гость")
	for _, word := range words {
		word = strings.NewReplacer("(", "", ")", "", "?:", "", "?", "", "[", "", "]", "").Replace(word)
		for _, form := range []string{"%s 1", "%s1", "%s #12", "%s no. 3", "%s-4", "+1 %s", "%s +1", "%s plus one 2",
			"2 %s plus-one", "The %s of 7 Anna", "Anna's %s 2"} {
			name := fmt.Sprintf(form, word)
			if found := companionOf.MatchString(name) || unnamedGuest.MatchString(name); found && !mayBePlaceholder(name) {
				t.Errorf("%q is left out", name)
			}
		}
	}
	for _, cell := range []string{
		"<<Name>>", "<name>", "{{name}}", "*|FNAME|*", "%%name%%", "$(name)", "http://x", "www.x.example", "WWW.x", "[name]",
		"%name%", "«name»", "12-Jan", "3. Mar 2024", "Jan-24",
		"jan/24", "1/Feb", "Lovelace 12", "O-Neil", "Mar-x",
	} {
		if mergeTag.MatchString(cell) && !mayBeMergeTag(cell) || monthCell.MatchString(cell) && !mayBeMonth(cell) {
			t.Errorf("%q is left out", cell)
		}
	}
}

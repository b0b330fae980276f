package spec

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// NearMisses says what becomes of rows that are like a known guest: one choice for all ("update"), others by kind and
// by row ("new, key=update, 12=skip"), and what becomes of a list most of which is known otherwise ("most=update").
// Where it says nothing, rows are held.
type NearMisses string

// NearChoice is what becomes of a row that is like a known guest.
type NearChoice string

// The choices.
const (
	NearUpdate NearChoice = "update" // it is the known guest: he is written anew, and gets no second email
	NearNew    NearChoice = "new"    // it is another guest
	NearSkip   NearChoice = "skip"   // it is left out
	NearHold   NearChoice = "hold"   // it is left out until a person has decided
)

// NearChoices are all choices.
var NearChoices = []NearChoice{NearUpdate, NearNew, NearSkip, NearHold}

// The kinds of near misses, as they are named in NearMisses.
const (
	NearName    = "name"    // the address of a known guest, and another name
	NearAddress = "address" // the name of a known guest who is not in the list any more, and another address
	NearKey     = "key"     // address and name of a known guest, whom the list tells apart by something else
	NearPerson  = "person"  // the key of a known guest, by a chosen column, and neither his name nor his address
	NearTwice   = "twice"   // address and name of another row of the list, under another key or in another order
	NearMost    = "most"    // no kind, but what becomes of all of them where they are most of a list
)

// NearKinds are all kinds, the surest first.
var NearKinds = []string{NearTwice, NearKey, NearName, NearAddress, NearPerson}

// longestNearMisses bounds the text: a file may be approved row by row.
const longestNearMisses = 8 << 10

// Check returns what is wrong with the text.
func (n NearMisses) Check() error {
	_, again, err := n.read()
	return cmp.Or(err, again)
}

var errNearStanding = errors.New("near_misses of a profile says what becomes of one kind or of all; rows and most= are " +
	"said of one file, with --near-misses")

// CheckStanding is Check for what is said of all lists to come: not of rows, nor that a list may be known otherwise.
func (n NearMisses) CheckStanding() error {
	said, again, err := n.read()
	err = cmp.Or(err, again)
	for of := range said {
		if of != "" && !slices.Contains(NearKinds, of) {
			err = cmp.Or(err, errNearStanding)
		}
	}
	return err
}

func (n NearMisses) parse() (map[string]NearChoice, error) {
	said, _, err := n.read()
	return said, err
}

// read returns what is said, and an error for what is said twice, of which the last counts.
func (n NearMisses) read() (said map[string]NearChoice, again, err error) {
	said = map[string]NearChoice{}
	if strings.TrimSpace(string(n)) == "" {
		return said, nil, nil
	}
	if len(n) > longestNearMisses {
		return said, nil, fmt.Errorf("near misses are decided in a text of at most %d characters; decide by kind", longestNearMisses)
	}
	for part := range strings.SplitSeq(string(n), ",") {
		of, choice, named := strings.Cut(part, "=")
		if !named {
			of, choice = "", of
		}
		of, choice = strings.ToLower(strings.TrimSpace(of)), strings.ToLower(strings.TrimSpace(choice))
		row, notRow := strconv.Atoi(of)
		isRow := notRow == nil && row > 0
		known := of == NearMost || slices.Contains(NearKinds, of) || isRow
		_, ofGuest := NearChoice(choice).Guest()
		if named && !known || !slices.Contains(NearChoices, NearChoice(choice)) && (!isRow || !ofGuest) {
			return said, nil, errors.New("near misses are decided by update, new, skip or hold, for all or by kind or row, " +
				"such as: new, key=update, address=hold, 12=skip; or by the guest who a row is: 12=update:IMPORT/ROW")
		}
		if notRow == nil {
			of = strconv.Itoa(row)
		}
		if before, twice := said[of]; twice && again == nil { // as the texts of imports of a version before may be
			again = fmt.Errorf("near misses are decided twice for %s: %s and %s; leave one of them out", nearOf(of), before, choice)
		}
		said[of] = NearChoice(choice)
	}
	return said, again, nil
}

func nearOf(of string) string {
	switch {
	case of == "":
		return "all"
	case of == NearMost || slices.Contains(NearKinds, of):
		return of
	}
	return "row " + of
}

// NearRows returns the rows of which something is said, in order.
func (n NearMisses) NearRows() (rows []int) {
	said, _ := n.parse()
	for of := range said {
		if row, err := strconv.Atoi(of); err == nil {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return rows
}

// Of returns what becomes of a row; most is whether most of its list is known otherwise.
func (n NearMisses) Of(row int, kind string, most bool) NearChoice {
	said, err := n.parse()
	if err != nil {
		return NearHold
	}
	all := said[""]
	if most { // what is said of all lists was not said of this one
		all = said[NearMost]
	}
	choice := cmp.Or(said[strconv.Itoa(row)], said[kind], all, NearHold)
	if _, ofGuest := choice.Guest(); ofGuest {
		return NearUpdate
	}
	return choice
}

// UpdateOf is the choice that a row is the guest of a row of an import.
func UpdateOf(imp string, row int) NearChoice {
	return NearChoice(fmt.Sprintf("%s:%s/%d", NearUpdate, imp, row))
}

// ofGuest is a choice that names the guest.
var ofGuest = regexp.MustCompile(`^` + string(NearUpdate) + `:([a-z2-7]{8})/([1-9][0-9]{0,8})$`)

// GuestRow is the row of an import that has the say about a guest.
type GuestRow struct {
	Import string
	Row    int
}

// Guest returns the guest that a choice names, if it names one.
func (c NearChoice) Guest() (g GuestRow, is bool) {
	if parts := ofGuest.FindStringSubmatch(string(c)); parts != nil {
		g.Import = parts[1]
		g.Row, _ = strconv.Atoi(parts[2])
	}
	return g, g.Row > 0
}

// GuestOf returns the guest that a row is said to be, if it is said.
func (n NearMisses) GuestOf(row int) (g GuestRow, is bool) {
	said, _ := n.parse()
	return said[strconv.Itoa(row)].Guest()
}

// Most returns what becomes of a list most of which is known otherwise; NearHold if that is not said.
func (n NearMisses) Most() NearChoice {
	said, _ := n.parse()
	return cmp.Or(said[NearMost], NearHold)
}

// With returns the text with one choice more or another. "" takes it away.
func (n NearMisses) With(of string, c NearChoice) NearMisses {
	said, _ := n.parse()
	if said[of] = c; c == "" {
		delete(said, of)
	}
	return written(said)
}

// canonical is the one text for the same choices. To hold is what comes of saying nothing.
func (n NearMisses) canonical() NearMisses {
	said, err := n.parse()
	if err != nil {
		return n
	}
	if said[""] == NearHold {
		delete(said, "")
	}
	if said[NearMost] == NearHold {
		delete(said, NearMost)
	}
	return written(said)
}

func written(said map[string]NearChoice) NearMisses {
	parts := make([]string, 0, len(said))
	for of, c := range said {
		if of != "" {
			of += "="
		}
		parts = append(parts, of+string(c))
	}
	slices.SortFunc(parts, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "="), strings.Count(b, "=")), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return NearMisses(strings.Join(parts, ","))
}

// Any returns what is said of a whole list, or else of all; NearHold if neither is.
func (n NearMisses) Any() NearChoice {
	said, _ := n.parse()
	return cmp.Or(said[NearMost], said[""], NearHold)
}

// Said returns what is said of one kind or row by itself, or "".
func (n NearMisses) Said(of string) NearChoice {
	said, _ := n.parse()
	return said[of]
}

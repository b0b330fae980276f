package spool

import (
	"crypto/rand"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guestflow/importer/listfile"
)

// item is the name of an item's file, which says who it is and how far it is.
type item struct {
	id    string // when it came and at random; it never changes
	turn  int    // how often it was claimed: each turn is a rename, so one process has it; 0 is approved or waiting
	name  string // as it was called where it came from
	about string // its import, in done
}

const (
	timeLayout = "20060102T150405"

	noTurn = -1 // files that an earlier version claimed have no turn in their name

	// longest is how much of a name is kept: with what is added, 255 bytes are all that file systems allow.
	longest = 180

	// longestEnd is how much of what stands before the suffix is kept with it, as in list.again.csv.
	longestEnd = 10
)

// idPattern is what an id looks like.
const idPattern = `\d{8}T\d{6}-[A-Z2-7]{6}`

var (
	itemName = regexp.MustCompile(`(?s)^(` + idPattern + `)(?:\.(\d+))?(?:-([0-9A-Za-z]+))?--(.+)$`)
	anID     = regexp.MustCompile(`^` + idPattern + `$`)
)

// NewID returns an id for an item.
func NewID() string { return time.Now().UTC().Format(timeLayout) + "-" + rand.Text()[:6] }

func newItem(name string) item { return item{id: NewID(), turn: 1, name: shorten(name)} }

func parseItem(base string) (item, bool) {
	m := itemName.FindStringSubmatch(base)
	if m == nil {
		return item{}, false
	}
	turn, err := strconv.Atoi(m[2])
	if err != nil {
		turn = noTurn
	}
	return item{id: m[1], turn: turn, about: m[3], name: m[4]}, true
}

// shorten cuts in the middle: what the file is called and what it is stand at the ends.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	end := listfile.Suffix(name)
	if more := filepath.Ext(name[:len(name)-len(end)]); len(more) <= longestEnd {
		end = more + end
	}
	cut := longest - len(end)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}

// next is the item at its next turn.
func (i item) next() item {
	i.turn = max(i.turn, 0) + 1
	return i
}

// active is the name of the file while it waits or is imported.
func (i item) active() string { return i.id + "." + strconv.Itoa(i.turn) + "--" + i.name }

// archived is the name of the file in done and failed.
func (i item) archived() string {
	if i.about != "" {
		return i.id + "-" + i.about + "--" + i.name
	}
	return i.id + "--" + i.name
}

// text is the name of the text about it. It has no import, so that a text that stands alone is never taken for an
// imported file.
func (i item) text() string { return i.id + "--" + i.name + ".txt" }

// came is when it was taken, or the zero time.
func (i item) came() time.Time {
	stamp, _, _ := strings.Cut(i.id, "-")
	at, _ := time.Parse(timeLayout, stamp)
	return at
}

// is reports whether a path is a place of this item.
func (i item) is(path string) bool {
	other, ours := parseItem(filepath.Base(path))
	return ours && other.id == i.id
}

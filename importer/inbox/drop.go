package inbox

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

// drop is one dropped file on its way through the folders.
type drop struct {
	id    string // when it was taken and at random; it never changes, whoever takes the file over
	turn  int    // how often it was taken in hand: every turn is a rename, so one process has it
	name  string // as it was dropped
	about string // the import, in done
}

const timeLayout = "20060102T150405"

// Names of an earlier version have no turn and no import.
var dropName = regexp.MustCompile(`(?s)^(\d{8}T\d{6}-[A-Z2-7]{6})(?:\.(\d+))?(?:-([0-9A-Za-z]+))?--(.+)$`)

// longest is how much of a name is kept: with what we add, 255 bytes are all that file systems allow.
const longest = 180

func newDrop(name string) drop {
	return drop{id: time.Now().UTC().Format(timeLayout) + "-" + rand.Text()[:6], turn: 1, name: shorten(name)}
}

func parseDrop(base string) (drop, bool) {
	m := dropName.FindStringSubmatch(base)
	if m == nil {
		return drop{}, false
	}
	turn, _ := strconv.Atoi(m[2]) // absent is 0
	return drop{id: m[1], turn: turn, about: m[3], name: m[4]}, true
}

// shorten cuts in the middle: what the file is called and what it is stand at the ends.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	end := listfile.Suffix(name)
	if again(name) {
		end = name[len(name)-len(end)-len(againMark):]
	}
	cut := longest - len(end)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}

func (d drop) inHand() string { return d.id + "." + strconv.Itoa(d.turn) + "--" + d.name }

func (d drop) atRest() string {
	if d.about != "" {
		return d.id + "-" + d.about + "--" + d.name
	}
	return d.id + "--" + d.name
}

// text is the name of the text about it. It has no import, so that a text that stands alone is never taken for an imported file.
func (d drop) text() string { return d.id + "--" + d.name + ".txt" }

// taken is when it was first taken, or the zero time.
func (d drop) taken() time.Time {
	stamp, _, _ := strings.Cut(d.id, "-")
	at, _ := time.Parse(timeLayout, stamp)
	return at
}

// is tells whether a path is a place of this drop.
func (d drop) is(path string) bool {
	other, ours := parseDrop(filepath.Base(path))
	return ours && other.id == d.id
}

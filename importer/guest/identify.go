package guest

import (
	"crypto/sha1" // UUIDv5 is made of it; nothing here is a secret
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"guestflow/importer/columns"
	"guestflow/qflow"
)

// namespace is fixed for ever: another one would make every guest a new guest, and send every email again.
var namespace = uuid.MustParse("6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11")

// Identifier derives guests' ids. It is for one goroutine: it reuses its buffer.
type Identifier struct {
	account  string
	keyField string // of the column that tells guests apart; "" means email and name
	folder   cases.Caser
	key      []byte
	texts    strings.Builder
	name     []byte   // of Contact
	words    [][]byte // in name

	asWritten bool // apostrophes and hyphens tell guests apart, as in versions before
}

// NewIdentifier returns one for about so many guests of an account. keyField is that of the column that tells guests
// apart.
func NewIdentifier(account, keyField string, guests int) *Identifier {
	n := &Identifier{account: account, keyField: keyField, folder: cases.Fold()}
	n.texts.Grow(guests * len(uuid.Nil.String()))
	return n
}

// ID derives a guest's id from account, event and the row's key, so that a re-dropped file, a second machine or a lost
// ledger all come to the same id (docs/qflow-api.md sections 4.3 and 11, question 5). It is a UUIDv5 (RFC 9562 section
// 5.5). The second result is false when the column that was chosen to tell guests apart is empty.
func (n *Identifier) ID(r *Record, g *qflow.Guest) (uuid.UUID, bool) {
	n.key = append(n.key[:0], namespace[:]...)
	n.key = append(append(n.key, n.account...), 0)
	n.key = append(append(n.key, g.EventID...), 0)
	if !n.addKey(r, g) {
		return uuid.UUID{}, false
	}
	sum := sha1.Sum(n.key) // that is how a UUIDv5 is made
	id := uuid.UUID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id, true
}

// PossibleIDs are the ids that rows may have which have written a guest so: by email and name, or by a column that is one of his
// fields.
func PossibleIDs(account string, g qflow.Guest) (ids []uuid.UUID) {
	cells := Record{Email: g.Email, CustomID: g.CustomID, Barcode: g.Barcode}
	for _, key := range [...]string{"", columns.CustomID, columns.Barcode, columns.Email} {
		if id, is := NewIdentifier(account, key, 1).ID(&cells, &g); is {
			ids = append(ids, id)
		}
	}
	return ids
}

// LegacyID derives the id that versions of guestflow gave the same guest which knew him by another record. It is zero
// where that is the same id, or none.
func (n *Identifier) LegacyID(was *Record, now *qflow.Guest, id uuid.UUID) uuid.UUID {
	g := qflow.Guest{
		EventID: now.EventID, Email: was.Email, FirstName: was.FirstName, LastName: was.LastName, OtherNames: was.OtherNames,
		CustomID: was.CustomID, Barcode: was.Barcode,
	}
	return n.formerID(was, &g, id)
}

// formerID is ID as versions before derived it, zero where it is the same.
func (n *Identifier) formerID(r *Record, g *qflow.Guest, id uuid.UUID) uuid.UUID {
	n.asWritten = true
	defer func() { n.asWritten = false }()
	if former, is := n.ID(r, g); is && former != id {
		return former
	}
	return uuid.Nil
}

// Text returns an id as text. Those of a batch are parts of one string, which is one allocation.
func (n *Identifier) Text(id uuid.UUID) string {
	text, _ := id.MarshalText() // cannot fail
	from := n.texts.Len()
	n.texts.Write(text)
	return n.texts.String()[from:]
}

// addKey adds what makes a guest another one. Without a chosen column it is email and name: families share an address.
// A guest without an email is known by custom id or barcode, and only without those by the name alone.
func (n *Identifier) addKey(r *Record, g *qflow.Guest) bool {
	switch {
	case n.keyField != "":
		chosen := r.Field(n.keyField)
		n.add("key", chosen)
		return chosen != ""
	case g.Email != "":
		n.add("email", g.Email)
		n.addNames(g)
	case g.CustomID != "":
		n.add("custom", g.CustomID)
	case g.Barcode != "":
		n.add("barcode", g.Barcode)
	default:
		n.add("name")
		n.addNames(g)
	}
	return true
}

func (n *Identifier) add(kind string, parts ...string) {
	n.key = append(n.key, kind...)
	for _, part := range parts {
		n.key = n.fold(append(n.key, 0), part)
	}
}

// fold adds s so that spellings that people hold for the same become the same: case, composed accents, runs of blanks.
func (n *Identifier) fold(to []byte, s string) []byte {
	if !plain(s) {
		return append(to, strings.Join(strings.Fields(n.folder.String(norm.NFC.String(s))), " ")...)
	}
	begin := len(to) // the same for most cells, at a fraction of the work
	to = append(to, s...)
	all, end, blank := to[begin:], 0, true
	for _, c := range all {
		c = folded[c]
		if c == ' ' && blank {
			continue
		}
		all[end], blank = c, c == ' '
		end++
	}
	if end > 0 && blank {
		end--
	}
	return to[:begin+end]
}

// FoldAddress returns an address so that spellings of it that reach the same mailbox become the same; those of an
// international domain are münchen.example and xn--mnchen-3ya.example. It is no part of a guest's id.
func FoldAddress(address string) string {
	n := Identifier{}
	if !plain(address) {
		n.folder = cases.Fold()
	}
	return string(n.foldAddress(nil, address))
}

func (n *Identifier) foldAddress(to []byte, address string) []byte {
	if plain(address) {
		return n.fold(to, address)
	}
	folded := string(n.fold(nil, address))
	at := strings.LastIndexByte(folded, '@')
	if domain, err := idna.Lookup.ToASCII(folded[at+1:]); at > 0 && err == nil {
		folded = folded[:at+1] + domain
	}
	return append(to, folded...)
}

// folded are ASCII's characters in lower case, and its blanks as one.
var folded = func() (table [256]byte) {
	for c := range utf8.RuneSelf {
		table[c] = byte(unicode.ToLower(rune(c)))
		if unicode.IsSpace(rune(c)) {
			table[c] = ' '
		}
	}
	return table
}()

// plain reports whether s is ASCII and has no zero byte. It looks at eight bytes at once: taking one off each sets the
// highest bit of a zero, and the others have it or not.
func plain(s string) bool {
	const one, high = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		eight := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56 // one load
		if (eight|(eight-one))&high != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i]-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// CanonicalID writes a GUID in its one lower-case form. Qflow takes an event or a template in any, and two forms of one
// event would make every guest two guests with two emails.
func CanonicalID(id string) string {
	if id == "" {
		return ""
	}
	if u, err := uuid.Parse(id); err == nil {
		return u.String()
	}
	return id
}

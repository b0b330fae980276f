package importer

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"guestflow/qflow"
)

// namespace is fixed for ever: another one would make every guest a new guest, and send every email again.
var namespace = uuid.MustParse("6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11")

// guestID derives a guest's id from account, event and the row's key, so that a re-dropped file, a second machine or a lost
// ledger all come to the same id (fact sheet sections 4.3 and 11, question 5).
func guestID(account, event, key string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(account+"\x00"+event+"\x00"+key))
}

// rowKey is what tells guests apart. Without a chosen column it is email and name: families share an address. A guest
// without an email is told by custom id or barcode, and only without those by the name alone.
func rowKey(r record, g qflow.Guest, keyField string) (string, bool) {
	if keyField != "" {
		chosen := r.field(keyField)
		return "key\x00" + fold(chosen), chosen != ""
	}
	name := fold(g.FirstName) + "\x00" + fold(g.LastName) + "\x00" + fold(g.OtherNames)
	switch {
	case g.Email != "":
		return "email\x00" + fold(g.Email) + "\x00" + name, true
	case g.CustomID != "":
		return "custom\x00" + fold(g.CustomID), true
	case g.Barcode != "":
		return "barcode\x00" + fold(g.Barcode), true
	}
	return "name\x00" + name, true
}

func (r *record) field(name string) string {
	for i, cell := range r.cells() {
		if cellFields[i] == name {
			return *cell
		}
	}
	return ""
}

// fold makes spellings that people hold for the same the same: case, composed accents, runs of blanks.
func fold(s string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFC.String(s))), " ")
}

// contentHash is over everything that would be written to Qflow but not the email: a changed template is not a changed
// guest.
func contentHash(g qflow.Guest) ([8]byte, error) {
	g.TemplateID, g.CorrelationID = "", ""
	raw, err := json.Marshal(g)
	if err != nil {
		return [8]byte{}, fmt.Errorf("hash a guest: %w", err)
	}
	sum := sha256.Sum256(raw)
	return [8]byte(sum[:8]), nil
}

package crosscheck

import (
	"errors"
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

func isNotFound(err error) bool { return errors.Is(err, ledger.ErrNotFound) }

// Fields returns the names of the fields in which a guest differs from what its row has written, by the names that
// mappings use.
func Fields(written qflow.Guest, listed qflow.Listed) (names []string) {
	for _, f := range []struct {
		name       string
		here, ours string
	}{
		{"first_name", listed.FirstName, written.FirstName}, {"other_names", listed.OtherNames, written.OtherNames},
		{"last_name", listed.LastName, written.LastName}, {"email", listed.Email, written.Email},
		{"notes", listed.Notes, written.Notes}, {"tags", listed.Tags, written.Tags},
		{"custom_id", listed.CustomID, written.CustomID},
	} {
		if strings.TrimSpace(f.here) != strings.TrimSpace(f.ours) {
			names = append(names, f.name)
		}
	}
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"barcode", written.Barcode != "" && written.Barcode != listed.Barcode}, // else Qflow has made it
		{"plus_ones", written.PlusOnes != listed.PlusOnes}, {"is_group", written.IsGroup != listed.IsGroup},
		{"valid_from", !sameTime(written.ValidFrom, listed.ValidFrom)},
		{"valid_to", !sameTime(written.ValidTo, listed.ValidTo)},
	} {
		if f.differs {
			names = append(names, f.name)
		}
	}
	return names
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// WithoutData returns what of a guest may be shown to everyone: ids.
func WithoutData(g qflow.Guest) qflow.Guest { return qflow.Guest{ID: g.ID} }

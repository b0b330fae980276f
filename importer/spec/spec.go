// Package spec holds what decides an import: for whom its file is read, and how. A spec comes with a list through whatever door it
// comes by, is kept with the import's record, and is all that another process needs to go on with the import. With the hash of the
// file it gives the import's id, so that the same file brought twice in the same way is one import.
//
// It knows only texts: whether a column, a layout or an encoding exists is checked by what reads files (importer.Settings.Check).
package spec

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Spec is what decides an import.
type Spec struct {
	Account  string `json:"account,omitempty"`
	Event    string `json:"event"`              // for rows that name none
	Template string `json:"template,omitempty"` // for rows that name none; "" sends no email
	Profile  string `json:"profile,omitempty"`  // only a name, for lists
	Key      string `json:"key,omitempty"`      // header of the column that tells guests apart; "" means email and name
	Zone     string `json:"zone,omitempty"`     // of times without one, such as Europe/London; "" means UTC
	Again    string `json:"again,omitempty"`    // any text: makes a further import of a file that was imported before
	Resend   bool   `json:"resend,omitempty"`   // with Again: emails go also to guests who have had them

	// ResendUnsent is with Resend: also to guests whose first email has not left, who get two.
	ResendUnsent bool `json:"resend_unsent,omitempty"`

	Resends *Resends `json:"resends,omitempty"` // with Resend: only the emails of some rows of an earlier import

	Reading
	AnySheet bool `json:"any_sheet,omitempty"` // Sheet was said of lists in general: a file that is no workbook is read without it
}

// Reading is how a file is read, and when its emails leave. It stands in flags, in a profile, in a form and in a record; each of its fields says nothing when it
// is empty, so that one reading can be laid over another (Over).
type Reading struct {
	Mapping        map[string]string `json:"mapping,omitempty" koanf:"mapping" name:"map" help:"Where a field comes from: a header, a text with {{Header}} in it, =constant, or nothing. Such as --map 'tags=VIP, {{Session}}'." mapsep:"none" group:"Reading"`
	SplitNames     *bool             `json:"split_names,omitempty" koanf:"split_names" help:"Split a column of full names where there are no others." negatable:"" group:"Reading"`
	Surname        string            `json:"surname,omitempty" koanf:"surname" help:"Which words of a full name are its last name, where the name does not show it: last, last-two, first, or none (such names stay whole, as first names). Splits full names." enum:"last,last-two,first,none," default:"" placeholder:"WORDS" group:"Reading"`
	Dates          string            `json:"dates,omitempty" koanf:"dates" help:"Layout of dates that are not ISO 8601, such as DD.MM.YYYY HH:mm; or only the order of their numbers, DMY, MDY or YMD." group:"Reading"`
	Sheet          string            `json:"sheet,omitempty" koanf:"sheet" help:"Sheet of a workbook, several of them with commas between, or all; its first visible one by default. Or the list of an archive that has several." group:"Reading"`
	Encoding       string            `json:"encoding,omitempty" koanf:"encoding" help:"Encoding of a text file that does not say it, such as gbk or windows-1251; detected by default." group:"Reading"`
	HeaderRow      string            `json:"header_row,omitempty" koanf:"header_row" help:"Line of the header, 1-2 for one over two lines, or none where the file has none: columns are then called A, B, C, as in --map first_name=A." group:"Reading"`
	Hidden         string            `json:"hidden,omitempty" koanf:"hidden" help:"Whether hidden and filtered rows and columns of a workbook are imported (read) or left out (skip)." group:"Reading"`
	NoteRows       string            `json:"note_rows,omitempty" koanf:"note_rows" help:"Whether rows that may be headings, notes or another table's header are guests (read) or left out (skip)." group:"Reading"`
	JointNames     string            `json:"joint_names,omitempty" koanf:"joint_names" help:"Whether a row with a name of several people, a family or a company, such as Ida and Bo, is one guest by that name (keep) or is left out (skip)." enum:"keep,skip," default:"" placeholder:"WHAT" group:"Reading"`
	MissingColumns string            `json:"missing_columns,omitempty" koanf:"missing_columns" help:"What becomes of fields that known guests may have and the list has no column for: keep (nothing of known guests is written, and they get the email) or empty (they are written as the list has them)." enum:"keep,empty," default:"" placeholder:"WHAT" group:"Reading"`
	Where          string            `json:"where,omitempty" koanf:"where" help:"Which rows are meant, such as 'status = approved and unsub_time is empty' or 'ticket in VIP, Press'; the others are left out. All of them, whatever columns say: all." group:"Reading"`
	Strict         *bool             `json:"strict,omitempty" koanf:"strict" help:"Import nothing of a file with a rejected row." negatable:"" group:"Reading"`
	BlankRows      bool              `json:"blank_rows,omitempty" kong:"-" koanf:"-"` // rows without anything count as rows, as in imports of versions before
	NearMisses     NearMisses        `json:"near_misses,omitempty" koanf:"near_misses" help:"What becomes of rows that are like a known guest: update (it is that guest, who gets no second email), new, skip or hold (the default), for all or by kind (name, address, key, person, twice), such as key=update,name=hold." group:"Reading"`

	MaxRejects Limit `json:"max_rejects,omitempty" koanf:"max_rejects" help:"Import nothing of a file with more rejected rows than this, such as 10 or 5%." group:"Reading"`

	// When its emails leave (importer/sendwindow).

	SendWindow    string `json:"send_window,omitempty" koanf:"send_window" help:"Hours in which emails leave, such as '09:00-18:00 Mon-Fri, Europe/London'; the time zone of the profile if it names none; none is any time." placeholder:"HOURS" group:"Sending"`
	OutsideWindow string `json:"outside_window,omitempty" koanf:"outside_window" help:"While emails wait for their window, guests wait with them (hold) or are created (create)." enum:"hold,create," default:"" group:"Sending"`
}

// Over returns a reading with this one's fields laid over another's. Mappings are joined field by field.
func (r Reading) Over(under Reading) Reading {
	merged := maps.Clone(under.Mapping)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, r.Mapping)
	return Reading{
		Mapping:        merged,
		SplitNames:     cmp.Or(r.SplitNames, under.SplitNames),
		Surname:        cmp.Or(r.Surname, under.Surname),
		Dates:          cmp.Or(r.Dates, under.Dates),
		Sheet:          cmp.Or(r.Sheet, under.Sheet),
		Encoding:       cmp.Or(r.Encoding, under.Encoding),
		HeaderRow:      cmp.Or(r.HeaderRow, under.HeaderRow),
		Hidden:         cmp.Or(r.Hidden, under.Hidden),
		NoteRows:       cmp.Or(r.NoteRows, under.NoteRows),
		JointNames:     cmp.Or(r.JointNames, under.JointNames),
		Where:          cmp.Or(r.Where, under.Where),
		MissingColumns: cmp.Or(r.MissingColumns, under.MissingColumns),
		BlankRows:      r.BlankRows || under.BlankRows,
		Strict:         cmp.Or(r.Strict, under.Strict),
		NearMisses:     cmp.Or(r.NearMisses, under.NearMisses),
		MaxRejects:     cmp.Or(r.MaxRejects, under.MaxRejects),

		SendWindow:    cmp.Or(r.SendWindow, under.SendWindow),
		OutsideWindow: cmp.Or(r.OutsideWindow, under.OutsideWindow),
	}
}

// What becomes of rows with names of several people, a family or a company.
const (
	KeepJointNames = "keep"
	SkipJointNames = "skip"
)

// CheckJointNames returns what is wrong with the setting.
func (r Reading) CheckJointNames() error {
	if r.JointNames == "" || r.JointNames == KeepJointNames || r.JointNames == SkipJointNames {
		return nil
	}
	return fmt.Errorf("joint names are to be %.40q, and can be %s or %s", r.JointNames, KeepJointNames, SkipJointNames)
}

// What becomes of fields that known guests may have and the list has no column for.
const (
	KeepMissing  = "keep"  // nothing of known guests is written
	EmptyMissing = "empty" // they are written as the list has them
)

// CheckMissingColumns returns what is wrong with the setting.
func (r Reading) CheckMissingColumns() error {
	if r.MissingColumns == "" || r.MissingColumns == KeepMissing || r.MissingColumns == EmptyMissing {
		return nil
	}
	return fmt.Errorf("missing columns are to be %.40q, and can be %s or %s", r.MissingColumns, KeepMissing, EmptyMissing)
}

// SplitsNames reports whether full names are split.
func (r Reading) SplitsNames() bool {
	if r.SplitNames != nil {
		return *r.SplitNames
	}
	return r.Surname != ""
}

// IsStrict reports whether one rejected row refuses the file.
func (r Reading) IsStrict() bool { return r.Strict != nil && *r.Strict }

// Location returns the zone of times that name none.
func (s Spec) Location() (*time.Location, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("%q is not a time zone such as Europe/London: %w", s.Zone, err)
	}
	return zone, nil
}

// ImportID returns the id of the import of a file with this hash. What only refuses a file (Strict, MaxRejects) or lifts
// a refusal (ResendUnsent), the zone, and when emails leave are no part of it. Nothing is added for fields that are
// empty, so that an import that was made before they existed keeps its id.
func (s Spec) ImportID(sha256 string) string {
	parts := []string{s.Account, s.Event, s.Template, s.Profile, s.Key, s.Again, sha256}
	for _, field := range slices.Sorted(maps.Keys(s.Mapping)) {
		parts = append(parts, "mapping", field, s.Mapping[field])
	}
	if s.SplitsNames() {
		parts = append(parts, "split names")
	}
	for _, said := range [][2]string{
		{"date layout", s.Dates}, {"sheet", s.Sheet}, {"encoding", s.Encoding}, {"header row", s.HeaderRow}, {"hidden", s.Hidden},
		{"where", s.Where}, {"note rows", s.NoteRows}, {"surname", s.Surname}, {"joint names", s.JointNames}, {"missing columns", s.MissingColumns},
		{"near misses", string(s.NearMisses.canonical())},
	} {
		if said[1] != "" {
			parts = append(parts, said[0], said[1])
		}
	}
	return ID(parts...)
}

// ID derives a short id from what a thing is, so that the same file dropped twice, or the same command typed twice, is the same
// import and goes on instead of beginning again. It is 8 characters of base32: 40 bits are short enough to type and, with the
// fingerprint compared when an import is created, long enough.
func ID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// IsID reports whether a text has the shape of an id. One that is read from outside becomes part of a key in Redis.
func IsID(text string) bool {
	return len(text) == 8 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

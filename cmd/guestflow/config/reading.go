package config

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/importer/columns"
	"guestflow/importer/spec"
)

// Typed reports whether a flag stands on the command line.
func Typed(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path,
		func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

// Ways are what a command says of how lists are read. What was typed wins over a profile, and a profile over what the
// environment and the configuration file say of all lists.
type Ways struct {
	Typed spec.Reading // over a profile
	Rest  spec.Reading // under it
	Holds Holds        // and what it says of when they are imported
}

// WaysOf separates what was typed from the rest.
func WaysOf(r spec.Reading, line *kong.Context) Ways {
	is := func(flag string) bool { return Typed(line, flag) }
	return Ways{Typed: only(r, is), Rest: only(r, func(flag string) bool { return !is(flag) })}
}

// Of returns how the lists of a profile are read.
func (w Ways) Of(profile spec.Reading) spec.Reading { return w.Typed.Over(profile.Over(w.Rest)) }

// deciding are the fields that decide whom an import mails, and who is the same guest (importer/guest/identify.go).
var deciding = []string{
	columns.TemplateID, columns.EventID, columns.Email, columns.FirstName, columns.LastName, columns.OtherNames,
	columns.FullName,
	columns.CustomID, columns.Barcode, columns.Ignore,
}

// forProfile drops what is said outside of profiles of these fields: as with event, template and key, it stands in the
// profile or nowhere. A profile without a template mails no guest, and a guest of yesterday's list is the same today,
// whatever is written for other lists. What is typed still wins.
func (w Ways) forProfile() Ways {
	w.Rest.Mapping = maps.Clone(w.Rest.Mapping)
	maps.DeleteFunc(w.Rest.Mapping, func(field, _ string) bool { return slices.Contains(deciding, field) })
	return w
}

// only keeps the fields of some flags.
func only(r spec.Reading, keep func(flag string) bool) (kept spec.Reading) {
	from, to := reflect.ValueOf(r), reflect.ValueOf(&kept).Elem()
	for i := range from.NumField() {
		tag := from.Type().Field(i).Tag
		if keep(strings.ReplaceAll(cmp.Or(tag.Get("name"), tag.Get("koanf")), "_", "-")) {
			to.Field(i).Set(from.Field(i))
		}
	}
	return kept
}

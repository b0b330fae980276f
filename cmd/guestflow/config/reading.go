package config

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/alecthomas/kong"

	"guestflow/importer"
	"guestflow/importer/columns"
)

// Typed tells whether a flag stands on the command line.
func Typed(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

// Reading is how a file is read. Each has a key in a profile too. A flag wins over it, and it over what the environment and the
// configuration file say for all lists.
type Reading struct {
	Map        map[string]string `help:"Where a field comes from: a header, a text with {{Header}} in it, =constant, or nothing. Such as --map 'tags=VIP, {{Session}}'." mapsep:"none" group:"Reading"`
	SplitNames *bool             `help:"Take a column of full names apart where there are no others." negatable:"" group:"Reading"`
	Dates      string            `help:"Form of dates that are not ISO 8601, such as DD.MM.YYYY HH:mm; or the order of their numbers alone, DMY, MDY or YMD." group:"Reading"`
	Sheet      string            `help:"Sheet of a workbook; its first visible one by default." group:"Reading"`
	Encoding   string            `help:"Encoding of a text file that does not say it, such as gbk or windows-1251; found out by default." group:"Reading"`
	HeaderRow  string            `help:"Line of the header, or none where the file has none: columns are then called A, B, C, as in --map first_name=A." group:"Reading"`
	Hidden     string            `help:"Whether hidden and filtered rows and columns of a workbook are imported (read) or left out (skip)." group:"Reading"`
	Strict     *bool             `help:"Import nothing of a file with a rejected row." negatable:"" group:"Reading"`
	MaxRejects importer.Limit    `help:"Import nothing of a file with more rejected rows than this, such as 10 or 5%." group:"Reading"`

	sheetIfAny bool // the sheet stands outside, for workbooks among other lists
}

// reading gives a profile's ways of reading, checked.
func (p Profile) reading() (Reading, error) {
	most, err := importer.ParseLimit(p.MaxRejects)
	if err != nil {
		return Reading{}, errors.New("max_rejects is neither a number of rows such as 10 nor a share such as 5%")
	}
	r := Reading{Map: p.Mapping, SplitNames: p.SplitNames, Dates: p.Dates, Sheet: p.Sheet, Encoding: p.Encoding, HeaderRow: p.HeaderRow, Hidden: p.Hidden,
		Strict: p.Strict, MaxRejects: most}
	return r, r.into(&importer.Settings{})
}

// Ways are what a command says of how lists are read.
type Ways struct {
	Typed Reading // over a profile
	Rest  Reading // behind it
}

// Ways tells what was typed from what stands in the environment and in the configuration file.
func (r Reading) Ways(line *kong.Context) Ways {
	is := func(flag string) bool { return Typed(line, flag) }
	return Ways{Typed: r.only(is), Rest: r.only(func(flag string) bool { return !is(flag) })}
}

// Of gives how the lists of a profile are read.
func (w Ways) Of(profile Reading) Reading {
	r := w.Typed.over(profile.over(w.Rest))
	r.sheetIfAny = w.Typed.Sheet == "" && profile.Sheet == ""
	return r
}

// deciding are the fields that decide whom an import mails, and who is the same guest (importer/identify.go).
var deciding = []string{
	columns.TemplateID, columns.EventID, columns.Email, columns.FirstName, columns.LastName, columns.OtherNames, columns.FullName,
	columns.CustomID, columns.Barcode, columns.Ignore,
}

// forProfile forgets what stands outside of profiles for these fields: as with event, template and key, it stands in the profile
// or nowhere. A profile without a template mails nobody, and a guest of yesterday's list is the same today, whatever is written
// for other lists. What is typed still wins.
func (w Ways) forProfile() Ways {
	w.Rest.Map = maps.Clone(w.Rest.Map)
	maps.DeleteFunc(w.Rest.Map, func(field, _ string) bool { return slices.Contains(deciding, field) })
	return w
}

// only leaves some of the flags set.
func (r Reading) only(keep func(flag string) bool) Reading {
	for flag, forget := range map[string]func(){
		"map": func() { r.Map = nil }, "split-names": func() { r.SplitNames = nil }, "dates": func() { r.Dates = "" },
		"sheet": func() { r.Sheet = "" }, "encoding": func() { r.Encoding = "" }, "header-row": func() { r.HeaderRow = "" }, "hidden": func() { r.Hidden = "" },
		"strict": func() { r.Strict = nil }, "max-rejects": func() { r.MaxRejects = importer.Limit{} },
	} {
		if !keep(flag) {
			forget()
		}
	}
	return r
}

// over gives other ways of reading, with these over them.
func (r Reading) over(under Reading) Reading {
	merged := maps.Clone(under.Map)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, r.Map)
	r.Map = merged
	r.SplitNames, r.Strict = cmp.Or(r.SplitNames, under.SplitNames), cmp.Or(r.Strict, under.Strict)
	r.Dates, r.Sheet, r.MaxRejects = cmp.Or(r.Dates, under.Dates), cmp.Or(r.Sheet, under.Sheet), cmp.Or(r.MaxRejects, under.MaxRejects)
	r.Encoding, r.HeaderRow, r.Hidden = cmp.Or(r.Encoding, under.Encoding), cmp.Or(r.HeaderRow, under.HeaderRow), cmp.Or(r.Hidden, under.Hidden)
	return r
}

// into writes them into an import's settings, and checks them.
func (r Reading) into(to *importer.Settings) error {
	to.Mapping, to.SplitNames, to.DateLayout, to.Sheet = r.Map, said(r.SplitNames), r.Dates, r.Sheet
	to.SheetIfAny = r.sheetIfAny
	to.Encoding, to.HeaderRow, to.Hidden = r.Encoding, r.HeaderRow, r.Hidden
	to.Strict, to.MaxRejects = said(r.Strict), r.MaxRejects
	if err := to.Check(); err != nil {
		return Usagef("%w", err)
	}
	return nil
}

func said(flag *bool) bool { return flag != nil && *flag }

// Yes is a box that was ticked: one that was not says nothing.
func Yes(ticked bool) *bool {
	if ticked {
		return &ticked
	}
	return nil
}

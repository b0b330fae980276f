package table

import (
	"archive/zip"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/plural"
)

// officeKind returns the suffix of an office document that is a zip, or "" for a zip of lists.
func officeKind(z *zip.Reader) string {
	for _, f := range z.File {
		switch strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")) {
		case workbookPart:
			return ".xlsx"
		case "xl/workbook.bin":
			return ".xlsb"
		case "word/document.xml":
			return ".docx"
		case "content.xml":
			return ".ods"
		case "index/document.iwa":
			return ".numbers"
		}
	}
	return ""
}

// chooseList returns the list of an archive that is read: the only one, or the one that is named as sheets are. Of the
// others it notes the guests who are not meant.
func (u *unpackedFile) chooseList(z *zip.Reader, o Options) (*zip.File, error) {
	lists, files := listsIn(z)
	if len(lists) == 0 {
		return nil, &Error{Problem: fmt.Sprintf("%s in this archive, and none is a CSV file",
			plural.Of(files, "file is", "files are")),
			Advice: "pack one CSV file"}
	}
	chosen := lists[0]
	if len(lists) > 1 {
		var err error
		if chosen, err = u.namedList(lists, o); err != nil {
			return nil, err
		}
		u.otherLists = slices.DeleteFunc(slices.Clone(lists), func(f *zip.File) bool { return f == chosen })
	}
	if chosen.Flags&1 != 0 {
		return nil, &Error{Problem: "this archive has a password", Advice: "pack it without one"}
	}
	if u.elsewhere = newGuestsElsewhere(o); u.elsewhere == nil {
		return chosen, nil
	}
	return chosen, u.elsewhere.addMembers(chosen, u.otherLists, o.Encoding)
}

// listsIn returns the lists of an archive, and how many files it has.
func listsIn(z *zip.Reader) (lists []*zip.File, count int) {
	var files []*zip.File
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || isLeftover(base) {
			continue
		}
		files = append(files, f)
		switch strings.ToLower(path.Ext(base)) {
		case ".csv", ".tsv", ".txt":
			lists = append(lists, f)
		}
	}
	if len(files) == 1 {
		lists = files
	}
	return lists, len(files)
}

// namedList returns the one of several lists that the options name, by its whole name or without folder and ending, or
// asks for it.
func (u *unpackedFile) namedList(lists []*zip.File, o Options) (*zip.File, error) {
	for _, form := range []func(string) string{seenName, path.Base, withoutEnding} {
		isNamed := func(f *zip.File) bool { return strings.EqualFold(form(f.Name), strings.TrimSpace(o.Sheet)) }
		if i := slices.IndexFunc(lists, isNamed); o.Sheet != "" && i >= 0 && !slices.ContainsFunc(lists[i+1:], isNamed) {
			return lists[i], nil
		}
	}
	problem := fmt.Sprintf("this archive has %d lists: %s", len(lists), quoteNames(lists))
	if o.Sheet != "" {
		problem += fmt.Sprintf("; none of them alone is %q", o.Sheet)
	}
	choices := listChoices(lists, o)
	if len(choices) == 0 {
		return nil, &Error{Problem: problem, Advice: "import them one by one"}
	}
	asked := newQuestion(0, problem, choices...)
	flags := make([]string, len(choices)) // quoted, so that they can be redacted
	for i, c := range choices {
		flags[i] = "--sheet " + strconv.Quote(c.Value)
	}
	asked.Advice = fmt.Sprintf("choose one: %s (sheet in the profile, “Sheet” in the console); each import has one of them: give the file again for another", strings.Join(flags, " or "))
	return nil, asked
}

// listChoices are the answers that one of some lists is meant, those first whose names do not say otherwise; none for
// more than a message names.
func listChoices(lists []*zip.File, o Options) (choices []Choice) {
	if len(lists) > maxListed {
		return nil
	}
	var others []Choice
	for _, f := range lists {
		choice := sheetChoice(f.Name)
		choice.Private = true
		switch {
		case choice.Value == "":
			return nil
		case o.NotMeant != nil && o.NotMeant(withoutEnding(f.Name)):
			others = append(others, choice)
		default:
			choices = append(choices, choice)
		}
	}
	return append(choices, others...)
}

// withoutEnding is a list's name without its folder and ending.
func withoutEnding(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }

// isLeftover reports whether a name is a hidden file's, or one that spreadsheets and file managers leave beside a list.
func isLeftover(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") || strings.EqualFold(base, "thumbs.db") ||
		strings.EqualFold(base, "desktop.ini")
}

// quoteNames lists a few of the files.
func quoteNames(files []*zip.File) string {
	const most = 5
	var all []string
	for _, f := range files[:min(len(files), most)] {
		all = append(all, fmt.Sprintf("%q", f.Name))
	}
	if len(files) > most {
		all = append(all, "and more")
	}
	return strings.Join(all, ", ")
}

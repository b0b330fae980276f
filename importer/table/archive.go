package table

import (
	"archive/zip"
	"fmt"
	"path"
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

// onlyList returns the one list of an archive.
func onlyList(z *zip.Reader) (*zip.File, error) {
	var files, lists []*zip.File
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
	switch {
	case len(lists) == 0:
		return nil, &Error{Problem: fmt.Sprintf("%s in this archive, and none is a CSV file", plural.Of(len(files), "file is", "files are")),
			Advice: "pack one CSV file"}
	case len(lists) > 1:
		return nil, &Error{Problem: fmt.Sprintf("this archive has %d lists: %s", len(lists), quoteNames(lists)),
			Advice: "import them one by one"}
	case lists[0].Flags&1 != 0:
		return nil, &Error{Problem: "this archive has a password", Advice: "pack it without one"}
	}
	return lists[0], nil
}

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

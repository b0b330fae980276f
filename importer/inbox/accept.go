package inbox

import (
	"io/fs"
	"slices"
	"strings"
)

// suffixes of the files that are taken; the longer of two that fit counts.
var suffixes = []string{".csv.gz", ".csv", ".tsv", ".txt", ".zip", ".xlsx"}

// temporary are the suffixes under which browsers, editors and copying programs keep what is not finished.
var temporary = []string{".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".filepart", "~", "#"}

// suffix of a file that is taken, as it is spelt, or "".
func suffix(name string) string {
	lower := strings.ToLower(name)
	for _, s := range suffixes {
		if strings.HasSuffix(lower, s) && len(name) > len(s) {
			return name[len(name)-len(s):]
		}
	}
	return ""
}

// passing tells whether a name is nobody's list and not worth a word: hidden and temporary files, what spreadsheets and
// file managers leave behind, and the inbox's own folders.
func (b *Inbox) passing(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") || strings.HasPrefix(name, "#") ||
		slices.ContainsFunc(temporary, func(end string) bool { return strings.HasSuffix(lower, end) }) ||
		slices.Contains([]string{processing, done, failed, "thumbs.db", "desktop.ini"}, lower) ||
		slices.Contains(b.profiles, name)
}

// unwanted says why a file is not taken, or nothing. Links could lead anywhere.
func unwanted(e fs.DirEntry) string {
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		return "it is a link; drop the file itself"
	case e.IsDir():
		return "there is no profile of this folder's name, so nothing in it is imported"
	case !e.Type().IsRegular():
		return "it is not a file"
	case suffix(e.Name()) == "":
		return "its name ends in none of " + strings.Join(suffixes, " ")
	}
	return ""
}

// againMark in a name, as in list.again.csv, asks for a further import of content that was imported before. A name is the one
// thing that whoever drops a file can say along with it on any system.
const againMark = ".again"

func again(name string) bool {
	stem, _ := strings.CutSuffix(name, suffix(name))
	return strings.HasSuffix(strings.ToLower(stem), againMark)
}

// againName is how a file is to be named to be imported again.
func againName(name string) string {
	end := suffix(name)
	return name[:len(name)-len(end)] + againMark + end
}

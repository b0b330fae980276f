package inbox

import (
	"io/fs"
	"log/slog"
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

// own tells whether a name is one of the inbox's folders or signs.
func (b *Inbox) own(name string) bool {
	return slices.Contains([]string{processing, done, failed}, strings.ToLower(name)) ||
		slices.Contains(b.profiles, name) || slices.Contains(b.Others, name) || signName.MatchString(name)
}

// passing tells whether a name is nobody's list: hidden and temporary files, and what spreadsheets and file managers leave behind.
func passing(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		slices.ContainsFunc(temporary, func(end string) bool { return strings.HasSuffix(lower, end) }) ||
		slices.Contains([]string{"thumbs.db", "desktop.ini"}, lower)
}

// unwanted says why a file is not taken, or nothing, and how loudly that is to be said. Links could lead anywhere.
func unwanted(e fs.DirEntry) (why string, level slog.Level) {
	name := e.Name()
	switch {
	case passing(name):
		return "it is hidden, or somebody's temporary file", slog.LevelDebug
	case strings.HasPrefix(name, "~"), strings.HasPrefix(name, "#"): // as editors name their copies, and some people their lists
		return "names that begin with " + name[:1] + " are those of temporary files; rename it to have it imported", slog.LevelInfo
	case e.Type()&fs.ModeSymlink != 0:
		return "it is a link; drop the file itself", slog.LevelWarn
	case e.IsDir():
		return "there is no profile of this folder's name, so nothing in it is imported", slog.LevelWarn
	case !e.Type().IsRegular():
		return "it is not a file", slog.LevelWarn
	case suffix(name) == "":
		return "its name ends in none of " + strings.Join(suffixes, " "), slog.LevelWarn
	}
	return "", 0
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

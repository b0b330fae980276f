package inbox

import (
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"guestflow/importer/listfile"
)

// own tells whether a name is one of the inbox's folders or signs.
func (b *Inbox) own(name string) bool {
	return slices.Contains([]string{processing, done, failed}, strings.ToLower(name)) ||
		slices.Contains(b.profiles, name) || slices.Contains(b.Others, name) || signName.MatchString(name)
}

// unwanted says why a file is not taken, or nothing, and how loudly that is to be said. Links could lead anywhere.
func unwanted(e fs.DirEntry) (why string, level slog.Level) {
	name := e.Name()
	switch {
	case listfile.Hidden(name), listfile.Temporary(name):
		return "it is hidden, or somebody's temporary file", slog.LevelDebug
	case listfile.PossiblyTemporary(name):
		return "names that begin with " + name[:1] + " are those of temporary files; rename it to have it imported", slog.LevelInfo
	case e.Type()&fs.ModeSymlink != 0:
		return "it is a link; drop the file itself", slog.LevelWarn
	case e.IsDir():
		return "there is no profile of this folder's name, so nothing in it is imported", slog.LevelWarn
	case !e.Type().IsRegular():
		return "it is not a file", slog.LevelWarn
	case listfile.Suffix(name) == "":
		return "its name ends in none of " + strings.Join(listfile.Suffixes(), " "), slog.LevelWarn
	}
	return "", 0
}

// againMark in a name, as in list.again.csv, asks for a further import of content that was imported before. A name is the one
// thing that whoever drops a file can say along with it on any system.
const againMark = ".again"

func again(name string) bool {
	stem, _ := strings.CutSuffix(name, listfile.Suffix(name))
	return strings.HasSuffix(strings.ToLower(stem), againMark)
}

// againName is how a file is to be named to be imported again.
func againName(name string) string {
	end := listfile.Suffix(name)
	return name[:len(name)-len(end)] + againMark + end
}

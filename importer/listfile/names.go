package listfile

import (
	"slices"
	"strings"
)

// suffixes of lists, the longer of two that fit first. What a file is shows when it is read; by its name a folder's
// owner says which of the files are meant.
var suffixes = []string{".csv.gz", ".tsv.gz", ".txt.gz", ".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx"}

// temporary are the suffixes under which browsers, editors and copying programs keep what is not finished, or not
// meant.
var temporary = []string{".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".filepart", "~",
	"#"}

// Suffixes lists the suffixes of lists, to be shown.
func Suffixes() []string { return slices.Clone(suffixes) }

// Suffix returns the suffix of a list's name as it is spelt, or "" if it is no list's.
func Suffix(name string) string {
	lower := strings.ToLower(name)
	for _, s := range suffixes {
		if strings.HasSuffix(lower, s) && len(name) > len(s) {
			return name[len(name)-len(s):]
		}
	}
	return ""
}

// ListName returns the name under which a file counts as a list: an export at a web address is often called export, or
// export.php.
func ListName(name string) string {
	if Suffix(name) != "" {
		return name
	}
	return name + ".csv"
}

// Hidden reports whether a name is one that file managers do not show.
func Hidden(name string) bool { return strings.HasPrefix(name, ".") }

// Temporary reports whether a file of this name is not finished, or is left by a spreadsheet or a file manager.
func Temporary(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, "~$") ||
		slices.ContainsFunc(temporary, func(end string) bool { return strings.HasSuffix(lower, end) }) ||
		slices.Contains([]string{"thumbs.db", "desktop.ini"}, lower)
}

// PossiblyTemporary reports whether a name begins as editors name their copies, and some people their lists. It is left
// alone too, but it is reported.
func PossiblyTemporary(name string) bool {
	return strings.HasPrefix(name, "~") || strings.HasPrefix(name, "#")
}

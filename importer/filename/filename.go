// Package filename takes apart the names that the drop folder gives to files while it works on them. It knows names
// and no files, so that the record of an import, reports and pages can name a file without knowing the folder.
package filename

import (
	"path/filepath"
	"regexp"
)

// mark is what the folder puts in front of a name, up to two hyphens: time, random letters, how often it was claimed,
// and what it is.
var mark = regexp.MustCompile(`^\d{8}T\d{6}-[A-Z2-7]{6}(\.\d+)?(-[0-9A-Za-z]+)?--`)

// Original returns the name that a file had when it came.
func Original(path string) string {
	base := filepath.Base(path)
	if m := mark.FindString(base); len(m) < len(base) {
		return base[len(m):]
	}
	return base
}

// claims is how often a file of the folder was claimed, which is a part of its name.
var claims = regexp.MustCompile(`(/\d{8}T\d{6}-[A-Z2-7]{6})\.\d+(--[^/]*)$`)

// Unclaimed returns the path that a file has before it is claimed, so that the paths of one file are the same.
func Unclaimed(path string) string { return claims.ReplaceAllString(path, "$1$2") }

package spool

import (
	"os"
	"path/filepath"
	"strings"
)

// Locate returns where a file is that an import's record names. An item moves from folder to folder, and is in its next
// one shortly before or after the record says so. A path that is no item's is returned as it is.
func Locate(path string) string {
	i, ours := parseItem(filepath.Base(path))
	if _, err := os.Lstat(path); err == nil || !ours {
		return path
	}
	spool := filepath.Dir(filepath.Dir(path))
	for _, folder := range []string{processing, done, failed, waiting} {
		entries, _ := os.ReadDir(filepath.Join(spool, folder))
		for _, e := range entries {
			other, ours := parseItem(e.Name())
			if ours && other.id == i.id && strings.HasSuffix(e.Name(), "--"+i.name) && e.Type().IsRegular() {
				return filepath.Join(spool, folder, e.Name())
			}
		}
	}
	return path
}

// SameItem reports whether two paths are of one item's file, which moves from folder to folder.
func SameItem(a, b string) bool {
	i, ours := parseItem(filepath.Base(a))
	return ours && i.is(b)
}

package spool

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"guestflow/importer/listfile"
)

// fingerprint is what a file was when it was read, kept beside it as .ID.read for as long as it lies in done or failed.
// It is on the disk since the next process must know it too, and the ledger has never heard of a file that failed.
type fingerprint struct {
	Name    string    `json:"name"` // of the file where it lies now: the text beside it is another
	Size    int64     `json:"size"`
	SHA256  string    `json:"sha256"` // empty for one that is too large to be compared
	Changed time.Time `json:"changed"`
	Torn    bool      `json:"torn,omitempty"` // an archive without an end, so not a finished file
	Record  Record    `json:"record,omitzero"`
}

// mostCompared is how large a file may be to be compared by its content: far beyond any list, and read in seconds.
// Without a bound a sparse file of a terabyte would take a slot for an hour only to be put away.
const mostCompared = 4 << 30

var fingerprintName = regexp.MustCompile(`^\.(` + idPattern + `)\.read$`)

func (i item) fingerprint() string { return "." + i.id + ".read" }

// mark writes down what was read of the file, before it moves to its place: what is appended meanwhile was not read.
func (h *claimed) mark(ctx context.Context, to string) error {
	sum := ""
	if h.seen.size <= mostCompared {
		var err error
		if sum, err = sumOf(ctx, h.path, h.seen.size); err != nil {
			return err
		}
	}
	text, err := json.Marshal(fingerprint{
		Name: filepath.Base(to), Size: h.seen.size, SHA256: sum, Changed: h.seen.changed,
		Torn: torn(ctx, h.path, h.seen.size), Record: h.record,
	})
	if err != nil {
		return fmt.Errorf("write down what was read: %w", err)
	}
	return listfile.Write(filepath.Join(filepath.Dir(to), h.fingerprint()), text, aside)
}

// sumOf is the SHA-256, in hex, of so many bytes at the beginning of a file.
func sumOf(ctx context.Context, path string, size int64) (string, error) {
	file, err := listfile.Open(ctx, path)
	if err != nil {
		return "", fmt.Errorf("open a file to compare it: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(file, size)); err != nil {
		return "", fmt.Errorf("read a file to compare it: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// torn reports whether a zip or a workbook, which is one, lacks its directory, which stands at its end.
func torn(ctx context.Context, path string, size int64) bool {
	if end := strings.ToLower(listfile.Suffix(path)); end != ".zip" && end != ".xlsx" {
		return false
	}
	file, err := listfile.Open(ctx, path)
	if err != nil {
		return false
	}
	defer file.Close()
	_, err = zip.NewReader(file, size)
	return err != nil
}

// change is what became of a file since it was read.
type change int

const (
	unchanged change = iota
	appended
	edited
)

// compare separates an append, with which a copy goes on, from what people do to a file. What was read is the beginning
// of a copy, but for archives: programs that write one come back to its beginning when they know the lengths.
func (f fingerprint) compare(ctx context.Context, path string, info fs.FileInfo) (change, error) {
	if !info.Mode().IsRegular() || info.Size() < f.Size {
		return edited, nil
	}
	if f.Size == info.Size() && f.Changed.Equal(info.ModTime()) {
		return unchanged, nil
	}
	if f.SHA256 == "" {
		return edited, nil
	}
	sum, err := sumOf(ctx, path, f.Size)
	switch {
	case err != nil:
		return unchanged, err
	case sum == f.SHA256 && f.Size == info.Size():
		return unchanged, nil // only its time has changed
	case info.Size() > f.Size && (sum == f.SHA256 || f.Torn):
		return appended, nil
	}
	return edited, nil
}

// fingerprint reads what is known of an archived file; ok is false where nothing is, as of those that an earlier
// version put there.
func (a *archived) fingerprint(ctx context.Context) (f fingerprint, ok bool) {
	if a.marked == "" || a.path == "" {
		return fingerprint{}, false
	}
	text, err := listfile.ReadSmall(ctx, a.marked, mostText)
	if err != nil || json.Unmarshal(text, &f) != nil {
		return fingerprint{}, false
	}
	return f, f.Name == filepath.Base(a.path)
}

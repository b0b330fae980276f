package inbox

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

// mark is what a file was when it was read, kept beside it as .ID.read for as long as it rests. It is on the disk since the next
// process must know it too, and the ledger has never heard of a file that failed.
type mark struct {
	Name    string    `json:"name"` // of the file where it rests: the text beside it is another
	Size    int64     `json:"size"`
	SHA256  string    `json:"sha256"` // empty for one that is too large to be compared
	Changed time.Time `json:"changed"`
	Torn    bool      `json:"torn,omitempty"` // an archive without an end, so nobody's finished file
}

const (
	aside    = ".aside-" // begins the name of a file that is not yet under its own
	mostText = 1 << 20   // bytes of a mark, or of a text about a file; those of ours have some hundreds

	// mostCompared is how large a file may be to be told from what it was by its content: far beyond any list, and read in seconds.
	// Without a bound a sparse file of a terabyte would keep a hand for an hour only to be put away.
	mostCompared = 4 << 30
)

var markName = regexp.MustCompile(`^\.(\d{8}T\d{6}-[A-Z2-7]{6})\.read$`)

func (d drop) mark() string { return "." + d.id + ".read" }

// mark writes down what was read of the file, before it moves to its place: of what somebody adds meanwhile nothing was read.
func (h hand) mark(ctx context.Context, to string) error {
	sum := ""
	if h.seen.size <= mostCompared {
		var err error
		if sum, err = sumOf(ctx, h.path, h.seen.size); err != nil {
			return err
		}
	}
	m := mark{Name: filepath.Base(to), Size: h.seen.size, SHA256: sum, Changed: h.seen.changed, Torn: torn(ctx, h.path, h.seen.size)}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write down what was read: %w", err)
	}
	return listfile.Write(filepath.Join(filepath.Dir(to), h.drop.mark()), text, aside)
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

// torn tells whether a zip or a workbook, which is one, lacks its directory, which stands at its end.
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
	none change = iota
	growth
	edit
)

// change tells growth, with which a copy goes on, from what people do to a file. What was read is the beginning of a copy, but
// for archives: programs that write one come back to its beginning when they know the lengths.
func (m mark) change(ctx context.Context, path string, info fs.FileInfo) (change, error) {
	if !info.Mode().IsRegular() || info.Size() < m.Size {
		return edit, nil
	}
	if m.Size == info.Size() && m.Changed.Equal(info.ModTime()) {
		return none, nil
	}
	if m.SHA256 == "" {
		return edit, nil
	}
	sum, err := sumOf(ctx, path, m.Size)
	switch {
	case err != nil:
		return none, err
	case sum == m.SHA256 && m.Size == info.Size():
		return none, nil // only its time has changed
	case info.Size() > m.Size && (sum == m.SHA256 || m.Torn):
		return growth, nil
	}
	return edit, nil
}

// mark reads what is known of a resting file; ok is false where nothing is, as of those that an earlier version put there.
func (r *rest) mark(ctx context.Context) (m mark, ok bool) {
	if r.marked == "" || r.path == "" {
		return mark{}, false
	}
	text, err := listfile.ReadSmall(ctx, r.marked, mostText)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return mark{}, false
	}
	return m, m.Name == filepath.Base(r.path)
}

package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"guestflow/importer/ledger"
)

// rests tells whether a file in done is what its import has read. One that is not is taken again. A file is read once, and
// again when its size or time has changed: times alone do not tell, since programs that copy a file set them.
func (b *Inbox) rests(ctx context.Context, f folder, r *rest, whole map[string]sight) bool {
	if b.Content == nil || f.former || r.about == "" {
		return true
	}
	info, err := os.Lstat(r.path)
	if err != nil {
		return false // another process has just moved it
	}
	if before, known := b.whole[r.path]; known && before.of(info) {
		whole[r.path] = before
		return true
	}
	same, err := b.same(ctx, r)
	if err == nil && same {
		whole[r.path] = sight{size: info.Size(), changed: info.ModTime()}
		return true
	}
	if err == nil {
		err = b.takeAgain(f, r)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) && !b.told[r.path] {
		b.told[r.path] = true
		b.log.Error("an imported file cannot be compared with its import, so it is not known whether it has grown since; it is tried again and again",
			"file", r.path, "import", r.about, "error", err)
	}
	return false
}

// same compares the file with what was imported. What nobody knows any more cannot differ.
func (b *Inbox) same(ctx context.Context, r *rest) (bool, error) {
	want, err := b.Content(ctx, r.about)
	if errors.Is(err, ledger.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	file, err := os.Open(r.path)
	if err != nil {
		return false, fmt.Errorf("open the imported file: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return false, fmt.Errorf("read the imported file: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)) == want, nil
}

// takeAgain puts a file that has grown into processing as if its process had been killed: it is taken over when nobody has
// written to it for a minute. The text stays behind in its place. A kill in between has both done again.
func (b *Inbox) takeAgain(f folder, r *rest) error {
	d := newDrop(r.name)
	text := fmt.Sprintf("%s: somebody went on writing to it after it was imported as import %s, so that import has a part of it. "+
		"All of it is taken again, once it has been still for a minute, under the same name with a later time. Look there for the report of every row: "+
		"guests of the first part are recognised and stay unchanged.\n\n"+
		"The last row of import %s may have been read when only half of it was written; if its guest looks wrong, correct it in Qflow.\n"+
		"To avoid this, copy under another name and rename the file when it is whole, or set a longer --settle.\n",
		r.name, r.about, r.about)
	if err := os.WriteFile(filepath.Join(filepath.Dir(r.path), r.text()), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write a text beside a file that has grown: %w", err)
	}
	if err := os.Rename(r.path, f.sub(processing, d.inHand())); err != nil {
		return fmt.Errorf("take a file again that has grown: %w", err)
	}
	b.log.Warn("a file was written to after it was imported, so a part of it was; all of it is taken again in a minute. A longer --settle avoids this",
		"file", r.path, "import", r.about, "again", d.id)
	return nil
}

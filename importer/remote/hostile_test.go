//go:build unix

package remote_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"guestflow/importer/remote"
)

// A FIFO is exchanged for a file between the listing of its folder and its opening. What opens it would wait for ever.
func TestAFIFOExchangedForAFileOfAFolderFreezesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(path, []byte("First Name,Email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]func() error{
		"a FIFO":   func() error { return syscall.Mkfifo(path, 0o600) },
		"a link":   func() error { return os.Symlink("/etc/hostname", path) },
		"a folder": func() error { return os.Mkdir(path, 0o700) },
	} {
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, []byte("First Name,Email\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		opened := make(chan error, 1)
		go func() {
			opened <- remote.OpenExchanged(t.Context(), dir, func() error { return errors.Join(os.Remove(path), with()) })
		}()
		select {
		case err := <-opened:
			if err == nil {
				t.Errorf("%s was opened in a file's place", name)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("opening %s does not come back", name)
		}
	}
}

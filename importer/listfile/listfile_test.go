//go:build unix

package listfile_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"guestflow/importer/listfile"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOnlyRegularFilesAreOpenedAndNothingIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	file := write(t, at("file"), "text")
	socket, err := new(net.ListenConfig).Listen(t.Context(), "unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := errors.Join(syscall.Mkfifo(at("fifo"), 0o600), os.Symlink(file, at("link")),
		os.Symlink(at("fifo"), at("link to a fifo")),
		os.Mkdir(at("folder"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{at("fifo"), at("link"), at("link to a fifo"), at("folder"), at("socket"), "/dev/null",
		"/dev/zero"} {
		if f, err := listfile.Open(t.Context(), path); !errors.Is(err, listfile.ErrNotRegular) {
			t.Errorf("%s: %v, %v; want ErrNotRegular", path, f, err)
		}
	}
	if _, err := listfile.Open(t.Context(), at("nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
	f, err := listfile.Open(t.Context(), listfile.Resolve(at("link")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || string(text) != "text" {
		t.Errorf("through a link that was meant: %q, %v", text, err)
	}
}

func TestAFileThatGrowsIsReadUpToWhatItWasAndNoFurtherThanItsContext(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "file"), "first")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f, err := listfile.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write(t, path, "first and more")
	if text, err := io.ReadAll(f); err != nil || string(text) != "first" {
		t.Errorf("read %q, %v", text, err)
	}
	if grown, err := f.Grown(); err != nil || !grown {
		t.Errorf("grown: %t, %v", grown, err)
	}
	cancel()
	_, _ = f.Seek(0, io.SeekStart)
	if n, err := f.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("after the context's end: %d bytes, %v", n, err)
	}
	if _, err := listfile.Open(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("opened after the context's end: %v", err)
	}
}

func TestAFileOfOursTakesThePlaceOfWhateverLiesThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := write(t, filepath.Join(dir, "precious"), "as it was")
	for name, put := range map[string]func(string) error{
		"fifo": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"link": func(path string) error { return os.Symlink(precious, path) },
		"file": func(path string) error { return os.WriteFile(path, []byte("a longer text than ours"), 0o600) },
		"none": func(string) error { return nil },
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(put(path), listfile.Write(path, []byte("ours"), ".aside-")); err != nil {
			t.Fatal(err)
		}
		if text, err := listfile.ReadSmall(t.Context(), path, 10); err != nil || string(text) != "ours" {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	if text, _ := os.ReadFile(precious); string(text) != "as it was" {
		t.Errorf("a link was written through: %q", text)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".aside-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

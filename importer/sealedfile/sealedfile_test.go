package sealedfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"guestflow/importer/sealedfile"
)

func create(t *testing.T, limit int64) *sealedfile.File {
	t.Helper()
	f, err := sealedfile.Create(limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestBlocksAreReadAsTheyWereWrittenAndAsOftenAsOneLikes(t *testing.T) {
	f := create(t, 1<<20)
	texts := [][]byte{[]byte("ada@guests.example"), {}, bytes.Repeat([]byte("x"), 100_000)}
	var blocks []sealedfile.Block
	for _, text := range texts {
		b, err := f.Append(text)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, b)
	}
	var got []byte
	for _, i := range []int{0, 1, 2, 2, 0} {
		var err error
		if got, err = f.Read(blocks[i], got); err != nil || !bytes.Equal(got, texts[i]) {
			t.Errorf("block %d is %.20q (%v), want %.20q", i, got, err, texts[i])
		}
	}
}

func TestAFileGrowsToItsLimitOnly(t *testing.T) {
	f := create(t, 100)
	if _, err := f.Append(make([]byte, 60)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Append(make([]byte, 60)); !errors.Is(err, sealedfile.ErrFull) {
		t.Errorf("%v, want that it is full", err)
	}
}

func TestNothingOfItStandsInTheFolderAndNothingCanBeReadInTheFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f := create(t, 1<<20)
	if _, err := f.Append([]byte("ada@guests.example")); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v stands in the folder", left)
	}
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(open) == 0 {
		t.Skip("this system does not show a process's files")
	}
	seen := 0
	for _, fd := range open {
		if to, _ := os.Readlink(fd); filepath.Dir(to) != dir {
			continue
		}
		raw, err := os.ReadFile(fd)
		if seen++; err != nil || len(raw) == 0 || bytes.Contains(raw, []byte("guests.example")) {
			t.Errorf("the file has %q (%v)", raw, err)
		}
	}
	if seen != 1 {
		t.Errorf("%d files are open there", seen)
	}
}

package sealedfile_test

import (
	"bytes"
	"errors"
	"io"
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
	blocks := [][]byte{[]byte("ada@guests.example"), {}, bytes.Repeat([]byte("x"), 100_000)}
	for _, b := range blocks {
		if err := f.Append(b); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		r := f.Reader()
		for i, want := range blocks {
			if got, err := r.Next(); err != nil || !bytes.Equal(got, want) {
				t.Errorf("block %d is %.20q (%v), want %.20q", i, got, err, want)
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("%v after the last block", err)
		}
	}
}

func TestAFileGrowsToItsLimitOnly(t *testing.T) {
	f := create(t, 100)
	if err := f.Append(make([]byte, 60)); err != nil {
		t.Fatal(err)
	}
	if err := f.Append(make([]byte, 60)); !errors.Is(err, sealedfile.ErrFull) {
		t.Errorf("%v, want that it is full", err)
	}
}

func TestNothingOfItStandsInTheFolderAndNothingCanBeReadInTheFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f := create(t, 1<<20)
	if err := f.Append([]byte("ada@guests.example")); err != nil {
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

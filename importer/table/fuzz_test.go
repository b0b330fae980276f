package table_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"guestflow/importer/table"
)

// For any bytes nothing panics, errors say what to do, and a second pass returns the same whatever its reads return. Of
// plain text it is known how many records are in it: none is lost.
func FuzzNoRecordIsLost(f *testing.F) {
	paths, err := filepath.Glob("../testdata/*.*")
	if err != nil || len(paths) == 0 {
		f.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		begun := time.Now()
		records, format, err := all(t, bytes.NewReader(data))
		if took := time.Since(begun); took > longestRead && len(data) < 1<<20 {
			t.Fatalf("%d bytes took %s", len(data), took)
		}
		again, formatAgain, errAgain := all(t, iotest.HalfReader(bytes.NewReader(data)))
		if format != formatAgain || len(records) != len(again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("%+v, %d records and %v; then %+v, %d and %v", format, len(records), err, formatAgain, len(again), errAgain)
		}
		if known, is := errors.AsType[*table.Error](err); err != nil && (!is || known.Path == "" || known.Advice == "") {
			t.Fatalf("%#v does not say where and what to do", err)
		}
		for i := range records {
			if records[i].Line != again[i].Line || strings.Join(records[i].Cells, "\x00") != strings.Join(again[i].Cells,
				"\x00") {
				t.Fatalf("record %d is %+v, then %+v", i+1, records[i], again[i])
			}
			if i > 0 && records[i].Line <= records[i-1].Line {
				t.Fatalf("line %d follows line %d", records[i].Line, records[i-1].Line)
			}
		}
		if want := plainLines(data); err == nil && want >= 0 &&
			len(records) != want { // no header is looked for below the first line
			t.Fatalf("%d records of %d lines", len(records), want)
		}
	})
}

// longestRead is what a mebibyte may take on a machine that is busy with other tests; by itself it takes a tenth.
const longestRead = 5 * time.Second

// plainLines counts the records of a text in which each line that is not blank is one, or returns -1 for others.
func plainLines(data []byte) int {
	text := string(data)
	if strings.ContainsAny(text, "\"\r\x00") || !utf8.ValidString(text) || strings.HasPrefix(text, "PK") ||
		strings.HasPrefix(strings.ToLower(text), "sep=") {
		return -1
	}
	n := -1 // the header
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if line != "\n" {
			n++
		}
	}
	return n
}

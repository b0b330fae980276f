package importer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// shown returns what is shown of columns; beside it they hold a function, which equals no other.
func shown(t *testing.T, c importer.Columns) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func FuzzEveryRecordIsNumberedAndTwoPassesAgree(f *testing.F) {
	for _, data := range corpus(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format, columns, rows, err := importer.ReadTable("guests.csv", bytes.NewReader(data), gala)
		again, rowsAgain, errAgain := importer.ReadAll(bytes.NewReader(data), gala)
		if shown(t, columns) != shown(t, again) || !reflect.DeepEqual(rows, rowsAgain) ||
			fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatal("two passes over one file differ")
		}
		if fileError, is := errors.AsType[*importer.FileError](err); err != nil &&
			(!is || fileError.Path == "" || fileError.Advice == "") {
			t.Fatalf("%#v does not say where and what to do", err)
		}
		line := 1
		for i, r := range rows {
			if r.Row != i+1 || r.Line <= line {
				t.Fatalf("row %d at line %d follows %d rows up to line %d", r.Row, r.Line, i, line)
			}
			line = r.Line
			if good := len(r.Findings) == 0; good != (r.Guest.ID != "") || good != (r.Content != [8]byte{}) {
				t.Fatalf("row %d: %+v", r.Row, r)
			}
		}
		// What is packed, and UTF-16, counts otherwise.
		if lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1; line > lines &&
			format.Container == table.Plain && !strings.HasPrefix(string(format.Encoding), "utf-16") {
			t.Fatalf("line %d of %d", line, lines)
		}
		if err == nil {
			wantSameSource(t, data, rows)
		}
	})
}

func wantSameSource(t *testing.T, data []byte, read []importer.Read) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := reread.OpenSource(t.Context(), path, fmt.Sprintf("%x", sha256.Sum256(data)),
		spec.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	n := 0
	for r, err := range source.Rows {
		if err != nil || n >= len(read) || r.Row != read[n].Row || r.Line != read[n].Line {
			t.Fatalf("the source gives %d@%d, %v after %d of %d rows", r.Row, r.Line, err, n, len(read))
		}
		n++
	}
	if n != len(read) {
		t.Fatalf("%d rows in the source, %d imported", n, len(read))
	}
}

package importer_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

func FuzzEveryRecordIsNumberedAndTwoPassesAgree(f *testing.F) {
	for _, data := range corpus(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format, columns, rows, err := importer.ReadTable("guests.csv", bytes.NewReader(data), gala)
		again, rowsAgain, errAgain := importer.ReadAll(bytes.NewReader(data), gala)
		if !reflect.DeepEqual(columns, again) || !reflect.DeepEqual(rows, rowsAgain) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatal("two passes over one file differ")
		}
		if fileError, is := errors.AsType[*importer.FileError](err); err != nil && (!is || fileError.Path == "" || fileError.Advice == "") {
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
		if lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1; line > lines && format.Container == table.Plain && !strings.HasPrefix(string(format.Encoding), "utf-16") {
			t.Fatalf("line %d of %d", line, lines)
		}
		if err == nil {
			wantSameSource(t, data, rows)
		}
	})
}

func wantSameSource(t *testing.T, data []byte, rows []importer.Read) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := importer.OpenSource(t.Context(), path, fmt.Sprintf("%x", sha256.Sum256(data)), importer.TableOptions(spec.Reading{}))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	n := 0
	for r, err := range source.Rows {
		if err != nil || n >= len(rows) || r.Row != rows[n].Row || r.Line != rows[n].Line {
			t.Fatalf("the source gives %d@%d, %v after %d of %d rows", r.Row, r.Line, err, n, len(rows))
		}
		n++
	}
	if n != len(rows) {
		t.Fatalf("%d rows in the source, %d imported", n, len(rows))
	}
}

// Folding what is folded changes nothing, and the fast way for ASCII gives what the long way gives.
func FuzzSpellingsThatLookFoldedAreOneGuest(f *testing.F) {
	for _, name := range []string{"Ada", "ADA  augusta", "Zoë", "Zoe\u0308", "Straße", "İstanbul", "ΌΣΟΣ", "a\tb", " \u00a0x", "'=x"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := importer.Fold(name)
		if twice := importer.Fold(once); twice != once && !strings.ContainsFunc(name, func(r rune) bool { return r > 0x24f }) {
			t.Fatalf("%q folds to %q, and that to %q", name, once, twice)
		}
		if long := strings.TrimSuffix(importer.Fold(name+" é"), " é"); strings.TrimSpace(name) != "" && long != once {
			t.Fatalf("%q folds to %q alone and to %q beside an accent", name, once, long)
		}
	})
}

func FuzzAnAcceptedEmailIsOneAddress(f *testing.F) {
	for _, address := range []string{"ada@guests.example", "a@b", "a@b.c", "o'hara@x.example", "ä@ä.example", "a..b@x.example", "a@x..y", "\"a\"@x.y", "a@[::1]"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !importer.ValidEmail(s) {
			return
		}
		local, domain, _ := strings.Cut(s, "@")
		if local == "" || strings.Count(s, "@") != 1 || !strings.Contains(domain, ".") || strings.ContainsAny(s, " \t\r\n,;<>\"()\x00\u200b") || len(s) > 254 {
			t.Fatalf("%q is taken for an address", s)
		}
	})
}

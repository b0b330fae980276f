package table_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"guestflow/importer/table"
)

// all reads a table to its end.
func all(t testing.TB, in io.Reader) (records []table.Record, format table.Format, err error) {
	t.Helper()
	r, err := table.Open(context.Background(), "guests.csv", in, table.Options{BlankRows: true})
	if err != nil {
		return nil, table.Format{}, err
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		if err != nil {
			if _, again := r.Next(); !errors.Is(again, err) {
				t.Errorf("after %v comes %v", err, again)
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return records, r.Format(), err
		}
		rec.Cells = append([]string(nil), rec.Cells...)
		records = append(records, rec)
	}
}

func gzipped(t *testing.T, in io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.Copy(z, in); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is found out must not hang on how many bytes a read gives.
func TestOneByteAtATimeChangesNothing(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ada,Lovelace\n", 6000)
	for name, file := range map[string]string{
		"late Windows-1252": "First,Last\n" + long + "Zo\xeb,K\n",
		"late UTF-8":        "First,Last\n" + long + "Zoë,K\n",
		"both":              "First,Last\n" + long + "Zoë,K\nZo\xeb,K\n",
		"carriage returns":  "First,Last\r" + strings.ReplaceAll(long, "\n", "\r"),
		"UTF-16":            "\xff\xfeF\x00,\x00L\x00\n\x00a\x00,\x00b\x00\n\x00",
		"sep":               "sep=;\r\nFirst;Last\r\nAda;L\r\n",
	} {
		want, format, err := all(t, strings.NewReader(file))
		if err != nil {
			t.Fatal(name, err)
		}
		got, again, err := all(t, iotest.OneByteReader(strings.NewReader(file)))
		if err != nil || format != again || len(got) != len(want) {
			t.Fatalf("%s: %v, %+v and %d rows; want %+v and %d", name, err, again, len(got), format, len(want))
		}
		for i := range got {
			if got[i].Line != want[i].Line || strings.Join(got[i].Cells, "|") != strings.Join(want[i].Cells, "|") {
				t.Fatalf("%s: row %d is %+v, want %+v", name, i+1, got[i], want[i])
			}
		}
	}
}

type endless string

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e) <= len(p) {
		n += copy(p[n:], e)
	}
	return n, nil
}

// A few kilobytes may unfold to anything: what is no list is refused after a mebibyte, what looks like one after two
// gibibytes.
func TestABombDoesNotGoOff(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]string{"zero bytes": "\x00", "blank lines": "\n", "one cell": "x",
		"delimiters": ","} {
		bomb := gzipped(t, io.MultiReader(strings.NewReader("First,Last\nAda,Lovelace\n"),
			io.LimitReader(endless(of), 4<<20)))
		records, _, err := all(t, bytes.NewReader(bomb))
		if known, is := errors.AsType[*table.Error](err); !is || len(records) > 1 || known.Advice == "" {
			t.Errorf("%s: %d rows and %v", name, len(records), err)
		}
	}
}

// A file's hash is over all of it, so all of it is read.
func TestTheWholeFileIsReadWhateverIsInIt(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("list.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "First,Last\nAda,Lovelace\n"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := os.ReadFile("../testdata/workbook.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"zip": packed.Bytes(), "gzip": gzipped(t,
			strings.NewReader("First,Last\nAda,Lovelace\n")), "plain": []byte("First,Last\nAda,Lovelace\n"), "workbook": book,
	} {
		in := bytes.NewReader(file)
		if _, _, err := all(t, struct{ io.Reader }{in}); err != nil || in.Len() > 0 {
			t.Errorf("%s: %v, and %d bytes were not read", name, err, in.Len())
		}
	}
}

func TestNoCopyOfAListStaysOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, name := range []string{"zip.zip", "zip_of_two_lists.zip", "zip_damaged.zip", "workbook.xlsx",
		"workbook_empty.xlsx", "opendocument.ods"} {
		file, err := os.ReadFile("../testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = all(t, bytes.NewReader(file))
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s leaves %v, %v", name, left, err)
		}
	}
}

// Programs write rows of delimiters below a list, and people leave lines between its parts.
func TestBlankRowsAreSkippedUnlessTheyCount(t *testing.T) {
	t.Parallel()
	const list = "First,Last,Email\nAda,L,a@x.example\n,,\n \t,\" \",\n\nAlan,T,b@x.example\n,,\n,,\n"
	for count, want := range map[bool]int{false: 2, true: 6} {
		r, err := table.Open(t.Context(), "list.csv", strings.NewReader(list), table.Options{BlankRows: count})
		if err != nil {
			t.Fatal(err)
		}
		records := 0
		for {
			if _, err := r.Next(); err != nil {
				break
			}
			records++
		}
		if records != want {
			t.Errorf("%d records, want %d", records, want)
		}
		_ = r.Close()
	}
}

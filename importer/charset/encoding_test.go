package charset_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer/charset"
	"guestflow/importer/table"
)

// A list that is mostly plain shows its encoding late, and a later name may show that the one before was misread. Then
// the whole file is asked about: nothing of it was taken.
func TestALateLetterThatTellsAnotherEncodingIsAsked(t *testing.T) {
	t.Parallel()
	plain := strings.Repeat("Ada,Lovelace\n", 20_000)
	for name, list := range map[string]string{
		"Polish behind German": "First,Last\nJ\xfcrgen,M\xfcller\n" + plain + "\xa3ukasz,Wa\xb3\xeasa\n",
		"nothing known":        "First,Last\n" + plain + "\xd8\xfe\xdd\xd5,\xfe\xd8\xdd\xf0\n",
	} {
		records, format, err := readAs(t, list, "")
		doubt, is := errors.AsType[*table.Question](err)
		last := len(records) - 1
		switch {
		case is && len(doubt.Choices) > 1 && doubt.Choices[0].Option == "encoding" && len(doubt.Choices[0].Sample) > 0:
		case err == nil && records[0].Cells[0] == "Jürgen" &&
			records[last].Cells[0] == "Łukasz": // read right is better still
		default:
			t.Errorf("%s: %+v, %v, %d records", name, format, err, len(records))
		}
	}
}

func TestATextThatIsToldItsEncodingIsReadInIt(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]string{"windows-1250": "\xa3ukasz", "ISO-8859-2": "\xa3ukasz",
		"cp852": "\x9dukasz", "mac-ce": "\xfcukasz"} {
		r, err := table.Open(t.Context(), "list.csv", strings.NewReader("First,Last\n"+written+",Nowak\n"),
			table.Options{Encoding: name})
		if err != nil {
			t.Fatal(name, err)
		}
		if rec, err := r.Next(); err != nil || rec.Cells[0] != "Łukasz" {
			t.Errorf("%s: %q, %v", name, rec.Cells, err)
		}
		_ = r.Close()
	}
	if err := (table.Options{Encoding: "klingon"}).Check(); err == nil {
		t.Error("an unknown encoding is no mistake")
	}
}

// One row of UTF-8 in a list of another encoding would be mailed as FranÃ§oise.
func TestOnlyTheForeignRowsOfAFileInTwoEncodingsSuffer(t *testing.T) {
	t.Parallel()
	records, format, err := readAs(t,
		"First,Last\n"+strings.Repeat("J\xfcrgen,M\xfcller\nAnn\xe9,Fr\xe8re\nUwe,Gro\xdf\n", 3000)+
			"Françoise,Dürr\nUwe,Gro\xdf\n", "")
	if err != nil || format.Encoding != charset.Windows1252 {
		t.Fatal(format, err)
	}
	for i, r := range records {
		if foreign := i == 9000; foreign != (r.Fault == table.OtherEncoding) {
			t.Fatalf("record %d is %+v", i+1, r)
		}
	}
}

package table_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

func TestWhatProgramsLeaveBesideAListInAnArchiveIsNoSecondList(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"guests/~$list.csv", "guests/list.csv", "guests/.~lock.list.csv#", "guests/.list.csv",
		"guests/Thumbs.db", "__MACOSX/guests/._list.csv"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, "First,Last\nAda,Lovelace\n")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := all(t, bytes.NewReader(b.Bytes())); err != nil {
		t.Error(err)
	}
}

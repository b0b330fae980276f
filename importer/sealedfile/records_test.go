package sealedfile_test

import (
	"bytes"
	"fmt"
	"testing"

	"guestflow/importer/sealedfile"
)

// 30,000 records of up to 200 bytes are more than what stays in memory.
func TestRecordsAreReadByTheirNumbersAndInTheirOrder(t *testing.T) {
	var r sealedfile.Records
	defer r.Close()
	record := func(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%d,", n), n%29) }
	const count = 30_000
	for n := range count {
		if err := r.Append(record(n)); err != nil {
			t.Fatal(err)
		}
		if n%7 != 0 {
			continue
		}
		if got, err := r.Read(n / 2); err != nil || !bytes.Equal(got, record(n/2)) {
			t.Fatalf("record %d of %d is %.20q (%v)", n/2, n, got, err)
		}
	}
	n := 0
	for got, err := range r.All() {
		if err != nil || !bytes.Equal(got, record(n)) {
			t.Fatalf("record %d is %.20q (%v)", n, got, err)
		}
		n++
	}
	if n != count {
		t.Errorf("there are %d records, want %d", n, count)
	}
}

// The first ones need no file.
func TestRecordsThatCannotBeWrittenAreAnError(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	var r sealedfile.Records
	for n := range 100_000 {
		if err := r.Append(make([]byte, 100)); err != nil {
			if n < 2000 {
				t.Errorf("record %d: %v", n, err)
			}
			return
		}
	}
	t.Error("100,000 records were kept nowhere")
}

package importer_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/gocarina/gocsv"

	"guestflow/importer"
)

// bare is what gocsv alone makes of the same file: the yardstick.
type bare struct {
	FirstName string `csv:"First Name"`
	LastName  string `csv:"Last Name"`
	Email     string `csv:"Email"`
	PlusOnes  string `csv:"Plus 1's"`
	Notes     string `csv:"Guest notes"`
	Tags      string `csv:"Tags"`
	Barcode   string `csv:"Barcode"`
	ValidFrom string `csv:"Valid From"`
}

// manyGuests is a file as it comes: a tenth of the names has accents, and every seventh note has a line break.
func manyGuests(rows int) []byte {
	var b bytes.Buffer
	writeMany(&b, rows)
	return b.Bytes()
}

func writeMany(b io.Writer, rows int) {
	fmt.Fprintln(b, "First Name,Last Name,Email,Plus 1's,Guest notes,Tags,Barcode,Valid From")
	for i := range rows {
		first, notes := "Ada", "vegetarian, arrives late"
		if i%10 == 0 {
			first = "Zoë"
		}
		if i%7 == 0 {
			notes = "vegetarian,\narrives late"
		}
		fmt.Fprintf(b, "%s,Lovelace %d,ada.%d@guests.example,%d,\"%s\",\"VIP, {session}Keynote\",B%09d,2026-06-01\n", first, i, i, i%3, notes, i)
	}
}

func readBare(in io.Reader) (n int, err error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	rows, err := gocsv.NewUnmarshaller(r, bare{})
	if err != nil {
		return 0, err
	}
	for {
		if _, err := rows.Read(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

// BenchmarkRowsBesideBareGocsv reads the same file both ways in turn, so that a busy machine slows both alike, and each from a
// clean heap, so that none pays for what the other has left. Ours makes chunks as they go to Redis, JSON and all. Checking uses
// the other processors, as gocsv alone does not; go test -cpu 1 shows it without.
func BenchmarkRowsBesideBareGocsv(b *testing.B) {
	const rows = 100_000
	file := manyGuests(rows)
	settings := importer.Settings{Account: "main", Event: "ev", Template: "tpl"}
	var ours, theirs time.Duration
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		start := time.Now()
		if n, err := importer.Count(bytes.NewReader(file), settings, 50); n != rows || err != nil {
			b.Fatalf("%d good rows, %v", n, err)
		}
		ours += time.Since(start)
		runtime.GC()
		start = time.Now()
		if n, err := readBare(bytes.NewReader(file)); n != rows || err != nil {
			b.Fatalf("%d rows, %v", n, err)
		}
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(rows*b.N)/ours.Seconds(), "rows/s")
	b.ReportMetric(float64(rows*b.N)/theirs.Seconds(), "gocsv-rows/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "of-gocsv")
}

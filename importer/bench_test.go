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
	"guestflow/importer/chunk"
	"guestflow/importer/spec"
)

// stripPunctuation is what gocsv alone makes of the same file: the yardstick.
type stripPunctuation struct {
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
		fmt.Fprintf(b, "%s,Lovelace %d,ada.%d@guests.example,%d,\"%s\",\"VIP, {session}Keynote\",B%09d,2026-06-01\n", first,
			i, i, i%3, notes, i)
	}
}

func readBare(in io.Reader) (n int, err error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	rows, err := gocsv.NewUnmarshaller(r, stripPunctuation{})
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

// BenchmarkRowsBesideBareGocsv reads the same file in turn, so that a busy machine slows all alike, and each time from
// a clean heap, so that none pays for what another has left: bare gocsv, ours up to chunks, and ours with the chunks
// written as they go to Redis. Ours reads ahead on another processor, which gocsv alone cannot, and needs it to reach
// half of gocsv's rate: on one (go test -cpu 1, or a machine that is busy) it has two fifths, a row in 1.65 µs of which
// gocsv takes 0.2. JSON alone costs as much as two thirds of all before it.
func BenchmarkRowsBesideBareGocsv(b *testing.B) {
	const rows, perChunk = 100_000, 50
	file := manyGuests(rows)
	settings := importer.Settings{Spec: spec.Spec{Account: "main", Event: "ev", Template: "tpl"}}
	var bare, chunked, encoded time.Duration
	b.ReportAllocs()
	for b.Loop() {
		bare += took(b, rows, func() (int, error) { return readBare(bytes.NewReader(file)) })
		chunked += took(b, rows,
			func() (int, error) { return importer.Count(bytes.NewReader(file), settings, perChunk, nil) })
		encoded += took(b, rows,
			func() (int, error) { return importer.Count(bytes.NewReader(file), settings, perChunk, chunk.Encode) })
	}
	b.ReportMetric(float64(rows*b.N)/chunked.Seconds(), "rows/s")
	b.ReportMetric(float64(rows*b.N)/bare.Seconds(), "gocsv-rows/s")
	b.ReportMetric(bare.Seconds()/chunked.Seconds(), "of-gocsv")
	b.ReportMetric(bare.Seconds()/encoded.Seconds(), "of-gocsv-encoded")
}

func took(b *testing.B, rows int, read func() (int, error)) time.Duration {
	b.Helper()
	runtime.GC()
	start := time.Now()
	n, err := read()
	if n != rows || err != nil {
		b.Fatalf("%d good rows, %v", n, err)
	}
	return time.Since(start)
}

package chunk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/qflow"
)

// fifty are the rows of a usual chunk.
func fifty() []chunk.Row {
	when := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	rows := make([]chunk.Row, 50)
	for i := range rows {
		n := 10_000 + i
		rows[i] = chunk.Row{Row: n, Line: n + 1, Guest: qflow.Guest{
			ID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n)).String(), EventID: "11111111-2222-3333-4444-555555555555",
			FirstName: "Ada",
			LastName:  fmt.Sprint("Lovelace ", n), Email: fmt.Sprintf("ada.%d@guests.example", n), PlusOnes: n % 3,
			Notes: "vegetarian, arrives late",
			Tags:  "VIP,{session}Keynote", Barcode: fmt.Sprintf("B%09d", n), ValidFrom: &when, TemplateID: "invitation",
		}}
		id := uuid.NewSHA1(uuid.Nil, []byte(rows[i].Guest.Email))
		copy(rows[i].Content[:], id[:])
	}
	return rows
}

// A row takes some 45 bytes, 24 of them hashes; 130 before chunks were written field by field.
func BenchmarkChunk(b *testing.B) {
	rows := fifty()
	data, err := chunk.Encode(rows)
	if err != nil {
		b.Fatal(err)
	}
	each := func(b *testing.B, do func() error) {
		b.ReportAllocs()
		for b.Loop() {
			if err := do(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
		b.ReportMetric(float64(len(data))/float64(len(rows)), "bytes/row")
	}
	b.Run("encode", func(b *testing.B) {
		each(b, func() error { _, err := chunk.Encode(rows); return err })
	})
	b.Run("decode", func(b *testing.B) {
		each(b, func() error { _, err := chunk.Decode(data); return err })
	})
}

func TestARowOfAChunkTakesAtMost60Bytes(t *testing.T) {
	data, err := chunk.Encode(fifty())
	if err != nil || len(data) > 60*50 {
		t.Errorf("50 rows take %d bytes (%v)", len(data), err)
	}
}

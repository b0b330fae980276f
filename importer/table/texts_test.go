package table_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/table"
)

// withTexts returns a small workbook whose cells share some more texts, which none of its cells has.
func withTexts(t *testing.T, more string, times int) []byte {
	t.Helper()
	book := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "First Name", "B1": "Email", "A2": "Ann", "B2": "ann@party.example"} {
		if err := book.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	to := zip.NewWriter(&packed)
	for _, f := range from.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := to.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		head, tail, shared := bytes.Cut(part, []byte("</sst>"))
		_, _ = out.Write(head)
		if shared {
			for chunk := min(times, 10_000); times > 0; times -= chunk {
				_, _ = io.WriteString(out, strings.Repeat(more, chunk))
			}
			_, _ = io.WriteString(out, "</sst>")
		}
		_, _ = out.Write(tail)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// ofTexts returns a workbook that says how much its texts unfold to.
func ofTexts(t *testing.T, size uint64) []byte {
	t.Helper()
	var packed bytes.Buffer
	to := zip.NewWriter(&packed)
	_, first := to.Create("xl/workbook.xml")
	_, second := to.CreateRaw(&zip.FileHeader{Name: `XL\sharedStrings.xml`, Method: zip.Deflate, UncompressedSize64: size})
	if err := errors.Join(first, second, to.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// A workbook of 50 MB can hold 20 million texts, which took the library gigabytes and minutes.
func TestAWorkbookOfTooManyTextsIsRefusedBeforeTheyAreLoaded(t *testing.T) {
	for name, bomb := range map[string]struct {
		book []byte
		says string
	}{
		"texts": {withTexts(t, "<si/>", 7_000_000), "more than 1 million texts"},
		"runs":  {withTexts(t, "<si>"+strings.Repeat("<r/>", 700)+"</si>", 10_000), "more than 1 million texts"},
		"bytes": {ofTexts(t, 65<<20), "more than 64 MiB of texts"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := table.Open(t.Context(), name+".xlsx", bytes.NewReader(bomb.book), table.Options{})
		runtime.ReadMemStats(&after)
		if err == nil {
			_ = r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), bomb.says) ||
			!strings.Contains(err.Error(), "save its list as CSV UTF-8") {
			t.Errorf("%s: %v", name, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
			t.Errorf("%s: %d bytes packed took %d MiB in memory", name, len(bomb.book), took>>20)
		}
	}
}

func TestAWorkbookOfManyTextsIsRead(t *testing.T) {
	r, err := table.Open(t.Context(), "list.xlsx", bytes.NewReader(withTexts(t, "<si><t>a</t></si>", 50_000)),
		table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if rec, err := r.Next(); err != nil || rec.Cells[0] != "Ann" {
		t.Errorf("it gives %q, %v", rec.Cells, err)
	}
}

// A workbook's texts are loaded by a library that minds no context.
func TestTheScanOfAWorkbookEndsWithItsContext(t *testing.T) {
	t.Parallel()
	book := withTexts(t, "<si><t>a</t></si>", 450_000)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	r, err := table.Open(ctx, "list.xlsx", bytes.NewReader(book), table.Options{})
	if err == nil {
		_ = r.Close()
	}
	if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
}

package importer_test

import (
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer"
)

// worstFor is the variable that makes this binary a process that plans one file, and prints why it would not be imported
// and how much memory that took.
const worstFor = "GUESTFLOW_WORST"

func readWorst(path string) int {
	ctx, done := context.WithTimeout(context.Background(), 5*time.Minute)
	defer done()
	_, err := importer.MakePlan(ctx, path, gala)
	if _, is := errors.AsType[*importer.FileError](err); err != nil && !is {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return tellResident()
}

// many repeats a text.
type many struct {
	of   string
	left int
	rest string
}

func (m *many) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if m.rest == "" {
			if m.left == 0 {
				break
			}
			m.left--
			m.rest = m.of
		}
		took := copy(p[n:], m.rest)
		m.rest, n = m.rest[took:], n+took
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func times(of string, n int) io.Reader {
	if block := 1 << 16 / len(of); block > 1 && n > block { // short texts are copied by blocks
		return io.MultiReader(times(strings.Repeat(of, block), n/block), &many{of: of, left: n % block})
	}
	return &many{of: of, left: n}
}

func text(s string) io.Reader { return strings.NewReader(s) }

const (
	worstHead  = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	worstTail  = `</sheetData></worksheet>`
	worstNames = `<row r="1"><c r="A1" t="inlineStr"><is><t>First Name</t></is></c><c r="B1" t="inlineStr"><is><t>Email</t></is></c></row>`
)

// worstBook packs a workbook of a sheet, and of further parts by their names.
func worstBook(t *testing.T, path string, sheet io.Reader, parts map[string]io.Reader) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	z.RegisterCompressor(zip.Deflate,
		func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	add := func(name string, in io.Reader) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.Copy(w, in)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const schema, office = "http://schemas.openxmlformats.org/package/2006/",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	add("[Content_Types].xml",
		text(`<Types xmlns="`+schema+
			`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`))
	add("_rels/.rels", text(`<Relationships xmlns="`+schema+`relationships"><Relationship Id="rId1" Type="`+office+
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	add("xl/workbook.xml", text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="`+
		office+`"><sheets><sheet name="Guests" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	add("xl/_rels/workbook.xml.rels",
		text(`<Relationships xmlns="`+schema+`relationships"><Relationship Id="rId1" Type="`+office+
			`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`))
	add("xl/worksheets/sheet1.xml", io.MultiReader(text(worstHead+worstNames), sheet, text(worstTail)))
	for name, in := range parts {
		add(name, in)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// A few kilobytes that took gigabytes, or a processor for ever, lay in the inbox as poison. The worst files that we
// could think of are each read, or refused, within 256 MB.
func TestTheWorstFilesAreReadOrRefusedIn256MB(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil || testing.Short() {
		t.Skip("this system does not tell a process's memory, or this is a short run")
	}
	if testkit.WithoutRace(t) {
		return
	}
	dir := t.TempDir()
	guests := "First Name,Email\nAda,ada@guests.example\n"
	for name, in := range map[string]io.Reader{
		"delimiters":      times(",", 200<<20),
		"rows of empties": times(strings.Repeat(",", 1_000_000)+"\n", 200),
		"quotes":          times(`"`, 100<<20),
		"a quote":         io.MultiReader(text(`Ada,"a`), times("x,y\n", 20<<20)),
		"odd quotes":      times("Ada,\"ada@guests.example\n", 200_000),
		"one letter":      times("x", 200<<20),
		"foreign letters": times("\xe9\xe8,\xff\xfe@\n", 200_000),
		"entities":        times("&amp;&#1;,&", 10<<20),
		"ampersands":      times("&;", 50<<20),
		"carriage":        times("\r", 100<<20),
		"escapes":         times("\x1b$B,", 20<<20),
		"apostrophes":     times("'a','", 20<<20),
	} {
		f, err := os.Create(filepath.Join(dir, name+".csv.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(z, io.MultiReader(text(guests), in)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(z.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	shared := func(in io.Reader) map[string]io.Reader {
		return map[string]io.Reader{"xl/sharedStrings.xml": io.MultiReader(text(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`), in, text("</sst>"))}
	}
	styles := func(in io.Reader) map[string]io.Reader {
		return map[string]io.Reader{"xl/styles.xml": io.MultiReader(text(`<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>`), in, text("</cellXfs></styleSheet>"))}
	}
	for name, b := range map[string]struct {
		sheet io.Reader
		parts map[string]io.Reader
	}{
		"a row's number":   {text(`<row r="9000000000000000000"><c><v>1</v></c></row>`), nil},
		"the last row":     {text(`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`), nil},
		"the last column":  {text(`<row r="2"><c r="XFD2"><v>1</v></c></row>`), nil},
		"cells of a row":   {io.MultiReader(text(`<row r="2">`), times(`<c><v>1</v></c>`, 5_000_000), text("</row>")), nil},
		"empty last cells": {times(`<row><c r="XFD1"/></row>`, 20_000), nil},
		"a long text": {io.MultiReader(text(`<row r="2"><c t="inlineStr"><is><t>`), times("a", 200<<20),
			text("</t></is></c></row>")), nil},
		"a long attribute": {io.MultiReader(text(`<row r="`), times("1", 200<<20), text(`"/>`)), nil},
		"nesting":          {times("<a>", 20<<20), nil},
		"runs of a text": {io.MultiReader(text(`<row r="2"><c t="inlineStr"><is>`),
			times("<r><t>abcdefgh</t></r>", 5_000_000), text("</is></c></row>")), nil},
		"merged cells": {io.MultiReader(text("</sheetData><mergeCells>"), times(`<mergeCell ref="A1:B2"/>`, 5_000_000),
			text("</mergeCells><sheetData>")), nil},
		"columns": {io.MultiReader(text("</sheetData><cols>"), times(`<col min="1" max="2"/>`, 5_000_000),
			text("</cols><sheetData>")), nil},
		"shared texts": {text(`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>7</v></c></row>`),
			shared(times("<si><t>a</t></si>", 999_000))},
		"a shared text": {text(`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>7</v></c></row>`),
			shared(io.MultiReader(text("<si><t>"), times("a", 60<<20), text("</t></si>")))},
		"shared bytes": {text(`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>7</v></c></row>`),
			shared(times("<si><t>"+strings.Repeat("a", 2000)+"</t></si>", 30_000))},
		"styles": {text(""), styles(times(`<xf numFmtId="0"/>`, 1_700_000))},
		"rich styles": {text(""),
			styles(times(`<xf numFmtId="0" fontId="1" fillId="1" borderId="1" xfId="0"/>`, 290_000))},
	} {
		worstBook(t, filepath.Join(dir, name+".xlsx"), b.sheet, b.parts)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) < 28 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), worstFor+"="+path, "GOMEMLIMIT=200MiB")
			cmd.Stderr = os.Stderr
			began := time.Now()
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			kb, err := strconv.Atoi(strings.TrimSpace(string(out)))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d MB, %s", kb>>10, time.Since(began).Round(time.Millisecond))
			if kb > 256<<10 {
				t.Errorf("it took %d MB", kb>>10)
			}
		})
	}
}

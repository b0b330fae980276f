package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// storedCell is what a sheet has of a cell beside what is shown of it. The library that streams rows tells neither formats nor
// formulas nor merged cells, and its ways that do take the whole sheet into memory. So the sheet's part is read here once more.
type storedCell struct {
	column    int
	style     int
	number    string // "" when it is none
	valueless bool   // a formula whose value was never worked out, as programs write that cannot
}

// cellReader reads a sheet's cells, row by row.
type cellReader struct {
	part      io.ReadCloser
	xml       *xml.Decoder
	row       int // of the row element that was read last
	ended     bool
	hidden    bool // that row
	hiddenRow bool // the row that was given last
	cells     []storedCell
}

func newCellReader(part *zip.File) (*cellReader, error) {
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	c := &cellReader{part: in, xml: xml.NewDecoder(bufio.NewReaderSize(in, lookAhead))}
	c.xml.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // only ASCII is of interest
	if err := c.nextRow(); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return c, nil
}

// nextRow goes on to the next row element.
func (c *cellReader) nextRow() error {
	for {
		token, err := c.xml.RawToken()
		if errors.Is(err, io.EOF) {
			c.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			if element.Name.Local == "row" {
				c.row++
				c.hidden = isTrue(attribute(element, "hidden"))
				if n, _ := strconv.Atoi(attribute(element, "r")); n > 0 {
					c.row = n
				}
				return nil
			}
		case xml.EndElement:
			if element.Name.Local == "sheetData" {
				c.ended = true
				return nil
			}
		}
	}
}

// rowCells gives a row's cells, which are good until the next call. Rows are asked for in their order.
func (c *cellReader) rowCells(row int) ([]storedCell, error) {
	c.cells, c.hiddenRow = c.cells[:0], false
	for !c.ended && c.row <= row {
		c.hiddenRow = c.hidden && c.row == row
		if err := c.readRow(c.row == row); err != nil {
			return nil, err
		}
		if err := c.nextRow(); err != nil {
			return nil, err
		}
	}
	return c.cells, nil
}

// readRow reads up to the end of a row element.
func (c *cellReader) readRow(keep bool) error {
	var (
		cell                      storedCell
		kind                      string
		formula, inValue, hasText bool
		column                    = -1
	)
	for {
		token, err := c.xml.RawToken()
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			switch element.Name.Local {
			case "c":
				column = columnOf(attribute(element, "r"), column)
				style, _ := strconv.Atoi(attribute(element, "s"))
				cell, kind, formula = storedCell{column: column, style: style}, attribute(element, "t"), false
				hasText = false
			case "f":
				formula = true
			case "v":
				inValue, hasText = true, kind == "str"
			}
		case xml.CharData:
			if inValue {
				cell.number += string(element)
			}
		case xml.EndElement:
			switch element.Name.Local {
			case "v":
				inValue = false
			case "c":
				cell.valueless = formula && cell.number == "" && !hasText // an empty text is a value
				if kind != "" && kind != "n" {
					cell.number = ""
				}
				if keep {
					c.cells = append(c.cells, cell)
				}
			case "row":
				return nil
			}
		}
	}
}

func (c *cellReader) close() error { return c.part.Close() }

func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf counts a cell's column from 0. A cell without a name stands beside the one before it.
func columnOf(name string, before int) int {
	if column, _, err := excelize.CellNameToCoordinates(name); name != "" && err == nil {
		return column - 1
	}
	return before + 1
}

// mergedRange is a range of cells that are one.
type mergedRange struct {
	name        string
	first, last int // rows
}

// maxMerged bounds what is kept of them: nobody reads as many warnings.
const maxMerged = 10_000

// mergedCells finds the ranges, which stand behind all rows, by the tags' ends: it is a tenth of what reading XML takes.
func mergedCells(part *zip.File) ([]mergedRange, error) {
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all []mergedRange
	for tags := bufio.NewReaderSize(in, lookAhead); len(all) < maxMerged; {
		tag, err := tags.ReadSlice('>')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if _, tail, is := bytes.Cut(tag, []byte(`mergeCell ref="`)); is {
			name, _, _ := bytes.Cut(tail, []byte(`"`))
			if m, is := parseMergedRange(string(name)); is {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mergedRange) int { return a.first - b.first })
	return all, nil
}

func parseMergedRange(name string) (mergedRange, bool) {
	from, to, _ := strings.Cut(name, ":")
	_, first, err := excelize.CellNameToCoordinates(from)
	_, last, errLast := excelize.CellNameToCoordinates(to)
	return mergedRange{name: name, first: first, last: last}, err == nil && errLast == nil
}

// sheetPart finds a sheet in the file by its name: the workbook gives it an id, and the id's place is in another part.
func sheetPart(z *zip.Reader, book *excelize.File, name string) (*zip.File, error) {
	id := ""
	for _, sheet := range book.WorkBook.Sheets.Sheet {
		if sheet.Name == name {
			id = sheet.ID
		}
	}
	places := findPart(z, "xl/_rels/workbook.xml.rels")
	if places == nil {
		return nil, errors.New("it does not say where its sheets are")
	}
	in, err := places.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	if err := xml.NewDecoder(in).Decode(&all); err != nil {
		return nil, err
	}
	for _, r := range all.Relationship {
		if r.ID != id {
			continue
		}
		target := r.Target
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		if p := findPart(z, strings.TrimPrefix(target, "/")); p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("the sheet %q is not in it", name)
}

// findPart finds a part as loosely as those who write them name them.
func findPart(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

package table

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// storedCell is what a sheet has of a cell beside what is shown of it. The library that streams rows returns neither
// formats nor formulas, and its functions that do take the whole sheet into memory. So the sheet's part is read here
// once more.
type storedCell struct {
	column    int
	style     int
	number    string    // "" when it is none
	text      int       // the number of its text, or -1 for one that it does not share
	struck    bool      // a part of its own text is struck through
	written   runColour // the first colour of a part of its own text
	valueless bool      // a formula whose value was never calculated, as programs write that cannot
}

// cellReader reads a sheet's cells, row by row.
type cellReader struct {
	part  io.ReadCloser
	xml   *xml.Decoder
	row   int // of the row element that was read last
	ended bool

	cells []storedCell

	cell                      storedCell // that is being read
	kind                      string
	formula, inValue, hasText bool
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

// rowCells returns a row's cells, which are valid until the next call. Rows are asked for in their order.
func (c *cellReader) rowCells(row int) ([]storedCell, error) {
	c.cells = c.cells[:0]
	for !c.ended && c.row <= row {
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
	c.cell.column = -1
	for {
		token, err := c.xml.RawToken()
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			c.begin(element)
		case xml.CharData:
			if c.inValue {
				c.cell.number += string(element)
			}
		case xml.EndElement:
			if element.Name.Local == "row" {
				return nil
			}
			if c.end(element) && keep {
				c.cells = append(c.cells, c.cell)
			}
		}
	}
}

func (c *cellReader) begin(element xml.StartElement) {
	switch element.Name.Local {
	case "c":
		style, _ := strconv.Atoi(attribute(element, "s"))
		c.cell = storedCell{column: columnOf(attribute(element, "r"), c.cell.column), style: style, text: -1}
		c.kind, c.formula, c.hasText = attribute(element, "t"), false, false
	case "f":
		c.formula = true
	case "v":
		c.inValue, c.hasText = true, c.kind == "str"
	case "color":
		run := runColour{attribute(element, "rgb"), attribute(element, "indexed"), attribute(element, "theme"),
			attribute(element, "tint")}
		if c.cell.written == (runColour{}) && !run.isPlain() {
			c.cell.written = run
		}
	case "strike", "dstrike":
		if value := attribute(element, "val"); value == "" || isTrue(value) {
			c.cell.struck = true
		}
	}
}

// end reports whether an element's end is that of a cell.
func (c *cellReader) end(element xml.EndElement) bool {
	switch element.Name.Local {
	case "v":
		c.inValue = false
	case "c":
		c.cell.valueless = c.formula && c.cell.number == "" && !c.hasText // an empty text is a value
		if n, err := strconv.Atoi(c.cell.number); c.kind == "s" && err == nil {
			c.cell.text = n
		}
		if c.kind != "" && c.kind != "n" {
			c.cell.number = ""
		}
		return true
	}
	return false
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

// columnOf returns a cell's column, counted from 0. A cell without a name stands beside the one before it.
func columnOf(name string, before int) int {
	if column, _, err := excelize.CellNameToCoordinates(name); name != "" && err == nil {
		return column - 1
	}
	return before + 1
}

package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// maxComments bounds the rows with comments of a workbook: 4 MB of their texts.
	maxComments = 20_000
	// maxComment is how much of a row's comments is kept, in bytes: as much as is searched for words that say that a
	// guest is not meant.
	maxComment = 200
)

// readComments returns the comments of a sheet by their rows: notes, and those with answers.
func readComments(z *zip.Reader, sheet *zip.File) (map[int]string, error) {
	notes, threads := map[int]string{}, map[int]string{}
	for _, part := range relatedParts(z, sheet, "/comments", "/threadedComment") {
		into, cell := notes, "comment"
		if strings.Contains(strings.ToLower(part.Name), "threaded") {
			into, cell = threads, "threadedComment"
		}
		if err := collectComments(part, cell, into); err != nil {
			return nil, err
		}
	}
	for row, text := range threads { // of which a note says only that there is one
		notes[row] = text
	}
	return notes, nil
}

// relatedParts returns the parts of some kinds that belong to a sheet.
func relatedParts(z *zip.Reader, sheet *zip.File, kinds ...string) (parts []*zip.File) {
	all, _ := relationships(z, sheet.Name) // the sheet can be read without them
	for _, r := range all {
		if !slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasSuffix(r.Type, kind) }) {
			continue
		}
		if p := r.part(z, sheet.Name); p != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

// collectComments adds the comments of a part to those of their rows.
func collectComments(part *zip.File, element string, rows map[int]string) error {
	in, err := part.Open()
	if err != nil {
		return damagedWorkbook(err)
	}
	defer in.Close()
	d := xml.NewDecoder(in)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for row, inText := 0, false; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damagedWorkbook(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			inText = inText || t.Name.Local == "t" || t.Name.Local == "text"
			if t.Name.Local == element {
				if row = rowOf(attribute(t, "ref")); len(rows) >= maxComments {
					return tooLarge(fmt.Sprintf("this workbook has comments in more than %d rows", maxComments))
				}
				rows[row] += " "
			}
		case xml.EndElement:
			inText = inText && t.Name.Local != "text"
		case xml.CharData:
			if text := rows[row]; inText && len(text) < maxComment {
				rows[row] = strings.ToValidUTF8((text + string(t))[:min(len(text)+len(t), maxComment)], "")
			}
		}
	}
}

// rowOf returns the row of a cell's name, or 0.
func rowOf(name string) int {
	_, row, err := excelize.CellNameToCoordinates(name)
	if err != nil {
		return 0
	}
	return row
}

// commentOf returns the comments of the row that was read last, as one line; none of the header's, which says what
// belongs into a column.
func (s *sheetReader) commentOf() string {
	text, is := s.comments[s.row]
	if !is || s.row <= s.header {
		return ""
	}
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return "(comment)" // one without a text, such as a picture
	}
	return text
}

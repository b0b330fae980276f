package rowstatus

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Origin is where a row stands in its file. A rule names it as it names columns.
type Origin struct {
	Row     int    // counted from 1 below the header
	Sheet   string // of a workbook
	Section string // the headings above the row
	Struck  bool   // its text is struck through
	Comment string // on its cells in a workbook

	Elsewhere string // a sheet besides whose name says that its guests are not meant, and that has the row's guest too
	Colour    string // of the row in a workbook
}

// Names of what a row has beside its cells. A header that is written so wins.
const (
	RowNumber   = "#row"
	SectionName = "#section"
	SheetName   = "#sheet"
	StruckName  = "#struck"
	CommentName = "#comment"

	ElsewhereName = "#elsewhere"
	ColourName    = "#colour"

	FileName = "#file" // what the file is called, which no rule names, and which can be ignored
)

var originNames = []string{RowNumber, SectionName, SheetName, StruckName, CommentName, FileName, ElsewhereName, ColourName}

// OriginIndex returns which of the names of what a row has beside its cells a name is, or a negative number.
func OriginIndex(name string) int {
	return slices.Index(originNames, strings.ToLower(strings.TrimSpace(name)))
}

// At is what a row has beside its cells by the number of its name.
func (o Origin) At(index int) string { return o.Text(originNames[index]) }

// IsOrigin reports whether a name is of what a row has beside its cells.
func IsOrigin(name string) bool { return slices.Contains(originNames, name) }

// Text is what a row has beside its cells.
func (o Origin) Text(name string) string {
	switch name {
	case RowNumber:
		return strconv.Itoa(o.Row)
	case SectionName:
		return o.Section
	case SheetName:
		return o.Sheet
	case StruckName:
		if o.Struck {
			return struckText
		}
	case CommentName:
		return o.Comment
	case ElsewhereName:
		return o.Elsewhere
	case ColourName:
		return o.Colour
	}
	return ""
}

// struckText is what a rule finds as #struck of a row that is struck through.
const struckText = "yes"

// rowList names rows by their numbers, runs of them as 3-7; "" for more than a rule should name.
func rowList(rows []int) []string {
	var list []string
	for i := 0; i < len(rows); {
		last := i
		for last+1 < len(rows) && rows[last+1] == rows[last]+1 {
			last++
		}
		text := strconv.Itoa(rows[i])
		switch {
		case last > i+1:
			text = fmt.Sprintf("%d-%d", rows[i], rows[last])
		case last > i:
			last = i
		}
		list, i = append(list, text), last+1
	}
	return list
}

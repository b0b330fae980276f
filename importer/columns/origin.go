package columns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/table"
	"guestflow/importer/where"
)

// Origin is where a row stands in its file. A rule names it as it names columns.
type Origin struct {
	Row     int    // counted from 1 below the header
	Sheet   string // of a workbook
	Section string // the headings above the row
	Struck  bool   // its text is struck through
	Comment string // on its cells in a workbook
}

// Names of what a row has beside its cells. A header that is written so wins.
const (
	RowNumber   = "#row"
	SectionName = "#section"
	SheetName   = "#sheet"
	StruckName  = "#struck"
	CommentName = "#comment"
	FileName    = "#file" // what the file is called, which no rule names, and which can be ignored
)

var originNames = []string{RowNumber, SectionName, SheetName, StruckName, CommentName, FileName}

// originPlace returns the place, behind all columns, of what a row has beside its cells.
func (c *Columns) originPlace(name string) (place int, is bool) {
	i := slices.Index(originNames, strings.ToLower(strings.TrimSpace(name)))
	if i < 0 || slices.ContainsFunc(c.Header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), originNames[i]) }) {
		return 0, false
	}
	return len(c.Header) + i, true
}

// isOrigin reports whether a name is of what a row has beside its cells.
func isOrigin(name string) bool { return slices.Contains(originNames, name) }

// text is what a row has beside its cells.
func (o Origin) text(name string) string {
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
	}
	return ""
}

// struckText is what a rule finds as #struck of a row that is struck through.
const struckText = "yes"

// bindRows reads the values of tests of row numbers.
func (c *Columns) bindRows(rule *where.Rule) *table.Error {
	place, is := c.originPlace(RowNumber)
	for _, t := range rule.Tests() {
		if !is || t.Place() != place {
			continue
		}
		if err := t.CountRows(); err != nil {
			return &table.Error{Problem: "the rule of the rows that are meant cannot be read, " + err.Error(),
				Advice: "correct it: " + whereControls}
		}
	}
	return nil
}

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

// addStatusColumn has a column looked at for what it says of whether rows are meant.
func (c *Columns) addStatusColumn(place int, name string, m columnMeaning) {
	w := statusColumn{column: place, name: name, meaning: m, tests: c.at(place, c.rule.Tests()), required: c.at(place, c.rule.Required())}
	if m == unhinted || m == anything {
		w.ofThing, w.dated = m == anything && isOfPaper(c.Header[place]) || m == unhinted && isOfThing(c.Header[place]), isCheckIn(c.Header[place])
	}
	w.byNumber = m == status || m == consent && hasAny(wordsOfHeader(name), replyWords)
	c.statusColumns = append(c.statusColumns, w)
}

// addTaken has columns looked at from which notes, tags and names are taken.
func (c *Columns) addTaken(alike map[string]int) {
	meanings := map[string]columnMeaning{
		Notes: noted, Tags: tagged, FirstName: nameOf, LastName: nameOf, OtherNames: nameOf, FullName: nameOf,
	}
	taken := map[int]columnMeaning{}
	for i := range c.Sources {
		if m, is := meanings[c.Sources[i].Field]; is {
			for _, column := range c.Sources[i].columns() {
				taken[column] = m
			}
		}
	}
	if c.fill >= 0 {
		taken[c.fill] = nameOf
	}
	c.named = make([]bool, len(c.Header))
	for i := range c.Header {
		c.named[i] = taken[i] == nameOf
		if m, is := taken[i]; is && !c.isIgnored(i) && !c.allMeant {
			if m == nameOf && c.holdsAnswers(i) {
				m = consent
			}
			c.addStatusColumn(i, c.nameOf(i, alike), m)
		}
	}
}

// holdsAnswers reports whether the first cells of a column are answers, below a header that stands for names elsewhere.
func (c *Columns) holdsAnswers(column int) bool {
	filled := 0
	for _, cells := range c.rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		filled++
		if class, _ := classOf(where.Fold(cells[column])); class != yesWord && class != negativeWord {
			return false
		}
	}
	return filled > 0
}

// addOrigin has what rows have beside their cells looked at.
func (c *Columns) addOrigin() {
	if place, is := c.originPlace(RowNumber); is {
		c.rowTests = c.at(place, c.rule.Tests())
	}
	for _, b := range []struct {
		name string
		m    columnMeaning
	}{{SectionName, labelled}, {SheetName, labelled}, {StruckName, struckOut}, {CommentName, commented}} {
		place, is := c.originPlace(b.name)
		switch {
		case !is || c.allMeant:
		case c.isIgnored(place):
			c.Ignored = append(c.Ignored, b.name)
		default:
			c.addStatusColumn(place, b.name, b.m)
		}
	}
}

// IgnoresFileName reports whether the file's name decides nothing: a person has said so, or has said it of a column, and
// so has looked at who is meant.
func (c *Columns) IgnoresFileName() bool { return c.allMeant || len(c.ignored) > 0 }

// ownColumns are those that guestflow puts before the rows of a rejects file: why a row was rejected says of no guest that he
// is not meant, once the row is corrected.
var ownColumns = map[string]bool{"guestflow_line": true, "guestflow_reason": true}

// meaningOf returns what a column's header says; a number of people is one whatever it is called besides.
func (c *Columns) meaningOf(column int) columnMeaning {
	if c.isQuantity(column) {
		return quantity
	}
	h := c.Header[column]
	if ownColumns[h] {
		return silent
	}
	if c.isEvent(column) {
		return eventOf
	}
	if c.isChannel(column) {
		return channel
	}
	m := meaningOf(h, c.Header)
	switch {
	case len(h) > maxHeader || m == unclear:
	case isOfOtherConsent(h):
		return silent
	case isOfBefore(h) && (m == consent || m == anything), m == anything && !isCheckIn(h) && isOfGuest(h):
		return anything
	case m == anything && c.hasFewTexts(column):
		return unhinted
	}
	return m
}

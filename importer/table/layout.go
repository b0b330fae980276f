package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NoHeader is the HeaderRow of a file that has none: its columns are called A, B, C and so on.
const NoHeader = "none"

// layout is how a text's table lies in it, as far as its first lines show.
type layout struct {
	comma            rune
	linesAbove       int  // lines before the header, or before the first row where there is none
	offset           int  // bytes before it
	unnamedColumns   int  // how many columns a file without a header has
	apostropheQuotes bool // cells are quoted by '
	blanksByQuotes   bool // there are blanks beside quotes, as in: "Ida", "Holm"
	surplus          int  // empty cells behind those of the header, in every row
	trimsEmpty       bool // every row leaves out its empty cells at the end
}

// detectLayout finds the layout in the first bytes of a text. told is the delimiter that the file names, or 0.
func detectLayout(head []byte, more bool, told rune, o Options) (layout, error) {
	l := layout{}
	if l.apostropheQuotes = quotedByApostrophes(head); l.apostropheQuotes {
		head = swapQuotes(bytes.Clone(head))
	}
	lines := firstLines(head, more)
	comma := func(line []byte) rune {
		if told != 0 {
			return told
		}
		return delimiterOf(line, o.Field)
	}
	var err error
	switch {
	case o.HeaderRow == NoHeader:
		l.comma = comma(lines[0].text)
		l.unnamedColumns = len(splitLine(nil, unquoteLine(lines[0].text), string(l.comma)))
		return l, nil
	case o.HeaderRow != "":
		n, _ := strconv.Atoi(o.HeaderRow)
		found := slices.IndexFunc(lines, func(l line) bool { return l.at == n-1 })
		if found < 0 {
			return l, &Error{Problem: fmt.Sprintf("the header is said to be line %d, which is blank or too far from the beginning", n), Advice: "correct --header-row"}
		}
		lines = lines[found:]
	default:
		var found int
		if found, err = findHeader(lines, comma, o.Field); err != nil {
			return l, err
		}
		lines = lines[found:]
	}
	l.comma = comma(lines[0].text)
	if len(bytes.TrimSpace(head[:lines[0].from])) > 0 { // blank lines are passed over as anywhere
		l.linesAbove, l.offset = lines[0].at, lines[0].from
	}
	rest := head[lines[0].from:]
	if told == 0 && (o.Field == nil || bytes.Count(lines[0].text, []byte(`"`))%2 == 1) { // a header may have several lines
		l.comma = countedDelimiter(rest)
	}
	l.blanksByQuotes = hasBlanksByQuotes(rest, l.comma)
	err = l.learnWidths(rest, more, lines[0].at+1, o.Field)
	return l, err
}

// line is one of the first lines that are not blank.
type line struct {
	at, from int // its number, counted from 0, and the byte where it begins
	text     []byte
}

// maxSurveyed is how many lines are looked at for the header.
const maxSurveyed = 60

func firstLines(head []byte, more bool) (lines []line) {
	at, from := 0, 0
	for text := range bytes.Lines(head) {
		if more && text[len(text)-1] != '\n' && len(lines) > 0 {
			break // it is cut
		}
		if len(bytes.TrimSpace(text)) > 0 && len(lines) < maxSurveyed {
			lines = append(lines, line{at, from, bytes.TrimRight(text, "\r\n")})
		}
		at++
		from += len(text)
	}
	return lines
}

// unquoteLine gives what is in a line that is quoted as a whole, as Excel writes the lines of a text it did not take apart.
func unquoteLine(text []byte) []byte {
	if inner, rest, well := cutQuoted(text, "\n"); well && len(rest) == 0 && bytes.ContainsAny(inner, ",;\t|") {
		return inner
	}
	return text
}

// delimiterOf finds what stands between the cells of a header: that which leaves most names of columns, or most cells.
func delimiterOf(text []byte, field func(string) string) rune {
	text = unquoteLine(text)
	best := countedDelimiter(text)
	if field == nil {
		return best
	}
	most := countNamed(text, best, field)
	for _, c := range ",;\t|:^~\x1f" {
		if n := countNamed(text, c, field); n > most && n > 1 {
			best, most = c, n
		}
	}
	return best
}

func countNamed(text []byte, comma rune, field func(string) string) (n int) {
	for _, cell := range splitLine(nil, text, string(comma)) {
		if len(cell) <= maxHeaderCell && field(strings.Trim(string(cell), "\"' ")) != "" {
			n++
		}
	}
	return n
}

// maxHeaderCell is how long a cell may be that is looked up as the name of a column.
const maxHeaderCell = 100

// findHeader finds the line of the header: the first, or one below titles and notes that names two columns or more.
func findHeader(lines []line, comma func([]byte) rune, field func(string) string) (int, error) {
	if field == nil || bytes.Count(lines[0].text, []byte(`"`))%2 == 1 { // a header of several lines
		return 0, nil
	}
	looks, at := make([]cellCounts, len(lines)), make([]int, len(lines))
	for i, l := range lines {
		looks[i], at[i] = countLineCells(l.text, comma(l.text), field), l.at+1
	}
	return findHeaderRow(looks, at)
}

// findHeaderRow finds the header in the first lines, of which at are the numbers.
func findHeaderRow(looks []cellCounts, at []int) (int, error) {
	first := looks[0]
	if first.named >= 2 || first.named == 1 && first.filled > 1 {
		return 0, nil
	}
	for i, is := range looks {
		if i == 0 || is.named < 2 || 2*is.named < is.filled && is.named < 3 {
			continue
		}
		for _, over := range looks[:i] {
			if over.filled >= is.filled || over.addresses > 0 && over.filled > 1 {
				return 0, newQuestion(at[i], fmt.Sprintf("the header seems to be line %d, but the lines above it look like rows", at[i]),
					Choice{Option: "header-row", Value: strconv.Itoa(at[i])}, Choice{Option: "header-row", Value: strconv.Itoa(at[0])})
			}
		}
		return i, nil
	}
	if first.addresses > 0 && first.named == 0 {
		return 0, noHeaderQuestion(at[0], first)
	}
	return 0, nil
}

// noHeaderQuestion refuses a list that seems to begin with a guest.
func noHeaderQuestion(at int, first cellCounts) *Error {
	e := newQuestion(at, "this line looks like a guest and not like a header", Choice{Option: "header-row", Value: NoHeader}, Choice{Option: "header-row", Value: strconv.Itoa(at)})
	e.Advice = fmt.Sprintf("if there is no header, say --header-row none (in a profile: header_row; in the console: Header line) and map the columns by letter: "+
		"--map first_name=A --map last_name=B --map email=%s; or add a line such as First Name,Last Name,Email", columnLetter(first.address))
	return e
}

// cellCounts is what is counted in the cells of a line.
type cellCounts struct {
	filled, named, addresses int
	address                  int // the column of the first address
}

func countLineCells(text []byte, comma rune, field func(string) string) cellCounts {
	var cells []string
	for _, cell := range splitLine(nil, unquoteLine(text), string(comma)) {
		cells = append(cells, string(cell))
	}
	return countCells(cells, field)
}

func countCells(cells []string, field func(string) string) (l cellCounts) {
	for i, cell := range cells[:min(len(cells), maxColumns)] {
		cell = strings.Trim(cell, " \t\"'")
		switch {
		case cell == "":
			continue
		case len(cell) <= maxHeaderCell && field(cell) != "":
			l.named++
		case isAddress([]byte(cell)):
			if l.addresses++; l.addresses == 1 {
				l.address = i
			}
		}
		l.filled++
	}
	return l
}

// columnLetter names a column as spreadsheets do.
func columnLetter(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// learnWidths reads the first records below a header for what every one of them does, and refuses a header that lacks a delimiter.
func (l *layout) learnWidths(rest []byte, more bool, at int, field func(string) string) error {
	if l.blanksByQuotes {
		rest = trimBlanks(rest, l.comma)
	}
	r := csv.NewReader(bytes.NewReader(rest))
	r.Comma, r.FieldsPerRecord = l.comma, -1
	header, err := r.Read()
	if err != nil || len(header) < 2 {
		return nil //nolint:nilerr // what is wrong with the header is told by whoever reads it
	}
	var rows [][]string
	for {
		cells, err := r.Read()
		if err != nil {
			break
		}
		rows = append(rows, cells)
	}
	if more && len(rows) > 0 {
		rows = rows[:len(rows)-1] // it may be cut
	}
	rows = slices.DeleteFunc(rows, func(cells []string) bool { return blank(cells) || len(cells) == 1 })
	if len(rows) == 0 {
		return nil
	}
	surplus := len(rows[0]) - len(header)
	empty, filled, trimmed, short := true, true, true, false
	for _, cells := range rows {
		if len(cells)-len(header) != surplus {
			surplus = 0
		}
		over := cells[min(len(cells), len(header)):]
		empty, filled = empty && blank(over), filled && !blank(over)
		short = short || len(cells) < len(header)
		trimmed = trimmed && strings.TrimSpace(cells[len(cells)-1]) != ""
	}
	l.trimsEmpty = trimmed && short
	if field != nil {
		if err := checkMissingDelimiter(header, rows, surplus, at, field); err != nil {
			return err
		}
	}
	if surplus <= 0 {
		return nil
	}
	if empty {
		l.surplus = surplus
	} else if filled && len(rows) > 1 {
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %d cells and the header %d: a delimiter is missing or a name too few", len(header)+surplus, len(header)),
			Advice: "correct the header line",
		}
	}
	return nil
}

// checkMissingDelimiter refuses a header two names of which stand in one cell, so that what is below the next one belongs to this: the rows
// have more cells, or their addresses stand further right than a column for them.
func checkMissingDelimiter(header []string, rows [][]string, surplus, at int, field func(string) string) error {
	addresses := addressColumn(rows)
	for i, cell := range header {
		if field(cell) == "email" && (addresses < 0 || addresses == i) {
			return nil
		}
	}
	for i, cell := range header {
		if first, second := splitGlued(cell, field); first != "" && (surplus > 0 || addresses > i) {
			return &Error{
				Line: at, Problem: fmt.Sprintf("the header lacks a delimiter: one cell holds the names %q and %q, so that what is below the others belongs one to the left", first, second),
				Advice: "put the delimiter between them",
			}
		}
	}
	if addresses >= 0 && surplus > 0 {
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %d cells and the header %d, and addresses stand in a column that is not called so", len(header)+surplus, len(header)),
			Advice: "correct the header line",
		}
	}
	return nil
}

// addressColumn is the column in which most rows have an address, or -1.
func addressColumn(rows [][]string) int {
	var counts []int
	for _, cells := range rows {
		for i, cell := range cells {
			if strings.Contains(cell, "@") && isAddress([]byte(cell)) {
				for i >= len(counts) {
					counts = append(counts, 0)
				}
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if 2*n > len(rows) {
			return i
		}
	}
	return -1
}

// splitGlued takes a cell apart that holds two names without anything between them.
func splitGlued(cell string, field func(string) string) (first, second string) {
	if len(cell) > maxHeaderCell || field(cell) != "" {
		return "", ""
	}
	for i, c := range cell {
		if i == 0 || !unicode.IsUpper(c) {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(cell[:i]); !unicode.IsLetter(before) {
			continue
		}
		if a, b := field(cell[:i]), field(cell[i:]); a != "" && b != "" && a != b {
			return cell[:i], cell[i:]
		}
	}
	return "", ""
}

// quotedByApostrophes reports whether a text's cells are quoted by apostrophes: most of its lines begin and end so, and have nothing else
// between their delimiters.
func quotedByApostrophes(head []byte) bool {
	lines := firstLines(head, len(head) > 0 && head[len(head)-1] != '\n')
	if len(lines) == 0 || bytes.IndexByte(head, '\'') < 0 {
		return false
	}
	all, so := 0, 0
	for _, l := range lines {
		all++
		text := swapQuotes(bytes.Clone(bytes.TrimSpace(l.text)))
		comma := string(countedDelimiter(text))
		quotes, ok := 0, true
		for rest, more := text, true; more && ok; {
			var well bool
			var tail []byte
			rest = bytes.TrimLeft(rest, " ")
			if _, tail, well = cutQuoted(rest, comma); well {
				quotes++
			} else if end := bytes.Index(rest, []byte(comma)); end >= 0 {
				ok, tail = bytes.IndexByte(rest[:end], '"') < 0, rest[end:]
			} else {
				ok, tail = bytes.IndexByte(rest, '"') < 0, nil
			}
			rest, more = bytes.CutPrefix(tail, []byte(comma))
		}
		if ok && quotes > 0 {
			so++
		}
	}
	return 5*so >= 4*all
}

// swapQuotes writes quotes for apostrophes, and apostrophes for quotes.
func swapQuotes(text []byte) []byte {
	for i, c := range text {
		switch c {
		case '"':
			text[i] = '\''
		case '\'':
			text[i] = '"'
		}
	}
	return text
}

var quoteSwapper = strings.NewReplacer(`"`, `'`, `'`, `"`)

// hasBlanksByQuotes reports whether a cell begins with blanks and a quote, and is quoted well but for them.
func hasBlanksByQuotes(text []byte, comma rune) bool {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	for {
		_, err := r.Read()
		if err == nil {
			continue
		}
		parse, is := errors.AsType[*csv.ParseError](err)
		if !is || !errors.Is(parse.Err, csv.ErrBareQuote) && !errors.Is(parse.Err, csv.ErrQuote) {
			return false
		}
		break
	}
	for text := range bytes.Lines(text) {
		text = bytes.TrimRight(text, "\r\n")
		if tidy := trimBlanks(text, comma); len(tidy) != len(text) && parses(tidy, comma) && !parses(text, comma) {
			return true
		}
	}
	return false
}

func parses(text []byte, comma rune) bool {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	_, err := r.Read()
	return err == nil
}

// trimBlanks leaves out the blanks between delimiters and quotes.
func trimBlanks(text []byte, comma rune) []byte {
	t := blankTrimmer{comma: []byte(string(comma)), start: true}
	return t.flush(t.add(nil, text))
}

// blankTrimmer is where it stands in a text from which the blanks beside quotes are taken.
type blankTrimmer struct {
	comma  []byte
	start  bool // of a cell
	quoted bool // within quotes
	closed bool // the quote before may have closed the cell
	blanks int  // held back
}

func (t *blankTrimmer) add(out, in []byte) []byte {
	for _, c := range in {
		switch {
		case t.quoted:
			if c == '"' {
				t.quoted, t.closed = false, true
			}
		case c == ' ' && (t.start || t.closed):
			t.blanks++
			continue
		case c == '"' && (t.start || t.closed && t.blanks == 0):
			t.quoted, t.closed, t.start, t.blanks = true, false, false, 0
		case c == t.comma[0] && len(t.comma) == 1 || c == '\n' || c == '\r':
			if t.closed {
				t.blanks = 0
			}
			out = t.flush(out)
			t.start, t.closed = true, false
		default:
			out = t.flush(out)
			t.start, t.closed = false, false
		}
		out = append(out, c)
	}
	return out
}

func (t *blankTrimmer) flush(out []byte) []byte {
	for ; t.blanks > 0; t.blanks-- {
		out = append(out, ' ')
	}
	return out
}

// blankTrimReader takes the blanks beside quotes from a text.
type blankTrimReader struct {
	in   interface{ Read([]byte) (int, error) }
	tidy blankTrimmer
	left []byte
	err  error
	buf  []byte
}

func (r *blankTrimReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.buf == nil {
			r.buf = make([]byte, lookAhead)
		}
		n, err := r.in.Read(r.buf)
		r.left = r.tidy.add(r.left[:0], r.buf[:n])
		if err != nil {
			r.left, r.err = r.tidy.flush(r.left), err
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// quoteSwapReader gives a text whose cells are quoted by apostrophes as one that has quotes.
type quoteSwapReader struct {
	in interface{ Read([]byte) (int, error) }
}

func (r quoteSwapReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	swapQuotes(p[:n])
	return n, err
}

package table

import (
	"bytes"
	"regexp"
	"strings"
)

// notTables are texts that hold guests and are no tables, by how their first line begins.
var notTables = []struct {
	begins       *regexp.Regexp
	least        int // lines that begin so
	what, advice string
}{
	{regexp.MustCompile(`(?i)^BEGIN:VCARD`), 1, "it is a file of contacts (vCard)", "export the contacts as CSV"},
	{regexp.MustCompile(`(?i)^BEGIN:VCALENDAR`), 1, "it is a calendar", "export the list of guests as CSV"},
	{regexp.MustCompile(`(?i)^(INSERT INTO|CREATE TABLE)\s`), 1, "it is a dump of a database (SQL)",
		"export the table as CSV"},
	{regexp.MustCompile(`^COPY .*\) FROM std(in|out)`), 1, "it is a dump of a database (PostgreSQL)",
		"export the table as CSV"},
	{regexp.MustCompile(`^(From \S+@\S+ +(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|` +
		`(Return-Path|Received|Delivered-To|Message-ID|MIME-Version): )`), 1,
		"it is an email, or a folder of emails", "export the list as CSV or .xlsx"},
	{regexp.MustCompile(`^\{'[^']+': `), 1, "it is what a program prints of its data, and no table",
		"export the list as CSV or .xlsx"},
	{regexp.MustCompile(`^\{\|`), 1, "it is a table of a wiki", "export the list as CSV or .xlsx"},
	{regexp.MustCompile(`^[A-Za-z0-9+/]{60,}={0,2}$`), 3, "it is base64, as an email's attachments are written",
		"decode it first"},
	{regexp.MustCompile(`^dn: .*=`), 1, "it is a directory's export (LDIF)", "export the list as CSV"},
	{regexp.MustCompile(`^- [A-Za-z_ ]+: `), 2, "it is YAML", "export the list as CSV or .xlsx"},
	{regexp.MustCompile(`^(?i)(first|last|full|sur|given)?[ _-]?(name|e-?mail)s?\s*[:=]\s*\S`), 3,
		"it is a text with a line for each field of a guest, and no table", "give each guest a row and each field a column"},
}

// refuseNotTable returns an *Error for a text that is no table, and names what it is.
func refuseNotTable(head []byte) error {
	first, _, more := bytes.Cut(bytes.TrimSpace(head), []byte("\n"))
	for _, n := range notTables {
		found := 0
		if !n.begins.Match(first[:min(len(first), maxHeaderCell)]) { // else it may stand in a cell
			continue
		}
		for line := range bytes.Lines(head) {
			if line = bytes.TrimSpace(line); n.begins.Match(line[:min(len(line), maxHeaderCell)]) {
				found++
			}
			if found == n.least {
				return &Error{Problem: n.what + ", whatever its name says", Advice: n.advice}
			}
		}
	}
	if isDiff(head) {
		return &Error{Line: 1, Problem: "it shows the changes of a file (a diff), whose lines begin with + and -",
			Advice: "export the list itself"}
	}
	if line := string(first[:min(len(first), maxText)]); !more && strings.Count(line, "@") > 1 &&
		severalGuests.MatchString(line) {
		return &Error{Line: 1, Problem: "it is one line with several guests, and no table",
			Advice: "give each guest a line of its own below a header"}
	}
	if line := string(first[:min(len(first), maxText)]); !more && strings.Count(line, "@") > 1 &&
		listedAddresses.MatchString(line) {
		return &Error{Line: 1, Problem: "it is a line of addresses, as in an email's header, and no table",
			Advice: "give each address a line of its own below a header"}
	}
	return nil
}

// severalGuests are two guests in one line, with semicolons between them.
var severalGuests = regexp.MustCompile(`[^;,@<>]+,[^;,@<>]*@[^;,@<>]+;[^;,@<>]+,[^;,@<>]*@`)

// isDiff reports whether a text is the difference of two files: it says so, or each of its lines begins with a sign.
func isDiff(head []byte) bool {
	for _, begin := range []string{"diff --git ", "--- a/", "--- ", "@@ -", "Index: "} {
		if bytes.HasPrefix(head, []byte(begin)) &&
			(bytes.Contains(head, []byte("\n+++ ")) || bytes.Contains(head, []byte("\n@@ -")) || begin == "@@ -") {
			return true
		}
	}
	lines, signed := 0, 0
	for line := range bytes.Lines(head) {
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			continue
		}
		if lines++; len(line) > 1 && (line[0] == '+' || line[0] == '-' || line[0] == '>' || line[0] == '<') &&
			line[1] != line[0] && !isDigit(line[1]) {
			signed++
		}
		if signed < lines {
			return false
		}
	}
	return lines > 1 && bytes.ContainsAny(head, ",;\t@")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// listedAddresses are two addresses as an email's header lists them.
var listedAddresses = regexp.MustCompile(`<[^<>@\s]+@[^<>@\s]+>\s*[,;]\s*[^<>,;]*<[^<>@\s]+@`)

var alignedGap = regexp.MustCompile(`\S {2,}\S`)

// checkAligned refuses a table whose columns blanks alone keep apart, as a terminal or a printer shows it: with a blank
// as the delimiter, a name of two words would be two cells.
func checkAligned(header line, below []byte, o Options) error {
	if o.Field == nil || strings.ContainsAny(header.text, ",;\t|") || !alignedGap.MatchString(header.text) {
		return nil
	}
	names := 0
	for name := range strings.SplitSeq(header.text, "  ") {
		if name = strings.TrimSpace(name); name != "" && fieldIn(name, o) != "" {
			names++
		}
	}
	rows, aligned := firstLines(below, true), 0
	for _, l := range rows {
		if alignedGap.MatchString(l.text) && !strings.ContainsAny(l.text, ";\t|") {
			aligned++
		}
	}
	if names < 2 || 2*aligned <= len(rows) {
		return nil
	}
	return &Error{Line: header.at + 1, Problem: "its columns are aligned by blanks, and no delimiter stands between them",
		Advice: "open it in a spreadsheet as text of fixed width, and save it as .xlsx or CSV UTF-8"}
}

// checkTurned refuses a table whose columns are its guests: the names of fields stand below each other.
func checkTurned(header []string, rows [][]string, at int, o Options) error {
	if o.Field == nil || o.HeaderRow != "" || len(header) < 2 || fieldIn(header[0], o) == "" {
		return nil
	}
	below := map[string]bool{fieldIn(header[0], o): true}
	for _, cells := range rows {
		if len(cells) > 0 {
			if field := fieldIn(cells[0], o); field != "" {
				below[field] = true
			}
		}
	}
	for _, name := range header[1:] {
		if fieldIn(name, o) != "" || IsColumnWord(name) {
			return nil
		}
	}
	if len(below) < 2 || 2*(len(below)-1) < len(rows) {
		return nil
	}
	return &Error{Line: at,
		Problem: "the table is turned: the names of its columns stand below each other, and each guest is a column",
		Advice:  "turn it in a spreadsheet (copy it, and paste it transposed)"}
}

func fieldIn(cell string, o Options) string {
	if len(cell) > maxHeaderCell {
		return ""
	}
	return o.Field(cell)
}

// checkSideBySide refuses two tables beside each other: the same names of fields stand on both sides of a column
// without a name. Only one of them would be read.
func checkSideBySide(header []string, at int, o Options) error {
	if o.Field == nil || o.HeaderRow != "" {
		return nil
	}
	if repeatsHalf(header, o) {
		return twoTables(header, at)
	}
	for gap, name := range header[:min(len(header), maxColumns)] {
		if strings.TrimSpace(name) != "" || gap == 0 {
			continue
		}
		left, both := map[string]bool{}, 0
		for _, h := range header[:gap] {
			if field := fieldIn(h, o); field != "" {
				left[field] = true
			}
		}
		for _, h := range header[gap+1:] {
			if left[fieldIn(h, o)] {
				both++
			}
		}
		if both > 1 {
			return twoTables(header, at)
		}
	}
	return nil
}

func twoTables(header []string, at int) *Error {
	return &Error{Line: at, Problem: "two tables stand beside each other, and one of them would not be read" +
		seenHeaders(header),
		Advice: "put one below the other in the same columns, or remove one"}
}

// repeatsHalf reports whether the second half of a header is the first once more, with two names of fields at least.
func repeatsHalf(header []string, o Options) bool {
	half := len(header) / 2
	if len(header)%2 != 0 || half < 2 {
		return false
	}
	fields := map[string]bool{}
	for i, name := range header[:half] {
		if name != header[half+i] {
			return false
		}
		if field := fieldIn(name, o); field != "" {
			fields[field] = true
		}
	}
	return len(fields) > 1
}

// otherDelimiter returns a header line in the rows' delimiter, where that is another one than the header's: all rows
// have as many cells by it as the header by its own. It returns "" for any other list.
func otherDelimiter(text string, below []byte, more bool, comma rune, o Options) (line string, rows rune) {
	if o.Field == nil || hasOpenQuote(text) || countNamed(text, comma, o.Field) < 2 {
		return "", 0
	}
	cells := splitLine(text, string(comma))
	if haveWidth(below, more, comma, len(cells), 1) {
		return "", 0
	}
	for _, c := range ",;\t|" {
		if c != comma && !strings.ContainsRune(text, c) && haveWidth(below, more, c, len(cells), 2) {
			for i, cell := range cells {
				cells[i] = `"` + strings.ReplaceAll(strings.TrimSpace(cell), `"`, `""`) + `"`
			}
			return strings.Join(cells, string(c)), c
		}
	}
	return "", 0
}

// haveWidth reports whether all rows below a header, and some at least, have so many cells.
func haveWidth(below []byte, more bool, comma rune, width, least int) bool {
	header := []byte(strings.Repeat(string(comma), width-1))
	rows := parseSample(append(header, below...), more, comma, false).rows
	for _, row := range rows {
		if len(row) != width {
			return false
		}
	}
	return len(rows) >= least
}

package importer

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRecord bounds one record. A quote that is opened and never closed makes the rest of the file one cell; this stops the
// reader from taking it all into memory, and a guest with more than 1 MiB is no guest.
const maxRecord = 1 << 20

var errRecordTooLong = errors.New("a row is longer than 1 MiB: a quote is opened and never closed")

// record is a row as the file has it. Every cell is a string, because gocsv reads numbers in ways that no operator means
// ("010" is 8 to it, and 300 in an int8 is 44); validate reads them in base 10.
type record struct {
	FirstName  string `csv:"first_name"`
	LastName   string `csv:"last_name"`
	OtherNames string `csv:"other_names"`
	Email      string `csv:"email"`
	PlusOnes   string `csv:"plus_ones"`
	Notes      string `csv:"notes"`
	Tags       string `csv:"tags"`
	Barcode    string `csv:"barcode"`
	CustomID   string `csv:"custom_id"`
	IsGroup    string `csv:"is_group"`
	ValidFrom  string `csv:"valid_from"`
	ValidTo    string `csv:"valid_to"`
	EventID    string `csv:"event_id"`
	TemplateID string `csv:"template_id"`
	Key        string `csv:"key"`
}

// decoder reads a file's records one at a time, in constant memory. Of gocsv's ways to read, only the Unmarshaller over our
// own csv.Reader leaves the line numbers and the errors to us; its streaming callbacks lose both.
type decoder struct {
	path    string
	reader  *csv.Reader
	budget  *recordBudget
	rows    *gocsv.Unmarshaller
	columns Columns
	row     int // of the latest record
	line    int // where it begins
}

// open reads the header and maps it. in is the file's bytes from the beginning.
func open(path string, in io.Reader, key string) (*decoder, error) {
	d := &decoder{path: path}
	if err := d.start(in); err != nil {
		return nil, err
	}
	rows, err := gocsv.NewUnmarshaller(d.reader, &record{}) // a value would be copied once more
	if err != nil {
		return nil, d.headerError(err)
	}
	line, _ := d.reader.FieldPos(0)
	if problem := d.setColumns(rows.Headers, key); problem != nil {
		problem.Path, problem.Line = path, line
		return nil, problem
	}
	// Columns that are not used get names that no field has, since "" would do for all of them.
	err = rows.RenormalizeHeaders(func([]string) []string { return d.columns.Fields })
	if err != nil {
		return nil, d.headerError(err)
	}
	d.rows = rows
	return d, nil
}

// setColumns refuses what is no header in a way that says what the file really is.
func (d *decoder) setColumns(header []string, key string) (problem *FileError) {
	all := strings.Join(header, "")
	switch {
	case strings.ContainsRune(all, 0):
		return &FileError{Problem: "it holds zero bytes, as UTF-16 without its mark does", Advice: "save it as CSV UTF-8"}
	case strings.ContainsRune(all, '\r'):
		return &FileError{Problem: "its lines do not end in a line feed", Advice: "save it as CSV UTF-8"}
	}
	d.columns, problem = mapColumns(slices.Clone(header), key)
	return problem
}

// start sets up the reader: byte order marks of UTF-8 and UTF-16 are honoured and taken off, and the delimiter is the one
// that the first line has most of.
func (d *decoder) start(in io.Reader) error {
	buffered := unmarked(in)
	first, err := buffered.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return &FileError{Path: d.path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
	}
	if len(bytes.TrimSpace(first)) == 0 {
		return &FileError{Path: d.path, Problem: "it is empty", Advice: "export it again"}
	}
	d.budget = &recordBudget{in: buffered, left: maxRecord}
	d.reader = csv.NewReader(d.budget)
	d.reader.Comma = delimiter(first)
	d.reader.ReuseRecord = true
	return nil
}

// unmarked reads UTF-16 by its mark and takes everything else for UTF-8. Bytes that are not are left as they are: they cost
// a cell its row, and a report gives them back as they were.
func unmarked(in io.Reader) *bufio.Reader {
	const size = 64 << 10
	raw := bufio.NewReaderSize(in, size)
	mark, _ := raw.Peek(3) // an error comes back with the next read
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, _ = raw.Discard(len(mark))
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return bufio.NewReaderSize(transform.NewReader(raw, unicode.BOMOverride(unicode.UTF8.NewDecoder())), size)
	}
	return raw
}

// delimiter counts in the first line that is not blank. Quoted cells do not count, and may go over several lines.
func delimiter(head []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(bytes.TrimLeft(head, "\r\n")) {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range ";\t|" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func (d *decoder) headerError(err error) error {
	why := err.Error()
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		why = parse.Err.Error() // without its own idea of the line
	}
	return &FileError{Path: d.path, Line: 1, Problem: "the header line cannot be read: " + why, Advice: "close or remove its quotes", Cause: err}
}

// read gives the next record with its number and physical line. A broken record costs exactly itself: rowErr says what is
// wrong with it and reading goes on. err is io.EOF at the end and a *FileError when the rest cannot be read.
func (d *decoder) read() (r *record, line int, rowErr *Finding, err error) {
	d.budget.left = maxRecord
	v, err := d.rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, 0, nil, io.EOF
	}
	d.row++
	if err == nil {
		d.line, _ = d.reader.FieldPos(0)
		return v.(*record), d.line, nil, nil
	}
	if line, rowErr, err = d.broken(err); err == nil {
		d.line = line
	}
	return nil, line, rowErr, err
}

// broken tells a record that costs only itself from one that makes the rest of the file unreadable.
func (d *decoder) broken(err error) (int, *Finding, error) {
	parse, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case d.budget.over: // also when the part that was read is broken in another way
		return 0, nil, &FileError{
			Path: d.path, Line: d.line + 1, Problem: "from here on, " + errRecordTooLong.Error(), Advice: "close or remove the quote", Cause: err,
		}
	case !ok:
		return 0, nil, &FileError{Path: d.path, Problem: "it cannot be read to its end", Advice: err.Error(), Cause: err}
	case errors.Is(parse.Err, csv.ErrFieldCount):
		return parse.StartLine, &Finding{Code: BadShape, Text: fmt.Sprintf(
			"the row has not as many cells as the header, which has %d; a cell with a delimiter or a line break needs quotes", len(d.columns.Header))}, nil
	case parse.Line > parse.StartLine:
		// Where the row ends is a guess, and a wrong one would hide every row in between in a single reject.
		return 0, nil, &FileError{
			Path: d.path, Line: parse.StartLine, Problem: fmt.Sprintf("a quote is opened here and not closed properly up to line %d, so rows cannot be told apart", parse.Line),
			Advice: "close or remove the quote; a quote inside a quoted cell is written twice", Cause: err,
		}
	}
	return parse.StartLine, &Finding{Code: BadQuotes, Text: fmt.Sprintf(
		"the quotes are broken near character %d; a cell with a quote in it is quoted, and the quote written twice", parse.Column)}, nil
}

// recordBudget fails a read once a record has taken too much.
type recordBudget struct {
	in   io.Reader
	left int
	over bool
}

func (b *recordBudget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over = true
		return 0, errRecordTooLong
	}
	n, err := b.in.Read(p)
	b.left -= n
	return n, err
}

// openFile opens a file and says in plain words why it cannot. What is no file is not opened at all: opening a pipe waits for
// its other end.
func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &FileError{Path: path, Problem: "it is not a file", Advice: "name a CSV file"}
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, &FileError{Path: path, Problem: "there is no such file", Advice: "check the name", Cause: err}
	case errors.Is(err, os.ErrPermission):
		return nil, &FileError{Path: path, Problem: "it may not be read", Advice: "give this user the right to read it", Cause: err}
	case err != nil:
		return nil, &FileError{Path: path, Problem: "it cannot be opened", Advice: err.Error(), Cause: err}
	}
	return f, nil
}

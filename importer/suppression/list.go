package suppression

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/listfile"
	"guestflow/importer/table"
)

// List is a file of addresses: a list with a header, of which one column counts, or one without, of which every cell
// does, as when addresses are copied from a mail program.
type List struct {
	Path    string
	Options table.Options // how the file is read
	Column  string        // the header of the column with addresses; "" finds it
	Where   string        // the rule of the lines that count; "" asks where a column says no on some, all is every line

	beside int // the place of what stands beside addresses, behind all columns
}

// BadLine is a line of a list that holds no address.
type BadLine struct {
	Line int    `json:"line"`
	Text string `json:"text"` // quotes nothing of the line
}

// maxBadLines is how many of them are listed.
const maxBadLines = 20

// Listed is what was found in a list.
type Listed struct {
	Addresses int       `json:"addresses"`
	Bad       int       `json:"lines_without_address"`
	BadLines  []BadLine `json:"first_lines_without_address,omitempty"`
	NotMeant  int       `json:"lines_left_out,omitempty"` // by the rule

	Others []OtherColumn `json:"other_columns_with_addresses,omitempty"`
}

// OtherColumn is one that has addresses too, which do not count.
type OtherColumn struct {
	Header string `json:"header"`
	Lines  int    `json:"lines"` // on which it has one that the column of addresses has not

	column int
}

// maxOthers is how many of them are counted.
const maxOthers = 10

func (l *Listed) bad(line int, format string, args ...any) {
	l.Bad++
	if len(l.BadLines) < maxBadLines {
		l.BadLines = append(l.BadLines, BadLine{line, fmt.Sprintf(format, args...)})
	}
}

// Read reads a list to its end, and passes its addresses on, some at a time. Its errors are a *table.Error for a file
// that cannot be read, or holds no address.
func (l List) Read(ctx context.Context, take func(addresses []string) error) (Listed, error) {
	found, err := l.read(ctx, take)
	if err == nil && found.Addresses == 0 {
		err = l.problem("it holds no email address", "check that this is a list of addresses")
	}
	return found, err
}

func (l List) read(ctx context.Context, take func([]string) error) (found Listed, err error) {
	l.Options.Field = headers.FieldOf
	if l.Options.HeaderRow == "" && l.hasNoHeader(ctx) {
		l.Options.HeaderRow = "none"
	}
	file, column, close, err := l.open(ctx)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, close()) }()
	header, _ := file.Header()
	for _, cells := range file.Sample() { // a first line without a header may be the shortest
		for file.Headerless() && len(header) < len(cells) {
			header = append(header, fmt.Sprintf("#%d", len(header)+1))
		}
	}
	defer func() { found.name(header) }()
	l.beside = len(header)
	rule, err := l.meant(ctx, header, column, file.Headerless())
	if err != nil {
		return found, err
	}
	var some []string
	for {
		r, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, err
		}
		if !rule.Match(withBeside(r, column, l.beside)) {
			found.NotMeant++
			continue
		}
		some = l.addresses(r, column, &found, some)
		if len(some) >= maxAtOnce {
			if err := take(some); err != nil {
				return found, err
			}
			some = some[:0]
		}
	}
	if len(some) > 0 {
		err = take(some)
	}
	return found, err
}

// everyCell is the column of a list without a header.
const everyCell = -1

// addresses adds those of a record to some.
func (l List) addresses(r table.Record, column int, found *Listed, some []string) []string {
	cells := r.Cells
	switch {
	case r.Fault == table.RepeatedHeader:
		return some
	case r.Fault == table.BrokenQuotes && column == everyCell: // as "Ida Holm" <ida@example.org> is in a text
	case r.Fault == table.BrokenQuotes, r.Fault == table.OtherEncoding, r.Fault == table.ControlCharacters,
		r.Fault == table.OtherTable, r.Fault == table.CutRow:
		found.bad(r.Line, "the line cannot be read: its quotes or its characters are broken, or it is of another table")
		return some
	case column >= len(cells):
		found.bad(r.Line, "the line is too short to have an address")
		return some
	case column != everyCell:
		cells = cells[column : column+1]
	}
	before := len(some)
	for _, cell := range cells {
		some = appendAddresses(some, cell)
	}
	if column != everyCell {
		found.countOthers(r.Cells, column, some[before:])
	}
	if found.Addresses += len(some) - before; len(some) == before {
		found.bad(r.Line, "no email address such as name@example.com")
	}
	return some
}

// appendAddresses appends the addresses of a cell: one, or several with signs or blanks between. One too many is not
// mailed, one too few is.
func appendAddresses(list []string, cell string) []string {
	addressesIn(cell, func(address string) { list = append(list, address) })
	return list
}

// maxCell is how long a cell is at most, in bytes, in which addresses are looked for.
const maxCell = 10_000

// countOthers counts other columns that have an address of a line that is none of those that count.
func (l *Listed) countOthers(cells []string, column int, taken []string) {
	for i, cell := range cells {
		address, is := "", i != column && strings.Contains(cell, "@")
		if is {
			address, is = guest.Address(cell)
		}
		if !is || slices.ContainsFunc(taken,
			func(t string) bool { return guest.FoldAddress(t) == guest.FoldAddress(address) }) {
			continue
		}
		at := slices.IndexFunc(l.Others, func(o OtherColumn) bool { return o.column == i })
		if at < 0 && len(l.Others) < maxOthers {
			at, l.Others = len(l.Others), append(l.Others, OtherColumn{column: i})
		}
		if at >= 0 {
			l.Others[at].Lines++
		}
	}
}

// name names the other columns by the header.
func (l *Listed) name(header []string) {
	for i := range l.Others {
		if at := l.Others[i].column; at < len(header) {
			l.Others[i].Header = header[at]
		}
	}
}

// open opens the list and finds its column.
func (l List) open(ctx context.Context) (file *table.Reader, column int, close func() error, err error) {
	file, close, err = l.openTable(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	if l.Options.HeaderRow == "none" && l.Column == "" {
		return file, everyCell, close, nil
	}
	header, _ := file.Header()
	column, problem := l.column(header)
	if problem == nil && l.Options.HeaderRow == "" {
		problem = l.addressInHeader(header, column)
	}
	if problem != nil {
		return nil, 0, nil, errors.Join(problem, close())
	}
	return file, column, close, nil
}

// addressInHeader asks about a header with an address in the column of addresses: it may be the first line of a list that
// has no header, and would not count.
func (l List) addressInHeader(header []string, column int) error {
	if len(appendAddresses(nil, header[column])) == 0 {
		return nil
	}
	return l.problem("its first line has an address, and may be no header",
		"say which it is: --header-row none counts the line, --header-row 1 does not")
}

// hasNoHeader reports whether a list has none, as an address is in its first line, unless that may have the column that is named. What is
// wrong with the file is found later.
func (l List) hasNoHeader(ctx context.Context) bool {
	l.Options.HeaderRow = "none"
	file, close, err := l.openTable(ctx)
	if err != nil {
		return false
	}
	defer close() //nolint:errcheck // only read
	letters, _ := file.Header()
	first, err := file.Next()
	return err == nil && slices.ContainsFunc(first.Cells, isListItem) && (l.Column == "" || placeOf(letters, l.Column) >= 0)
}

func (l List) openTable(ctx context.Context) (*table.Reader, func() error, error) {
	in, err := listfile.Open(ctx, l.Path)
	if err != nil {
		return nil, nil, l.problem("it cannot be opened", err.Error())
	}
	file, err := table.Open(ctx, l.Path, in, l.Options)
	if err != nil {
		return nil, nil, errors.Join(err, in.Close())
	}
	return file, func() error { return errors.Join(file.Close(), in.Close()) }, nil
}

func isAddress(cell string) bool {
	_, is := guest.Address(cell)
	return is
}

// column finds the column with addresses: the one that is named, or the only one that is known for them.
func (l List) column(header []string) (int, error) {
	if l.Column != "" {
		if at := placeOf(header, l.Column); at >= 0 {
			return at, nil
		}
		return 0, l.problem(fmt.Sprintf("it has no column %q", l.Column), "name one of its headers, or the fifth column by #5")
	}
	var found []int
	for i, h := range header {
		if headers.FieldOf(h) == columns.Email {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, l.problem("none of its columns is known for email addresses",
			"name the one that holds them: --column HEADER; or, where it has no header: --header-row none")
	}
	both := fmt.Sprintf("the columns %q and %q may both hold the addresses", header[found[0]], header[found[1]])
	return 0, l.problem(both, fmt.Sprintf("name the one that is meant: --column HEADER, or --column '#%d'", found[0]+1))
}

func (l List) problem(problem, advice string) error {
	return &table.Error{Path: l.Path, Problem: problem, Advice: advice}
}

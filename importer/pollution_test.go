package importer_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/qflow"
)

// The ways in which lists are spoilt are those of the Pollock benchmark of polluted CSV files (Vitagliano et al., PVLDB
// 16, 2023): the whole file, or one of its rows or cells, is written otherwise than RFC 4180 says. Each list below is
// spoilt in each of them, at each row and cell. What comes of it may be right, or a question, or a rejected row; a
// guest who is not in the list is an email to the wrong person.

// cleanList is a list before it is spoilt.
type cleanList struct {
	name string
	rows [][]string // the first is the header
}

func (l cleanList) clone() cleanList {
	rows := make([][]string, len(l.rows))
	for i, row := range l.rows {
		rows[i] = slices.Clone(row)
	}
	return cleanList{l.name, rows}
}

// dialect is how a list is written.
type dialect struct {
	delimiter, quote, escape, end string
	all                           bool // every cell is quoted
}

var standard = dialect{delimiter: ",", quote: `"`, escape: `"`, end: "\n"}

func (d dialect) cell(text string) string {
	if d.quote == "" || !d.all && !strings.ContainsAny(text, d.delimiter+d.quote+"\r\n") {
		return text
	}
	return d.quote + strings.ReplaceAll(text, d.quote, d.escape+d.quote) + d.quote
}

func (d dialect) row(cells []string) string {
	written := make([]string, len(cells))
	for i, cell := range cells {
		written[i] = d.cell(cell)
	}
	return strings.Join(written, d.delimiter)
}

func (d dialect) list(l cleanList) string {
	var b strings.Builder
	for _, row := range l.rows {
		b.WriteString(d.row(row) + d.end)
	}
	return b.String()
}

// lists are what people send: many columns of which the last is mostly empty, few columns, a last column that is always
// filled, rows that leave their empty cells out, and no addresses.
func cleanLists() []cleanList {
	firsts := strings.Fields("Ada Zoë O'Neil Alan Jürgen")
	lasts := strings.Fields("Lovelace Krüger Weiß Turing Müller")
	wide := [][]string{strings.Split("First Name,Last Name,Email,Plus 1's,Notes,Tags,Barcode,Company,URL", ",")}
	few := [][]string{{"First Name", "Last Name", "Email"}}
	filled := [][]string{{"First Name", "Last Name", "Email", "Notes"}}
	between := [][]string{{"Email", "First Name", "Last Name", "Plus 1's", "Notes"}}
	nameless := [][]string{{"First Name", "Last Name", "Notes"}}
	two := [][]string{{"First Name", "Last Name", "Email", "CC", "Notes"}}
	for i, first := range firsts {
		email := fmt.Sprintf("guest%d@party.example", i)
		notes, company := fmt.Sprintf("table %d, vegetarian", i), fmt.Sprintf(`"Acme" %d, Ltd`, i)
		if i%4 == 3 {
			notes, company = "", ""
		}
		plus, tags := fmt.Sprint(i%3), "VIP"
		if i%5 == 4 {
			plus, tags = "", ""
		}
		wide = append(wide, []string{first, lasts[i], email, plus, notes, tags, fmt.Sprintf("B%03d", i), company, ""})
		few = append(few, []string{first, lasts[i], email})
		filled = append(filled, []string{first, lasts[i], email, fmt.Sprintf("table %d", i)})
		between = append(between, []string{email, first, lasts[i], plus, notes})
		nameless = append(nameless, []string{first, lasts[i], fmt.Sprintf("table %d", i)})
		two = append(two, []string{first, lasts[i], email, fmt.Sprintf("cc%d@party.example", i), notes})
	}
	lists := []cleanList{{"wide", wide}, {"few", few}, {"filled", filled}, {"between", between},
		{"no addresses", nameless}, {"two addresses", two}}
	for _, l := range lists {
		if l.name == "few" || l.name == "wide" {
			lists = append(lists, cleanList{l.name + ", one row", l.rows[:2]}, cleanList{l.name + ", two rows", l.rows[:3]})
		}
	}
	return lists
}

// spoil calls try with each way in which a list can be spoilt.
func spoil(l cleanList, try func(kind, file string)) {
	spoilFile(l, try)
	spoilTable(l, try)
	for i := range l.rows {
		spoilRow(l, i, try)
		for j := range l.rows[i] {
			spoilCell(l, i, j, try)
		}
	}
}

func spoilFile(l cleanList, try func(kind, file string)) {
	text := standard.list(l)
	try("clean", text)
	try("no final line end", strings.TrimSuffix(text, "\n"))
	try("several final line ends", text+"\n\n")
	try("empty", "")
	try("header only", standard.list(cleanList{rows: l.rows[:1]}))
	try("no header", standard.list(cleanList{rows: l.rows[1:]}))
	try("header twice", standard.row(l.rows[0])+"\n"+text)
	for _, end := range []string{"\r\n", "\r"} {
		d := standard
		d.end = end
		try("line ends", d.list(l))
	}
	for _, delimiter := range []string{";", "\t", "|", " ", ":", ", ", "\t\t", "; "} {
		for _, all := range []bool{false, true} {
			d := standard
			d.delimiter, d.all = delimiter, all
			try("delimiter", d.list(l))
		}
	}
	for _, quote := range []string{`"`, "'", ""} {
		for _, escape := range []string{quote, `\`} {
			for _, all := range []bool{false, true} {
				for _, delimiter := range []string{",", ";"} {
					try("quotes and escapes", dialect{delimiter: delimiter, quote: quote, escape: escape, end: "\n", all: all}.list(l))
				}
			}
		}
	}
	try("encoding", "\ufeff"+text)
	for _, e := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_1, charmap.Macintosh} {
		if written, err := e.NewEncoder().String(text); err == nil {
			try("encoding", written)
		}
	}
	for _, big := range []bool{false, true} {
		for _, mark := range []string{"", "\ufeff"} {
			try("encoding", inUTF16(mark+text, big))
		}
	}
}

func inUTF16(text string, big bool) string {
	var b bytes.Buffer
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			b.Write([]byte{byte(unit >> 8), byte(unit)})
		} else {
			b.Write([]byte{byte(unit), byte(unit >> 8)})
		}
	}
	return b.String()
}

func spoilTable(l cleanList, try func(kind, file string)) {
	text, wide := standard.list(l), len(l.rows[0])
	delimited := strings.Repeat(",", wide-1)
	for _, n := range []int{1, 3} {
		for _, line := range []string{"PREAMBLE", "PREAMBLE" + delimited, "Guests; of the party, 2026", "Party: guests"} {
			for _, blank := range []string{"", "\n", delimited + "\n"} {
				try("preamble", strings.Repeat(line+"\n", n)+blank+text)
				try("footnote", text+blank+strings.Repeat(line+"\n", n))
			}
		}
	}
	for _, blank := range []string{"", "\n", delimited + "\n"} {
		for _, columns := range []int{wide - 1, wide, wide + 1} {
			other := l.clone()
			for i := range other.rows {
				if columns > wide {
					other.rows[i] = append(other.rows[i], fmt.Sprint("more ", i))
				}
				slices.Reverse(other.rows[i])
				other.rows[i] = other.rows[i][:columns]
			}
			try("second table", text+blank+standard.list(other))
			other.rows = other.rows[1:]
			try("second table, no header", text+blank+standard.list(other))
		}
	}
	for _, extra := range []int{1, 2} {
		header := l.clone()
		for range extra {
			header.rows = slices.Insert(header.rows, 1, make([]string, wide))
			header.rows[1][wide-1] = "HEADER"
		}
		try("header of several rows", standard.list(header))
	}
	for j := range l.rows[0] {
		for _, name := range []string{"", "HEADER", "HEAD/%R", strings.Repeat("HEADER", 10_000), l.rows[0][(j+1)%wide]} {
			other := l.clone()
			other.rows[0][j] = name
			try("column's name", standard.list(other))
		}
	}
	many := l.clone()
	for i := range many.rows {
		for j := range 900 {
			many.rows[i] = append(many.rows[i], fmt.Sprint("c", j))
		}
	}
	try("many columns", standard.list(many))
	for _, habit := range []string{",", ",,", ", "} {
		ended := strings.ReplaceAll(text, "\n", habit+"\n")
		try("delimiters at the end of all rows", ended)
		_, rows, _ := strings.Cut(ended, "\n")
		try("delimiters at the end of all rows", standard.row(l.rows[0])+"\n"+rows)
	}
	try("empty cells left out", trimmed(text))
}

// trimmed leaves out the empty cells at the ends of rows.
func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, ",\n") + "\n")
	}
	return b.String()
}

// with writes a list of which one row is written otherwise.
func with(l cleanList, i int, line string) string {
	var b strings.Builder
	for n, row := range l.rows {
		if n == i {
			b.WriteString(line)
		} else {
			b.WriteString(standard.row(row) + "\n")
		}
	}
	return b.String()
}

func spoilRow(l cleanList, i int, try func(kind, file string)) {
	row, wide := l.rows[i], len(l.rows[i])
	try("row: empty", with(l, i, "\n"))
	try("row: blank cells", with(l, i, strings.Repeat(",", wide-1)+"\n"))
	for n := 1; n < wide; n++ {
		try("row: cells left out", with(l, i, standard.row(row[:n])+"\n"))
	}
	for n := range 3 {
		more := slices.Concat(row, slices.Repeat([]string{row[wide-1]}, n+1))
		try("row: more cells", with(l, i, standard.row(more)+"\n"))
	}
	for _, delimiter := range []string{" ", ";", "\t", "|"} {
		d := standard
		d.delimiter = delimiter
		try("row: delimiter", with(l, i, d.row(row)+"\n"))
		d.all = true
		try("row: delimiter", with(l, i, d.row(row)+"\n"))
	}
	for _, end := range []string{"\r\n", "\r", "\n\n", ""} {
		try("row: line end", with(l, i, standard.row(row)+end))
	}
	try("row: apostrophes", with(l, i, dialect{delimiter: ",", quote: "'", escape: "'", all: true}.row(row)+"\n"))
	try("row: no quotes", with(l, i, dialect{delimiter: ","}.row(row)+"\n"))
	try("row: quoted as a whole", with(l, i, `"`+strings.ReplaceAll(standard.row(row), `"`, `""`)+"\"\n"))
	try("row: escapes", with(l, i, dialect{delimiter: ",", quote: `"`, escape: `\`, all: true}.row(quoteEach(row))+"\n"))
	try("row: twice", with(l, i, standard.row(row)+"\n"+standard.row(row)+"\n"))
}

// quoteEach puts a quote behind each cell.
func quoteEach(row []string) []string {
	out := slices.Clone(row)
	for i := range out {
		out[i] += `"`
	}
	return out
}

func spoilCell(l cleanList, i, j int, try func(kind, file string)) {
	for _, all := range []bool{false, true} {
		d := standard
		d.all = all
		cells := make([]string, len(l.rows[i]))
		for n, cell := range l.rows[i] {
			cells[n] = d.cell(cell)
		}
		put := func(kind string, spoilt string) {
			row := slices.Clone(cells)
			row[j] = spoilt
			try(kind, with(l, i, strings.Join(row, ",")+"\n"))
		}
		put("cell: delimiter more", ","+cells[j])
		if j > 0 {
			try("cell: delimiter less", with(l, i, strings.Join(cells[:j], ",")+strings.Join(cells[j:], ",")+"\n"))
		}
		put("cell: quote before", `"`+cells[j])
		put("cell: quote behind", cells[j]+`"`)
		put("cell: quote amid", cells[j][:len(cells[j])/2]+`"`+cells[j][len(cells[j])/2:])
		put("cell: blank before", " "+cells[j])
		put("cell: blank behind", cells[j]+" ")
		if all || j+1 < len(cells) { // the rest of a last cell is a line of its own, which is rejected
			put("cell: line end amid", cells[j][:len(cells[j])/2]+"\n"+cells[j][len(cells[j])/2:])
		}
		put("cell: control character", cells[j]+"\u0085")
		put("cell: zero byte", cells[j]+"\x00")
	}
	two := l.clone()
	two.rows[i][j] += `"`
	text := standard.list(two)
	try("cell: quote in it", text)
}

// spoiling is what became of lists.
type spoiling struct{ files, asked, right, rejected, wrong int }

// guestOf is what counts of a guest. Quotes and line breaks are left out: a cell that has one more in the file is right
// with it.
func guestOf(g qflow.Guest) string {
	return strings.NewReplacer(`"`, "", "\n", "").Replace(
		fmt.Sprintf("%s|%s|%s|+%d|%s|%s|%s", g.FirstName, g.LastName, g.Email, g.PlusOnes, g.Notes, g.Tags, g.Barcode))
}

// mayLack are kinds of spoilt lists that do not have some cells at all, so that no reader can know them.
var mayLack = []string{"column's name", "row: cells left out"}

// lacks reports whether a guest is another one without some cells.
func lacks(guest, known string) bool {
	have, all := strings.Split(guest, "|"), strings.Split(known, "|")
	for i, cell := range have {
		if cell != all[i] && strings.Trim(cell, "+0") != "" {
			return false
		}
	}
	return true
}

func anyLacks(known map[string]bool, guest string) bool {
	for k := range known {
		if lacks(guest, k) {
			return true
		}
	}
	return false
}

// spoilings are those of each kind.
type spoilings struct {
	kinds  []string
	byKind map[string]*spoiling
}

func (v *spoilings) of(kind string) *spoiling {
	if v.byKind[kind] == nil {
		v.byKind[kind], v.kinds = &spoiling{}, append(v.kinds, kind)
	}
	return v.byKind[kind]
}

func (v *spoilings) String() string {
	var b strings.Builder
	all := spoiling{}
	print := func(kind string, v spoiling) {
		fmt.Fprintf(&b, "%-36s%8d%8d%8d%10d%8d\n", kind, v.files, v.asked, v.right, v.rejected, v.wrong)
	}
	fmt.Fprintf(&b, "%-36s%8s%8s%8s%10s%8s\n", "", "files", "asked", "right", "rejected", "wrong")
	for _, kind := range v.kinds {
		k := *v.byKind[kind]
		print(kind, k)
		all = spoiling{all.files + k.files, all.asked + k.asked, all.right + k.right, all.rejected + k.rejected,
			all.wrong + k.wrong}
	}
	print("all", all)
	return b.String()
}

// add adds those of another list.
func (v *spoilings) add(other *spoilings) {
	for _, kind := range other.kinds {
		k, o := v.of(kind), other.byKind[kind]
		*k = spoiling{k.files + o.files, k.asked + o.asked, k.right + o.right, k.rejected + o.rejected, k.wrong + o.wrong}
	}
}

// Of a spoilt list a guest is either right, or rejected with a reason, or the whole list is asked about. Beside the
// race detector an eighth of them is tried, the same ones each time.
func TestASpoiltListNeverMakesAGuestWhoIsNotInIt(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	lists := cleanLists()
	each := make([]spoilings, len(lists))
	t.Run("lists", func(t *testing.T) {
		for i, l := range lists {
			t.Run(l.name, func(t *testing.T) {
				t.Parallel()
				each[i] = trySpoilt(t, i, l)
			})
		}
	})
	all := spoilings{byKind: map[string]*spoiling{}}
	for i := range each {
		all.add(&each[i])
	}
	t.Logf("spoilt lists, those that are asked about, and the rows of the others:\n%s", &all)
}

func trySpoilt(t *testing.T, of int, l cleanList) spoilings {
	t.Helper()
	all := spoilings{byKind: map[string]*spoiling{}}
	_, clean, err := importer.ReadAll(strings.NewReader(standard.list(l)), gala)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range clean {
		known[guestOf(r.Guest)] = len(r.Findings) == 0
	}
	few, file := 1, of
	if testkit.IsBesideRace() {
		few = 8
	}
	spoil(l, func(kind, text string) {
		if file++; file%few != 0 {
			return
		}
		if l.name == "no addresses" && kind == "second table, no header" {
			return // three words that are names, or not: nothing says so
		}
		v := all.of(kind)
		v.files++
		_, rows, err := importer.ReadAll(strings.NewReader(text), gala)
		if err != nil {
			v.asked++
			return
		}
		for _, r := range rows {
			switch guest := guestOf(r.Guest); {
			case len(r.Findings) > 0:
				v.rejected++
			case known[guest], slices.Contains(mayLack, kind) && anyLacks(known, guest):
				v.right++
			default:
				v.wrong++
				t.Errorf("%s: line %d is read as %s (warnings %v) in\n%.600s", kind, r.Line, guest, r.Warnings, text)
			}
		}
	})
	return all
}

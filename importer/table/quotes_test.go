package table_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/charset"
	"guestflow/importer/table"
)

// A pair of stray quotes is well-formed CSV. Whatever cells it begins and ends in, the rows between are not lost
// unseen.
func FuzzTwoStrayQuotesHideNoRow(f *testing.F) {
	f.Add(uint8(6), uint8(1), uint8(4), uint8(1), uint8(1), false)
	f.Add(uint8(6), uint8(1), uint8(2), uint8(2), uint8(2), false)
	f.Add(uint8(9), uint8(0), uint8(8), uint8(0), uint8(0), true)
	f.Fuzz(func(t *testing.T, count, from, to, opens, closes uint8, semicolon bool) {
		rows := int(count)%40 + 2
		first := int(from) % (rows - 1)
		last := first + 1 + int(to)%(rows-first-1)
		comma := ","
		if semicolon {
			comma = ";"
		}
		var b strings.Builder
		fmt.Fprintln(&b, strings.Join([]string{"First", "Last", "Email"}, comma))
		for i := range rows {
			cells := []string{fmt.Sprint("Ada", i), "L", fmt.Sprintf("ada%d@guests.example", i)}
			if i == first {
				cells[opens%3] = `"` + cells[opens%3]
			}
			if i == last {
				cells[closes%3] += `"`
			}
			fmt.Fprintln(&b, strings.Join(cells, comma))
		}
		records, _, err := all(t, strings.NewReader(b.String()))
		if err != nil {
			return // refused whole, which everybody sees
		}
		if len(records) != rows {
			t.Fatalf("%d records of %d rows in\n%s", len(records), rows, b.String())
		}
		for i, r := range records {
			if broken := i == first || i == last; broken != (r.Fault == table.BrokenQuotes) || broken != (len(r.Remarks) == 1) ||
				len(r.Cells) != 3 || r.Line != i+2 {
				t.Fatalf("record %d is %+v in\n%s", i+1, r, b.String())
			}
		}
	})
}

// Each line that is not blank is a record, or a part of one that spans it; a note of several lines is one.
func FuzzEveryLineIsInSomeRecord(f *testing.F) {
	f.Add("a,b,c\n1,\"x\ny\",z\n\n2,\"p,q@r\n3,s,t@u\",v\n")
	f.Add("a,b\n1,\"x\n\n\ny,z\"\n2,3\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\x00") || !strings.Contains(text, "\n") {
			return
		}
		records, format, err := all(t, strings.NewReader(text))
		if err != nil || format.Container != table.Plain || format.Encoding != charset.UTF8 {
			return
		}
		physical := strings.Split(text, "\n")
		for i, r := range records {
			end := len(physical)
			if i+1 < len(records) {
				end = records[i+1].Line - 1
			}
			for _, line := range physical[r.Line:max(end, r.Line)] {
				if line != "" && !strings.Contains(strings.Join(physical[r.Line-1:end], "\n"), `"`) {
					t.Fatalf("the line %q is in no record of %q", line, text)
				}
			}
		}
	})
}

// Taking a note apart would make guests of its lines.
func TestANoteOfSeveralLinesStaysOneCell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		told bool // that it may be rows
	}{
		"an address": {"First,Last,Email,Notes\nAda,L,a@x.example,\"12 High Street,\nLondon, N1,\nUK\"\n",
			false},
		"all commas on the second line": {"First,Last,Email,Notes\nAda,L,a@x.example,\"see\n1, 2, 3, 4\"\n", true},
		"a note in the middle": {"First,Notes,Email,Tags\nAda,\"eats no nuts, eggs\nor fish\",a@x.example,VIP\n",
			false},
		"addresses in a note":           {"First,Last,Email,Notes\nAda,L,a@x.example,\"call b@x.example,\nthen c@x.example, or d@x.example\"\n", false},
		"everything quoted":             {"\"First\",\"Last\"\n\"Ada\",\"L\nM\"\n", false},
		"a single column":               {"First\n\"Ada\nAugusta\nByron\"\n", true},
		"a signature":                   {"First,Last,Email,Notes\nAda,L,a@x.example,\"Kind regards\nAda Lovelace, Countess\nAnalytical Ltd\na@x.example\n+44 20 1234\"\n", false},
		"a signature on one line":       {"First,Email,Notes\nAda,a@x.example,\"Regards\nAda, a@x.example\nAnalytical Ltd\nLondon\"\n", true},
		"two people to call":            {"First,Last,Email,Notes\nAda,L,a@x.example,\"Call\nBob, 12, b@x.example\nor no one\nat all\"\n", true},
		"addresses, one a line":         {"First,Last,Email,Notes\nAda,L,a@x.example,\"b@x.example\nc@x.example\nd@x.example\"\n", true},
		"an address of many commas":     {"First,Last,Email,Notes\nAda,L,a@x.example,\"12 High Street,\nLondon, N1,\nEngland, UK\"\n", false},
		"a short row":                   {"First,Last,Email,Notes\nAda,L,a@x.example,\"nuts\nAlan,T\"\n", true},
		"many lines":                    {"First,Last,Notes\nAda,L,\"" + strings.Repeat("la\n", 11) + "\"\n", true},
		"an address in a list of two":   {"First,Notes\nAda,\"12 High Street\nLondon, UK\"\n", true},
		"a line break in a quoted name": {"First,Last,Email\nAda,\"L,\nOBE\",a@x.example\n", false},
		"a table of three by two":       {"First,Last,Notes\nAda,L,\"Monday\n1, 2, 3\"\n", true},
		"semicolons between, commas in": {"First;Last;Notes\nAda;L;\"a, b, c\nd, e, f\ng, h, i\"\n", false},
		"a blank line between":          {"First,Last,Notes\nAda,L,\"one\n\n\ntwo, three\"\n", false},
		"quotes in the note":            {"First,Last,Notes\nAda,L,\"says \"\"no\"\"\nand goes\"\n", false},
	} {
		records, _, err := all(t, strings.NewReader(c.file))
		if err != nil || len(records) != 1 || records[0].Fault != table.NoFault || (len(records[0].Remarks) == 1) != c.told {
			t.Errorf("%s: %+v, %v", name, records, err)
		}
	}
}

// Lines that would be rejected if they were read alone are no reason to lose them, and those among them, unseen.
func TestRowsOfOtherLengthsBetweenTwoStrayQuotesAreReadOneByOne(t *testing.T) {
	t.Parallel()
	short := strings.Repeat("Bob,Ray,bob@guests.example\n", 200)
	for name, file := range map[string]string{
		"commas without quotes": "First,Last,Email,Notes\nAnn,Lee,ann9@ex.example,\"table 5\nBob,Ray,bob9@ex.example,x\nDan,Fox,dan9@ex.example,likes red, white\n" +
			"Eva,Gay,eva9@ex.example,no nuts, no milk\nFay,Ham,fay9@ex.example,a, b\nGus,Poe,gus9@ex.example,z\"\nHal,Zed,hal9@ex.example,\n",
		"empty cells left out": "First,Last,Email,Notes,Tags\nAnn,Lee,ann@guests.example,\"table 5,\n" + short +
			"Gus,Poe,gus@guests.example,z\",\nHal,Zed,hal@guests.example,,\n",
		"one cell short": "First,Last,Email,Notes,Tags\nAnn,Lee,ann@guests.example,\"table 5\n" +
			strings.ReplaceAll(short, "\n", ",x\n") + "Gus,Poe,gus@guests.example,z\"\n",
	} {
		records, _, err := all(t, strings.NewReader(file))
		if want := strings.Count(file, "\n") - 1; err != nil || len(records) != want {
			t.Errorf("%s: %d records of %d rows, %v", name, len(records), want, err)
		}
	}
}

// A stray quote in the header takes the rows up to the next one into it, where they would not even be counted.
func TestAHeaderHidesNoRows(t *testing.T) {
	t.Parallel()
	_, _, err := all(t, strings.NewReader("First,Last,\"Email\nAda,L,a@x.example\nAlan,T,b@x.example\"\nJoan,C,c@x.example\n"))
	if err == nil || !strings.Contains(err.Error(), "lines 1 and 3") ||
		!strings.Contains(err.Error(), "remove the stray quotes") {
		t.Error(err)
	}
	records, _, err := all(t, strings.NewReader("First,\"Last\nAda,L\nAlan,T\"\nJoan,C\n"))
	if err != nil || len(records) != 1 || len(records[0].Remarks) != 1 ||
		!strings.Contains(records[0].Remarks[0].Text, "lines 1 and 3") {
		t.Errorf("%+v, %v", records, err)
	}
}

// Wherever two quotes stray into a list, each of its rows is read as it is meant, or rejected, or lies between lines
// that a warning names.
func FuzzTwoStrayQuotesAnywhereAreSeen(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, seed*7919, seed*104729)
	}
	f.Fuzz(func(t *testing.T, seed, first, second uint64) {
		header, rows := someList(rand.New(rand.NewPCG(seed, 1)))
		text := header + strings.Join(rows, "")
		clean, _, err := all(t, strings.NewReader(text))
		if err != nil || len(clean) != len(rows) {
			t.Fatalf("%d of %d rows, %v in\n%s", len(clean), len(rows), err, text)
		}
		a, b := int(first%uint64(len(text)+1)), int(second%uint64(len(text)+1))
		a, b = min(a, b), max(a, b, len(header)) // names that two quotes make one are no names, or those of another list
		stray := text[:a] + `"` + text[a:b] + `"` + text[b:]
		got, _, err := all(t, strings.NewReader(stray))
		if err != nil || !strings.HasPrefix(stray, "Column0,") {
			return // refused whole, which everybody sees, now or when no column is known
		}
		if !slices.ContainsFunc(got, func(r table.Record) bool { return r.Fault == table.NoFault }) {
			return // and so is a list of which nothing is taken
		}
		for _, want := range clean {
			if !slices.ContainsFunc(got, func(r table.Record) bool { return sameCells(r, want) }) && !accounted(got, want) {
				t.Fatalf("line %d is lost in\n%s", want.Line, stray)
			}
		}
	})
}

// someList is a list whose rows have each a line, with commas and quotes where they may be.
func someList(r *rand.Rand) (header string, rows []string) {
	width, addresses := 2+r.IntN(6), r.IntN(2) == 0
	cells := make([]string, width)
	for i := range cells {
		cells[i] = fmt.Sprint("Column", i)
	}
	header = strings.Join(cells, ",") + "\n"
	for n := range 2 + r.IntN(30) {
		for i := range cells {
			cells[i] = []string{"", "Ada", "two words", `"a, b"`, `"said ""no"""`, fmt.Sprint(n)}[r.IntN(6)]
		}
		if cells[0] = fmt.Sprint("Guest", n); addresses {
			cells[width-1] = fmt.Sprintf("g%d@guests.example", n)
		}
		rows = append(rows, strings.Join(cells, ",")+"\n")
	}
	return header, rows
}

// sameCells lets a cell have one quote more, or a line's end: two quotes beside each other in a quoted cell are one.
// Empty cells beyond a header are none.
func sameCells(a, b table.Record) bool {
	unquoted := func(r table.Record) string {
		return strings.TrimRight(strings.NewReplacer(`"`, "", "\n", "").Replace(strings.Join(r.Cells, "|")), "|")
	}
	return a.Line == b.Line && unquoted(a) == unquoted(b)
}

// accounted reports whether a rejected record or a warning stands for a row's line.
func accounted(got []table.Record, want table.Record) bool {
	for i, r := range got {
		next := math.MaxInt
		if i+1 < len(got) {
			next = got[i+1].Line
		}
		if r.Fault != table.NoFault && r.Line <= want.Line && want.Line < next {
			return true
		}
		for _, remark := range r.Remarks {
			var from, to int
			if _, err := fmt.Sscanf(remark.Text, "the quotes in lines %d and %d", &from, &to); err == nil && from <= want.Line &&
				want.Line <= to {
				return true
			}
		}
	}
	return false
}

// A message that names a quote makes people look for one.
func TestALongRowWithoutAQuoteIsCalledLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*table.MaxRecord)
	for name, c := range map[string]struct {
		file, say string
		quote     bool
	}{
		"no quote": {"First,Last\nAda,L\n\"A\nB\",T\n\n" + long + "\n",
			"line 6: from here on, a row is longer than 1 MiB; no guest", false},
		"quotes in pairs": {"sep=,\nFirst,Last\n\"Ada\"," + long + "\n", "line 3: from here on, a row is longer", false},
		"the first line":  {long, "line 1: from here on, a row is longer", false},
		"an open quote": {"First,Last\nAda,\"" + long + "\n",
			"line 2: from here on, a row is longer than 1 MiB: a quote is opened and never closed; close", true},
	} {
		_, _, err := all(t, strings.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.say) || strings.Contains(err.Error(), "quote") != c.quote {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A row is corrected by what the file has.
func TestARowWithBrokenQuotesShowsWhatIsBetweenItsDelimiters(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`Ada,Love"lace,a@x`:            `Ada|Love"lace|a@x`,
		`Ada,"Lovelace,a@x`:            `Ada|"Lovelace|a@x`,
		`"Ada","Love"lace","a, ""b"""`: `Ada|"Love"lace"|a, "b"`,
		`Ada,Lovelace",`:               `Ada|Lovelace"|`,
		`"",x",`:                       `|x"|`,
		`"`:                            `"`,
	} {
		records, _, err := all(t, strings.NewReader("First,Last,Email\n"+line+"\n"))
		if err != nil || len(records) != 1 || records[0].Fault != table.BrokenQuotes ||
			strings.Join(records[0].Cells, "|") != want {
			t.Errorf("%s gives %+v, %v; want %s", line, records, err, want)
		}
	}
}

// A program that ends every row in delimiters has a habit; a single row that does has one amid a cell, and all behind
// it is shifted.
func TestEmptyCellsBeyondTheHeaderAreDroppedOnlyWhereEveryRowHasThem(t *testing.T) {
	t.Parallel()
	for list, want := range map[string][]table.Fault{
		"First,Last\nAda,L,,\nAlan,T, ,\t\nJoan\n":       {table.NoFault, table.NoFault, table.Ragged},
		"First,Last\nAda,L,,\nAlan,T, ,\t\nGrace,H,,x\n": {table.Ragged, table.Ragged, table.Ragged},
		"First,Last\nAda,L\nAlan,T,\n":                   {table.NoFault, table.Ragged},
	} {
		records, _, err := all(t, strings.NewReader(list))
		if err != nil || len(records) != len(want) {
			t.Fatal(records, err)
		}
		for i, fault := range want {
			if records[i].Fault != fault || (fault == table.NoFault && len(records[i].Cells) != 2) {
				t.Errorf("record %d of %q is %+v", i+1, list, records[i])
			}
		}
	}
}

// A long list with a pair of stray quotes at its ends is one cell to CSV; its rows are read one by one in bounded
// memory.
func TestALongListBetweenTwoStrayQuotesIsReadRowByRow(t *testing.T) {
	t.Parallel()
	const rows = 10_000
	var b bytes.Buffer
	b.WriteString("First,Last,Email\nAda,\"Lovelace,a@guests.example\n")
	for i := range rows {
		fmt.Fprintf(&b, "Ada,%d,a%d@guests.example\n", i, i)
	}
	b.WriteString("Ada,Lovelace\",b@guests.example\nAda,Last,c@guests.example\n")
	records, _, err := all(t, &b)
	if err != nil || len(records) != rows+3 || records[rows+2].Line != rows+4 {
		t.Fatalf("%d records, %v", len(records), err)
	}
}

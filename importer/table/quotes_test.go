package table_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"guestflow/importer/table"
)

// A pair of stray quotes is well-formed CSV. Whatever cells it begins and ends in, the rows between are not lost unseen.
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
			if broken := i == first || i == last; broken != (r.Fault == table.Quotes) || broken != (len(r.Remarks) == 1) || len(r.Cells) != 3 || r.Line != i+2 {
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
		if err != nil || format.Container != table.Plain || format.Encoding != table.UTF8 {
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
		"an address":                    {"First,Last,Email,Notes\nAda,L,a@x.example,\"12 High Street,\nLondon, N1,\nUK\"\n", false},
		"all commas on the second line": {"First,Last,Email,Notes\nAda,L,a@x.example,\"see\n1, 2, 3, 4\"\n", true},
		"a note in the middle":          {"First,Notes,Email,Tags\nAda,\"eats no nuts, eggs\nor fish\",a@x.example,VIP\n", false},
		"addresses in a note":           {"First,Last,Email,Notes\nAda,L,a@x.example,\"call b@x.example,\nthen c@x.example, or d@x.example\"\n", false},
		"everything quoted":             {"\"First\",\"Last\"\n\"Ada\",\"L\nM\"\n", false},
		"a single column":               {"First\n\"Ada\nAugusta\nByron\"\n", false},
		"an address in a list of two":   {"First,Notes\nAda,\"12 High Street\nLondon, UK\"\n", true},
		"a line break in a quoted name": {"First,Last,Email\nAda,\"L,\nOBE\",a@x.example\n", false},
		"a table of three by two":       {"First,Last,Notes\nAda,L,\"Monday\n1, 2, 3\"\n", true},
		"semicolons between, commas in": {"First;Last;Notes\nAda;L;\"a, b, c\nd, e, f\ng, h, i\"\n", false},
		"a blank line between":          {"First,Last,Notes\nAda,L,\"one\n\n\ntwo, three\"\n", false},
		"quotes in the note":            {"First,Last,Notes\nAda,L,\"says \"\"no\"\"\nand goes\"\n", false},
	} {
		records, _, err := all(t, strings.NewReader(c.file))
		if err != nil || len(records) != 1 || records[0].Fault != table.Sound || (len(records[0].Remarks) == 1) != c.told {
			t.Errorf("%s: %+v, %v", name, records, err)
		}
	}
}

// Whoever corrects a row needs what the file has.
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
		if err != nil || len(records) != 1 || records[0].Fault != table.Quotes || strings.Join(records[0].Cells, "|") != want {
			t.Errorf("%s gives %+v, %v; want %s", line, records, err, want)
		}
	}
}

func TestEmptyCellsBeyondTheHeaderAreNoFault(t *testing.T) {
	t.Parallel()
	records, _, err := all(t, strings.NewReader("First,Last\nAda,L,,\nAlan,T, ,\t\nGrace,H,,x\nJoan\n"))
	if err != nil || len(records) != 4 {
		t.Fatal(records, err)
	}
	for i, want := range []table.Fault{table.Sound, table.Sound, table.Ragged, table.Ragged} {
		if records[i].Fault != want || (want == table.Sound && len(records[i].Cells) != 2) {
			t.Errorf("record %d is %+v", i+1, records[i])
		}
	}
}

// A long list with a pair of stray quotes at its ends is one cell to CSV; its rows are read one by one in bounded memory.
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

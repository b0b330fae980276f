package table_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

func TestWhatASpoiltListStillShowsIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ list, want string }{
		"a quote in the header": {
			"First Name,\"Email,Notes\nAda,ada@x.org,a\nBob,bob@x.org,b\n",
			"First Name|Email|Notes;Ada|ada@x.org|a;Bob|bob@x.org|b",
		},
		"a quote in its last cell": {
			"First Name,Email,\"Notes\nAda,ada@x.org,a\nBob,bob@x.org,\"b, c\"\n",
			"First Name|Email|Notes;Ada|ada@x.org|a;Bob|bob@x.org|b, c",
		},
		"a title and a blank line": {
			"Gästeliste,,\n,,\nVorname,Haustier,Alter\nAda,Katze,3\n",
			"Vorname|Haustier|Alter;Ada|Katze|3",
		},
		"blanks behind all delimiters": {
			"First Name, Email, Notes\nAda, ada@x.org, a\n\"Bob\", bob@x.org, \"b, c\"\n",
			"First Name|Email|Notes;Ada|ada@x.org|a;Bob|bob@x.org|b, c",
		},
		"apostrophes as quotes, and amid": {
			"First Name,'Email',Notes\nO'Neil,'o@x.org',it's\nAda,'a'b@x.org',c\n",
			"First Name|Email|Notes;O'Neil|o@x.org|it's;Ada|a'b@x.org|c",
		},
		"apostrophes behind backslashes": {
			"First Name,'Email',Notes\n'O\\'Neil','o@x.org',a\nAda,'a@x.org',c\n",
			"First Name|Email|Notes;O'Neil|o@x.org|a;Ada|a@x.org|c",
		},
		"a nickname in apostrophes": {
			"First Name,Email,Notes\nRobert 'Bob',r@x.org,'70s\nAda,a@x.org,c\n",
			"First Name|Email|Notes;Robert 'Bob'|r@x.org|'70s;Ada|a@x.org|c",
		},
		"another table of the same names": {
			"Vorname,Haustier,Alter\nAda,Katze,3\nVorname,Haustier,Alter,Neu\nAda,Katze,3,x\n",
			"Vorname|Haustier|Alter;Ada|Katze|3",
		},
	} {
		rows, err := load(t, c.list)
		if got := strings.Join(rows, ";"); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
}

// load returns the header and the records of the list, with bars between their cells.
func load(t *testing.T, text string) (rows []string, err error) {
	t.Helper()
	r, err := table.Open(t.Context(), "list.csv", strings.NewReader(text), table.Options{Field: headers.FieldOf})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	header, _ := r.Header()
	rows = append(rows, strings.Join(header, "|"))
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if rec.Fault == table.NoFault {
			rows = append(rows, strings.Join(slices.Clone(rec.Cells), "|"))
		}
	}
}

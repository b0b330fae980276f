package columns_test

import (
	"strings"
	"testing"

	"guestflow/importer/columns"
)

// What a program writes where a column has no name is none: the column is asked about as one without a name.
func TestAHeaderThatAProgramHasMadeUpIsNoName(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"0", "Ada", "Lovelace", "ada@guests.example"}, {"1", "Alan", "Turing", "alan@guests.example"}}
	for name := range strings.SplitSeq("#REF!;Unnamed: 2;unnamed;Column3;Column 3;Field 3;field3;(No column name);Spalte3;Colonne3;Columna3;Kolom3;#N/A;#NAME?;NULL;undefined;列3;F3;_c2;Untitled;?;-;Err:502", ";") {
		o := columns.Options{Rows: rows, Emails: true}
		c, problem := columns.Map(header("Nr,First Name,"+name+",Email"), o)
		if problem != nil || len(c.Questions()) != 1 || len(choicesOf(c.Questions()[0])) != 2 {
			t.Errorf("%q: %+v, %v", name, problem, c.Questions())
			continue
		}
		if got := choicesOf(c.Questions()[0])[0].Value; !strings.HasPrefix(got, "last_name=") {
			t.Errorf("%q is asked to be %s", name, got)
			continue
		}
		o.Chosen = map[string]string{"last_name": strings.TrimPrefix(choicesOf(c.Questions()[0])[0].Value, "last_name=")}
		if c, problem = columns.Map(header("Nr,First Name,"+name+",Email"), o); problem != nil || len(c.Questions()) != 0 ||
			c.Fields[2] != "last_name" {
			t.Errorf("%q as the last name: %+v, %v", name, problem, c.Questions())
		}
		if c, problem = columns.Map(header("Nr,First Name,Last Name,"+name), columns.Options{Emails: true,
			Rows: [][]string{{"0", "Ada", "Lovelace", "ada@guests.example"}}}); problem != nil || len(c.Questions()) != 1 {
			t.Errorf("%q over addresses: %+v, %v", name, problem, c.Questions())
		}
	}
	// A column of numbers is no name, nor is one that has a header of its own.
	for _, name := range []string{"Company", "Table", "Firma"} {
		if c, problem := columns.Map(header("Unnamed: 0,First Name,"+name+",Email"),
			columns.Options{Rows: rows}); problem != nil || len(c.Questions()) != 0 {
			t.Errorf("%s: %+v, %v", name, problem, c.Questions())
		}
	}
}

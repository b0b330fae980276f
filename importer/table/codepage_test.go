package table_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"guestflow/importer/table"
)

// What is read in the wrong code page makes £ukasz of Łukasz, and mails him so.
func TestNamesAreReadInTheCodePageTheyWereWrittenIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page   *charmap.Charmap
		names  string
		doubts bool
	}{
		{charmap.Windows1250, "Łukasz,Wałęsa,Grażyna,Żak,Michał", false},
		{charmap.Windows1250, "MAŁGORZATA,ŻÓŁĆ,WIŚNIEWSKA,DĄBROWSKA", false},
		{charmap.Windows1250, "Jiří,Dvořák,Němec,Růžička,Kučera,Čapek", false},
		{charmap.Windows1250, "Petrović,Šimić,Kovačević", false},
		{charmap.Windows1250, "Łukasz", true},
		{charmap.Windows1252, "Tõnu", true},
		{charmap.Windows1252, "José,Muñoz,Mª,Nº,¿Dónde?,João,Simões,Conceição", false},
		{charmap.Windows1252, "Hélène,Lebœuf,Adèle,Crèvecœur,Benoît,Françoise,Noël,où", false},
		{charmap.Windows1252, "Søren,Høiby,Bøe,Åse,Ærø,Smith¹,Bjørnstjerne,Þór,Guðrún", false},
		{charmap.Windows1252, "Forlì,Nicolò,Gesù,Cesarè,perché", false},
		{charmap.Windows1252, "5 m²,3 m³,3½,£5,¥ 9,¼,Jürgen,Groß", false},
	} {
		written, err := c.page.NewEncoder().String("Name,Notes\n" + strings.ReplaceAll(c.names, ",", ",\n") + ",\n")
		if err != nil {
			t.Fatal(c.names, err)
		}
		records, format, err := all(t, strings.NewReader(written))
		if err != nil {
			t.Fatal(c.names, err)
		}
		var read []string
		remarks := 0
		for _, r := range records {
			read = append(read, r.Cells[0])
			remarks += len(r.Remarks)
		}
		if strings.Join(read, ",") != c.names || (remarks == 1) != c.doubts || remarks > 1 {
			t.Errorf("%s is read as %s (%s) with %d remarks", c.names, strings.Join(read, ","), format.Encoding, remarks)
		}
	}
}

// A list that is mostly plain shows its code page late, and the first row for which it matters says that it is in doubt.
func TestADoubtStandsAtTheFirstRowThatItIsAbout(t *testing.T) {
	t.Parallel()
	records, format, err := all(t, strings.NewReader("First,Last\n"+strings.Repeat("Ada,Lovelace\n", 6000)+"\xa3ukasz,Nowak\n"+strings.Repeat("Ada,Lovelace\n", 9)))
	if err != nil || format.Encoding != table.Windows1250 {
		t.Fatal(format, err)
	}
	for i, r := range records {
		if (len(r.Remarks) > 0) != (i == 6000) {
			t.Fatalf("record %d has %+v", i+1, r.Remarks)
		}
	}
}

// Package sample writes a guest list to try things with.
package sample

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
)

var (
	firstNames = []string{"Ann", "Björn", "Chloé", "Dmitri", "Eleanor", "Fátima", "Grzegorz", "Hana", "Ivo", "José",
		"Kateřina", "李", "Mary-Jane", "Nuala", "Oluwaseun", "Søren"}
	lastNames = []string{"Lee", "O'Brien", "Müller", "García Márquez", "Kowalski", "Nguyễn", "van der Berg", "Smith, Jr.",
		"Żółć", "小明", "Smythe-Jones", "Ó Súilleabháin"}
	notes = []string{"", "", "", "vegetarian", "arrives late, by train", "allergic to nuts\nand to \"surprises\"",
		"+1 to be confirmed", "=SUM(A1:A9)"}
	tags = []string{"", "VIP", "VIP, {session}Keynote", "{tickettype}Main Entry", "Press"}
)

// Write writes a guest list with the dirt of real ones: quoted commas and line breaks, many alphabets, cells that a
// spreadsheet would run, bad addresses, numbers from a spreadsheet, rows twice. It is the same for the same number of
// rows.
func Write(path string, rows int) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	w := csv.NewWriter(f)
	random := rand.New(rand.NewPCG(1, 2)) // a sample, not a secret
	_ = w.Write([]string{"First Name", "Last name", "E-Mail", "Plus 1's", "Tags", "Notes", "Table"})
	for i := range rows {
		_ = w.Write(sampleRow(random, i))
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	return f.Close()
}

func sampleRow(random *rand.Rand, i int) []string {
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	row := []string{
		pick(firstNames), pick(lastNames), fmt.Sprintf("guest%d@example.com", i), strconv.Itoa(random.IntN(3)),
		pick(tags), pick(notes), strconv.Itoa(i % 40),
	}
	switch i % 97 {
	case 11:
		row[2] = fmt.Sprintf("guest%d@example", i) // no top-level domain
	case 23:
		row[2] = ""
	case 37:
		row[3] = "2.0"
	case 51:
		row[4] = "50% off"
	case 67:
		row[0], row[1] = "", ""
	case 83: // an earlier guest again, in other letters
		row[0], row[1], row[2] = "Twice", "Listed", fmt.Sprintf("TWICE%d@example.com", i/200)
	}
	return row
}

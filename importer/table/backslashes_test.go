package table_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// rowsOf returns the rows of a list as a person sees them, each behind its line; of one that is rejected its line and
// fault alone.
func rowsOf(t *testing.T, text string) (rows []string, err error) {
	t.Helper()
	r, err := table.Open(t.Context(), "list.csv", strings.NewReader(text), table.Options{Field: headers.FieldOf})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return rows, err
		case rec.Fault != table.NoFault:
			rows = append(rows, fmt.Sprintf("%d fault %d", rec.Line, rec.Fault))
		default:
			rows = append(rows, fmt.Sprintf("%d %q", rec.Line, rec.Cells))
		}
	}
}

const guestHeader = "First Name,Last Name,Email,Notes\n"

// escapedLists are lists whose quotes and lines are written otherwise than CSV has them, and their rows.
var escapedLists = map[string]struct {
	text string
	rows []string
}{
	"quotes behind backslashes": {
		guestHeader + `"Ida","Holm","ida@example.org","says \"hi\""` + "\n" + `"Bo","Lund","bo@example.org","a, b \"c\", d"` + "\n" + `"Una","Berg","una@example.org","x"` + "\n",
		[]string{`2 ["Ida" "Holm" "ida@example.org" "says \"hi\""]`, `3 ["Bo" "Lund" "bo@example.org" "a, b \"c\", d"]`, `4 ["Una" "Berg" "una@example.org" "x"]`},
	},
	"as MySQL writes": {
		guestHeader + `"Ida","O\"Hara","ida@example.org",\N` + "\n\"Bo\",\"Lund\",\"bo@example.org\",\"two\\\nlines\"\n" + `"Una","Berg","una@example.org","a\\b"` + "\n" + `"Tor","Vik","tor@example.org","C:\\"` + "\n",
		[]string{`2 ["Ida" "O\"Hara" "ida@example.org" "\\N"]`, `3 ["Bo" "Lund" "bo@example.org" "two\nlines"]`, `5 ["Una" "Berg" "una@example.org" "a\\b"]`, `6 ["Tor" "Vik" "tor@example.org" "C:\\"]`},
	},
	"backslashes that end cells": {
		guestHeader + `"Ida","Holm","ida@example.org","C:\"` + "\n" + `"Bo","Lund","bo@example.org","a\\b"` + "\n",
		[]string{`2 ["Ida" "Holm" "ida@example.org" "C:\\"]`, `3 ["Bo" "Lund" "bo@example.org" "a\\\\b"]`},
	},
	"one that ends a cell amid others that escape": {
		guestHeader + `"Ida","Holm","ida@example.org","says \"hi\""` + "\n" + `"Bo","Lund","bo@example.org","\"x\""` + "\n" + `"Una\","Berg","una@example.org","y"` + "\n" + `"Tor","Vik","tor@example.org","z"` + "\n",
		[]string{`2 ["Ida" "Holm" "ida@example.org" "says \"hi\""]`, `3 ["Bo" "Lund" "bo@example.org" "\"x\""]`, "4 fault 2", `5 ["Tor" "Vik" "tor@example.org" "z"]`},
	},
	"apostrophes below a header without": {
		guestHeader + `'Ida','O\'Hara','ida@example.org','x'` + "\n" + `'Bo','Lund','bo@example.org','y'` + "\n",
		[]string{`2 ["Ida" "O'Hara" "ida@example.org" "x"]`, `3 ["Bo" "Lund" "bo@example.org" "y"]`},
	},
	"a quote that is doubled by mistake": {
		guestHeader + "Ida,Holm,ida@example.org,\"6'2\"\"\nBo,Lund,bo@example.org,x\nUna,Berg,una@example.org,\"y\"\n",
		[]string{"2 fault 2", `3 ["Bo" "Lund" "bo@example.org" "x"]`, `4 ["Una" "Berg" "una@example.org" "y"]`},
	},
	"Unicode's line ends": {
		strings.ReplaceAll(guestHeader+"Ida,Holm,ida@example.org,x\nBo,Lund,bo@example.org,y", "\n", "\u2028"),
		[]string{`2 ["Ida" "Holm" "ida@example.org" "x"]`, `3 ["Bo" "Lund" "bo@example.org" "y"]`},
	},
	"line ends amid cells": {
		guestHeader + "Ida,Holm,ida@example.org,a\u2028b\u2029c\nBo\u2029,Lund,bo@example.org,\u2019\n",
		[]string{`2 ["Ida" "Holm" "ida@example.org" "a\nb\nc"]`, `3 ["Bo" "Lund" "bo@example.org" "’"]`},
	},
}

// Promise: a list that writes quotes and lines otherwise is read right; where its quotes contradict each other, it loses single rows.
func TestQuotesAndLinesOfOtherProgramsAreRead(t *testing.T) {
	t.Parallel()
	for name, l := range escapedLists {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := rowsOf(t, l.text)
			if got, want := strings.Join(rows, "\n"), strings.Join(l.rows, "\n"); err != nil || got != want {
				t.Errorf("it is read as\n%s\n%v, want\n%s", got, err, want)
			}
		})
	}
}

// Promise: what is no table is called what it is.
func TestFilesOfOtherKindsAreCalledWhatTheyAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"COPY public.guests (first_name, email) FROM stdin;\nIda\tida@example.org\n\\.\n":    "PostgreSQL",
		"From ida@example.org Thu Jan  1 00:00:00 2026\nFrom: Ida <ida@example.org>\n\nHi\n": "an email",
		"Return-Path: <ida@example.org>\nFrom: Ida <ida@example.org>\n\nHi\n":                "an email",
		"{'first_name': 'Ida', 'email': 'ida@example.org'}\n":                                "what a program prints",
		"{| class=\"wikitable\"\n! First Name !! Email\n|-\n| Ida || ida@example.org\n|}\n":  "a wiki",
		strings.Repeat(strings.Repeat("Rmlyc3QgTmFtZQ", 5)+"\n", 3):                          "base64",
	} {
		if _, err := rowsOf(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

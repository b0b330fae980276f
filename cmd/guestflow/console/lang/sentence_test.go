package lang

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// testLanguage is German with a catalogue of its own.
func testLanguage(messages map[string]string) *Language {
	c := newCatalogue(messages)
	return &Language{Name: "de", Printer: message.NewPrinter(language.German), catalogue: func() *catalogue { return c }}
}

func TestASentenceOfGoCodeIsTranslatedByItsFormat(t *testing.T) {
	t.Parallel()
	l := testLanguage(map[string]string{
		"%d rows": "%d Zeilen", "1 row": "1 Zeile", "no row has moved since %s": "seit %s hat sich keine Zeile bewegt",
		"it waits behind %s": "er wartet hinter %s", "%s gone: not in this list": "%t fehlen: nicht in dieser Liste",
		"row %d of import %s": "Zeile %d von Import %s", "row %d of import %s is %s": "Zeile %d von Import %s: %t",
		"queued":                  "in der Schlange",
		"the column %q has %d %%": "%[2]d %% hat die Spalte %[1]q", "it uses %d MiB": "es braucht %d MiB",
		"Import not found": "Import nicht gefunden",
		"correct the file": "die Datei korrigieren", "Email": "E-Mail",
	})
	for english, want := range map[string]string{
		"12,345 rows": "12.345 Zeilen", "1 row": "1 Zeile", "0 rows": "0 Zeilen", "1 rows": "1 Zeilen",
		"1.5 rows": "1,5 Zeilen", "x rows": "x rows",
		"no row has moved since 12:00":  "seit 12:00 hat sich keine Zeile bewegt",
		"No row has moved since 12:00.": "Seit 12:00 hat sich keine Zeile bewegt.",
		"2 rows gone: not in this list": "2 Zeilen fehlen: nicht in dieser Liste",
		"row 3 of import ab is queued":  "Zeile 3 von Import ab: in der Schlange",
		"row 3 of import ab":            "Zeile 3 von Import ab",
		`the column "Email" has 7 %`:    `7 % hat die Spalte "Email"`, "it uses 1.5 MiB": "es braucht 1,5 MiB",
		"Import not found": "Import nicht gefunden", "": "", ".": ".", "; ": "; ", "Ärger": "Ärger",
		"something new; correct the file":    "something new; die Datei korrigieren",
		"line 3: correct the file":           "line 3: die Datei korrigieren",
		`in "; correct the file; " it stays`: `in "; correct the file; " it stays`, "to: Email": "to: Email",
		"it waits behind a; correct the file": "er wartet hinter a; die Datei korrigieren",
	} {
		if got := l.Text(english); got != want {
			t.Errorf("%q is %q, want %q", english, got, want)
		}
		if got := Languages[0].Text(english); got != english {
			t.Errorf("%q is %q in English", english, got)
		}
	}
	if got := l.Sprintf("row %d of import %s", 1234, "ab"); got != "Zeile 1.234 von Import ab" {
		t.Errorf("a sentence is made as %q", got)
	}
	if long := strings.Repeat("2 rows; ", maxText); l.Text(long) != long {
		t.Error("a text of any length is translated")
	}
}

func TestATranslatedSentenceHasItsValues(t *testing.T) {
	t.Parallel()
	for _, l := range translations() {
		for english, translated := range l.catalogue().messages {
			if !isForm(english) {
				continue
			}
			if err := checkForm(english, translated); err != nil {
				t.Errorf("%s: %v", l.Name, err)
			}
		}
	}
	for english, bad := range map[string]string{"%s": "x", "%s %d": "%s %s", "%d": "%[2]d", "a %s": "%s %[1]d"} {
		if checkForm(english, bad) == nil && english != "%s %d" {
			t.Errorf("%q passes for %q", bad, english)
		}
	}
}

// checkForm returns what is wrong with the translation of a sentence with values.
func checkForm(english, translated string) error {
	has, next := map[int]string{}, 0
	for _, at := range verb.FindAllStringSubmatch(english, -1) {
		if at[2] != "%" {
			next++
			has[next] = at[2]
		}
	}
	next = 0
	used := map[int]bool{}
	for _, at := range verb.FindAllStringSubmatch(translated, -1) {
		if at[2] == "%" {
			continue
		}
		next++
		n := next
		if at[1] != "" {
			n, _ = strconv.Atoi(at[1])
		}
		if has[n] == "" || at[2] == "d" && has[n] != "d" {
			return fmt.Errorf("%s is no value of %q", at[0], english)
		}
		used[n] = true
	}
	if len(used) != len(has) {
		return fmt.Errorf("%q lacks a value of %q", translated, english)
	}
	return nil
}

package table_test

import (
	"strings"
	"testing"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// A line below the header that says what belongs into the columns is no guest, and hides none.
func TestALineThatDescribesTheColumnsIsNoGuestAndHidesNone(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		"text,text,email,text": "a note", "string,string,string,string": "a note",
		"(required),(required),(optional),": "a note", "varchar(50),varchar(50),varchar(100),text": "a note",
		"max 50 chars,max 50 chars,valid email,": "a note", "Max. 50 Zeichen,Max. 50 Zeichen,Pflichtfeld,optional": "a note",
		"e.g. Ida,e.g. Holm,e.g. ida@x.example,":       "a note",
		"Single line text,Single line text,Email,Text": "a note", "Plain text,Plain text,Email address,Company": "a note",
		"Texte,Texte,E-mail,": "a note", "文本,文本,邮箱,文本": "a note", "必須,必須,必須,任意": "a note",
		"текст,текст,почта,": "a note", "NOT NULL,NOT NULL,NULL,NULL": "a note", "A,B,C,D": "a note",
		"text,text,,Acme": "a note", "text,text,ida@x.example,": "a note", "*,*,*,": "a note",
		"Vorname,Nachname,E-Mail,Firma": "a note", "Enter first name,Enter last name,Enter email,": "a note",
		"obligatoire,obligatoire,facultatif,": "a note",
		"Example,Guest,ida@x.example,":        "perhaps a note", "Beispiel:,Ida,ida@x.example,": "perhaps a note",
		"Max,Holm,max@x.example,Text": "a guest", "Ida,Holm,ida@x.example,optional": "a guest",
		"Ida,Text,ida@x.example,": "a guest", "A,B,ab@x.example,Acme": "a guest", "Char,Short,,Acme": "a guest",
	} {
		list := "First Name,Last Name,Email,Company\n" + row + "\nUna,Vik,una@x.example,Acme\nBo,Berg,bo@x.example,Acme\n"
		var got []string
		for _, rec := range recordsOf(t, list, table.Options{Field: headers.FieldOf, HeaderRow: "1"}) {
			got = append(got, noteOf(rec))
		}
		if strings.Join(got, "|") != want+"|a guest|a guest" {
			t.Errorf("%s: %q, want %s", row, got, want)
		}
	}
}

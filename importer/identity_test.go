package importer_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func ids(t *testing.T, s importer.Settings, file string) []string {
	t.Helper()
	_, rows, err := importer.ReadAll(strings.NewReader(file), s)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		switch {
		case len(r.Findings) == 0:
			all = append(all, r.Guest.ID)
		case r.Findings[0].Code == guest.DuplicateRow: // of the first row, in all these files
			all = append(all, all[0])
		default:
			t.Fatalf("row %d: %+v", r.Row, r.Findings)
		}
	}
	return all
}

// These must never change, for any reason: every guest would be made, and emailed, once more.
func TestGuestIDsAreForEver(t *testing.T) {
	t.Parallel()
	keyed := gala
	keyed.Key = "Ref"
	for want, c := range map[string]struct {
		s    importer.Settings
		file string
	}{
		"71e24ac0-f2ec-5821-8b0c-bb7c843a2877": {gala, "First Name,Last Name,Email\nAda,Lovelace,ada@guests.example\n"},
		"c9b36c99-31a5-5ba6-a651-e0047a4cca43": {gala,
			"First Name,Last Name,Email\nZoë,Łukasiewicz-Straße,zoë@guests.example\n"},
		"7842e9d8-e8f1-564c-9c84-00193f26ce99": {gala, "First Name,Custom ID\nAda,C-1\n"},
		"e2dde8a7-7945-5fa1-bc64-b7e2a8cc74e8": {gala, "First Name,Barcode\nAda,4GA6965Q1G5EZ0FB\n"},
		"ce239d66-4f20-5638-9ab1-c6a8e4090a20": {gala, "First Name,Other Names,Last Name\nAda,Augusta,King\n"},
		"d5f1194a-069e-50a0-bd5f-4e235ae7c7de": {keyed, "First Name,Ref\nAda,  R 1\n"},
		"cbb5f8a5-b3bd-5c52-8870-b790d205482f": {importer.Settings{Spec: spec.Spec{Account: "main",
			Event: "e0000000-0000-4000-8000-000000000001"}}, "First Name\nAda\n"},
	} {
		if got := ids(t, c.s, c.file); got[0] != want {
			t.Errorf("%q has the id %s, want %s", c.file, got[0], want)
		}
	}
}

func TestSpellingsOfOneGuestAreOneGuest(t *testing.T) {
	t.Parallel()
	const header = "First Name,Last Name,Email\n"
	for name, file := range map[string]string{
		"case":             "Ada,Lovelace,ada@guests.example\nADA,lovelace,Ada@Guests.Example\n",
		"blanks":           "Ada Augusta,Lovelace,ada@guests.example\n Ada   Augusta,Lovelace ,ada@guests.example\n",
		"other blanks":     "Ada Augusta,Lovelace,ada@guests.example\nAda\u00a0\u2003Augusta,Lovelace,ada@guests.example\n",
		"composed accents": "Zo\u00eb,K,z@guests.example\nZoe\u0308,K,z@guests.example\n",
		"accents in case":  "ZOË,ŁUKASIEWICZ,z@guests.example\nzoë,łukasiewicz,z@guests.example\n",
		"sharp s":          "Ada,Straße,z@guests.example\nAda,STRASSE,z@guests.example\n",
		"apostrophes":      "Ada,O'Hara,z@guests.example\nAda,O’Hara,z@guests.example\n",
		"hyphens":          "Ann-Lee,K,z@guests.example\nAnn‐Lee,K,z@guests.example\n",
		"no address":       "Ann-Lee,O'K,\nAnn–Lee,O’K,\n",
		"formula guard":    "=Ada,K,z@guests.example\n'=Ada,K,z@guests.example\n",
	} {
		if got := ids(t, gala, header+file); got[0] != got[1] {
			t.Errorf("%s: two guests", name)
		}
	}
}

func TestDifferentGuestsStayApart(t *testing.T) {
	t.Parallel()
	got := ids(t, gala, "First Name,Last Name,Email,Custom ID,Barcode\n"+
		"Ada,Lovelace,home@guests.example,,\n"+ // a family shares an address
		"Byron,Lovelace,home@guests.example,,\n"+
		"Ada,Lovelace,work@guests.example,,\n"+
		"AdaL,ovelace,home@guests.example,,\n"+
		"Zoe,K,z@guests.example,,\nZoë,K,z@guests.example,,\n"+
		"Ada,Lovelace,,,\nAda,Lovelace,,X1,\nAda,Lovelace,,,X1\n")
	seen := map[string]int{}
	for row, id := range got {
		if first, twice := seen[id]; twice {
			t.Errorf("rows %d and %d are one guest", first+1, row+1)
		}
		seen[id] = row
	}
	other := gala
	other.Account = "second"
	elsewhere := gala
	elsewhere.Event = "ball"
	for _, s := range []importer.Settings{other, elsewhere} {
		if id := ids(t, s, "First Name,Last Name,Email\nAda,Lovelace,home@guests.example\n")[0]; id == got[0] {
			t.Errorf("one guest for both %+v and %+v", gala, s)
		}
	}
}

// Qflow takes a GUID in any of these forms; two guests of one event would get two emails.
func TestOneEventInAnyFormIsOneEvent(t *testing.T) {
	t.Parallel()
	const want = "e0000000-0000-4000-8000-00000000000a"
	for _, form := range []string{want, strings.ToUpper(want), "{" + want + "}", strings.ReplaceAll(want, "-", ""),
		" " + want} {
		flag := importer.Settings{Spec: spec.Spec{Account: "main", Event: form, Template: form}}
		for _, file := range []string{"First Name,Email\nAda,ada@guests.example\n",
			"First Name,Email,Event ID,Template ID\nAda,ada@guests.example," + form + "," + form + "\n"} {
			_, rows, err := importer.ReadAll(strings.NewReader(file), flag)
			if err != nil {
				t.Fatal(err)
			}
			if g := rows[0].Guest; g.EventID != want || g.TemplateID != want {
				t.Errorf("%q becomes the event %q and the template %q", form, g.EventID, g.TemplateID)
			}
		}
	}
}

func TestTheKeyColumnAloneTellsGuestsApart(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"Ref", "REF ", "ref", "Email", "e-mail"} {
		s := gala
		s.Key = key
		got := ids(t, s, "First Name,Email,Ref\nAda,ada@guests.example,ada@guests.example\nAugusta,ada@guests.example,ADA@guests.example\nBob,b@guests.example,b\n")
		if got[0] != got[1] || got[0] == got[2] {
			t.Errorf("--key %q: ids %v, want the first two alike", key, got)
		}
	}
	s := gala
	s.Key = "#"
	if got := ids(t, s, "First Name,Last Name,,#\nAda,L,x,1\nAda,L,x,2\n"); got[0] == got[1] {
		t.Error("--key # took another column without letters")
	}
	s.Key = "Reff"
	if _, _, err := importer.ReadAll(strings.NewReader("First Name,Ref\nAda,1\n"), s); err == nil ||
		!strings.Contains(err.Error(), `"Reff"`) {
		t.Errorf("%v, want that there is no such column", err)
	}
	s.Key = "Ref"
	_, rows, err := importer.ReadAll(strings.NewReader("First Name,Ref\nAda,\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	if got := verdicts(rows); got != "1@2 no_key(Ref)" {
		t.Errorf("an empty key gives %q", got)
	}
}

// A changed guest is written again; a changed email is not a changed guest.
func TestEveryFieldThatIsWrittenIsContent(t *testing.T) {
	t.Parallel()
	base := importer.ContentHash(qflow.Guest{})
	now := time.Unix(1, 0)
	seen := map[[8]byte]string{base: "nothing"}
	for i := range reflect.TypeFor[qflow.Guest]().NumField() {
		var g qflow.Guest
		field := reflect.ValueOf(&g).Elem().Field(i)
		switch field.Interface().(type) {
		case string:
			field.SetString("x")
		case int:
			field.SetInt(1)
		case bool:
			field.SetBool(true)
		case *time.Time:
			field.Set(reflect.ValueOf(&now))
		default:
			t.Fatalf("what is a %s?", field.Type())
		}
		name := reflect.TypeFor[qflow.Guest]().Field(i).Name
		got := importer.ContentHash(g)
		if name == "TemplateID" || name == "CorrelationID" {
			if got != base {
				t.Errorf("%s is content", name)
			}
			continue
		}
		if other, same := seen[got]; same {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[got] = name
	}
	if a, b := importer.ContentHash(qflow.Guest{FirstName: "ab", OtherNames: "c"}),
		importer.ContentHash(qflow.Guest{FirstName: "a", OtherNames: "bc"}); a == b {
		t.Error("text may move between fields unnoticed")
	}
	if got := fmt.Sprintf("%x", importer.ContentHash(qflow.Guest{FirstName: "Ada"})); got != "565824a5478f763d" {
		t.Errorf("the hash has changed to %s: every re-dropped file would be written again", got)
	}
}

// Rows are hashed side by side, and what stands beside a row must not matter.
func TestContentIsOfOneRowAlone(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("First Name,Email,Guest notes\n")
	for i := range 23 { // no multiple of how many go side by side
		email := fmt.Sprintf("%d@guests.example", i)
		if i%5 == 0 {
			email = "no address"
		}
		fmt.Fprintf(&file, "Ada,%s,%s\n", email, strings.Repeat("x", i*i))
	}
	_, rows, err := importer.ReadAll(strings.NewReader(file.String()), gala)
	if err != nil || len(rows) != 23 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		want := importer.ContentHash(r.Guest)
		if len(r.Findings) > 0 {
			want = [8]byte{}
		}
		if r.Content != want {
			t.Errorf("row %d has %x, alone %x", r.Row, r.Content, want)
		}
	}
}

package guest_test

import (
	"testing"

	"guestflow/importer/guest"
	"guestflow/qflow"
)

func TestAddressesOfOneMailboxAreOne(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"Ida.Holm+gala@GoogleMail.com": "idaholm@gmail.com", "i.d.a@gmail.com": "ida@gmail.com", "ida.holm@x.example": "ida.holm@x.example",
		"ida+a+b@x.example": "ida@x.example", "+ida@x.example": "+ida@x.example", "ida@münchen.example": "ida@xn--mnchen-3ya.example",
		"...@gmail.com": "...@gmail.com", "": "", "@": "@", "ida": "ida", "ida+@x.example": "ida@x.example",
	} {
		if got := guest.Mailbox(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestNamesOfOneSpellingAreOne(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"Jürgen": "jurgen", "Ju\u0308rgen": "jurgen", "Juergen": "jurgen", "JURGEN": "jurgen", "Groß": "gross", "Håkan": "hakan", "Haakan": "hakan", "Günther": "gunther",
		"Guenther": "gunther", "Næss": "nass", "Michael": "michael", "Miguel": "miguel", "Joel": "joel", "Sue": "sue", "IŞIK": "isik", "ışık": "isik", "İpek": "ipek",
		"Łukasz": "lukasz", "Алёна": "алена", "Андрей": "андрей", "Idа": "ida", "Ида": "ида", "ガ": "ガ", "김": "김", "नि": "नि", "أحمد": guest.PlainName("أحمد"), "": "",
	} {
		if got := guest.OneSpelling(guest.PlainName(word)); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

// Promise: nearly all guests of a plain list have no spellings to be looked for.
func TestPlainGuestsHaveNoSpellings(t *testing.T) {
	t.Parallel()
	n := guest.NewIdentifier("main", "", 1)
	for _, g := range []qflow.Guest{
		{FirstName: "Ida", LastName: "Holm", Email: "ida.holm@x.example"}, {FirstName: "Miguel", LastName: "Rodriguez", Email: "mr@gmail.com"},
		{FirstName: "Guest1", LastName: "Number1"}, {FirstName: "Ида", LastName: "Иванова"}, {FirstName: "太郎", LastName: "山田"}, {},
	} {
		if got := n.Spellings(&g); got != "" {
			t.Errorf("%+v: %x", g, got)
		}
	}
	if got := n.Spellings(&qflow.Guest{FirstName: "Jürgen", LastName: "Groß", Email: "j.gross@gmail.com"}); len(got) != 3*guest.SpellingSize {
		t.Errorf("%x", got)
	}
	for first, kept := range map[string]int{"Thomas": 0, "Tom": 0, "Ida Maria": 1, "Ida M.": 1} {
		got := n.Spellings(&qflow.Guest{FirstName: first, LastName: "Holm"})
		if got == "" || len(guest.KeptSpellings(got)) != kept*guest.SpellingSize {
			t.Errorf("%s: %x", first, got)
		}
	}
}

func FuzzSpellings(f *testing.F) {
	for _, s := range []string{"Jürgen|Groß|j.gross@gmail.com", "\xff|\x00|+@g", "ae|oe|a+b@", "e\u0308|Ё|@googlemail.com"} {
		f.Add(s, s, s)
	}
	n := guest.NewIdentifier("main", "", 1)
	f.Fuzz(func(t *testing.T, first, last, email string) {
		if got := n.Spellings(&qflow.Guest{FirstName: first, LastName: last, Email: email}); len(got)%guest.SpellingSize != 0 || len(got) > 9*guest.SpellingSize {
			t.Errorf("%d bytes", len(got))
		}
	})
}

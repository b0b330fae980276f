package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAnOperatorWithoutTheRightSeesNoCell(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	list := append(guestList(3), "Bo;;no-address-of-bo;0\nJo;;not.an.address;1\n"...)
	preview := d.upload("list.csv", list)
	mapped := url.Values{"from.email": {"in:E-Mial"}}
	preview = d.post(preview.at, mapped)
	d.wants(preview, http.StatusOK, "aenne0@party.example", "no-address-of-bo")

	d.as("otto")
	a := d.get(preview.at)
	d.wants(a, http.StatusOK, "E-Mial", "Telefon", "Rejected", "Start: 3 guests")
	for _, cell := range []string{"Änne", "Müller", "party.example", "no-address-of-bo", "not.an.address"} {
		if strings.Contains(a.body, cell) {
			t.Errorf("otto sees %q", cell)
		}
	}
	if a := d.upload("headless.csv", []byte("Zoe,Quux,zoe@party.example\n")); strings.Contains(a.body, "Quux") {
		t.Error("otto sees a guest who stands where the header should")
	}

	d.as("vera")
	for _, path := range []string{"/a/main/new", preview.at} {
		d.wants(d.get(path), http.StatusForbidden, "Only operators")
	}
	d.wants(d.upload("list.csv", list), http.StatusForbidden, "Only operators")
	for _, deed := range []string{"", "/start", "/discard"} {
		d.wants(d.post(preview.at+deed, mapped), http.StatusForbidden, "Only operators")
	}
	if len(d.imports()) != 0 {
		t.Error("a viewer has started an import")
	}
}

// A constant for the name makes any line a header, also a guest.
func TestAGuestInTheFirstLineStaysHiddenWhateverIsChosen(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	hidden := func(what string, a answer) {
		t.Helper()
		for _, cell := range []string{"Zoe", "Quux", "zoe@party.example", "Mila"} {
			if strings.Contains(a.body, cell) {
				t.Errorf("%s shows %q: %s", what, cell, a.body)
			}
		}
	}
	preview := d.upload("headless.csv", []byte("Zoe,Quux,zoe@party.example\nMila,Wex,mila@party.example\n"))
	d.wants(preview, http.StatusOK, "may be a guest")
	hidden("the preview", preview)
	for what, form := range map[string]url.Values{
		"a constant": {"text.first_name": {"=X"}}, "a suggestion": {"text.first_name": {"=X"}, "accept": {"tags:1"}},
		"a faulty wish": {"dates": {"nonsense"}},
	} {
		a := d.post(preview.at, form)
		d.wants(a, http.StatusOK)
		hidden(what, a)
	}
	d.as("gina")
	d.wants(d.post(preview.at, url.Values{"from.first_name": {"in:Zoe"}, "from.email": {"in:zoe@party.example"},
		"from.tags": {""}, "key": {"Quux"}, "header_row": {"1"}}), http.StatusOK, "Mila")
	d.as("otto")
	hidden("what gina chose", d.get(preview.at))
	a := d.post(preview.at, url.Values{"event": {""}, "header_row": {"1"}})
	d.wants(a, http.StatusOK, "Start: 1 guest,")
	d.as("gina")
	d.wants(d.get(preview.at), http.StatusOK, `value="Zoe"`, `<option value="first_name" selected>`,
		`<option value="Quux" selected>`)
}

func TestNamesInAnArchiveAreForThoseWhoMaySeeGuests(t *testing.T) {
	t.Parallel()
	one, two := zipped(10, "Anna Secretova.csv"), zipped(10, "Anna Secretova.csv", "Boris Secretov.csv")
	for name, sees := range map[string]bool{"otto": false, "gina": true} {
		d := newTestConsole(t, nil).as(name)
		for _, file := range [][]byte{one, two} {
			a := d.upload("lists.zip", file)
			d.wants(a, http.StatusOK, "zip")
			if strings.Contains(a.body, "Secretov") != sees {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		d.wants(d.upload("lists.zip", two), http.StatusOK, "this archive has 2 lists")
	}
}

package console_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

// doubtful is a list whose letters could be of several encodings.
const doubtful = "First Name,Last Name,Email\n" +
	"Ada,K\xfc,ada@party.example\nPetr,\x8e,petr@party.example\nAva,\x8e,ava@party.example\n"

func TestAnEncodingInDoubtIsChosenByItsRows(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	asked := d.upload("list.csv", []byte(doubtful))
	d.wants(asked, http.StatusOK, "its letters could be windows-1252 or", "choose below what is meant", "Ada,Kü,",
		"Ada,KŁ,", `value="encoding:windows-1252"`, `value="encoding:x-mac-ce"`)
	for _, last := range []string{"Ž,ava@party.example", "é,ava@party.example"} {
		if !strings.Contains(asked.body, last) {
			t.Errorf("the third row is not shown with %s", last)
		}
	}
	if strings.Contains(asked.body, "--encoding") || strings.Contains(asked.body, `id="start"`) {
		t.Error("it names flags, or can be started")
	}
	event := d.post(asked.at, url.Values{"event": {sandbox.Defaults().EventID}, "template": {"none"}})
	read := d.post(event.at, url.Values{"answer": {"encoding:x-mac-ce"}})
	d.wants(read, http.StatusOK, "The file can be imported", "KŁ", `name="encoding" value="x-mac-ce"`,
		`value="`+sandbox.Defaults().EventID, "no email is sent")
	if strings.Contains(read.body, `id="question"`) {
		t.Error("it asks what was answered")
	}
}

func TestTheRowsOfAnEncodingInDoubtAreForThoseWhoMaySeeGuests(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	asked := d.upload("list.csv", []byte(doubtful))
	d.wants(asked, http.StatusOK, "It is windows-1252", "It is x-mac-ce", "only to users who may see guests")
	if strings.Contains(asked.body, "party.example") || strings.Contains(asked.body, "Petr") {
		t.Errorf("it shows a guest: %s", asked.body)
	}
}

func TestQuestionsHaveTheirAnswersAsButtons(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct{ answer, label, then string }{
		"19-hidden-rows.xlsx": {"hidden:skip", "Leave out what is hidden", `<option value="skip" selected>`},
		"20-two-lists.xlsx":   {"sheet:Press", "Import the sheet Press", "<option selected>Press"},
		"42-no-header.csv":    {"header-row:none", "There is no header", `name="header_row" value="none"`},
		"31-number-of-guests.csv": {"map:party_size=Number of Guests", "“Number of Guests” counts the guest, too",
			`<option value="in:Number of Guests" selected>`},
		"16-status-cancelled.csv": {"map:ignore=Attendee Status", "Import all rows, whatever “Attendee Status” says",
			"The file can be imported"},
		"43-full-names.csv": {"split-names:", "Split the full names", "part of the full name"},
	} {
		text, err := os.ReadFile("../../../importer/testdata/cases/" + file)
		if err != nil {
			t.Fatal(err)
		}
		d := newTestConsole(t, nil).as("gina")
		asked := d.upload(file, text)
		d.wants(asked, http.StatusOK, "choose below", want.label, `value="`+want.answer+`"`)
		d.wants(d.post(asked.at, url.Values{"answer": {want.answer}}), http.StatusOK, want.then)
	}
}

func TestAPlanThatLeavesRowsOutSaysWhyInItsFirstLine(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	plan := d.upload("list.csv", []byte("First Name,Last Name,Email\nAda,Lee,ada@party.example\nBo,Lee,bo at party\n"))
	d.wants(plan, http.StatusOK, "1 of 2 rows would be left out", "line 3, Email: ", "All findings", `id="start"`)
}

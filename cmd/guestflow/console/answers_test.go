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
			`<option value="party_size" selected>`},
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

func TestAColumnThatIsMissingIsChosenFromThoseThatAreThere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ list, template, answer, label, then string }{
		{"First Name,,Email\nAda,Lee,ada@party.example\nBo,Ray,bo@party.example\n", "none", "map:last_name=#2", "“#2” is: ",
			"2 guests"},
		{"First Name,Last Name,Reply\nAda,Lee,ada@party.example\nBo,Ray,bo@party.example\n", sandbox.Defaults().TemplateID,
			"map:email=Reply", "“Reply” is: ", "2 emails"},
		{"First Name,Last Name,Contact\nAda,Lee,Ada <ada@party.example>\nBo,Ray,by post\nCy,Ray,by post\n",
			sandbox.Defaults().TemplateID, "map:email=Contact", "“Contact” is: ", "1 email"},
		{"First Name,Last Name,{{Reply}}\nAda,Lee,ada@party.example\nBo,Ray,bo@party.example\n",
			sandbox.Defaults().TemplateID,
			"map:email=#3", "“#3” is: ", "2 emails"},
		{"-x,=y,email=\nAda,Lee,ada@party.example\nBo,Ray,bo@party.example\n", "none", "map:first_name=-x", "“-x” is: ",
			"map:last_name=#2"},
	} {
		d := newTestConsole(t, nil).as("gina")
		asked := d.upload("list.csv", []byte(c.list))
		asked = d.post(asked.at, url.Values{"event": {sandbox.Defaults().EventID}, "template": {c.template}})
		d.wants(asked, http.StatusOK, "choose below", c.label, `value="`+c.answer+`"`)
		d.wants(d.post(asked.at,
			url.Values{"answer": {c.answer}, "event": {sandbox.Defaults().EventID}, "template": {c.template}}),
			http.StatusOK, c.then)
	}
}

func TestAPlanThatLeavesRowsOutSaysWhyInItsFirstLine(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	plan := d.upload("list.csv", []byte("First Name,Last Name,Email\nAda,Lee,ada@party.example\nBo,Lee,bo at party\n"))
	d.wants(plan, http.StatusOK, "1 of 2 rows would be left out", "line 3, Email: ", "All findings", `id="start"`)
}

// declined is a list with people who said no, and one with a status of unknown words.
const declined = "First Name,Last Name,Email,approval_status,Ticket\nAda,Lee,ada@party.example,approved,GA\nBo,Lee,bo@party.example,declined,VIP\n" +
	"Cy,Lee,cy@party.example,Waitlist,GA\nDi,Lee,di@party.example,,GA\nEd,Lee,ed@party.example,Edith's guest,GA\n"

// Promise: the words of a column that says who is not meant are ticked off on the page of the preview, and make the
// rule.
func TestRowsThatAreNotMeantAreTickedOff(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	asked := d.upload("list.csv", []byte(declined))
	d.wants(asked, http.StatusOK, "may not be meant", `value="approval_status != declined" checked`,
		`value="approval_status != Waitlist" checked`,
		`value="approval_status != approved">`, `value="approval_status is not empty">`, "Edith&#39;s guest",
		"Leave out: Waitlist (1), declined (1)",
		`value="where:all"`, "All rows are meant")
	ticked := d.post(asked.at,
		url.Values{"leaving": {"out"}, "column": {"approval_status"},
			"leave": {"approval_status != Waitlist", "approval_status != declined"}})
	d.wants(ticked, http.StatusOK, "The file can be imported",
		`name="where" value="approval_status not in Waitlist, declined"`,
		`value="approval_status != declined" checked`, "<dt>Filtered</dt><dd>2</dd>", "2 rows are left out by the rule",
		"3 guests")
	again := d.post(asked.at,
		url.Values{"leaving": {"out"}, "column": {"approval_status"},
			"leave": {"approval_status != declined", "approval_status is not empty"}})
	d.wants(again, http.StatusOK, `value="approval_status is not empty and approval_status != declined"`, "Waitlist 1",
		"may not be meant")
	typed := d.post(asked.at, url.Values{"where": {"Ticket = VIP and approval_status != waitlist"}, "template": {"none"}})
	d.wants(typed, http.StatusOK, "declined 1")
	both := d.post(asked.at,
		url.Values{"leaving": {"out"}, "column": {"approval_status"}, "leave": {"approval_status != approved"}})
	d.wants(both, http.StatusOK, `value="Ticket = VIP and approval_status != approved"`)
	none := d.post(asked.at, url.Values{"where": {""}, "template": {"none"}})
	d.wants(none, http.StatusOK, "may not be meant")
	all := d.post(asked.at, url.Values{"leaving": {"out"}, "column": {"approval_status"}})
	d.wants(all, http.StatusOK, "The file can be imported", `name="where" value="all"`, "5 guests")
	wrong := d.post(asked.at, url.Values{"where": {"approval_status = "}, "template": {"none"}})
	d.wants(wrong, http.StatusOK, "at its end: expected one value", `name="where" value="approval_status ="`)
}

// Promise: who may not see guests' data sees only words that are no guest's, and can leave out those.
func TestTheTextsOfAColumnAreForThoseWhoMaySeeGuests(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	asked := d.upload("list.csv", []byte(declined))
	d.wants(asked, http.StatusOK, "may not be meant", `value="approval_status != declined" checked`,
		"1 row with other texts")
	if strings.Contains(asked.body, "Edith") {
		t.Error("it shows a text that may be a guest's")
	}
	left := d.post(asked.at, url.Values{"answer": {"where:approval_status not in declined, Waitlist"}})
	d.wants(left, http.StatusOK, "The file can be imported", "3 guests")
	noHeader := d.upload("plain.csv", []byte("Ada,Lee,ada@party.example,declined\nBo,Lee,bo@party.example,approved\n"))
	if strings.Contains(noHeader.body, `id="meant"`) || strings.Contains(noHeader.body, `name="where"`) {
		t.Error("a list without a header is asked about by its first line")
	}
}

// Promise: an import's page says how many rows its rule left out, and lists them; the rule only to those who may see
// guests.
func TestTheRowsThatARuleLeftOutAreListed(t *testing.T) {
	t.Parallel()
	c := newTestConsole(t, nil)
	d := c.as("gina")
	d.run()
	asked := d.upload("list.csv", []byte(declined))
	event := d.post(asked.at,
		url.Values{"event": {sandbox.Defaults().EventID}, "template": {"none"}, "where": {"approval_status = approved"}})
	id := idOf(d.start(event))
	d.enqueued(id)
	begun := d.get("/a/main/imports/" + id)
	d.wants(begun, http.StatusOK, "left out by <code>approval_status = approved</code>", "?state=filtered")
	rows := d.get(begun.at + "/rows?state=filtered")
	d.wants(rows, http.StatusOK, "Rows that are filtered", "<code>where</code>", "approval_status = approved")
	d.wants(d.get(begun.at+"/rows/2"), http.StatusOK, "<strong>filtered</strong>",
		"<code>where</code>: approval_status = approved")
	o := c.as("otto")
	hidden := o.get(begun.at + "/rows?state=filtered")
	o.wants(hidden, http.StatusOK, "<code>where</code>")
	if page := o.get(begun.at); strings.Contains(hidden.body+page.body, "approval_status") {
		t.Error("it shows the rule")
	}
}

// severalQuestions is a list with three questions, of which only a person knows how its dates are written.
const severalQuestions = "First Name,Last Name,Email,Status,Partner,Valid From\nIda,Holm,ida@party.example,confirmed,Tom Vik,01/02/2026\n" +
	"Bo,Lund,bo@party.example,cancelled,,03/04/2026\nUna,Berg,una@party.example,confirmed,,05/06/2026\n"

// Promise: all questions of a list are answered by one click, with the values that are proposed or that a person has chosen; where
// none is proposed, one has to be chosen.
func TestAllQuestionsOfAFileAreAnsweredByOneClick(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	asked := d.upload("list.csv", []byte(severalQuestions))
	d.wants(asked, http.StatusOK, "All 3 questions at once", `value="where:Status != cancelled" required checked`,
		`value="map:ignore=Partner" required checked`, `value="dates:DMY" required>`, `value="dates:MDY" required>`,
		"No answer is proposed: choose one.")
	answers := url.Values{"together": {"all"}}
	for n := range 3 { // in whatever order they are asked
		for _, value := range []string{"where:Status != cancelled", "map:plus_ones=Partner", "dates:DMY"} {
			if strings.Contains(asked.body, `name="answer.`+string(rune('0'+n))+`" value="`+value) {
				answers.Set("answer."+string(rune('0'+n)), value)
			}
		}
	}
	read := d.post(asked.at, answers)
	d.wants(read, http.StatusOK, "The file can be imported", "2 guests", `name="where" value="Status != cancelled"`,
		`<option value="plus_ones" selected>`, `name="dates" value="DMY"`)
	if strings.Contains(read.body, `id="together"`) {
		t.Error("it asks what was answered")
	}
}

// Promise: where a person says otherwise than proposed which rows are read, what was asked about those rows is asked anew.
func TestAnswersBehindAnotherTableAreNotTaken(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	asked := d.upload("list.csv", []byte("First Name,Last Name,Email,Status\nIda,Holm,ida@party.example,confirmed\nThanks,Anna,,\n"+
		"Bo,Lund,bo@party.example,cancelled\n"))
	d.wants(asked, http.StatusOK, "All 2 questions at once", `name="first.0" value="note-rows:skip"`)
	read := d.post(asked.at, url.Values{"together": {"all"}, "first.0": {"note-rows:skip"}, "answer.0": {"note-rows:read"},
		"first.1": {"where:Status != cancelled"}, "answer.1": {"where:Status != cancelled"}})
	d.wants(read, http.StatusOK, "may not be meant", `name="where" value=""`)
}

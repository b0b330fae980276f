package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// asked are columns of which rows may not be meant: header, then cells, of which those behind a minus are such.
var asked = strings.Split(strings.TrimSpace(`
Status: confirmed|-declined|-Cancelled|-pending
Statut: confirmé|-refusé|Acceptée|-annulée|-liste d'attente
Estado: Confirmado|-Cancelado|-cancelada por el cliente
Status: Bestätigt|-abgesagt|-Warteliste
RSVP: Yes|-No-show|-Waitlist|-Invited|-NO|-we will see
RSVP status: going|-not_going|-maybe
Attendance: present|-absent
Are you coming?: Yes!|-Sorry, can't make it
Response Status: accepted|-needsAction|-tentative
PARTSTAT: ACCEPTED|-NEEDS-ACTION|-DECLINED
Member Status: subscribed|-unsubscribed|-cleaned|-bounced
Email Status: ok|-hard_bounced|-Hard Bounce|-invalid
Opt-out: 0|-1
opted_out: |-1
Email opt out: false|-TRUE
Do not contact: |-x
Do Not Mail: no|-yes
GDPR consent: yes|-no|-
GDPR consent: -No|-NO
DSGVO: ja|-nein
Newsletter: ja|-nein
Marketing permissions: granted|-
Opted in: 1|-0
Subscribed: yes|-no
Deleted: 0|-1
deleted_at: |-2026-01-01
Unsubscribe date: 0000-00-00|-01.02.2026
Bounce: |-hard
Refunded: no|-yes
Refunded amount: 0.00|-12.50
Order status: completed|-refunded|-Partially refunded
Payment: paid|-pending
Paid: yes|-no
Email valid: true|-false
Anything: confirmed|-pending
Anything: Lima|-cancelled|-Cancelled (by guest)|-declined - ill
Zu-/Absage: Zusage|-Absage
Rückmeldung: zugesagt|-keine|-Nein danke
Anwesend: j|-n
Svar: ja|-nej|-kanske
Deltar: Ja|-Nei
Vastaus: kyllä|-ei
Odpověď: ano|-ne
Válasz: igen|-nem
Απάντηση: ναι|-όχι
Статус: подтвержден|-отменен|-отказ
ステータス: 参加|-キャンセル|-未定
出欠: ○|-×|-△
状态: 已确认|-已取消
상태: 확정|-취소
Durum: ONAYLANDI|-İPTAL|-katılmıyor
סטטוס: מאושר|-בוטל
الحالة: مؤكد|-ملغى
Presenza: sì|-no
Présence: oui|-non
Status: Ａpproved|-ＤＥＣＬＩＮＥＤ
Status: ✅ Going|-❌ Not going|-(cancelled)
`), "\n")

// unasked are columns of which every row is meant, or that say nothing of that.
var unasked = strings.Split(strings.TrimSpace(`
Status: confirmed|confirmed
Status: Bestätigt|
RSVP: Yes|yes|Yes, vegetarian
Attending: 2|1
Accepted at: 2026-01-01|
GDPR consent: |
GDPR consent: yes|ja
Opt-out: 0|no
Deleted: |
Bounce count: 0|0
checked_in: yes|no
Checked in at: |2026-01-01
State: OK|CA
Country: NO|FR
Status: Premium|Basic
Payment: paid|paid
Ticket type: Reserved|VIP
Dessert?: No thanks|Yes
Dietary: none|no nuts
Company: No Limits Ltd|Declined Ltd
Comments: I will not attend the dinner|great
Vegetarian: nein|ja
Attendance: in person|online
Anything: yes|no
`), "\n")

type statusList struct {
	path string
	rows int
	out  int
}

func planOf(t *testing.T, path string, r spec.Reading) (importer.Plan, error) {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "main", Event: gala.Event, Reading: r}})
	if err == nil {
		err = plan.Refused()
	}
	return plan, err
}

func statusFile(t *testing.T, text string) (l statusList) {
	t.Helper()
	header, cells, _ := strings.Cut(text, ": ")
	var b strings.Builder
	fmt.Fprintf(&b, "First Name,Last Name,Email,\"%s\"\n", header)
	for i, cell := range strings.Split(cells, "|") {
		said, out := strings.CutPrefix(cell, "-")
		if l.rows++; out {
			l.out++
		}
		fmt.Fprintf(&b, "Ann%d,Lee,ann%d@guests.example,\"%s\"\n", i, i, said)
	}
	l.path = write(t, b.String())
	return l
}

// Promise: rows that a column says may not be meant are not mailed in silence, and each answer that is offered works.
func TestRowsThatMayNotBeMeantAreAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	for _, text := range asked {
		list := statusFile(t, text)
		_, err := planOf(t, list.path, spec.Reading{})
		fault, is := errors.AsType[*importer.FileError](err)
		q, asks := errors.AsType[*table.Question](err)
		if !is || !asks || !fault.NeedsAnswer {
			t.Errorf("%s: it is imported, %v", text, err)
			continue
		}
		for _, c := range q.Choices {
			list.answered(t, text, c)
		}
	}
}

// answered applies an answer as the flag has it.
func (l statusList) answered(t *testing.T, text string, c table.Choice) {
	t.Helper()
	r := spec.Reading{}
	switch c.Option {
	case "where":
		r.Where = c.Value
	case "map":
		field, header, _ := strings.Cut(c.Value, "=")
		r.Mapping = map[string]string{field: header}
	}
	plan, err := planOf(t, l.path, r)
	left := l.out
	if c.Option == "map" || c.Value == "all" {
		left = 0
	}
	if l.rows == l.out && left > 0 { // the rule leaves out all rows, which is refused with its reason
		if err == nil || !strings.Contains(err.Error(), "leaves out all of its rows") {
			t.Errorf("%s, with %s: %v", text, c.Flag(), err)
		}
		return
	}
	if err != nil || plan.Filtered != left || plan.Guests != l.rows-left {
		t.Errorf("%s, with %s: %d of %d rows are left out, want %d: %v", text, c.Flag(), plan.Filtered, plan.Rows, left, err)
	}
}

func TestAColumnOfWhichEveryRowIsMeantIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, text := range unasked {
		list := statusFile(t, text)
		if plan, err := planOf(t, list.path, spec.Reading{}); err != nil || plan.Guests != list.rows {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"RSVP: Yes|yes|coming":                  `the column "RSVP" every row is meant: Yes (2), coming (1)`,
		"Checked by: Yes|Yes|Yes":               "",
		"Status: approved|approved||VIP|VIP|Ok": `the column "Status" every row is meant: approved (2), Ok (1), other texts (2), empty (1)`,
	} {
		plan, err := planOf(t, statusFile(t, text).path, spec.Reading{})
		if err != nil || !strings.Contains(strings.Join(plan.Meant, ";"), want) {
			t.Errorf("%s: it says %q, %v", text, plan.Meant, err)
		}
	}
}

package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
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
Date declined: |-2026-02-02
Declined On: |-2026-02-02
removedAt: |-2026-01-01
Cancelled By: |-anna
Declined reason: |-travel
Reason for absence: |-ill
Date of Death: |-2026-02-02
Avböjt: |-x
Rechazado: |-x
Présent: oui|-non
Deltager: ja|-nej
Stage: Attending|-Lost
Invite: yes|-no
Send invite: Yes|-No
Active: true|-false
Include?: Y|-N
Exclude: no|-yes
Joining: yes|-no
OK to email: Yes|-No
Can contact: Yes|-No
Mailing: ja|-nein|-nicht mehr anschreiben
DNC: N|-Y
Fecha de baja: |-2026-01-01
Spam: no|-yes
RSVP: Joyfully accepts|-Regretfully declines
RSVP: Replied Yes|-Replied No
Reply: Yes|-Thanks but we are abroad
Ticket Type: Regular|-Cancelled ticket
Ticket Type: Adult|-Void
List: Guest list|-Waiting list
Статус: Одобрен|-Отказан
Būsena: Patvirtinta|-Atšaukta
Statuss: Apstiprināts|-Atcelts
Coming: 👍|-👎|-👎🏽
✅/❌: ✅|-❌
✅: ✅|-❌
Accepted: x|-
Will you join us?: Yes|-Sadly no
Kommst du?: ja|-leider nicht
Tickets: 1|-0
RSVP: yes|--
RSVP: yes|-—
Coming: yes|-n/a
RSVP: +|--
RSVP: zu|-ab
zu/ab: zu|-ab
OK?: ok|-
OK?: ok|--
Ticket: GA|-GA (cancelled)|-GA - refunded
Ticket type: Adult|-Adult [Void]
Contact preference: Email|-Phone
Preferred contact method: email|-by phone|-letter
Invite by: Email|-Post
Invite by: E-Mail|-Mail
Versand: E-Mail|-Brief
Mitglied: ja|-ausgetreten
Waitlist position: |-3
Last working day: |-2026-05-01
Merged into: |-4711
Job Title: CFO|-former CFO (left)
Job Title: CFO|-CFO (resigned)
Notes: vegan|-cancelled
Notes: vegan|-DO NOT INVITE
Bemerkung: Vegetarier|-hat abgesagt am 3. Mai|-leider verstorben
Notes: vegan|-wrong email - use bo@y.example|-new address
Notes: see <ann0@guests.example>|-ann0@guests.example
Bemerkung: Vegetarier|-nicht mehr im Amt|-vertreten durch Tom Falk
Comments: likes jazz|-passed away in March|-no longer with the company
Notes: vegan|-can not make it|-not available|-Unavailable|-no longer interested|-has a conflict|-pulled out|-dropped out|-out of town|-Sends his apologies
Notes: vegan|-excused|-asked to be taken off|-GDPR deletion request|-stop emailing me|-remove|-delete|-do not use|-on hold|-hold|-banned|-mail bounces
Notes: vegan|-bad address|-wrong email|-DNI|-† 2025|-Unavailable on 12.5.|-absent - sorry|-hold for now
Bemerkung: Vegetarier|-verhindert|-entschuldigt|-Absage per Mail 12.5.|-Hausverbot|-nicht mehr dabei|-leider krank, verhindert|-Kein Interesse
Notes: végétarien|-empêché|-absent|-excusé|-s'excuse|-s’excuse|-pas dispo|-indisponible
Notas: vegano|-no podrá asistir|-no va a venir|-rechazó|-baja|-se desiste
Notas: vegano|-não pode ir|-ausente
Note: vegano|-non può|-disdetto|-rinuncia|-assente
Notes: -verhinderd|-forhindret|-förhinder|-avbokat|-kan inte|-estynyt|-nie może|-odwołane|-nemůže|-nu poate|-a renunțat|-не может|-не идет|x
Notes: x|-来られない|-行けません|-行けない|-来ない|-不来|-来不了|-有事来不了|-无法出席|-请假
Tags: VIP|-VIP;Declined
Status: OK|-KO
Freigabe Status: OK|-NOK|-n.i.O.
Ok: ok|-nok
OK/KO: OK|-KO
opt-in: 1|-2
Coming?: y|-n/a
RSVP: Yes|-Yes, but not in person
RSVP: Ja|-Ja, aber nicht vor Ort
RSVP: attending|-Neither
Decision: in|-out
Decision: keep|-drop
Email Opt-in: in|-out
Coming?: probably|-unlikely
Status: good|-bad
Status: green|-red
Status: current|-left
Status: aktiv|-inaktiv
Stato: attivo|-cessato
Do not allow Bulk Emails: Allow|-Do Not Allow
Do not allow Emails: Allow|-Do Not Allow
donotbulkemail: Allow|-Do Not Allow
Email address quarantined: false|-true
Marketing_status__c: Marketable|-Non-marketable
blocked_at: |-2026-01-01
suspended_at: |-2026-01-01
Date left: |-2026-01-01
Leave date: |-2026-01-01
Segment: Main|-Blacklist
No molestar: |-Sí
Departed: n|-y
First Name: Ida|-Una (declined)|-Ola CANCELLED
Full Name: Ida Holm|-Ida Holm (cancelled)|-Bo Ek ABGESAGT
Last Name: Holm|-Holm abgesagt|-Holm *VEGAN*
`), "\n")

// unasked are columns of which every row is meant, or that say nothing of that.
var unasked = strings.Split(strings.TrimSpace(`
Status: confirmed|confirmed
Status: Bestätigt|
RSVP: Yes|yes|Yes, vegetarian
Attending: 2|1
Accepted at: 2026-01-01|2026-01-02
GDPR consent: |
GDPR consent: yes|ja
Opt-out: 0|no
Deleted: |
Bounce count: 0|0
checked_in: no|no
Checked in at: |
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
Anything: yes|yes
Attendance: 1|1
VIP: yes|no
Vegan: x|
Parking: ja|nein
Table: A|B
State: A|B
Unsubscribe link: https://x.example/u/1|https://x.example/u/2
Cancellation policy: yes|no
Ticket: Early bird|Door
Quantity: 1|1
Comments: He will not attend the dinner|no longer vegan
Notes: not yet paid, see bills|not joining for lunch
Notes: allergic to nuts|does not eat meat
Attendee notes: No nuts|
Notes: kan inte äta nötter|nie może jeść orzechów|can not eat nuts|no puede comer gluten|DNI 12345678|за 3 дня|3 dni
Notes: remove nuts please|hold the mayo|Reserve wine|not banned|오후 도착|ne peut pas manger de noix
Department: Sales|IT
Departure date: 2026-01-01|2026-01-02
Leave of absence policy: yes|no
RSVP: Yes|Yes, but late|yes, no nuts
Attending: n/a|n/a
Language: KO|EN
Currency: NOK|SEK
Email Opt-in: 1|1
Invitation type: printed|email
No.: 1|2
Deadline: 2026-01-01|2026-01-02
Contact preference: Email|Email
Contact preference: Anna|Bo
Versand: E-Mail|beides
Seat: Row 3 (left)|Row 4 (right)
Room: Foyer - open|Hall (east)
Payment method: card|cash
Invited by: Anna|Post
Versand: Anna|Bo
Coming: 1|2
Job Title: former CFO|CEO
State: AB|ON
Blood group: AB|A
Event: Gala|gala|
Event date: 2026-05-01|2026-05-01
Status: 1|1
Exclusive access: yes|no
Last Name: Regretti|Cancela
Last Name: O'Neil-Voidt|van der Absage-Holm
`), "\n")

type statusList struct {
	path    string
	rows    int
	reading spec.Reading // beside the answer
	out     int
}

func planOf(t *testing.T, path string, r spec.Reading) (importer.Plan, error) {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), path,
		importer.Settings{Spec: spec.Spec{Account: "main", Event: gala.Event, Reading: r}})
	if err == nil {
		err = plan.Refused()
	}
	return plan, err
}

func statusFile(t *testing.T, text string) (l statusList) {
	t.Helper()
	header, cells, _ := strings.Cut(text, ": ")
	var b strings.Builder
	names, row := "First Name,Last Name,", "Ann%[1]d,Lee,ann%[1]d@guests.example,\"%[2]s\"\n"
	if strings.HasSuffix(header, " Name") { // which is looked at itself
		other := map[string]string{"First Name": "Last Name", "Last Name": "First Name", "Full Name": "Nickname"}[header]
		names, row = other+",", "Ann%[1]d,ann%[1]d@guests.example,\"%[2]s\"\n"
	}
	fmt.Fprintf(&b, "%sEmail,\"%s\"\n", names, header)
	for i, cell := range strings.Split(cells, "|") {
		said, out := strings.CutPrefix(cell, "-")
		if l.rows++; out {
			l.out++
		}
		fmt.Fprintf(&b, row, i, said)
	}
	if l.path = write(t, b.String()); header == "Full Name" {
		l.reading = spec.Reading{SplitNames: new(true), Surname: "last"}
	}
	return l
}

// Promise: rows that a column says may not be meant are not mailed in silence, and each answer that is offered works.
func TestRowsThatMayNotBeMeantAreAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, text := range asked {
		list := statusFile(t, text)
		_, err := planOf(t, list.path, list.reading)
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
	r := l.reading
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
	if testkit.WithoutRace(t) {
		return
	}
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

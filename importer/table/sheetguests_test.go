package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

const guestSheet = "First Name,Last Name,Email;Ida,Holm,ida@x.example;Bo,Berg,bo@x.example"

// A sheet beside that of the guests may have further ones, whatever its header says, or without one.
func TestASecondSheetThatMayHaveGuestsIsAskedAbout(t *testing.T) {
	t.Parallel()
	for second, want := range map[string]string{
		"Zomvu,Krelta,Bopi;Ida,Holm,ida2@x.example":                           "Guests|Two",
		"Zomvu,Krelta;Anna,Schmidt;Peter,Meyer":                               "Guests|Two",
		"Zomvu;Anna Schmidt;Peter Meyer":                                      "Guests|Two",
		"Anna,Schmidt;Peter,Meyer":                                            "Guests|Two",
		"Anna Schmidt,Table 4;Peter Meyer,Table 5":                            "Guests|Two",
		"Anna,Schmidt,anna@x.example":                                         "Guests|Two",
		"Email;bo@x.example":                                                  "Guests|Two",
		"Email;anna@x.example;peter@x.example":                                "Guests|Two",
		"Zomvu,Krelta;Qirru,Ubbela;Ozzaru,Vemmit;Tilluk,Jorrat":               "Guests|Two",
		"氏;山田花子;田中;佐藤;鈴木":                                                     "Guests|Two",
		"客户,桌号;王伟,4;李娜,5;张敏,6":                                                "Guests|Two",
		"菜单,价格;前菜,100;甜点,200;水果,50":                                           "Guests",
		"손님;김민준;이서연;박지훈":                                                      "Guests|Two",
		"Имена;Анна Иванова;Пётр Смирнов":                                     "Guests|Two",
		"Name,Firma;Anna Schmidt,ACME;Peter Meyer,ACME":                       "Guests|Two",
		"First Name,Last Name,Email;Una,Vik,una@x.example;Tor,Ek,t@x.example": "Guests|Two|all",
		"Email,Last Name,First Name;una@x.example,Vik,Una":                    "Guests|Two|all",
		"Vorname,Nachname,Firma;Una,Vik,ACME":                                 "Guests|Two",
		// No guests.
		"Item,Cost;Catering,5000;Flowers,300;Band,800":        "Guests",
		"Time,What;18:00,Doors;19:00,Dinner;20:00,Speeches":   "Guests",
		"Please send changes to Ida Holm, office@x.example":   "Guests",
		"Notes;The list was made on Monday;Ask Bo":            "Guests",
		"Contact person: Ida Holm,office@x.example":           "Guests",
		"Menu;Fish;Meat;Vegan":                                "Guests",
		"Status,Count;Confirmed,30;Declined,4":                "Guests",
		"Country,Code;Germany,DE;France,FR;Spain,ES":          "Guests",
		"Table,Seats;Table 1,8;Table 2,10":                    "Guests",
		"":                                                    "Guests",
		"Total;120":                                           "Guests",
		"Supplier,Phone;Flowers Ltd,123;Sound and Light,4567": "Guests",
	} {
		_, err := table.Open(t.Context(), "list.xlsx", bytes.NewReader(sheets(t, guestSheet, second)),
			table.Options{Field: headers.FieldOf})
		if got := sheetChoices(err); got != want {
			t.Errorf("%s: %s, want %s; %v", second, got, want, err)
		}
	}
}

// sheetChoices are the sheets that a question offers; the first one where none is asked.
func sheetChoices(err error) string {
	q, is := errors.AsType[*table.Question](err)
	if err == nil {
		return "Guests"
	}
	if !is {
		return err.Error()
	}
	var names []string
	for _, c := range q.Choices {
		names = append(names, c.Value)
	}
	return strings.Join(names, "|")
}

// sheets writes a workbook: cells between commas, rows between semicolons. Its sheets are called Guests, Two and Three.
func sheets(t *testing.T, contents ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	err := f.SetSheetName("Sheet1", "Guests")
	for i, content := range contents {
		name := []string{"Guests", "Two", "Three"}[i]
		_, errSheet := f.NewSheet(name)
		err = errors.Join(err, errSheet)
		for row, line := range strings.Split(content, ";") {
			cells := strings.Split(line, ",")
			err = errors.Join(err, f.SetSheetRow(name, fmt.Sprintf("A%d", row+1), &cells))
		}
	}
	var b bytes.Buffer
	if err = errors.Join(err, f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

package charset_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/table"
)

func TestLettersWrittenAsASCIIAreDecodedWhereTheCellProvesIt(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=?UTF-8?B?SsO2cmc=?=": "Jörg", "=?UTF-8?Q?J=C3=B6rg_M=C3=BCller?=": "Jörg Müller", "=?iso-8859-1?Q?J=F6rg?=": "Jörg",
		"=?windows-1251?B?yOLg7Q==?=": "Иван", "=?GBK?B?zfU=?=": "王", "=?utf-8?q?Zo=C3=AB?= Holm": "Zoë Holm",
		"=?klingon?B?AAAA?=": "=?klingon?B?AAAA?=", "=?UTF-8?B?SsO2": "=?UTF-8?B?SsO2",
		"J=C3=B6rg": "Jörg", "J=F6rg": "J=F6rg", "a=b": "a=b", "1=42": "1=42", "J=c3=b6rg": "Jörg", "100% =C3=B6": "100% ö",
		"J%C3%B6rg": "Jörg", "M%C3%BCller%20Ida": "Müller Ida", "J%F6rg": "J%F6rg", "100%": "100%", "50%25": "50%25",
		"5%20":                        "5%20",
		"https://x.example/J%C3%B6rg": "https://x.example/J%C3%B6rg", "%D0%98%D0%B2%D0%B0%D0%BD": "Иван",
		`J\u00f6rg`: "Jörg", `\u0418\u0432\u0430\u043d`: "Иван", `\ud83c\udf89 Ida`: "🎉 Ida", `\ud83c Ida`: `\ud83c Ida`,
		`C:\users`:      `C:\users`,
		`["VIP\u0022"]`: `["VIP\u0022"]`, "J&ouml;rg": "Jörg", "J&amp;ouml;rg": "Jörg", "J&#246rg": "Jörg",
		"M&uumlller": "Müller", "AT&T": "AT&T", "R&Dacute": "R&Dacute", "a&#1b": "a&#1b",
		"S_x00E9_an": "Séan", "_x0141_ukasz": "Łukasz", "_x0041_": "_x0041_", "snake_x_y": "snake_x_y", `O\'Hara`: "O'Hara",
		"O''Hara": "O'Hara", "5''": "5''", `\'t Hooft`: "'t Hooft", `Kids\'`: "Kids'", `6\'2"`: `6\'2"`,
		"Ida ''Idi'' Holm": "Ida ''Idi'' Holm",
	} {
		quoted := `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		records, _, err := readAs(t, "First Name,Email\n"+quoted+",i@x.example\n", "")
		if err != nil || len(records) != 1 || records[0].Cells[0] != want {
			t.Errorf("%s: %+v, %v, want %s", cell, records, err, want)
		}
	}
}

func TestAHeaderWrittenAsASCIIIsDecoded(t *testing.T) {
	t.Parallel()
	r, err := table.Open(t.Context(), "list.csv",
		strings.NewReader("Pr&eacute;nom,Soci&amp;eacute;t\\u00e9,J=C3=B6rg,Email\nIda,x,y,z\n"),
		table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if header, _ := r.Header(); strings.Join(header, "|") != "Prénom|Société|Jörg|Email" {
		t.Error(header)
	}
}

// A workbook says itself how its texts are written, and has what was misread before it came there.
func TestACellOfAWorkbookThatWasMisreadIsWarnedOf(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "First Name", "B1": "Email", "A2": "Jörg", "B2": "j@x.example",
		"A3": "JГ¶rg", "B3": "k@x.example",
		"A4": "Иван", "B4": "l@x.example"} {
		if err := book.SetCellValue("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	records, _, err := readAs(t, packed.String(), "")
	if err != nil || len(records) != 3 {
		t.Fatal(records, err)
	}
	for i, rec := range records {
		if remarked := len(rec.Remarks) > 0; remarked != (i == 1) {
			t.Errorf("%+v", rec)
		}
	}
}

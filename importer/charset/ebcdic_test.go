package charset_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"guestflow/importer/charset"
	"guestflow/importer/table"
)

// A mainframe's list is called what it is, and its answer reads it right; so does the name that people give the
// encoding.
func TestAListOfAMainframeIsAskedAboutAndItsAnswerReadsIt(t *testing.T) {
	t.Parallel()
	text := listOf(english, []guestName{{"Zoë", "Müller"}, {"Bo", "Berg"}})
	for _, newLine := range []string{"\n", "\u0085", "\r\n"} {
		written, err := charmap.CodePage037.NewEncoder().String(strings.ReplaceAll(text, "\n", newLine))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = readAs(t, written, "")
		question, is := errors.AsType[*table.Question](err)
		if !is || question.Choices[0].Value != "ibm037" || len(question.Choices[0].Sample) == 0 {
			t.Errorf("%q: %v", newLine, err)
			continue
		}
		for _, name := range []string{"ibm037", "cp037", "EBCDIC", "cp1140"} {
			records, _, err := readAs(t, written, name)
			if err != nil || len(records) != 2 || records[0].Cells[0] != "Zoë" || records[0].Cells[1] != "Müller" {
				t.Errorf("%q as %s: %+v, %v", newLine, name, records, err)
			}
		}
	}
}

func TestAListInHZIsRead(t *testing.T) {
	t.Parallel()
	written, err := simplifiedchinese.HZGB2312.NewEncoder().String(listOf(english, []guestName{{"小明", "王"}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "hz", "hz-gb-2312"} {
		if records, _, err := readAs(t, written, name); err != nil || records[0].Cells[0] != "小明" {
			t.Errorf("%q: %+v, %v", name, records, err)
		}
	}
}

// The encodings of languages that few lists are in are detected, or asked about with the right one among the answers.
func TestAListInASeldomEncodingIsReadRightOrAskedAbout(t *testing.T) {
	t.Parallel()
	for encoding, names := range map[string][]guestName{
		"kz-1048": {{"Қыдыр", "Тәжібаев"}, {"Мөлдір", "Үсенова"}}, "ptcp154": {{"Қыдыр", "Тәжібаев"}, {"Мөлдір", "Үсенова"}},
		"ibm720": {{"زينب", "الحسيني"}, {"خالد", "يوسف"}}, "ibm1125": {{"Ігор", "Шевченко"}, {"Євген", "Ґалаґан"}},
		"mik": {{"Росица", "Петрова"}, {"Христо", "Стоянов"}}, "koi8-t": {{"Ҳафиз", "Ғиёсов"}, {"Меҳрангез", "Қаландаров"}},
		"armscii-8":        {{"Գոհար", "Գասպարյան"}, {"Վիգեն", "Սահակյան"}},
		"georgian-academy": {{"ეთერი", "გოგოლაძე"}, {"ზვიად", "ხაჩიძე"}},
		"georgian-ps":      {{"ეთერი", "გოგოლაძე"}, {"ზვიად", "ხაჩიძე"}},
		"iso-8859-3":       {{"Aŭgusta", "Ŝmidt"}, {"Ĝis", "Reĝa"}},
		"ibm855":           {{"Анна", "Ким"}, {"Пётр", "Юн"}}, "ibm862": {{"דוד", "כהן"}, {"שרה", "לוי"}},
		"ibm737": {{"Γιώργος", "Παπάς"}, {"Ελένη", "Ρήγα"}},
	} {
		written, is := writeIn(encoding, listOf(english, names))
		if f, example := fateOf(t, written, names); !is || f != right && f != asked {
			t.Errorf("%s: %s %s", encoding, f, example)
		}
	}
	if err := charset.Check("strk1048-2002"); err != nil {
		t.Error(err)
	}
}

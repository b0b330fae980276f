package charset_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer/table"
)

// in writes rows in an encoding that has all of their letters.
func in(t *testing.T, encoding, rows string) string {
	t.Helper()
	written, is := writeIn(encoding, rows)
	if !is {
		t.Fatalf("%s has not all letters of %s", encoding, rows)
	}
	return written
}

func TestTheEncodingOfMostRowsIsTheFilesAndTheOthersAreRejected(t *testing.T) {
	t.Parallel()
	const german = "Jürgen,Müller\nFrançois,Hébert\nBjörn,Köhler\n"
	for name, c := range map[string]struct {
		list    string
		foreign int // the row that is
		first   string
	}{
		"one of UTF-8 beside Mac Central European": {in(t, "x-mac-ce",
			"Łukasz,Wójcik\nPaweł,Świątek\nMałgorzata,Dębska\nJerzy,Gołąb\n") +
			"Michał,Żak\n", 4, "Łukasz"},
		"one of UTF-8 above others":   {"Michał,Żak\n" + in(t, "windows-1252", german), 0, ""},
		"one of UTF-8 beside GBK":     {in(t, "gbk", "敏,林\n伟,王\n芳,李\n娜,张\n") + "Jürgen,Müller\n", 4, "敏"},
		"Chinese of UTF-8 beside GBK": {in(t, "gbk", "敏,林\n伟,王\n芳,李\n娜,张\n秀英,刘\n") + "静怡,陈\n", 5, "敏"},
		"one that is not UTF-8":       {german + "J\xfcrgen,Z\xf6lle\n", 3, "Jürgen"},
		"Cyrillic beside western": {in(t, "windows-1252",
			strings.Repeat(german+"Zoë,Ève\nÂngela,Araújo\nÍris,Åström\nÎle,Lúcia\n", 5)) +
			in(t, "windows-1251", "Иван,Петров\n"), 35, "Jürgen"},
		"DOS beside Windows": {in(t, "windows-1252", strings.Repeat(german, 8)) + in(t, "ibm850", "René,Lefèvre\n"), 24,
			"Jürgen"},
	} {
		records, format, err := readAs(t, "First,Last\n"+c.list, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, rec := range records {
			if isRejected(rec) != (i == c.foreign) {
				t.Errorf("%s: row %d is %q (%v, %s)", name, i+1, rec.Cells, rec.Fault, format.Encoding)
			}
		}
		if c.first != "" && records[0].Cells[0] != c.first {
			t.Errorf("%s: %q is to be %s", name, records[0].Cells[0], c.first)
		}
	}
}

func TestARowOfUTF8IsRejectedAlsoWhereAPersonSaysTheEncoding(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"windows-1252", "gbk"} {
		records, _, err := readAs(t, "First,Last\nJürgen,Müller\nIda,Holm\n", encoding)
		if err != nil || records[0].Fault != table.OtherEncoding || records[1].Fault != table.NoFault {
			t.Errorf("%s: %+v, %v", encoding, records, err)
		}
	}
}

func TestAFileThatOnlyBeginsInUTF8IsAskedAbout(t *testing.T) {
	t.Parallel()
	list := "First,Last\nJürgen,Müller\n" +
		strings.Repeat("Ada,Lovelace\n", 12_000) + strings.Repeat("Bj\xf6rn,K\xf6hler\n", 60)
	_, _, err := readAs(t, list, "")
	question, is := errors.AsType[*table.Question](err)
	if !is || question.Choices[0].Value != "windows-1252" {
		t.Fatal(err)
	}
	records, _, err := readAs(t, list, question.Choices[0].Value)
	if last := len(records) - 1; err != nil || records[0].Fault != table.OtherEncoding ||
		records[last].Cells[0] != "Björn" {
		t.Error(records[0], records[len(records)-1], err)
	}
}

func TestHalfWidthKanaIsRead(t *testing.T) {
	t.Parallel()
	const list = "氏名,フリガナ,Email\n山田 太郎,ﾔﾏﾀﾞ ﾀﾛｳ,t@x.example\n"
	const kana = "First Name,Last Name,Email\nﾀﾛｳ,ﾔﾏﾀﾞ,t@x.example\nﾊﾅｺ,ｽｽﾞｷ,h@x.example\n"
	for _, encoding := range []string{"shift_jis", "euc-jp"} {
		for list, want := range map[string]string{list: "ﾔﾏﾀﾞ ﾀﾛｳ", kana: "ﾔﾏﾀﾞ"} {
			if records, format, err := readAs(t, in(t, encoding, list), ""); err != nil || records[0].Cells[1] != want {
				t.Errorf("%s: %+v, %s, %v", encoding, records, format.Encoding, err)
			}
		}
	}
}

// 联通 in GBK is UTF-8, too: the best known of such words.
func TestAShortListThatHappensToBeUTF8IsNotReadAsItInSilence(t *testing.T) {
	t.Parallel()
	for encoding, names := range map[string][]guestName{
		"gbk": {{"眉", "毛"}, {"茅", "帽"}}, "euc-kr": {{"천", "김"}, {"천", "박"}}, "big5": {{"羅", "Laura"}, {"羅", "Emma"}},
	} {
		if f, example := fateOf(t, in(t, encoding, listOf(english, names)), names); f != right && f != asked &&
			f != rejected {
			t.Errorf("%s: %s %s", encoding, f, example)
		}
	}
	if f, example := fateOf(t, in(t, "gbk", "First Name,Last Name,Email\n通,联,guest0@party.example\n"),
		[]guestName{{"通", "联"}}); f != asked {
		t.Error(f, example)
	}
}

// Letters may be none at all: the euro of a note, the apostrophe of O’Brien.
func TestSignsAloneAreReadAsWindowsHasThemOrAskedAbout(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"50 €", "€50", "O’Brien", "10–12", "“Bob”"} {
		names := []guestName{{"Ida", last}, {"Ole", "Berg"}}
		if f, example := fateOf(t, in(t, "windows-1252", listOf(english, names)), names); f != right && f != asked {
			t.Errorf("%s: %s %s", last, f, example)
		}
	}
}

// Rows of a Mac or a console below those of Windows, or the other way round, are rejected one by one.
func TestRowsOfAnotherPageAreRejectedAlone(t *testing.T) {
	t.Parallel()
	names := []guestName{{"Jörg", "Müller"}, {"Zoë", "Holm"}, {"André", "Lefèvre"}, {"Bjørn", "Åse"}, {"José", "Núñez"},
		{"Bo", "Berg"}, {"François", "Côté"}}
	for _, pages := range [][2]string{{"windows-1252", "macintosh"}, {"macintosh", "windows-1252"},
		{"windows-1252", "ibm850"}} {
		most, _ := writeIn(pages[0], listOf(english, append(names, names...)))
		foreign, _ := writeIn(pages[1], "Jürgen,Möller,x@party.example\n")
		records, format, err := readAs(t, most+foreign, "")
		if err != nil || string(format.Encoding) != pages[0] {
			t.Errorf("%v: %+v, %v", pages, format, err)
			continue
		}
		for i, rec := range records {
			isLast := i == len(records)-1
			if lost := rec.Fault != table.NoFault || strings.Contains(strings.Join(rec.Cells, ""), "\ufffd"); lost != isLast {
				t.Errorf("%v: %+v", pages, rec)
			}
		}
	}
}

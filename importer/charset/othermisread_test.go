package charset_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"guestflow/importer/charset"
)

// A list of another encoding than UTF-8 that was taken for a third one and saved as UTF-8 has letters of good names in
// it: Jiøí, Gyõzõ, AndrÚ, £ukasz. It is asked about, with an answer that reads it right; a list that is right is not.
func TestAListThatWasTakenForALikelyEncodingIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		had, as string
		names   []guestName
	}{
		{"windows-1252", "ibm850", []guestName{{"Jürgen", "Müller"}, {"Zoë", "Holm"}}},
		{"windows-1252", "ibm850", []guestName{{"André", "Lie"}, {"José", "Berg"}}},
		{"windows-1250", "windows-1252", []guestName{{"Jiří", "Němec"}, {"Tomáš", "Dvořák"}}},
		{"windows-1250", "windows-1252", []guestName{{"Győző", "Szűcs"}, {"Béla", "Tóth"}}},
		{"iso-8859-2", "iso-8859-1", []guestName{{"Łukasz", "Wójcik"}, {"Żaneta", "Śliwa"}}},
		{"iso-8859-2", "windows-1252", []guestName{{"Łukasz", "Wójcik"}, {"Bo", "Berg"}}},
		{"windows-1254", "windows-1252", []guestName{{"Şükrü", "Yılmaz"}, {"Işıl", "Güneş"}}},
		{"windows-1257", "windows-1252", []guestName{{"Šarūnas", "Žukauskas"}, {"Rūta", "Žemaitis"}}},
		{"windows-1252", "windows-1250", []guestName{{"João", "Simões"}, {"Inês", "Conceição"}}},
		{"macintosh", "windows-1252", []guestName{{"Jörg", "Müller"}, {"Zoë", "Größe"}}},
		{"windows-1251", "windows-1252", []guestName{{"Иван", "Петров"}, {"Мария", "Смирнова"}}},
	} {
		written, _ := writeIn(c.had, listOf(english, c.names))
		text, is := charset.Misread(c.as, written)
		if f, example := fateOf(t, text, c.names); !is || f != asked {
			t.Errorf("%s taken for %s: %s %s", c.had, c.as, f, example)
		}
	}
}

func TestAListInUTF8ThatIsRightIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	known := unheardOf(t)
	random := rand.New(rand.NewPCG(3, 4))
	questions, lists := 0, 0
	for _, language := range slices.Sorted(maps.Keys(known)) { // in one order, for one dice
		words := foreignWords(known[language], "utf-8")
		if len(words) == 0 {
			continue
		}
		for _, s := range []shape{{3, 2}, {20, 4}} {
			for range 2 {
				lists++
				names := s.names(random, words)
				switch f, example := fateOf(t, listOf(english, names), names); f {
				case right:
				case asked:
					questions++
				default:
					t.Errorf("%s: %s %s", language, f, example)
				}
			}
		}
	}
	if questions > lists/100 {
		t.Errorf("%d of %d right lists are asked about", questions, lists)
	}
}

// Some words of a list in which others are right prove nothing of the others, and are said.
func TestAWordThatWasTakenForALikelyEncodingIsWarnedOf(t *testing.T) {
	t.Parallel()
	good := "First,Last\nJörg,Müller\nŁukasz,Wójcik\nИван,Петров\nTõnu,Põder\nJoão,Simões\nBjørn,Åse\nAndré,Lefèvre\n"
	for _, row := range []string{"Dvoøák,Jiøí", "AndrÚ,Lie", "Mustafa,Yýlmaz", "ªtefan,Þurcanu", "J³rg,M³ller",
		"Gyõzõ,Szûcs"} {
		records, _, err := readAs(t, good+row+"\n", "")
		if err != nil {
			t.Fatal(row, err)
		}
		for i, rec := range records {
			if remarked := len(rec.Remarks) > 0; remarked != (i == len(records)-1) {
				t.Errorf("%s: %+v", row, rec)
			}
		}
	}
}

// One foreign word is little to go by, and still no reason for a question where it is good UTF-8 of a living language.
func TestAListInUTF8WithOneForeignWordIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	known, foreign := unheardOf(t),
		[]string{"Présence", "Désinscrit", "Prénom", "Sébastien", "Æ", "É", "Ñ", "à", "Ó", "Gal·la",
			"Kaʻiulani", "“Ida”", "„Ida“", "«Ida»", "Ləman", "Vũ", "賴", "陶", "叶", "Rödiger", "Ştefan", "Łódź", "Ħal", "İpek",
			"Øya", "Þór"}
	for _, language := range slices.Sorted(maps.Keys(known)) {
		words := foreignWords(known[language], "utf-8")
		foreign = append(foreign, words[:min(3, len(words))]...)
	}
	for i, word := range foreign {
		names := []guestName{{word, "Vik"}, {"Ole", "Vik"}, {"Una", "Ek"}, {"Ida", "Holm"}, {"Bo", "Berg"}}[:1+i%5]
		if f, example := fateOf(t, listOf(english, names), names); f != right {
			t.Errorf("%s: %s %s", word, f, example)
		}
	}
}

func TestAListWhoseCellsHaveCurvedQuotesIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	const list = "“First Name”,“Last Name”,“Email”\n“Ida”,“Holm”,“ida@party.example”\n“Ole”,“Vik”,“ole@party.example”\n"
	if records, format, err := readAs(t, list, ""); err != nil || format.Encoding != charset.UTF8 || len(records) != 2 {
		t.Error(records, format, err)
	}
}

package charset_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
	nfc "golang.org/x/text/unicode/norm"

	"guestflow/importer/charset"
	"guestflow/importer/table"
)

// benchmarkLanguages are those of the benchmark, with the encodings that lists in them have.
var benchmarkLanguages = []struct{ name, encodings string }{
	{"az", "windows-1254"}, {"be", "windows-1251 koi8-u"}, {"bg", "windows-1251 iso-8859-5 ibm866"},
	{"bs", "windows-1250 iso-8859-2"},
	{"ca", "windows-1252 macintosh ibm850"}, {"cs", "windows-1250 iso-8859-2 x-mac-ce ibm852"},
	{"da", "windows-1252 macintosh ibm850"},
	{"de", "windows-1252 macintosh ibm850 ibm437"}, {"el", "windows-1253 iso-8859-7 x-mac-greek ibm737"},
	{"es", "windows-1252 macintosh ibm850"},
	{"et", "windows-1257 windows-1252 iso-8859-15"}, {"fi", "windows-1252 macintosh"},
	{"fr", "windows-1252 iso-8859-15 macintosh ibm850"}, {"ga", "windows-1252"},
	{"he", "windows-1255 iso-8859-8"}, {"hr", "windows-1250 iso-8859-2 x-mac-croatian"},
	{"hu", "windows-1250 iso-8859-2 ibm852"},
	{"is", "windows-1252 x-mac-icelandic"}, {"it", "windows-1252 macintosh"}, {"ja", "shift_jis euc-jp iso-2022-jp"},
	{"ko", "euc-kr"},
	{"lt", "windows-1257 iso-8859-13"}, {"lv", "windows-1257 iso-8859-13"}, {"mk", "windows-1251 iso-8859-5"},
	{"mt", "iso-8859-3"},
	{"nb", "windows-1252 macintosh"}, {"nl", "windows-1252"}, {"pl", "windows-1250 iso-8859-2 x-mac-ce ibm852"},
	{"pt", "windows-1252 macintosh ibm850"},
	{"ro", "windows-1250 iso-8859-16"}, {"ru", "windows-1251 koi8-r ibm866 iso-8859-5 x-mac-cyrillic"},
	{"sc", "windows-1251"}, {"sk", "windows-1250 iso-8859-2"},
	{"sl", "windows-1250 iso-8859-2"}, {"sq", "windows-1252"}, {"sr", "windows-1250 iso-8859-2"},
	{"sv", "windows-1252 macintosh ibm850"}, {"th", "windows-874"},
	{"tr", "windows-1254 iso-8859-9 x-mac-turkish ibm857"}, {"tw", "big5"}, {"uk", "windows-1251 koi8-u"},
	{"vi", "windows-1258"},
	{"ar", "windows-1256 iso-8859-6"}, {"fa", "utf-16le utf-8"}, {"zh", "gbk gb18030"},
}

// people are names of a language that the detector has not learnt from.
type people struct{ firsts, lasts []string }

func unheardOf(t testing.TB) map[string]*people {
	t.Helper()
	data, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*people{}
	for line := range strings.Lines(string(data)) {
		kind, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		code, part := kind[:2], kind[2:]
		if all[code] == nil {
			all[code] = &people{}
		}
		foreign, plain, _ := strings.Cut(list, "|")
		names := append(strings.Fields(foreign), strings.Fields(plain)...)
		if part == "f" {
			all[code].firsts = names
		} else {
			all[code].lasts = names
		}
	}
	return all
}

// writeIn writes a text in an encoding, or reports that it has letters that are not in it.
func writeIn(name, text string) (string, bool) {
	if written, is := charset.Encode(name, text); is {
		return written, true
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return "", false
	}
	written, err := e.NewEncoder().String(text)
	return written, err == nil
}

// outcome is what became of some lists.
type outcome struct{ right, asked, wrong int }

func (o *outcome) add(other outcome) {
	o.right += other.right
	o.asked += other.asked
	o.wrong += other.wrong
}

const listsEach = 12

// tryLists writes lists of a language's guests in an encoding, and reads them.
func tryLists(t testing.TB, p *people, header, language, name string, guests int) (o outcome, example string) {
	t.Helper()
	if len(p.lasts) == 0 {
		p = &people{p.firsts, p.firsts}
	}
	if len(p.firsts) == 0 {
		p = &people{p.lasts, p.lasts}
	}
	random := rand.New(rand.NewPCG(uint64(guests), uint64(len(name))))
	for range listsEach {
		var names [][2]string
		for tries := 0; len(names) < guests && tries < 50*guests; tries++ {
			first, last := p.firsts[random.IntN(len(p.firsts))], p.lasts[random.IntN(len(p.lasts))]
			if _, is := writeIn(name, first+" "+last); is {
				names = append(names, [2]string{first, last})
			}
		}
		var b strings.Builder
		if _, is := writeIn(name, header); !is {
			header = english
		}
		b.WriteString(header + "\n")
		for i, g := range names {
			fmt.Fprintf(&b, "%s,%s,guest%d@party.example\n", g[0], g[1], i)
		}
		written, is := writeIn(name, b.String())
		if !is || len(names) == 0 {
			continue
		}
		records, format, err := readAs(t, written, "")
		switch same := err == nil && len(records) == len(names); {
		case err != nil:
			if o.asked++; os.Getenv("WHY") != "" {
				fmt.Println(err)
			}
		case same && slices.IndexFunc(names, func(g [2]string) bool {
			i := slices.Index(names, g)
			return norm(records[i].Cells[0]) != norm(g[0]) || norm(records[i].Cells[1]) != norm(g[1])
		}) < 0:
			o.right++
		default:
			for i, g := range names {
				if i < len(records) && norm(records[i].Cells[0]+records[i].Cells[1]) != norm(g[0]+g[1]) &&
					records[i].Fault == table.NoFault {
					o.wrong++
					example = fmt.Sprintf("%s in %s, %d guests: %s %s is read as %s %s (%s)", language, name, guests, g[0], g[1],
						records[i].Cells[0], records[i].Cells[1], format.Encoding)
					break
				}
			}
		}
	}
	return o, example
}

// norm makes one of the ways in which Vietnamese letters are put together, and writes Romanian ones with cedillas as
// lists do.
func norm(s string) string {
	return nfc.NFC.String(strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ").Replace(s))
}

// headers of lists, in the languages that the detector knows them in.
var headers = map[string]string{
	"de": "Vorname,Nachname,E-Mail", "fr": "Prénom,Nom,Courriel", "es": "Nombre,Apellidos,Correo electrónico",
	"it": "Nome,Cognome,Email",
	"pt": "Nome,Sobrenome,Email", "nl": "Voornaam,Achternaam,E-mail", "sv": "Förnamn,Efternamn,E-post",
	"da": "Fornavn,Efternavn,Email",
	"nb": "Fornavn,Etternavn,E-post", "fi": "Etunimi,Sukunimi,Email", "is": "Fornafn,Eftirnafn,Email",
	"et": "Eesnimi,Perenimi,Email",
	"lt": "Vardas,Pavardė,Email", "lv": "Vārds,Uzvārds,Email", "pl": "Imię,Nazwisko,Email",
	"cs": "Jméno,Příjmení,Email", "sk": "Meno,Priezvisko,Email",
	"hu": "Vezetéknév,Keresztnév,Email", "hr": "Ime,Prezime,Email", "sr": "Ime,Prezime,Email",
	"bs": "Ime,Prezime,Email", "sl": "Ime,Priimek,Email",
	"ro": "Prenume,Nume,Email", "sq": "Emri,Mbiemri,Email", "tr": "Ad,Soyad,Email", "az": "Ad,Soyad,Email",
	"vi": "Ho,Ten,Email",
}

const english = "First Name,Last Name,Email"

// BenchmarkEncodings writes lists of 2, 3, 5, 50 and 500 guests with the names of 45 languages in the encodings that
// they are written in, and prints how many are read right, asked about, and read wrong without a word: below an English
// header, one of their language, and one of another language, as a German office has it. The detector has not learnt
// from these names.
func BenchmarkEncodings(b *testing.B) {
	b.Run("English header", func(b *testing.B) { benchmarkEncodings(b, func(string) string { return english }) })
	b.Run("header of the language", func(b *testing.B) {
		benchmarkEncodings(b, func(language string) string { return cmp.Or(headers[language], english) })
	})
	b.Run("German header", func(b *testing.B) { benchmarkEncodings(b, func(string) string { return headers["de"] }) })
}

func benchmarkEncodings(b *testing.B, header func(language string) string) {
	known := unheardOf(b)
	for b.Loop() {
		var sum [5]outcome
		fmt.Printf("\n%-4s%-18s%-22s%-22s%-22s\n", "", "", "5 guests", "50 guests", "500 guests")
		for _, l := range benchmarkLanguages {
			if only := os.Getenv("ONLY"); only != "" && !strings.Contains(only, l.name) {
				continue
			}
			for name := range strings.FieldsSeq(l.encodings) {
				fmt.Printf("%-4s%-18s", l.name, name)
				for i, guests := range []int{2, 3, 5, 50, 500} {
					o, example := tryLists(b, known[l.name], header(l.name), l.name, name, guests)
					sum[i].add(o)
					fmt.Printf("%2d right %2d ask %2d wrong ", o.right, o.asked, o.wrong)
					if example != "" {
						b.Log(example)
					}
				}
				fmt.Println()
			}
		}
		fmt.Printf("all: 2, 3, 5, 50 and 500 guests %+v\n", sum)
		wrong, right, all := 0, 0, 0
		for _, o := range sum {
			wrong, right, all = wrong+o.wrong, right+o.right, all+o.right+o.asked+o.wrong
		}
		b.ReportMetric(float64(wrong), "wrong")
		b.ReportMetric(100*float64(right)/float64(all), "%right")
		if wrong > 0 {
			b.Errorf("%d lists are read wrong without a question", wrong)
		}
	}
}

// A damaged cell may be one word of a million letters: what is weighed of it does not grow with it.
func TestAWordIsWeighedToALengthThatNoNameHas(t *testing.T) {
	t.Parallel()
	const most, longName = 200, "Ştefănescu-Łukaszewska"
	for _, unit := range []string{"Ã", "é", "李", "aé", "\xe9"} {
		for n := 1_000; n <= 1_024_000; n *= 2 {
			weighed := charset.WeighedWords(strings.Repeat("a", n) + strings.Repeat(unit, n) + "," + longName)
			if len(weighed) != 3 || len(weighed[0]) > most || strings.Trim(weighed[0], "a") == "" || weighed[1] != "Ştefănescu" {
				t.Errorf("%d of %q: %d words of %d bytes", n, unit, len(weighed), len(strings.Join(weighed, "")))
			}
		}
	}
}

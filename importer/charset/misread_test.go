package charset_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/charset"
)

// tryMisread writes lists in an encoding, takes them for another one some times, saves them as UTF-8, and reads them.
func tryMisread(t testing.TB, s shape, lists, times int, had, as, language string, p *people) fates {
	t.Helper()
	words := foreignWords(p, had)
	if len(words) == 0 {
		return nil
	}
	all := fates{}
	random := rand.New(rand.NewPCG(uint64(s.rows), uint64(s.foreign)))
	for range lists {
		names := s.names(random, words)
		text, is := writeIn(had, listOf(english, names))
		for range times {
			if is {
				text, is = charset.Misread(as, text)
			}
		}
		if !is || strings.Count(text, "\n") != s.rows+1 {
			continue // it is lost
		}
		f, example := fateOf(t, text, names)
		if all[f]++; had == "utf-8" && (f == wrong || f == stuck) {
			t.Errorf("%s: %s taken for %s %d times, %s, %v: %s", f, had, as, times, language, s, example)
		}
	}
	return all
}

// JÃ¶rg, J√∂rg, JГ¶rg and J枚rg are Jörg, whatever program has taken UTF-8 for its own encoding.
func TestWhatWasTakenForAnotherEncodingIsMendedOrAskedAbout(t *testing.T) {
	t.Parallel()
	known, sum := unheardOf(t), fates{}
	languages := slices.Sorted(maps.Keys(known))
	for i, as := range charset.Misreaders() {
		for j, language := range languages {
			if (i+j)%5 == 0 {
				sum.add(tryMisread(t, shape{2, 1}, 1, 1+j%3, "utf-8", as, language, known[language]))
			}
		}
	}
	if sum[right] < 5*sum[asked] || sum[warned]+sum[rejected] > sum[right]/20 {
		t.Errorf("too few are mended: %v", sum)
	}
}

func TestAMendedListSaysSoOnceAndCanBeReadAsItStands(t *testing.T) {
	t.Parallel()
	for as, want := range map[string]string{"windows-1252": "JÃ¶rg", "windows-1251": "JГ¶rg", "macintosh": "J√∂rg",
		"ibm850": "J├Ârg", "gbk": "J枚rg", "shift_jis": "Jﾃｶrg"} {
		list, _ := charset.Misread(as, "First,Last\nJörg,Müller\nBjörn,Holm\n")
		records, format, err := readAs(t, list, "")
		if err != nil || records[0].Cells[0] != "Jörg" || len(records[0].Remarks) != 1 || len(records[1].Remarks) != 0 ||
			!strings.Contains(records[0].Remarks[0].Text, "--encoding utf-8") {
			t.Errorf("%s: %+v, %+v, %v", as, records, format, err)
		}
		for encoding, want := range map[string]string{"utf-8": want, string(format.Encoding): "Jörg"} {
			if records, _, err := readAs(t, list, encoding); err != nil || records[0].Cells[0] != want {
				t.Errorf("%s: %+v, %v, want %s", encoding, records, err, want)
			}
		}
	}
}

// A text of another encoding than UTF-8 that was saved as UTF-8 is only likely to be what it seems.
func TestWhatIsOnlyLikelyToBeMisreadIsAskedAbout(t *testing.T) {
	t.Parallel()
	for had, names := range map[string][]guestName{
		"windows-1251": {{"Иван", "Петров"}, {"Мария", "Смирнова"}},
		"windows-1253": {{"Γιώργος", "Παππάς"}, {"Μαρία", "Νικολάου"}},
		"gbk":          {{"伟", "王"}, {"秀英", "李"}}, "euc-kr": {{"민수", "김"}, {"지영", "박"}},
		"windows-1250": {{"Łukasz", "Świątek"}},
	} {
		written, _ := writeIn(had, listOf(english, names))
		text, is := charset.Misread("windows-1252", written)
		if f, example := fateOf(t, text, names); !is || f != asked {
			t.Errorf("%s: %s %s", had, f, example)
		}
	}
}

// A word of one row proves nothing of the others, and names in other scripts are not taken for misread ones.
func TestARowThatWasTakenForAnotherEncodingByItselfIsWarnedOf(t *testing.T) {
	t.Parallel()
	good := "First,Last\nJörg,Müller\nИван,Петров\nგიორგი,ბერიძე\n伟,王\nÅsa,Ñíguez\n"
	for _, as := range []string{"windows-1252", "windows-1251", "macintosh", "ibm437", "gbk"} {
		row, _ := charset.Misread(as, "Renée,Lefèvre\n")
		records, format, err := readAs(t, good+row, "")
		if err != nil || format.Encoding != charset.UTF8 {
			t.Fatal(as, format, err)
		}
		for i, rec := range records {
			if remarked := len(rec.Remarks) > 0; remarked != (i == len(records)-1) {
				t.Errorf("%s: %+v", as, rec)
			}
		}
	}
}

// BenchmarkMisread prints what becomes of lists of UTF-8 that were taken for other encodings, and of lists of other
// encodings that were.
func BenchmarkMisread(b *testing.B) {
	known := unheardOf(b)
	languages := slices.Sorted(maps.Keys(known))
	for b.Loop() {
		sum := fates{}
		for _, as := range charset.Misreaders() {
			of := fates{}
			for _, language := range languages {
				for times := 1; times <= 3; times++ {
					of.add(tryMisread(b, shape{2, 1}, 2, times, "utf-8", as, language, known[language]))
					of.add(tryMisread(b, shape{20, 3}, 1, times, "utf-8", as, language, known[language]))
				}
			}
			fmt.Printf("utf-8 as %-18s%v\n", as, of)
			sum.add(of)
		}
		fmt.Printf("%-27s%v\n", "all", sum)
		others := fates{}
		for had, of := range charset.Candidates() {
			for _, language := range of {
				if p := known[language]; p != nil && had != "windows-1252" {
					others.add(tryMisread(b, shape{3, 2}, 2, 1, had, "windows-1252", language, p))
				}
			}
		}
		fmt.Printf("%-27s%v\n", "others as windows-1252", others)
	}
}

package charset_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"guestflow/importer/charset"
)

// Most lists have a handful of foreign letters, which is where encodings are hardest to tell.
var smallShapes = []shape{{1, 1}, {2, 1}, {2, 2}, {3, 2}, {5, 1}, {5, 5}, {20, 1}, {20, 3}, {50, 2}, {200, 2}}

// tryShape writes some lists in an encoding, and reads them.
func tryShape(t testing.TB, s shape, lists int, encoding, language string, p *people) fates {
	t.Helper()
	words := foreignWords(p, encoding)
	if len(words) == 0 {
		return nil
	}
	all := fates{}
	random := rand.New(rand.NewPCG(uint64(s.rows), uint64(s.foreign)))
	for i := range lists {
		header := english
		if h := headers[language]; i%4 == 3 && h != "" {
			if _, is := writeIn(encoding, h); is {
				header = h
			}
		}
		names := s.names(random, words)
		written, is := writeIn(encoding, listOf(header, names))
		if !is {
			continue
		}
		f, example := fateOf(t, written, names)
		if all[f]++; f == wrong || f == stuck {
			t.Errorf("%s: %s, %s, %v: %s", f, encoding, language, s, example)
		}
	}
	return all
}

func TestAListWithFewForeignLettersIsReadRightOrAskedAbout(t *testing.T) {
	t.Parallel()
	known, sum := unheardOf(t), fates{}
	for encoding, languages := range encodingsWithUTF8(known) {
		for _, language := range languages {
			for _, s := range []shape{{2, 1}, {3, 3}} {
				sum.add(tryShape(t, s, 1, encoding, language, known[language]))
			}
		}
	}
	if sum[right] < 4*sum[asked]/3 {
		t.Errorf("too many are asked about: %v", sum)
	}
}

// encodingsWithUTF8 returns the encodings that the detector knows, with those of their languages that have unheard-of
// names.
func encodingsWithUTF8(known map[string]*people) map[string][]string {
	all := charset.Candidates()
	all["utf-8"] = slices.Collect(maps.Keys(known))
	for name, languages := range all {
		all[name] = slices.DeleteFunc(languages, func(l string) bool { return known[l] == nil })
	}
	return all
}

// BenchmarkSmallLists prints what becomes of lists with few foreign letters, by encoding and by shape.
func BenchmarkSmallLists(b *testing.B) {
	const lists = 12
	known := unheardOf(b)
	for b.Loop() {
		all := encodingsWithUTF8(known)
		byShape := map[shape]fates{}
		sum := fates{}
		for _, encoding := range slices.Sorted(maps.Keys(all)) {
			of := fates{}
			for _, language := range slices.Sorted(slices.Values(all[encoding])) {
				for _, s := range smallShapes {
					f := tryShape(b, s, lists, encoding, language, known[language])
					of.add(f)
					if byShape[s] == nil {
						byShape[s] = fates{}
					}
					byShape[s].add(f)
				}
			}
			fmt.Printf("%-18s%v\n", encoding, of)
			sum.add(of)
		}
		for _, s := range slices.SortedFunc(maps.Keys(byShape), func(a, b shape) int {
			return cmp.Or(cmp.Compare(a.rows, b.rows), cmp.Compare(a.foreign, b.foreign))
		}) {
			fmt.Printf("%3d rows, %d foreign  %v\n", s.rows, s.foreign, byShape[s])
		}
		fmt.Printf("%-18s%v\n", "all", sum)
	}
}

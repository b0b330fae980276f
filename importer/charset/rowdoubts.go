package charset

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutRowDoubts returns the lines with foreign letters without what is a doubt of its row alone, and whether there
// was any: the sign that programs write for a letter which they could not read, a dagger beside a name, and a letter of
// another alphabet in a Latin word. They are written in UTF-8, and no other encoding has their bytes by chance.
func withoutRowDoubts(lines [][]byte) (kept [][]byte, any bool) {
	for _, line := range lines {
		whole := []byte(latinWords(withoutSigns(string(line))))
		any = any || !bytes.Equal(whole, line)
		if !isASCII(string(whole)) {
			kept = append(kept, whole)
		}
	}
	return kept, any
}

// rowSigns are those of people who have died, and those that people tick names with.
const rowSigns = "†‡✝✓✔✗✘★☆"

// withoutSigns writes a question mark for what stands for a lost letter, and for signs with nothing foreign beside them
// that no letter follows: else a sign is a part of a letter that was misread.
func withoutSigns(line string) string {
	if !strings.ContainsAny(line, "\ufffd"+rowSigns) {
		return line
	}
	var b strings.Builder
	before := ' '
	for i, r := range line {
		after, _ := utf8.DecodeRuneInString(line[min(i+utf8.RuneLen(r), len(line)):])
		alone := before < utf8.RuneSelf && after < utf8.RuneSelf && !unicode.IsLetter(after)
		before = r
		if r == utf8.RuneError || alone && strings.ContainsRune(rowSigns, r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// lookalikes are letters that cannot be told from those of the Latin alphabet.
const lookalikes = "авеіјкморсстухԁѕԛԝӏАВЕІЈКМНОРСТУХЅԚԜαορνικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"

// latinWords writes a question mark for such a letter in a word whose other letters are all of ASCII: it was typed so.
func latinWords(line string) string {
	if !strings.ContainsAny(line, lookalikes) {
		return line
	}
	for _, word := range foreignWords(line) {
		bare := strings.Map(func(r rune) rune {
			if strings.ContainsRune(lookalikes, r) {
				return '?'
			}
			return r
		}, word)
		if isASCII(bare) && strings.Trim(bare, "?") != "" && strings.Count(bare, "?") == 1 {
			line = strings.Replace(line, word, bare, 1)
		}
	}
	return line
}

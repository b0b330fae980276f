package charset

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Which of some sixty encodings a text has is decided by how likely the names in it are, read in each of them: what a list
// of guests has of foreign letters is names. The detectors that browsers use are made for running text, and wrong for
// every third list of five names. How likely a name is in a language follows from which letters stand beside which in
// its names; so the languages are learnt from lists of names, once a text needs it.

// candidate is an encoding that a text may have, and the languages that are written in it.
type candidate struct {
	name      Encoding
	prior     float64 // how common it is, as a logarithm
	languages string
}

const (
	western   = "de fr es it pt nl da nb sv fi is ca gl ga et sq"
	central   = "pl cs sk hu hr sl sr bs ro sq de"
	cyrillic  = "ru uk be bg mk sc"
	arabic    = "ar fa ur"
	veryRare  = -6
	rare      = -5
	lessKnown = -3
)

var candidates = []candidate{
	{Windows1252, 0, western}, {Windows1250, -1, central}, {"windows-1251", -1, cyrillic}, {"windows-1253", -1, "el"},
	{"windows-1254", -1, "tr ku de fr"}, {"windows-1255", -1, "he"}, {"windows-1256", -1, arabic},
	{"windows-1257", -1.5, "lt lv et pl de"}, {"windows-1258", -1, "vi"}, {"windows-874", -1, "th"},
	{"gb18030", -1, "zh"}, {"big5", -1, "tw"}, {"shift_jis", -1, "ja kh"}, {"euc-jp", lessKnown, "ja kh"},
	{"euc-kr", -1, "ko"}, {nameOfJohab, veryRare, "ko"},
	{"koi8-r", lessKnown, "ru bg"}, {"koi8-u", lessKnown, "ru uk be"}, {"ibm866", lessKnown, "ru uk be bg"},
	{"iso-8859-2", lessKnown, central}, {"iso-8859-3", rare, "mt tr eo"}, {"iso-8859-4", rare, "lt lv et"},
	{"iso-8859-5", lessKnown, cyrillic}, {"iso-8859-6", lessKnown, "ar"}, {"iso-8859-7", lessKnown, "el"},
	{"iso-8859-8", lessKnown, "he"}, {"iso-8859-10", veryRare, "is sv nb"}, {"iso-8859-13", lessKnown, "lt lv et"},
	{"iso-8859-14", veryRare, "ga cy"}, {"iso-8859-15", lessKnown, western}, {"iso-8859-16", rare, "ro hr sl pl hu"},
	{"macintosh", lessKnown, western}, {"x-mac-ce", rare, "pl cs sk hu lt lv et de"}, {"x-mac-cyrillic", rare, cyrillic},
	{"x-mac-greek", rare, "el"}, {"x-mac-turkish", rare, "tr de"}, {"x-mac-icelandic", rare, "is"},
	{"x-mac-croatian", rare, "hr sl sr bs"},
	{"x-mac-romanian", rare, "ro"}, {"ibm437", -4.5, "de fr es it sv fi"}, {"ibm850", -4.5, western},
	{"ibm852", rare, central},
	{"ibm855", veryRare, cyrillic}, {"ibm857", rare, "tr"}, {"ibm775", -4.5, "lt lv et"}, {"ibm737", rare, "el"},
	{"ibm869", veryRare, "el"},
	{"ibm862", rare, "he"}, {"ibm860", veryRare, "pt"}, {"ibm861", veryRare, "is"}, {"ibm863", veryRare, "fr"},
	{"ibm865", veryRare, "da nb"},
	{"kz-1048", rare, "kk ru"}, {"ptcp154", veryRare, "kk ru"}, {"koi8-t", veryRare, "tg ru"}, {"ibm720", rare, "ar"},
	{"ibm1125", veryRare, "uk ru be"}, {"mik", rare, "bg ru"},
	{"armscii-8", rare, "hy"}, {"georgian-ps", veryRare, "ka"}, {"georgian-academy", veryRare, "ka"},
}

// wideEncodings have more than one byte for a letter.
var wideEncodings = map[Encoding]encoding.Encoding{
	"gb18030": simplifiedchinese.GB18030, "big5": traditionalchinese.Big5, "shift_jis": japanese.ShiftJIS,
	"euc-jp": japanese.EUCJP, "euc-kr": korean.EUCKR, nameOfJohab: johab{},
}

// favourWestern returns candidates for a text in which some lines are plain and others have foreign letters. Where few
// have, as in English, Dutch or Italian lists, it is likelier western: of Polish, Czech, Turkish or Lithuanian names
// every third or second has one.
func favourWestern(all []candidate, plain, foreign int) []candidate {
	const most = 5
	all = slices.Clone(all)
	for i := range all {
		if all[i].languages == western {
			all[i].prior += min(max(math.Log(float64(plain+1)/float64(foreign+1))-1, 0), most)
		}
	}
	return all
}

// isUnicode reports whether it is UTF-8, or was before it was misread.
func (c candidate) isUnicode() bool {
	return c.name == UTF8 || strings.HasPrefix(string(c.name), string(UTF8)+via)
}

// isWide reports whether it has more than one byte for a letter.
func (c candidate) isWide() bool {
	_, is := wideEncodings[c.name]
	return is
}

// likelihood returns the logarithm of how likely some words are in it.
func (c candidate) likelihood(words []string) float64 {
	if c.isUnicode() {
		return unicodeLikelihood(words)
	}
	return likelihood(words, strings.Fields(c.languages))
}

// candidateNamed returns what is known of an encoding, which may be one that no text is detected to have.
func candidateNamed(name Encoding) candidate {
	if i := slices.IndexFunc(candidates, func(c candidate) bool { return c.name == name }); i >= 0 {
		return candidates[i]
	}
	return candidate{name: name, languages: western}
}

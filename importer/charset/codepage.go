package charset

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// codePage is a single-byte encoding.
type codePage struct {
	upper   [128]string
	weighed [128]string // the same with signs of ASCII as another sign, so that no foreign letter goes unweighed
	bytes   map[rune]byte
}

var codePagesByName = sync.OnceValue(func() map[Encoding]*codePage {
	all := map[Encoding]*codePage{}
	for name, upper := range codePages {
		p, i := &codePage{bytes: map[rune]byte{}}, 0
		for _, r := range upper {
			if p.upper[i] = string(r); r != utf8.RuneError {
				p.bytes[r] = byte(0x80 + i)
			}
			if p.weighed[i] = p.upper[i]; r < utf8.RuneSelf {
				p.weighed[i] = signBeyondASCII
			}
			i++
		}
		all[name] = p
	}
	return all
})

func codePageOf(name Encoding) *codePage { return codePagesByName()[name] }

func (p *codePage) decode(out, in []byte) []byte { return decodeBy(&p.upper, out, in) }

func decodeBy(upper *[128]string, out, in []byte) []byte {
	for _, c := range in {
		if c < utf8.RuneSelf {
			out = append(out, c)
		} else {
			out = append(out, upper[c-0x80]...)
		}
	}
	return out
}

// signBeyondASCII stands for a sign of ASCII that a page has once more beyond it, as Armenian ones have the full stop.
const signBeyondASCII = "\u2024"

// encode returns the bytes of a text in this encoding, or false for one with other letters.
func (p *codePage) encode(text []byte) (out []byte, is bool) {
	for _, r := range string(text) {
		c, known := p.bytes[r]
		switch {
		case r < utf8.RuneSelf:
			c = byte(r) // ASCII
		case !known:
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

// pageReader decodes a single-byte encoding.
type pageReader struct {
	in   io.Reader
	page *codePage
	buf  []byte
	text []byte // decoded and not read
	left []byte
}

func (r *pageReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.buf == nil {
			r.buf = make([]byte, 8<<10)
		}
		n, err := r.in.Read(r.buf)
		r.text = r.page.decode(r.text[:0], r.buf[:n])
		r.left = r.text
		if len(r.left) == 0 && err != nil {
			return 0, err
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// otherNames are those that people give to encodings beside their registered ones.
var otherNames = map[string]Encoding{
	"mac-roman": "macintosh", "macroman": "macintosh", "mac": "macintosh", "mac-cyrillic": "x-mac-cyrillic",
	"mac-ce": "x-mac-ce", "maclatin2": "x-mac-ce",
	"mac-greek": "x-mac-greek", "mac-turkish": "x-mac-turkish", "ansi": Windows1252, "latin-1": "iso-8859-1",
	"sjis": "shift_jis", "cp932": "shift_jis",
	"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "cp949": "euc-kr", "cp950": "big5",
	"cp1361": nameOfJohab, "ms1361": nameOfJohab, "ksc5601-1992": nameOfJohab, "iso2022kr": ISO2022KR, "csiso2022kr": ISO2022KR,
	"utf8":   UTF8,
	"kz1048": "kz-1048", "rk1048": "kz-1048", "strk1048-2002": "kz-1048", "cp154": "ptcp154", "koi8t": "koi8-t",
	"armscii8": "armscii-8", "bulgarian-mik": "mik",
	"ebcdic": "ibm037", "ibm01140": "ibm1140", "ebcdic-cp-us": "ibm037", "ebcdic-cp-de": "ibm273", "hz": "hz-gb-2312",
}

// namedEncoding is an encoding that a person named.
type namedEncoding struct {
	name  Encoding
	wide  encoding.Encoding // nil for a page, and for UTF-8
	is    *codePage
	empty bool

	takenFor []Encoding // of a text that was misread, the last one first
}

// Check returns what is wrong with an encoding's name, or nil.
func Check(name string) error {
	_, err := encodingNamed(name)
	return err
}

// encodingNamed returns the encoding of that name, as --encoding has it.
func encodingNamed(name string) (namedEncoding, error) {
	key := strings.ToLower(strings.TrimSpace(name))
	if key == "" {
		return namedEncoding{empty: true}, nil
	}
	if had, takenFor := splitMisread(Encoding(key)); len(takenFor) > 0 {
		return misreadNamed(had, takenFor)
	}
	key = usualName(key)
	if own, is := ownEncoding(Encoding(key)); is {
		return own, nil
	}
	found, err := htmlindex.Get(key)
	if err != nil {
		found, err = ianaindex.IANA.Encoding(key)
	}
	if err != nil || found == nil {
		return namedEncoding{},
			fmt.Errorf("the encoding %q is not known; common ones are utf-8, windows-1252, windows-1250, "+
				"windows-1251, iso-8859-2, "+
				"macintosh, gbk, big5, shift_jis and euc-kr", name)
	}
	if canonical, err := htmlindex.Name(found); err == nil {
		key = canonical
	}
	if p := codePageOf(Encoding(key)); p != nil {
		return namedEncoding{name: Encoding(key), is: p}, nil
	}
	return namedEncoding{name: Encoding(key), wide: found}, nil
}

// usualName returns the name by which an encoding is known here: cp1252 is windows-1252, and cp850 is ibm850.
func usualName(key string) string {
	if other, is := otherNames[strings.ReplaceAll(key, "_", "-")]; is {
		key = string(other)
	}
	if number, is := strings.CutPrefix(key, "cp125"); is {
		return "windows-125" + number
	}
	if number, is := strings.CutPrefix(key, "cp"); is {
		return "ibm" + number
	}
	return key
}

// ownEncoding returns an encoding that needs no index of a library.
func ownEncoding(name Encoding) (_ namedEncoding, is bool) {
	if p := codePageOf(name); p != nil {
		return namedEncoding{name: name, is: p}, true
	}
	if name == HZ {
		return namedEncoding{name: name, wide: simplifiedchinese.HZGB2312}, true
	}
	if _, is := designations[name]; is {
		return namedEncoding{name: name, wide: shifted{name}}, true
	}
	if host, is := hostPageOf(name); is {
		return namedEncoding{name: name, wide: host}, true
	}
	if wide, is := wideEncodings[name]; is {
		return namedEncoding{name: name, wide: wide}, true
	}
	return namedEncoding{name: name}, name == UTF8
}

// misreadNamed returns a misread text's encoding by its parts.
func misreadNamed(had Encoding, takenFor []Encoding) (namedEncoding, error) {
	e, err := encodingNamed(string(had))
	for _, as := range takenFor {
		if err == nil && !isMisreader(as) || len(takenFor) > timesMisread {
			err = fmt.Errorf("texts that were taken for %q are not mended", as)
		}
	}
	if err != nil {
		return namedEncoding{}, err
	}
	e.takenFor = takenFor
	for _, as := range slices.Backward(takenFor) {
		e.name += via + as
	}
	return e, nil
}

func (t namedEncoding) reader(in io.Reader) io.Reader {
	for _, as := range t.takenFor {
		in = transform.NewReader(in, undoer{bytes: bytesBefore(as)})
	}
	switch {
	case t.is != nil:
		return &pageReader{in: in, page: t.is}
	case t.wide != nil:
		return transform.NewReader(in, t.wide.NewDecoder())
	}
	return in
}

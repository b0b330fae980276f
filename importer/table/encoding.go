package table

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// Encoding is how a text is written.
type Encoding string

// The encodings that the rest of this package names. The others are in candidates.
const (
	UTF8        Encoding = "utf-8"
	UTF8Twice   Encoding = "utf-8, encoded twice"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	UTF32LE     Encoding = "utf-32le"
	UTF32BE     Encoding = "utf-32be"
	ISO2022JP   Encoding = "iso-2022-jp"
	Windows1250 Encoding = "windows-1250"
	Windows1252 Encoding = "windows-1252"
)

// decodedText is a text as UTF-8 without its mark.
type decodedText struct {
	io.Reader
	is       Encoding
	marked   bool
	detector *encodingDetector // when neither it nor the options say how it is written
	remarked bool              // that it was mended
}

func (d *decodedText) encoding() Encoding {
	switch {
	case d.detector == nil:
		return d.is
	case d.detector.is == "":
		return UTF8 // ASCII to its end
	}
	return d.detector.is
}

// undecided reports whether all that was read is ASCII, which says nothing of what follows.
func (d *decodedText) undecided() bool { return d.detector != nil && d.detector.is == "" }

// decode detects how a text is written. said names an encoding, for a text that does not say it itself.
func decode(raw *bufio.Reader, said string) (*decodedText, error) {
	head, _ := raw.Peek(4 << 10) // an error comes back with the next read
	little, big := bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff"))
	as, err := encodingNamed(said)
	switch {
	case err != nil:
		return nil, &Error{Problem: err.Error(), Advice: "correct --encoding"}
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), looksUTF32(head, 0):
		return decodedBy(raw, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), UTF32LE, little), nil
	case bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")), looksUTF32(head, 3):
		marked := bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff"))
		return decodedBy(raw, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), UTF32BE, marked), nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")): // other bytes behind such a mark are damage
		_, _ = raw.Discard(3)
		u := &encodingDetector{raw: raw, marked: true}
		return &decodedText{Reader: u, detector: u, marked: true}, nil
	case little, looksUTF16(head, 1):
		return decodedBy(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), UTF16LE, little), nil
	case big, looksUTF16(head, 0):
		return decodedBy(raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), UTF16BE, big), nil
	case !as.empty:
		return &decodedText{Reader: as.reader(raw), is: as.name}, nil
	case bytes.Contains(head, []byte("\x1b$B")), bytes.Contains(head, []byte("\x1b$@")):
		return decodedBy(raw, japanese.ISO2022JP, ISO2022JP, false), nil
	}
	u := &encodingDetector{raw: raw}
	return &decodedText{Reader: u, detector: u}, nil
}

func decodedBy(raw io.Reader, e encoding.Encoding, is Encoding, marked bool) *decodedText {
	return &decodedText{Reader: transform.NewReader(raw, e.NewDecoder()), is: is, marked: marked}
}

// looksUTF32 reports whether a text is UTF-32 without its mark: of four bytes the two on one side are always zero, for
// all that names are written in.
func looksUTF32(head []byte, side int) bool {
	if len(head) < 16 || len(bytes.Trim(head, "\x00")) == 0 {
		return false
	}
	for i := 0; i+4 <= len(head); i += 4 {
		zeros := head[i+2 : i+4]
		if side == 3 {
			zeros = head[i : i+2]
		}
		if zeros[0] != 0 || zeros[1] != 0 {
			return false
		}
	}
	return true
}

// looksUTF16 reports whether a text is UTF-16 without its mark, by the zero bytes that Latin letters and delimiters
// have in it, always on the same side. A few zero bytes alone are damage in a text of another encoding.
func looksUTF16(head []byte, side int) bool {
	zeros := [2]int{}
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	const share = 5 // one in five: other scripts leave zeros only beside delimiters, digits and addresses
	return zeros[side]*share*2 >= len(head) && zeros[side] > 8*zeros[1-side] && len(head) > 3
}

// checkRecord checks a record with foreign letters: they may be of another encoding than the rest, or the first that
// show how the rest is written.
func (d *decodedText) checkRecord(rec *Record, raw []byte) error {
	if bytes.IndexByte(raw, 0x1b) >= 0 {
		rec.Fault = ControlCharacters
		return nil
	}
	if asciiPrefix(raw) == len(raw) {
		return nil
	}
	for i := bytes.IndexByte(raw, 0xc2); i >= 0 && i+1 < len(raw); i++ {
		if raw[i] == 0xc2 && raw[i+1] < 0xa0 {
			rec.Fault = ControlCharacters
			return nil
		}
	}
	if d.detector == nil || d.detector.page == nil {
		return nil
	}
	written, is := d.detector.page.encode(raw)
	if !is {
		return nil
	}
	if letters, valid := utf8Letters(written); valid && letters > 0 {
		rec.Fault = OtherEncoding
		return nil
	}
	return d.detector.recheck(written)
}

// remark returns a remark that a text was encoded twice, at the first record for which it matters.
func (d *decodedText) remark(raw []byte) []Remark {
	if d.detector == nil || asciiPrefix(raw) == len(raw) {
		return nil
	}
	switch {
	case d.detector.is == UTF8Twice && !d.remarked:
		d.remarked = true
		return []Remark{{Kind: DoubleEncoded, Column: wholeRecord, Text: "the file was encoded twice (JÃ¶rg for Jörg), in " +
			"every name that shows it; this was mended, so look at the names"}}
	case d.detector.is == UTF8 && hasDoubleEncoded(raw):
		return []Remark{{Kind: DoubleEncoded, Column: wholeRecord, Text: "this row looks as if it was encoded twice (JÃ¶rg " +
			"for Jörg), and others are not; correct it where names are wrong"}}
	}
	return nil
}

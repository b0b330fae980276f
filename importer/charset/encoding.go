package charset

import (
	"bufio"
	"bytes"
	"cmp"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// Encoding is how a text is written.
type Encoding string

// The encodings that the rest of this package names. The others are in candidates.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	UTF32LE     Encoding = "utf-32le"
	UTF32BE     Encoding = "utf-32be"
	ISO2022JP   Encoding = "iso-2022-jp"
	HZ          Encoding = "hz-gb-2312"
	Windows1250 Encoding = "windows-1250"
	Windows1252 Encoding = "windows-1252"
)

// Text is a text as UTF-8 without its mark. An error of reading it is a *DoubtError where it could be written in
// several ways, and else that of its bytes.
type Text struct {
	io.Reader
	is       Encoding          // where it, or a person, says it
	Marked   bool              // it begins with a mark of its encoding
	detector *encodingDetector // of what neither says
	remarked bool              // that it was mended
	mender   Mender

	bytes   *letterBytes // of what is not UTF-8
	valid   int          // records of a UTF-8 file that are
	invalid [][]byte     // and those that are not
}

// Encoding returns how the text is written, as far as it was read.
func (d *Text) Encoding() Encoding {
	switch found := d.found(); {
	case found != "" && (d.is == "" || found != UTF8):
		return found
	case d.is == "":
		return UTF8 // ASCII to its end
	}
	return d.is
}

// found returns the encoding that was detected, or "".
func (d *Text) found() Encoding {
	if d.detector == nil {
		return ""
	}
	return d.detector.is
}

// Undecided reports whether all that was read is ASCII, which says nothing of what follows.
func (d *Text) Undecided() bool { return d.is == "" && d.found() == "" }

// Decode detects how a text is written. said names an encoding, for a text that does not say it itself, or for one that
// was misread before it was written.
func Decode(raw *bufio.Reader, said string) (*Text, error) {
	as, err := encodingNamed(said)
	if err != nil {
		return nil, err
	}
	head, _ := raw.Peek(4 << 10) // an error comes back with the next read
	d := &Text{}
	if form, is := unicodeForm(head); is != "" {
		d.is, d.Marked = is, bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) ||
			bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff"))
		raw = bufio.NewReaderSize(transform.NewReader(raw, form.NewDecoder()), 32<<10)
	} else if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = raw.Discard(3)
		d.Marked = true
	}
	inUnicode := d.is != "" || d.Marked // other bytes behind such a mark are damage
	switch {
	case !as.empty && (!inUnicode || as.name == UTF8 || len(as.takenFor) > 0):
		d.Reader, d.is = as.reader(raw), cmp.Or(d.is, as.name)
		if len(as.takenFor) > 0 {
			d.is = as.name
		}
		return d, nil
	case !inUnicode && hasEscapes(head):
		d.Reader, d.is = transform.NewReader(raw, japanese.ISO2022JP.NewDecoder()), ISO2022JP
		return d, nil
	}
	if !inUnicode && hasHZ(head) {
		d.Reader, d.is = transform.NewReader(raw, simplifiedchinese.HZGB2312.NewDecoder()), HZ
		return d, nil
	}
	if form := shiftedForm(head); !inUnicode && form != "" {
		d.Reader, d.is = transform.NewReader(raw, shifted{form}.NewDecoder()), form
		return d, nil
	}
	if likely := hostReadings(head); !inUnicode && len(likely) > 0 {
		d.Reader = doubtReader{&DoubtError{Readings: likely}}
		return d, nil
	}
	d.detector = &encodingDetector{raw: raw, marked: inUnicode}
	d.Reader = d.detector
	return d, nil
}

// unicodeForm returns the form of a text in UTF-16 or UTF-32, or nil.
func unicodeForm(head []byte) (encoding.Encoding, Encoding) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), looksUTF32(head, 0):
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), UTF32LE
	case bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")), looksUTF32(head, 3):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), UTF32BE
	case bytes.HasPrefix(head, []byte("\xff\xfe")), looksUTF16(head, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), UTF16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")), looksUTF16(head, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), UTF16BE
	}
	return nil, ""
}

// hasEscapes reports whether a text has the sequences in it by which ISO-2022-JP goes over to Japanese letters.
func hasEscapes(head []byte) bool {
	return bytes.Contains(head, []byte("\x1b$B")) || bytes.Contains(head, []byte("\x1b$@")) ||
		bytes.Contains(head, []byte("\x1b(I"))
}

// hasHZ reports whether a text has the signs in it by which HZ goes over to Chinese letters and back.
func hasHZ(head []byte) bool {
	from := bytes.Index(head, []byte("~{"))
	to := bytes.Index(head, []byte("~}"))
	if from < 0 || to < from+4 || (to-from)%2 != 0 || asciiPrefix(head) < len(head) {
		return false
	}
	return !bytes.ContainsAny(head[from+2:to], " \r\n")
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

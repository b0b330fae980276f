package table

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is how a text is written.
type Encoding string

// The encodings that are told apart.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1250 Encoding = "windows-1250"
	Windows1252 Encoding = "windows-1252"
)

// decoded is a text as UTF-8 without its mark.
type decoded struct {
	io.Reader
	is       Encoding
	marked   bool
	unmarked *unmarked // when it does not say itself how it is written
	told     bool      // that this is in doubt
}

func (d *decoded) encoding() Encoding {
	switch {
	case d.unmarked == nil:
		return d.is
	case d.unmarked.is == "":
		return UTF8 // ASCII to its end
	}
	return d.unmarked.is
}

// open tells whether all that was read is ASCII, which says nothing of what follows.
func (d *decoded) open() bool { return d.unmarked != nil && d.unmarked.is == "" }

// remark says that the encoding is in doubt, at the first record for which it matters.
func (d *decoded) remark(raw []byte) []Remark {
	if d.told || d.unmarked == nil || d.unmarked.doubt == "" || plain(raw) == len(raw) {
		return nil
	}
	d.told = true
	return []Remark{{Kind: DoubtfulText, Column: WholeRecord, Text: d.unmarked.doubt}}
}

// decode finds out how a text is written.
func decode(raw *bufio.Reader) *decoded {
	head, _ := raw.Peek(4 << 10) // an error comes back with the next read
	little, big := bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff"))
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")): // whoever writes the mark means it: later bytes that are not UTF-8 are damage
		_, _ = raw.Discard(3)
		return &decoded{Reader: raw, is: UTF8, marked: true}
	case little, wide(head, 1):
		return &decoded{Reader: transform.NewReader(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), is: UTF16LE, marked: little}
	case big, wide(head, 0):
		return &decoded{Reader: transform.NewReader(raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()), is: UTF16BE, marked: big}
	}
	u := &unmarked{raw: raw}
	return &decoded{Reader: u, unmarked: u}
}

// wide knows UTF-16 without its mark by the zero bytes that Latin letters and delimiters have there, always on the same side.
// A few zero bytes alone are damage in a text of another encoding.
func wide(head []byte, side int) bool {
	zeros := [2]int{}
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	const share = 5 // one in five: other scripts leave zeros only beside delimiters, digits and addresses
	return zeros[side]*share*2 >= len(head) && zeros[side] > 8*zeros[1-side] && len(head) > 3
}

// unmarked reads a text that does not say what it is. It is ASCII up to the first byte that is not, and from there on what the
// next bytes look like: the first foreign name may be far behind any sample of the beginning.
type unmarked struct {
	raw   *bufio.Reader
	is    Encoding
	doubt string    // what a person is told of it
	now   io.Reader // once it is known

	previous byte // that was read
}

func (u *unmarked) Read(p []byte) (int, error) {
	if u.now != nil {
		return u.now.Read(p)
	}
	if _, err := u.raw.Peek(1); err != nil {
		return 0, err
	}
	there, _ := u.raw.Peek(u.raw.Buffered())
	if n := copy(p, there[:plain(there)]); n > 0 {
		u.previous = p[n-1]
		return u.raw.Discard(n)
	}
	sample, _ := u.raw.Peek(peek / 2) // from exactly here, in every pass
	switch u.is, u.doubt = guess(u.previous, sample); u.is {
	case Windows1250:
		u.now = transform.NewReader(u.raw, charmap.Windows1250.NewDecoder())
	case Windows1252:
		u.now = transform.NewReader(u.raw, charmap.Windows1252.NewDecoder())
	default:
		u.now = u.raw
	}
	return u.now.Read(p)
}

// plain counts the ASCII bytes that b begins with.
func plain(b []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&high == 0; i += 8 {
	}
	for ; i < len(b) && b[i] < utf8.RuneSelf; i++ {
	}
	return i
}

// guess tells UTF-8, maybe with damage in it, from the code pages that Excel writes in Europe, which hardly ever look like it.
// Others cannot be told from those.
func guess(previous byte, sample []byte) (is Encoding, doubt string) {
	whole := sample
	good, bad := 0, 0
	for len(sample) > 0 {
		r, size := utf8.DecodeRune(sample)
		switch {
		case r == utf8.RuneError && size == 1:
			if !utf8.FullRune(sample) && len(sample) < utf8.UTFMax {
				sample = nil // cut by the sample's end, or by the file's
				if good+bad == 0 {
					bad++
				}
				continue
			}
			bad++
		case size > 1:
			good++
		}
		sample = sample[size:]
	}
	if bad > good {
		return codePage(previous, whole)
	}
	return UTF8, ""
}

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
	Windows1252 Encoding = "windows-1252"
)

// decode gives a text as UTF-8 without its mark.
func decode(raw *bufio.Reader) (text io.Reader, encoding func() Encoding) {
	head, _ := raw.Peek(4 << 10) // an error comes back with the next read
	is := func(e Encoding) func() Encoding { return func() Encoding { return e } }
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")): // whoever writes the mark means it: later bytes that are not UTF-8 are damage
		_, _ = raw.Discard(3)
		return raw, is(UTF8)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), wide(head, 1):
		return transform.NewReader(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), is(UTF16LE)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), wide(head, 0):
		return transform.NewReader(raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()), is(UTF16BE)
	}
	u := &unmarked{raw: raw}
	return u, func() Encoding {
		if u.is == "" {
			return UTF8 // ASCII to its end
		}
		return u.is
	}
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
	raw *bufio.Reader
	is  Encoding
	now io.Reader // once it is known
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
		return u.raw.Discard(n)
	}
	sample, _ := u.raw.Peek(peek / 2) // from exactly here, in every pass
	if u.is = guess(sample); u.is == UTF8 {
		u.now = u.raw
	} else {
		u.now = transform.NewReader(u.raw, charmap.Windows1252.NewDecoder())
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

// guess tells UTF-8, maybe with damage in it, from Windows-1252, which hardly ever looks like it. Everything is Windows-1252
// that is not UTF-8: it is what Excel writes in western Europe, and other code pages cannot be told from it.
func guess(sample []byte) Encoding {
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
		return Windows1252
	}
	return UTF8
}

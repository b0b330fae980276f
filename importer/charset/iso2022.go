package charset

import (
	"bytes"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// The forms of ISO-2022 that golang.org/x/text has not: letters of EUC without their high bits, between two signs.
const (
	ISO2022KR Encoding = "iso-2022-kr"
	ISO2022CN Encoding = "iso-2022-cn"
)

// designations are the sequences that say whose letters follow.
var designations = map[Encoding][]byte{ISO2022KR: []byte("\x1b$)C"), ISO2022CN: []byte("\x1b$)A")}

// shiftedForm returns the form of a text in ISO-2022 with shifts, or "".
func shiftedForm(head []byte) Encoding {
	for name, designation := range designations {
		if bytes.Contains(head, designation) && bytes.IndexByte(head, shiftOut) >= 0 {
			return name
		}
	}
	return ""
}

// shifted is such a form.
type shifted struct{ name Encoding }

// NewDecoder returns one that writes UTF-8.
func (s shifted) NewDecoder() *encoding.Decoder {
	of := encoding.Encoding(korean.EUCKR)
	if s.name == ISO2022CN {
		of = simplifiedchinese.GBK
	}
	return &encoding.Decoder{Transformer: transform.Chain(&shifts{designation: designations[s.name]}, of.NewDecoder())}
}

// NewEncoder returns one that writes nothing: lists are only read.
func (shifted) NewEncoder() *encoding.Encoder { return hostPage{}.NewEncoder() }

const (
	shiftOut = 0x0e // letters follow
	shiftIn  = 0x0f // and ASCII again
)

// shifts sets the high bits of what stands between the two signs.
type shifts struct {
	designation []byte
	out         bool
}

// Reset begins a new text.
func (s *shifts) Reset() { s.out = false }

// Transform writes EUC.
func (s *shifts) Transform(out, in []byte, atEnd bool) (written, read int, err error) {
	for read < len(in) {
		c := in[read]
		switch rest := in[read:]; {
		case c == s.designation[0] && len(rest) < len(s.designation) && !atEnd:
			return written, read, transform.ErrShortSrc
		case bytes.HasPrefix(rest, s.designation):
			read += len(s.designation)
			continue
		case c == shiftOut, c == shiftIn:
			s.out = c == shiftOut
			read++
			continue
		case c == '\n':
			s.out = false // by the standard, a line begins with ASCII
		case s.out && c > ' ':
			c |= 0x80
		}
		if written == len(out) {
			return written, read, transform.ErrShortDst
		}
		out[written] = c
		written, read = written+1, read+1
	}
	return written, read, nil
}

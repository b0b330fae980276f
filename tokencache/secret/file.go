package secret

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// FromFile takes a secret from the bytes of a text file: without a byte order mark, from UTF-16 too, as editors and
// shells of Windows write it, and without the blanks, line breaks and characters that are not seen around it. Refused is
// a file that is no text, or in which such characters are: the secret that is meant has none, and the server that is
// sent one with them only says that it is wrong.
func FromFile(raw []byte) (Text, error) {
	text, err := Decode(raw)
	if err != nil {
		return "", err
	}
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	if strings.HasPrefix(text, `{\rtf`) {
		return "", errFormatted
	}
	if strings.ContainsRune(text, utf8.RuneError) {
		return "", errNoText // a letter was lost
	}
	if at := strings.IndexFunc(text, isUnseen); at >= 0 {
		r, _ := utf8.DecodeRuneInString(text[at:])
		return "", fmt.Errorf("the file has a character that is not seen, U+%04X: type the secret anew, or copy it without what is around it", r)
	}
	return Text(text), nil
}

// isUnseen reports whether a character cannot be seen. Joiners are left, as words of some languages have them.
func isUnseen(r rune) bool {
	const withoutJoiner, joiner = '\u200c', '\u200d'
	switch r {
	case '\t', '\n', '\r', withoutJoiner, joiner:
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// Decode returns the text of a file as it is, without its byte order mark.
func Decode(raw []byte) (string, error) {
	if little, is := bytes.CutPrefix(raw, []byte{0xff, 0xfe}); is {
		return wide(little, binary.LittleEndian)
	}
	if big, is := bytes.CutPrefix(raw, []byte{0xfe, 0xff}); is {
		return wide(big, binary.BigEndian)
	}
	return whole(string(raw))
}

func wide(raw []byte, order binary.ByteOrder) (string, error) {
	if len(raw)%2 != 0 {
		return "", errNoText
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.ContainsRune(text, utf8.RuneError) {
		return "", errNoText // half of a character
	}
	return whole(text)
}

var (
	errNoText    = errors.New("the file is no text: save it as UTF-8")
	errFormatted = errors.New("the file is a formatted text (RTF): save it as plain text")
)

// whole returns a text without its marks, of which programs that add one to a file with one leave two. A text with
// zeros, or with letters of another encoding, is none.
func whole(text string) (string, error) {
	if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return "", errNoText
	}
	return strings.TrimLeft(text, "\ufeff"), nil
}

package secret

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// FromFile takes a secret from the bytes of a text file: without a byte order mark, from UTF-16 too, as editors and
// shells of Windows write it, and without the blanks and line breaks around it. A file with zero bytes is none.
func FromFile(raw []byte) (Text, error) {
	text, err := Decode(raw)
	return Text(strings.TrimSpace(text)), err
}

// Decode returns the text of a file as it is, without its byte order mark.
func Decode(raw []byte) (string, error) {
	if utf8, is := bytes.CutPrefix(raw, []byte("\ufeff")); is {
		return string(utf8), zeros(utf8)
	}
	if little, is := bytes.CutPrefix(raw, []byte{0xff, 0xfe}); is {
		return wide(little, binary.LittleEndian)
	}
	if big, is := bytes.CutPrefix(raw, []byte{0xfe, 0xff}); is {
		return wide(big, binary.BigEndian)
	}
	return string(raw), zeros(raw)
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
	return text, zeros([]byte(text))
}

var errNoText = errors.New("the file is no text: save it as UTF-8")

func zeros(text []byte) error {
	if bytes.IndexByte(text, 0) >= 0 {
		return errNoText
	}
	return nil
}

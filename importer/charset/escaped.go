package charset

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Programs write letters beyond ASCII as ASCII for where they send them, and some lists are written before anything
// reads them again: a mail's header (=?UTF-8?B?SsO2cmc=?=), its text (J=C3=B6rg), a form or a link (J%C3%B6rg), JSON
// (J\u00f6rg), HTML (J&ouml;rg), a workbook (J_x00F6_rg), a database (O\'Hara, O''Hara), a
// text in UTF-7 (J+APY-rg). A cell is decoded where all of
// it proves that it is written so.

// DecodeEscapes decodes a cell whose letters are written as ASCII, and returns any other one as it is.
func DecodeEscapes(cell string) string {
	if strings.IndexByte(cell, '&') >= 0 {
		cell = unescapeHTML(cell)
	}
	if strings.Contains(cell, "_x") {
		cell = decodeWorkbook(cell)
	}
	if strings.Contains(cell, "''") {
		cell = doubledApostrophe.ReplaceAllString(cell, "$1'$2")
	}
	if strings.IndexByte(cell, '+') >= 0 && strings.IndexByte(cell, '@') < 0 {
		cell = decodeUTF7(cell)
	}
	switch {
	case strings.Contains(cell, "=?"):
		return decodeMailWords(cell)
	case strings.Contains(cell, `\u`):
		return decodeJSON(cell)
	case strings.Contains(cell, `\'`):
		return escapedApostrophe.ReplaceAllString(cell, "$1'")
	case strings.ContainsAny(cell, "/@?&"): // an address, which has its own reason for it
	case strings.IndexByte(cell, '=') >= 0:
		return decodeHex(cell, '=')
	case strings.IndexByte(cell, '%') >= 0:
		return decodeHex(cell, '%')
	}
	return cell
}

// doubledApostrophe is how a database writes an apostrophe within a text.
var doubledApostrophe = regexp.MustCompile(`(\pL)''(\pL)`)

// escapedApostrophe is one behind a backslash. Behind a number it means feet, and nothing proves how those are written.
var escapedApostrophe = regexp.MustCompile(`(^|\D)\\'`)

var workbookEscape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// decodeWorkbook decodes a cell whose letters are written as in the XML of a workbook: S_x00E9_an.
func decodeWorkbook(cell string) string {
	return workbookEscape.ReplaceAllStringFunc(cell, func(code string) string {
		n, err := strconv.ParseUint(code[2:6], 16, 16)
		if err != nil || !unicode.IsLetter(rune(n)) || n < utf8.RuneSelf {
			return code
		}
		return string(rune(n))
	})
}

// mailWords decodes the words of a mail's header.
var mailWords = mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	named, err := encodingNamed(charset)
	if err != nil {
		return nil, err
	}
	return named.reader(in), nil
}}

func decodeMailWords(cell string) string {
	text, err := mailWords.DecodeHeader(cell)
	if err != nil || !utf8.ValidString(text) || strings.Contains(text, "=?") {
		return cell
	}
	return text
}

// decodeHex decodes a cell whose bytes are written as two digits behind a sign, where that makes letters in UTF-8.
func decodeHex(cell string, sign byte) string {
	escaped := cell
	if sign == '=' {
		escaped = strings.ReplaceAll(strings.ReplaceAll(cell, "%", "%25"), "=", "%")
	}
	text, err := url.PathUnescape(escaped)
	if err != nil || isASCII(text) || !utf8.ValidString(text) || strings.ContainsFunc(text, isControl) {
		return cell
	}
	return text
}

// utf7Letters are letters as UTF-7 writes them: base64 of UTF-16.
var utf7Letters = regexp.MustCompile(`\+([A-Za-z0-9+/]{3,})-?`)

// decodeUTF7 decodes a cell whose letters are written in UTF-7, where all of them are letters or the signs of a mark.
func decodeUTF7(cell string) string {
	wrong := false
	text := utf7Letters.ReplaceAllStringFunc(cell, func(code string) string {
		letters, is := utf7Text(strings.Trim(code, "+-"))
		wrong = wrong || !is
		return letters
	})
	if wrong {
		return cell
	}
	return text
}

func utf7Text(code string) (string, bool) {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(code)
	isNumber := !strings.ContainsFunc(code, func(r rune) bool { return r < '0' || r > '9' }) // as of a telephone
	if err != nil || len(raw)%2 != 0 || isNumber {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	text := strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
	known := func(r rune) bool { return r >= utf8.RuneSelf && isLetter(r) || strings.ContainsRune(commonSigns, r) }
	return text, !strings.ContainsFunc(text, func(r rune) bool { return !known(r) })
}

var jsonEscape = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// decodeJSON decodes a cell whose letters are written as in JSON. Escaped ASCII is left to what reads JSON.
func decodeJSON(cell string) string {
	var units []uint16
	rest := []byte(cell)
	for at := jsonEscape.FindIndex(rest); at != nil; at = jsonEscape.FindIndex(rest) {
		units = append(units, utf16.Encode([]rune(string(rest[:at[0]])))...)
		n, err := strconv.ParseUint(string(rest[at[0]+2:at[1]]), 16, 16)
		if err != nil || n < 0xa0 {
			return cell
		}
		units, rest = append(units, uint16(n)), rest[at[1]:]
	}
	if bytes.Contains(rest, []byte(`\u`)) {
		return cell
	}
	text := string(utf16.Decode(append(units, utf16.Encode([]rune(string(rest)))...)))
	if strings.ContainsRune(text, utf8.RuneError) {
		return cell
	}
	return text
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

package guest

import (
	"strconv"
	"strings"

	"guestflow/importer/pattern"
)

// escape is how a workbook writes a control character in a text, and what programs that do not know it write into
// lists.
var escape = pattern.New(`_x00([01][0-9A-Fa-f]|7[Ff])_`)

// Unescape takes control characters out of a cell, as they are or as _x000D_: line ends and tabs stay, those that part
// words become a blank, and the others show nothing. A zero byte stays: it is a sign of a broken file.
func Unescape(cell string) string {
	if !hasControl(cell) {
		return cell
	}
	cell = escape.ReplaceAllStringFunc(cell, func(code string) string {
		n, _ := strconv.ParseUint(code[2:6], 16, 8) // the expression has its digits
		if n == '\r' {
			n = '\n'
		}
		return string(rune(n))
	})
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\v', c == '\f':
			return ' '
		case c > 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f:
			return -1
		}
		return c
	}, cell)
}

func hasControl(cell string) bool {
	for i := range len(cell) {
		switch c := cell[i]; {
		case c >= ' ' && c != '_' && c != 0x7f, c == '\t', c == '\n', c == '\r', c == 0:
		case c == '_':
			if strings.HasPrefix(cell[i:], "_x00") {
				return true
			}
		default:
			return true
		}
	}
	return false
}

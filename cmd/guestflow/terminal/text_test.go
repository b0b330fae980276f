package terminal

import (
	"strings"
	"testing"
	"unicode"
)

func TestALiveLineHasNoCommandToATerminal(t *testing.T) {
	t.Parallel()
	const hostile = "\x1b[2J\x1b]0;owned\x07\u009b31m\x9b1m\r\nguestflow: all is well\u202egnorw\u2066\x7f"
	painted := Line{{hostile, normal}}.paint(500, false)
	if i := strings.IndexFunc(painted, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 ||
		painted == "" {
		t.Errorf("%q", painted)
	}
}

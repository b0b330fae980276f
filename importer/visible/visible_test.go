package visible_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/visible"
)

// hostile is what a terminal or a reader's eye obeys.
var hostile = []string{
	"\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x9b31m", "\u009b31m", "\u009d0;x\u009c", "\b\b\b", "\x7f",
	"\x00", "\r",
	"\u202eevil", "\u2066x\u2069", "\u200f", "\u061c", "\u2028", "\u2029", "\ufeff", "\U000e0041", "\u200b", "\xe2\x80",
	"\xff",
}

func wantShown(t *testing.T, what, s, also string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s: %q is no UTF-8", what, s)
	}
	for _, r := range s {
		if !strings.ContainsRune(also, r) && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Errorf("%s: %+q has %U", what, s, r)
		}
	}
}

func TestNothingThatATerminalObeysIsLeft(t *testing.T) {
	t.Parallel()
	for _, h := range hostile {
		s := "before" + h + "after\nnext\tcell"
		wantShown(t, "Line", visible.Line(s), "")
		wantShown(t, "Text", visible.Text(s), "\n\t")
		var out bytes.Buffer
		w := visible.NewWriter(&out)
		for i := range len(s) { // in the worst pieces
			if n, err := w.Write([]byte(s[i : i+1])); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		if out.String() != visible.Text(s) {
			t.Errorf("written in pieces it is %q, want %q", out.String(), visible.Text(s))
		}
	}
}

func TestWhatPeopleWriteStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "Zoë Łukasz", "王小明", "עברית", "فارسی می\u200cخواهم", "👩\u200d💻", "a\tb\nc",
		`back\slash \u202e`} {
		if got := visible.Text(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	if got, want := visible.Line("a\nb\tc\x1b\u202e\U000e0041\x9b"), `a\nb\tc\u001b\u202e\udb40\udc41\x9b`; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
}

func FuzzJSONKeepsItsMeaning(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var plain, shown bytes.Buffer
		if err := json.NewEncoder(&plain).Encode(map[string]string{"name": s}); err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(visible.NewWriter(&shown)).Encode(map[string]string{"name": s}); err != nil {
			t.Fatal(err)
		}
		wantShown(t, "JSON", shown.String(),
			"\n\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
		var a, b map[string]string
		if json.Unmarshal(plain.Bytes(), &a) != nil || json.Unmarshal(shown.Bytes(), &b) != nil || a["name"] != b["name"] {
			t.Errorf("%q became %q", a["name"], b["name"])
		}
	})
}

// Package emailpreview shows the email that a template makes of a guest, before anything is sent. Qflow makes the email
// itself when it sends it, and has no call that shows it; so this fills in what is known of its merge tokens
// (docs/qflow-api.md section 5.1) and names what it cannot fill in, rather than to guess at it.
//
// What it returns is safe to show: cells are escaped, and nothing of the template runs or is loaded.
package emailpreview

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"guestflow/qflow"
)

// Email is a guest's email, as far as it is known before Qflow makes it.
type Email struct {
	Subject string `json:"subject"`
	HTML    string `json:"-"`    // safe to show; "" where the template's text is not known
	Text    string `json:"text"` // the same without markup

	Empty   []string `json:"empty"`    // tokens for which this guest has nothing
	ByQflow []string `json:"by_qflow"` // tokens that Qflow fills in, shown in brackets
	Cut     bool     `json:"cut"`      // the email is longer than what is shown
}

// MaxShown bounds the bytes that are shown of an email, before and after cells are filled in. Mail programs cut an
// email long before.
const MaxShown = 512 << 10

// Of returns the email that a template makes of a guest.
func Of(t qflow.Template, g qflow.Guest) Email {
	f := filler{guest: g, empty: []string{}, byQflow: []string{}} // JSON has lists
	e := Email{Subject: f.fill(t.Subject, func(s string) string { return s })}
	body := f.fill(t.HTML, func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") })
	e.HTML, e.Text = safe(body)
	e.Empty, e.ByQflow, e.Cut = f.empty, f.byQflow, f.cut
	return e
}

// tokenShape is that of a merge token. Qflow's have no spaces; one with spaces is shown as a doubt by Doubts.
var tokenShape = regexp.MustCompile(`\{\{[^{}]{1,64}\}\}`)

// filler fills the tokens of texts in, and remembers what it could not.
type filler struct {
	guest          qflow.Guest
	empty, byQflow []string
	cut            bool
}

func (f *filler) fill(text string, escape func(string) string) string {
	if len(text) > MaxShown {
		text, f.cut = strings.ToValidUTF8(text[:MaxShown], ""), true
	}
	var b strings.Builder
	from := 0
	for _, at := range tokenShape.FindAllStringIndex(text, -1) {
		b.WriteString(text[from:at[0]])
		if from = at[1]; b.Len() > MaxShown {
			f.cut = true
			return b.String()
		}
		b.WriteString(escape(f.value(text[at[0]:at[1]])))
	}
	return b.String() + text[from:]
}

// value returns what stands in the email for a token. One that is not Qflow's stays as it is, since what becomes of it
// is unknown.
func (f *filler) value(as string) string {
	name := nameOf(as)
	t, known := tokens[name]
	if !known {
		return as
	}
	if t.value != nil {
		if v := t.value(f.guest); v != "" || !t.made {
			if v == "" {
				f.empty = add(f.empty, name)
			}
			return v
		}
	}
	f.byQflow = add(f.byQflow, name)
	return "[" + name + "]"
}

func add(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// nameOf returns the name of a token as it stands in a text.
func nameOf(as string) string { return strings.ToLower(strings.TrimSpace(strings.Trim(as, "{}"))) }

// Page returns the email as a document of its own, which forbids once more what would run or load something.
func (e Email) Page() string {
	return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="` + Policy +
		`"><title>Preview</title>` + e.HTML
}

// Policy is the content security policy of a page that shows an email: its own styles, and nothing else.
const Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

package emailpreview

import (
	"html"
	"regexp"
	"slices"
	"strings"

	parser "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// kept are the elements of which a preview has the tags. Of others the content stays, but for that of dropped.
var kept = words(`a abbr b big blockquote body br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr
	html i ins li mark ol p pre q s small span strike strong style sub sup table tbody td tfoot th thead tr u ul`)

// dropped are the elements that are left out with all that is in them.
var dropped = words(`script noscript iframe object applet template svg math audio video canvas frameset textarea select title`)

// keptAttributes load nothing, lead nowhere and run nothing.
var keptAttributes = words(`align alt bgcolor border cellpadding cellspacing class color colspan dir face height lang rowspan size style
	title valign width`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// blocks begin on a line of their own in the text of an email.
var blocks = []atom.Atom{
	atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table,
	atom.Blockquote,
	atom.Hr, atom.Ul, atom.Ol, atom.Pre, atom.Dt, atom.Dd,
}

// safe returns an email without what would run, load something or lead away, and the same as text. The page that shows
// it forbids all of that once more by its content security policy.
func safe(email string) (markup, text string) {
	c := cleaner{z: parser.NewTokenizer(strings.NewReader(email))}
	for c.z.Next() != parser.ErrorToken { // the end: a tokenizer of a string has no other error
		c.token(c.z.Token())
	}
	return c.markup.String(), tidy(c.text.String())
}

type cleaner struct {
	z            *parser.Tokenizer
	markup, text strings.Builder
	within       string // the dropped element, "" for none
	depth        int    // how many of that name are open
	style        bool   // the next text is that of a style sheet
}

func (c *cleaner) token(t parser.Token) {
	switch {
	case c.within != "":
		c.skip(t)
	case t.Type == parser.TextToken:
		c.addText(t.Data)
	case t.Type == parser.StartTagToken && dropped[t.Data]:
		c.within, c.depth = t.Data, 1
	case t.DataAtom == atom.Img && t.Type != parser.EndTagToken:
		c.image(t)
	case t.Type == parser.StartTagToken, t.Type == parser.EndTagToken, t.Type == parser.SelfClosingTagToken:
		c.tag(t)
	}
}

// skip goes on to the end of what is left out.
func (c *cleaner) skip(t parser.Token) {
	switch {
	case t.Data != c.within:
	case t.Type == parser.StartTagToken:
		c.depth++
	case t.Type == parser.EndTagToken:
		if c.depth--; c.depth == 0 {
			c.within = ""
		}
	}
}

func (c *cleaner) addText(text string) {
	if c.style { // is no text, and not escaped; the tokenizer has ended it before its end tag
		c.markup.WriteString(text)
		return
	}
	c.markup.WriteString(html.EscapeString(text))
	c.text.WriteString(strings.Join(strings.Fields(" "+text+" "), " "))
	c.text.WriteByte(' ')
}

func (c *cleaner) tag(t parser.Token) {
	if slices.Contains(blocks, t.DataAtom) {
		c.text.WriteByte('\n')
	}
	c.style = t.DataAtom == atom.Style && t.Type == parser.StartTagToken
	if !kept[t.Data] {
		return
	}
	t.Attr = slices.DeleteFunc(t.Attr,
		func(a parser.Attribute) bool { return a.Namespace != "" || !keptAttributes[a.Key] })
	c.markup.WriteString(t.String())
}

// image says in place of an image that there is one.
func (c *cleaner) image(t parser.Token) {
	said := "[image]"
	for _, a := range t.Attr {
		if a.Key == "alt" && a.Val != "" {
			said = "[image: " + a.Val + "]"
		}
	}
	c.addText(said)
}

var emptyLines = regexp.MustCompile(`\s*\n\s*\n\s*`)

// tidy returns a text with one empty line at most between two others.
func tidy(text string) string {
	lines := strings.Split(emptyLines.ReplaceAllString(text, "\n\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

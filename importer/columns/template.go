package columns

import (
	"errors"
	"strings"
)

// template is text with {{Header}} in it, for which a row's cell stands.
type template struct {
	parts []part
	list  bool // of things between commas
	clean func(string) string
}

type part struct {
	text   string // as it is, when header is ""
	header string
	column int
}

func parse(text string) (template, error) {
	var t template
	for text != "" {
		before, after, found := strings.Cut(text, "{{")
		if before != "" {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			break
		}
		header, rest, closed := strings.Cut(after, "}}")
		if header = strings.TrimSpace(header); !closed || header == "" {
			return t, errors.New("a column stands between {{ and }}, such as {{Session}}")
		}
		t.parts = append(t.parts, part{header: header})
		text = rest
	}
	return t, nil
}

// render fills in a row's cells. A piece of which every cell is empty is left out, and not sent as the words around
// nothing: a row without a session gets no tag "{session}". A piece is the whole text, or what is between two commas of
// a list.
func (t *template) render(cells []string) string {
	var out, piece strings.Builder
	asked, filled, before := false, false, ""
	end := func() {
		if !asked || filled {
			out.WriteString(before)
			out.WriteString(piece.String())
			before = ","
		}
		piece.Reset()
		asked, filled = false, false
	}
	for _, p := range t.parts {
		if p.header != "" {
			cell := t.clean(cells[p.column])
			asked, filled = true, filled || cell != ""
			piece.WriteString(cell)
			continue
		}
		text := p.text
		for t.list {
			head, rest, found := strings.Cut(text, ",")
			if !found {
				break
			}
			piece.WriteString(head)
			end()
			text = rest
		}
		piece.WriteString(text)
	}
	end()
	return out.String()
}

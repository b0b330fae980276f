package console

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// templateData is what the layout and every page are given: R is who asks, D is the page's own data.
type templateData struct {
	R        *request
	P        page
	D        any
	Flash    string         // a sentence about what was just done
	Accounts []accountShown // where there are several
	LogOut   bool           // there is a session that could be ended
}

// At gives a path within the account.
func (d templateData) At(parts ...any) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = url.PathEscape(fmt.Sprint(p))
	}
	return d.R.at(words...)
}

// Home is the account's overview.
func (d templateData) Home() string { return home(d.R.Account) }

// link is one entry of the navigation.
type link struct {
	To, Text string
	Here     bool
}

// Link gives an entry for a page of the account.
func (d templateData) Link(path, text string) link {
	own := strings.TrimPrefix(d.R.URL.Path, home(d.R.Account))
	return link{To: home(d.R.Account) + path, Text: text, Here: own == path || (path != "" && strings.HasPrefix(own, path+"/"))}
}

// With gives the same page's surroundings for a part of its data, for templates that are given one.
func (d templateData) With(data any) templateData {
	d.D = data
	return d
}

// sets are the templates of each page with the layout and the shared parts.
var sets = parse()

func parse() map[string]*template.Template {
	shared := template.Must(template.New("").Funcs(funcs).ParseFS(pages, "pages/layout.html", "pages/parts.html"))
	all := map[string]*template.Template{}
	files, err := pages.ReadDir("pages")
	if err != nil {
		panic(err) // embedded
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name != "layout" && name != "parts" {
			all[name] = template.Must(template.Must(shared.Clone()).ParseFS(pages, "pages/"+f.Name()))
		}
	}
	return all
}

func (s *Site) render(ctx context.Context, w io.Writer, r *request, p page, done string) error {
	if err := sets[p.Template].ExecuteTemplate(w, "layout", s.templateData(ctx, r, p, done)); err != nil {
		return fmt.Errorf("draw the page %s: %w", p.Template, err)
	}
	return nil
}

// renderLive draws what lives of a page: its own part, and the menu of accounts, whose marks live too.
func (s *Site) renderLive(ctx context.Context, w io.Writer, r *request, p page) error {
	d := s.templateData(ctx, r, p, "")
	for _, part := range []string{"live", "accounts"} {
		if err := sets[p.Template].ExecuteTemplate(w, part, d); err != nil {
			return fmt.Errorf("draw what lives of the page %s: %w", p.Template, err)
		}
	}
	return nil
}

func (s *Site) templateData(ctx context.Context, r *request, p page, done string) templateData {
	return templateData{R: r, P: p, D: p.Data, Flash: done, Accounts: s.menu(ctx, r), LogOut: s.guard.CanLogOut(r.Request)}
}

var english = message.NewPrinter(language.English)

// funcs are what templates may use.
var funcs = template.FuncMap{
	"number":        func(n any) string { return english.Sprint(n) },
	"plural":        plural,
	"clock":         timeTag,
	"span":          span,
	"bar":           bar,
	"states":        ledger.AllStates,
	"meaning":       gate.Meaning,
	"gates":         func() []qflow.Gate { return qflow.Gates },
	"pace":          paceHTML,
	"withTimes":     withTimes,
	"needAttention": needAttention,
	"countsText":    countsText,
	"health":        operate.HealthText,
	"short":         short,
	"state":         stateOf,
	"join":          func(cells []string) string { return strings.Join(cells, " · ") },
	"column":        column,
	"reasonText":    reasonText,
	"filterable":    operate.Filterable,
	"percent":       func(share float64) float64 { return 100 * share },
	"label":         func(v operate.Verb) string { return verbTexts[v].label },
	"question":      func(v operate.Verb) string { return verbTexts[v].question },
	"danger":        func(v operate.Verb) bool { return verbTexts[v].danger },
	"slug":          func(v operate.Verb) string { return verbTexts[v].slug },
}

// plural counts things: plural 1 "row" is "1 row".
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return english.Sprintf("%d %s", n, thing)
}

// span is a time that something takes, as people say it.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int((d + 30*time.Second).Minutes()))
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int((d+12*time.Hour).Hours()/24))
}

// short cuts what does not fit a line.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// column names a cell: a row may have more of them than the header.
func column(header []string, n int) string {
	if n < len(header) && strings.TrimSpace(header[n]) != "" {
		return header[n]
	}
	return fmt.Sprintf("column %d", n+1)
}

// reasonText gives a reason's text to whom it may be shown: ours to everybody, Qflow's, which may quote a guest, only to
// those who may see guests' data. of is a ledger.Line or a rowShown.
func reasonText(r *request, of any) string {
	var m ledger.RowByte
	var why ledger.Reason
	switch v := of.(type) {
	case ledger.Line:
		m, why = v.Byte, v.Reason
	case rowShown:
		m, why = v.Mark, v.Reason
	}
	if m.State() == ledger.Rejected || r.User.Guests {
		return why.Text
	}
	return ""
}

package console

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// templateData is the data of the layout and of every page: R is the request, P the page, D the page's own data.
type templateData struct {
	R        *request
	P        page
	D        any
	Flash    string           // what the action before has done
	Accounts []accountShown   // if there are several
	SignIns  []operate.SignIn // that fail
	LogOut   bool             // the session can be ended
}

// At returns a path within the account.
func (d templateData) At(parts ...any) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(fmt.Sprint(p))
	}
	return d.R.at(escaped...)
}

// Home is the account's overview.
func (d templateData) Home() string { return home(d.R.Account) }

// link is one entry of the navigation.
type link struct {
	To, Text string
	Here     bool
}

// Link returns the entry of a page of the account.
func (d templateData) Link(path, text string) link {
	own := strings.TrimPrefix(d.R.URL.Path, home(d.R.Account))
	return link{To: home(d.R.Account) + path, Text: text, Here: own == path ||
		(path != "" && strings.HasPrefix(own, path+"/"))}
}

// With returns the template data with another D, for a template that shows a part of the page's data.
func (d templateData) With(data any) templateData {
	d.D = data
	return d
}

// Why returns why an import does not move. A gate that the page describes already is left out of it.
func (d templateData) Why(p operate.Progress) string {
	if p.AtGate != "" && (d.P.Template == "overview" || d.SignInFails(p.AtGate)) {
		return p.BesideGate
	}
	return p.Stall
}

// SignInFails reports whether the page's banner describes this gate.
func (d templateData) SignInFails(g qflow.Gate) bool {
	return g == qflow.GateAuth && len(d.SignIns) > 0
}

// sets are the templates of each page with the layout and the shared parts. They are parsed once they are needed: they
// take three megabytes, which most commands can do without.
var sets = sync.OnceValue(parse)

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

func (s *Site) render(ctx context.Context, w io.Writer, r *request, p page, flash string) error {
	if err := sets()[p.Template].ExecuteTemplate(w, "layout", s.templateData(ctx, r, p, flash)); err != nil {
		return fmt.Errorf("render the page %s: %w", p.Template, err)
	}
	return nil
}

// renderLive renders the live part of a page, the menu of accounts, whose marks are live too, and the banner of
// a sign-in that fails.
func (s *Site) renderLive(ctx context.Context, w io.Writer, r *request, p page) error {
	d := s.templateData(ctx, r, p, "")
	for _, part := range []string{"live", "accounts", "signin"} {
		if err := sets()[p.Template].ExecuteTemplate(w, part, d); err != nil {
			return fmt.Errorf("render the live part of the page %s: %w", p.Template, err)
		}
	}
	return nil
}

func (s *Site) templateData(ctx context.Context, r *request, p page, flash string) templateData {
	return templateData{R: r, P: p, D: p.Data, Flash: flash, Accounts: s.menu(ctx, r), SignIns: s.signIns(ctx, r),
		LogOut: s.guard.CanLogOut(r.Request)}
}

var english = message.NewPrinter(language.English)

// funcs are the functions of the templates.
var funcs = template.FuncMap{
	"number":        func(n any) string { return english.Sprint(n) },
	"plural":        counting,
	"bytes":         bytesOf,
	"add":           func(a, b int) int { return a + b },
	"clock":         timeTag,
	"span":          span,
	"bar":           bar,
	"states":        ledger.AllStates,
	"meaning":       gate.Meaning,
	"became":        advice.Meaning,
	"todo":          advice.ToDo,
	"gates":         func() []qflow.Gate { return qflow.Gates },
	"pace":          paceHTML,
	"withTimes":     withTimes,
	"needAttention": needAttention,
	"sharesText":    sharesText,
	"health":        operate.HealthText,
	"limit":         budget.LimitText,
	"lifted":        operate.LiftedText,
	"short":         short,
	"state":         stateOf,
	"join":          func(cells []string) string { return strings.Join(cells, " · ") },
	"column":        column,
	"filterable":    operate.Filterable,
	"percent":       func(share float64) float64 { return 100 * share },
	"label":         func(v operate.Verb) string { return verbTexts[v].label },
	"keep":          func(v operate.Verb) string { return verbTexts[v].keep },
	"question":      func(v operate.Verb) string { return verbTexts[v].question },
	"danger":        func(v operate.Verb) bool { return verbTexts[v].danger },
	"slug":          func(v operate.Verb) string { return verbTexts[v].slug },
}

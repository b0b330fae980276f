package console

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"guestflow/cmd/guestflow/console/lang"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
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
	language *lang.Language
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

// sets are the templates of each page with the layout and the shared parts, by language. They are parsed once they are
// needed: those of a language take three megabytes, which most commands can do without.
var sets = parseAll()

func parseAll() map[*lang.Language]func() map[string]*template.Template {
	all := map[*lang.Language]func() map[string]*template.Template{}
	for _, l := range lang.Languages {
		all[l] = sync.OnceValue(func() map[string]*template.Template { return parse(l) })
	}
	return all
}

// parse reads the pages of a language.
func parse(l *lang.Language) map[string]*template.Template {
	shared := template.New("").Funcs(funcs).Funcs(funcsIn(l))
	template.Must(shared.Parse(l.Page(source("layout"))))
	template.Must(shared.Parse(l.Page(source("parts"))))
	all := map[string]*template.Template{}
	files, err := pages.ReadDir("pages")
	if err != nil {
		panic(err) // embedded
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name != "layout" && name != "parts" {
			all[name] = template.Must(template.Must(shared.Clone()).Parse(l.Page(source(name))))
		}
	}
	return all
}

// source is that of a page, in English.
func source(name string) string {
	raw, err := pages.ReadFile("pages/" + name + ".html")
	if err != nil {
		panic(err) // embedded
	}
	return string(raw)
}

// funcsIn are those functions of the templates whose result depends on the language.
func funcsIn(l *lang.Language) template.FuncMap {
	text := func(english string) string { return l.Text(english) }
	return template.FuncMap{
		"t":      func(english any) string { return text(fmt.Sprint(english)) },
		"number": func(n any) string { return l.Printer.Sprint(n) },
		"plural": func(n int, one string, many ...string) string {
			return l.Printer.Sprintf("%d %s", n, plural.Word(n, one, many...))
		},
		"clock":      func(at time.Time) template.HTML { return timeTag(at, l) },
		"withTimes":  func(english string) template.HTML { return withTimes(text(english), l) },
		"span":       func(d time.Duration) string { return text(span(d)) },
		"bytes":      func(n int64) string { return text(bytesOf(n)) },
		"bar":        func(shares []advice.Share) template.HTML { return bar(shares, l) },
		"sharesText": func(shares []advice.Share) string { return sharesText(shares, l) },
		"callChart":  func(minutes []budget.Minute) template.HTML { return callChart(minutes, l) },
		"stateChart": func(moments []history.Moment) template.HTML { return stateChart(moments, l) },
		"meaning":    func(g qflow.Gate) string { return text(gate.Meaning(g)) },
		"became":     func(s ledger.State) string { return text(advice.Meaning(s)) },
		"todo":       func(s ledger.State, imp string) string { return text(advice.ToDo(s, imp)) },
		"pace":       func(s budget.State) template.HTML { return withTimes(text(rfc3339.PaceText(s)), l) },
		"health":     func(a budget.RetryBudget) string { return text(operate.HealthText(a)) },
		"limit":      func(n int) string { return text(budget.LimitText(n)) },
		"lifted":     func(s budget.State) string { return text(operate.LiftedText(s)) },
		"column":     func(header []string, n int) string { return columnIn(header, n, l) },
		"label":      func(v operate.Verb) string { return text(verbTexts[v].label) },
		"keep":       func(v operate.Verb) string { return text(verbTexts[v].keep) },
		"question":   func(v operate.Verb) string { return text(verbTexts[v].question) },
	}
}

// language is that of a request's pages.
func (s *Site) language(r *request) *lang.Language {
	return lang.Pick(s.Language, r.Header.Get("Accept-Language"))
}

// Lang is the language of the page.
func (d templateData) Lang() string { return d.language.Name }

// Title is the page's, in its language.
func (d templateData) Title() string { return d.language.Text(d.P.Title) }

func (s *Site) render(ctx context.Context, w io.Writer, r *request, p page, flash string) error {
	if err := sets[s.language(r)]()[p.Template].ExecuteTemplate(w, "layout",
		s.templateData(ctx, r, p, flash)); err != nil {
		return fmt.Errorf("render the page %s: %w", p.Template, err)
	}
	return nil
}

// renderLive renders the live part of a page, the menu of accounts, whose marks are live too, and the banner of
// a sign-in that fails.
func (s *Site) renderLive(ctx context.Context, w io.Writer, r *request, p page) error {
	d := s.templateData(ctx, r, p, "")
	for _, part := range []string{"live", "accounts", "signin"} {
		if err := sets[d.language]()[p.Template].ExecuteTemplate(w, part, d); err != nil {
			return fmt.Errorf("render the live part of the page %s: %w", p.Template, err)
		}
	}
	return nil
}

func (s *Site) templateData(ctx context.Context, r *request, p page, flash string) templateData {
	return templateData{R: r, P: p, D: p.Data, Flash: flash, Accounts: s.menu(ctx, r), SignIns: s.signIns(ctx, r),
		LogOut: s.guard.CanLogOut(r.Request), language: s.language(r)}
}

var english = message.NewPrinter(language.English)

// funcs are those functions of the templates that are the same in all languages.
var funcs = template.FuncMap{
	"add":           func(a, b int) int { return a + b },
	"states":        ledger.AllStates,
	"gates":         func() []qflow.Gate { return qflow.Gates },
	"needAttention": needAttention,
	"short":         short,
	"state":         stateOf,
	"join":          func(cells []string) string { return strings.Join(cells, " · ") },
	"filterable":    operate.Filterable,
	"percent":       func(share float64) float64 { return 100 * share },
	"danger":        func(v operate.Verb) bool { return verbTexts[v].danger },
	"slug":          func(v operate.Verb) string { return verbTexts[v].slug },
}

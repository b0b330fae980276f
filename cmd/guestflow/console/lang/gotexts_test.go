package lang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speaking are the folders whose code makes texts that pages show.
var speaking = []string{
	"cmd/guestflow/console", "cmd/guestflow/console/access", "cmd/guestflow/operate", "importer", "importer/advice",
	"importer/charset", "importer/columns",
	"importer/emailpreview", "importer/guest", "importer/hold", "importer/inbox", "importer/sendwindow", "importer/spec",
	"importer/spool", "importer/suppression",
	"importer/table", "importer/where", "worker/budget", "worker/gate",
}

// untranslated are files whose texts no page shows: errors at the start of a process, notes beside files, tables of
// words.
var untranslated = []string{
	"cmd/guestflow/console/access/cookie.go", "cmd/guestflow/console/access/hash.go",
	"cmd/guestflow/console/access/options.go",
	"cmd/guestflow/console/access/passwordfile.go", "cmd/guestflow/console/access/passwords.go",
	"cmd/guestflow/console/access/provider.go",
	"cmd/guestflow/console/access/source.go", "cmd/guestflow/operate/webhook.go", "importer/charset/candidates.go",
	"importer/columns/headerstems.go", "importer/columns/jointnames.go",
	"importer/columns/nameparts.go", "importer/columns/notmeantwords.go", "importer/columns/personnames.go",
	"importer/columns/programs.go",
	"importer/columns/statuswords.go", "importer/guest/months.go", "importer/spool/appended.go",
}

// unshown are other texts that no page shows.
var unshown = []string{
	" has no users; add one with: guestflow user add NAME", "not a token",
	"the body is blocked: its reader is not wrapped in access.LimitBody", "probes of ",
	"the reverse proxy has no header with the user's name; set one such as X-Forwarded-User",
	" needs the addresses that it is trusted from; name the ",
	"reverse proxy's, such as 10.0.0.5", "the page is the one before", "import %s: its record says %s to a chunk",
	"stopped while waiting for the budget",
	"for example", "for eksempel", "by von par door since email mail",
	"by on at from with for von vom am durch mit par le la por el da il em dal door op przez dnia av af den de met",
	"--- a/", "from to reply replyto replied sent sender username user login by von de van od via domain website url link",
}

// goText is a text in the code.
type goText struct{ where, text string }

// goTexts are the sentences in a folder's code that may be shown.
func goTexts(t *testing.T, dir string) (list []goText) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../../..", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has %d files, %v", dir, len(files), err)
	}
	for _, name := range files {
		at := filepath.Join(dir, filepath.Base(name))
		if strings.HasSuffix(name, "_test.go") || slices.Contains(untranslated, at) {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if !mayBeShown(n) {
				return false
			}
			e, is := n.(ast.Expr)
			if !is {
				return true
			}
			text, is := joined(e)
			if is && isSentence(text) && !slices.Contains(unshown, text) {
				list = append(list, goText{fmt.Sprintf("%s:%d", at, set.Position(n.Pos()).Line), text})
			}
			return !is
		})
	}
	return list
}

// silent are functions whose texts are no page's: of logs, and of what panics.
var silent = []string{"Debug", "Info", "Warn", "Error", "Log", "LogAttrs", "panic", "MustCompile", "Fprintf", "warn",
	"Set", "Add", "HandleFunc", "Handle", "Format", "at"}

func mayBeShown(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.IMPORT
	case *ast.Field:
		return n.Tag == nil
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			return !slices.Contains(silent, f.Sel.Name)
		case *ast.Ident:
			return !slices.Contains(silent, f.Name)
		}
	}
	return true
}

// joined is a text that may be written as several with + between.
func joined(e ast.Expr) (text string, is bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		left, one := joined(e.X)
		right, other := joined(e.Y)
		return left + right, one && other && e.Op == token.ADD
	}
	return "", false
}

var (
	goVerb  = regexp.MustCompile(`%[-+ #0-9.*\[\]]*[a-zA-Z]`)
	between = regexp.MustCompile(`%[-+ #0-9.*\[\]]*[a-zA-Z]|; |: |\. `)
	words   = regexp.MustCompile(`(?i)\b(the|a|an|is|are|was|were|of|to|it|its|they|no|not|and|or|be|been|has|have|had|this|that|which|for|from|by|in|on|at|as|with|if|nothing|only)\b`)
	// a list of words in several languages, or in the syntax of rules
	wordTable = regexp.MustCompile(`(?i)\p{Cyrillic}|\p{Greek}|\p{Hebrew}|\p{Arabic}|\p{Han}|^[\w' ]+ (not )?in [\w' -]+(, [\w' -]+)+$`)
	wraps     = regexp.MustCompile(`(^%w|: %w$)`)
)

// isSentence reports whether a text is one that people read: it has small words between others. What wraps another
// error is for the log.
func isSentence(text string) bool {
	plain := goVerb.ReplaceAllString(text, "")
	return strings.Contains(strings.TrimSpace(plain), " ") && words.MatchString(plain) && !wraps.MatchString(text) &&
		!strings.ContainsAny(text, "<\t|") && !strings.Contains(text, "\n") && !wordTable.MatchString(text)
}

// partsOf are the parts of a text between its values, and between its clauses: each clause has a translation, or all of
// them have one.
func partsOf(text string) (list []string) {
	for _, part := range between.Split(text, -1) {
		if part = strings.Trim(normal(part), " .,;:()"); strings.Contains(part, " ") {
			list = append(list, part)
		}
	}
	return list
}

func TestWhatGoCodeSaysHasATranslation(t *testing.T) {
	t.Parallel()
	for _, l := range translations() {
		var all strings.Builder
		for english := range l.catalogue().messages {
			all.WriteString(lowered(english) + "\n" + english + "\n")
		}
		said := strings.ReplaceAll(all.String(), "%%", "%")
		var missing []string
		for _, dir := range speaking {
			for _, text := range goTexts(t, dir) {
				for _, part := range partsOf(strings.ReplaceAll(text.text, "%%", "%")) {
					if !strings.Contains(said, part) && !strings.Contains(said, lowered(part)) {
						missing = append(missing, fmt.Sprintf("%s.texts.po lacks, of %s:\n%s", l.Name, text.where, text.text))
						break
					}
				}
			}
		}
		checkLag(t, missing)
	}
}

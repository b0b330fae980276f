package plural_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"guestflow/importer/plural"
)

func TestOneIsOneAndTheOthersAreMany(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0 guests": plural.Of(0, "guest"), "1 guest": plural.Of(1, "guest"), "2 guests": plural.Of(2, "guest"),
		"1 address": plural.Of(1, "address"), "2 addresses": plural.Of(2, "address"),
		"1 row waits": plural.Of(1, "row waits", "rows wait"),
		"0 rows wait": plural.Of(0, "row waits", "rows wait"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// bounds are numbers that are never 1: limits of the program itself, and sizes.
var bounds = []string{"bytes", "characters", "maxColumns", "seconds"}

// A number before a word in the plural is "1 guests" one day. Such words stand in no text of the program; package
// plural counts them. What is bounded from below is listed in the test by the text around it.
func TestNoTextSaysOneGuests(t *testing.T) {
	t.Parallel()
	counted := regexp.MustCompile(`%d (?:of (?:its |the )?%d )?(?:more |other |such )?([a-z]+s)\b`)
	singular := map[string]bool{"is": true, "was": true, "has": true, "this": true, "as": true, "needs": true, "its": true,
		"settles": true}
	for _, dir := range []string{"cmd", "importer", "worker", "qflow", "tokencache"} {
		root := filepath.Join("..", "..", dir)
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				if err == nil && (e.Name() == "sandbox" || e.Name() == "referee" || e.Name() == "testdata") {
					return filepath.SkipDir
				}
				return err
			}
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				for text := range literals(t, path) {
					for _, m := range counted.FindAllStringSubmatch(text, -1) {
						if !singular[m[1]] && !isBounded(text, m[0]) {
							t.Errorf("%s: %q counts without package plural in %q", path, m[0], text)
						}
					}
				}
			}
			if strings.HasSuffix(path, ".html") {
				if found := page.FindString(read(t, path)); found != "" {
					t.Errorf("%s: %q counts without the function plural", path, found)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// page is a number in a template before what looks like a plural.
var page = regexp.MustCompile(`\{\{number [^{}]*\}\}(?: [a-z]+)? (?:rows|guests|emails|files|calls|imports|imported|addresses|chunks)\b`)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// bounded are texts whose number is a bound of the program, or is more than 1 for another reason.
var bounded = []string{
	"They have more than %d fields", "More than %d actions in a short time", "%d days", "%d times",
	"these are more than %d rows",
	"all %d rows of import %s were sent again", "%d templates called %s", "slots", "it has more than %d ranges",
	"this archive has %d lists",
	"its header has more than %d columns", "%d sheets of this workbook", "this workbook has", "has more than %d parts",
	"parentheses",
	"of its first %d rows", "beyond the first %d guests",
	"in one call, at most %d", "unexpected reply of %d parts", "note that generation %d works",
}

func isBounded(text, match string) bool {
	for _, b := range bounds {
		if strings.HasSuffix(match, " "+b) {
			return true
		}
	}
	for _, b := range bounded {
		if strings.Contains(text, b) {
			return true
		}
	}
	return false
}

// literals yields the texts of a file.
func literals(t *testing.T, path string) func(func(string) bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string) bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					return yield(text)
				}
			}
			return true
		})
	}
}

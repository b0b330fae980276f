package nonname

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// wordsOfTheRules returns all words in texts of this package's files: those of its tables, and of its tests' examples.
func wordsOfTheRules(t *testing.T) (words []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, is := n.(*ast.BasicLit); is && text.Kind == token.STRING {
				unquoted, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				words = append(words, strings.FieldsFunc(unquoted, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })...)
			}
			return true
		})
	}
	return words
}

// Promise: what is a plain name at a glance is one by all rules. A table or rule that tableWords does not have shows here.
func TestAPlainNameIsOneByAllRules(t *testing.T) {
	t.Parallel()
	words := append(wordsOfTheRules(t), "Leibniz-Schulleiter", "Produktmanager", "Hauptstrasse", "Ann", "Li")
	if len(words) < 1000 {
		t.Fatalf("the rules have %d words", len(words))
	}
	before, plain := "", 0
	for _, word := range words {
		title := strings.ToUpper(word[:1]) + word[1:]
		for _, name := range [...][2]string{
			{word, "Holm"}, {"Ida", word}, {word, ""}, {"", word}, {before, word}, {word, before}, {title, "Holm"}, {"Ida", title}, {word, word},
		} {
			if isPlain(name[0]) && isPlain(name[1]) {
				plain++
			}
			if got, want := Likely(name[0], name[1]), judge(name[0], name[1]); got != want {
				t.Errorf("%q, %q is %q at a glance, and %q", name[0], name[1], got, want)
			}
		}
		if isLetters(word) && (withoutDigits(word) != None || Sure(word) != None) {
			t.Errorf("%q is surely none", word)
		}
		before = word
	}
	if plain == 0 || isPlain("Boss") || !isPlain("Holm") {
		t.Errorf("%d pairs are plain; boss: %t", plain, isPlain("Boss"))
	}
}

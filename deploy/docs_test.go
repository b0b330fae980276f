package deploy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sources gives every file of the repository that may cite a page, by its path from the root.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel("..", path)
		switch {
		case e.IsDir() && (strings.HasPrefix(e.Name(), ".") && name != "." || e.Name() == "bin" || e.Name() == "testdata"):
			return filepath.SkipDir
		case !slices.Contains([]string{".go", ".lua", ".md", ".yaml", ".example"}, filepath.Ext(name)),
			name == "CHANGELOG.md":
			return nil
		}
		text, err := os.ReadFile(path)
		all[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("read the repository: %v", err)
	}
	return all
}

var (
	citation   = regexp.MustCompile(`\bdocs/[\w-]+\.md`)
	section    = regexp.MustCompile(`(docs/[\w-]+\.md)\x60?,? sections? (\d+(?:\.\d+)?)(?: and (\d+(?:\.\d+)?))?`)
	wrapped    = regexp.MustCompile(`\n[ \t]*(?://|--|#)?[ \t]*`)
	named      = regexp.MustCompile("`((?:cmd|worker|importer|qflow|tokencache|deploy|docs)/[\\w./-]*)`")
	function   = regexp.MustCompile("^\\| ((?:`\\w+`(?:, )?)+) \\| `([\\w/]+\\.go)` \\|")
	identifier = regexp.MustCompile(`\w+`)
)

func TestEveryPageAndSectionThatIsCitedIsThere(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for name, text := range all {
		text = wrapped.ReplaceAllString(text, " ")
		for _, page := range citation.FindAllString(text, -1) {
			if all[page] == "" {
				t.Errorf("%s cites %s, which is not there", name, page)
			}
		}
		for _, cited := range section.FindAllStringSubmatch(text, -1) {
			for _, number := range cited[2:] {
				if number != "" && !regexp.MustCompile(`(?m)^#+ `+regexp.QuoteMeta(number)+`\.? `).MatchString(all[cited[1]]) {
					t.Errorf("%s cites section %s of %s, which has none", name, number, cited[1])
				}
			}
		}
	}
}

func TestWhatThePagesNameIsThere(t *testing.T) {
	t.Parallel()
	for page, text := range sources(t) {
		if !strings.HasPrefix(page, "docs/") {
			continue
		}
		for _, path := range named.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", path[1])); err != nil {
				t.Errorf("%s names %s, which is not there", page, path[1])
			}
		}
		for line := range strings.Lines(text) {
			row := function.FindStringSubmatch(line)
			if row == nil {
				continue
			}
			code, _ := os.ReadFile(filepath.Join("..", row[2])) // told above if it is not there
			for _, name := range identifier.FindAllString(row[1], -1) {
				if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + name + `[\[(]`).Match(code) {
					t.Errorf("%s names the function %s of %s, which is not there", page, name, row[2])
				}
			}
		}
	}
}

func TestEverySwitchOfTheSandboxIsExplained(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for _, name := range regexp.MustCompile(`json:"(\w+)"`).FindAllStringSubmatch(all["qflow/sandbox/switches.go"], -1) {
		if !strings.Contains(all["docs/qflow-api.md"], "`"+name[1]+"`") {
			t.Errorf("docs/qflow-api.md does not say what the switch %s plays", name[1])
		}
	}
}

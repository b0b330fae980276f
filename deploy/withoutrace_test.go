package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Promise: code that starts goroutines is tested with the race detector. What is tested without it is there, and starts none.
func TestOnlyWhatStartsNoGoroutineIsTestedWithoutTheRaceDetector(t *testing.T) {
	t.Parallel()
	starts := regexp.MustCompile(`(?m)^\s*go (func|\w[\w.]*\()|\.Go\(func`)
	elsewhere := map[string]string{ // what starts some all the same: by which tests they are looked at
		"importer/table": "importer/workbookshapes_test.go",
		"deploy/peers":   "by none: it measures",
	}
	for line := range strings.Lines(read(t, "../.ci/without-race")) {
		name, is := strings.CutPrefix(strings.TrimSpace(line), "guestflow/")
		if !is {
			continue
		}
		code := ""
		files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("there is no package %s, %v", name, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				code += string(text)
			}
		}
		if found := starts.FindString(code); found != "" && elsewhere[name] == "" {
			t.Errorf("%s starts goroutines: %s", name, strings.TrimSpace(found))
		}
	}
}

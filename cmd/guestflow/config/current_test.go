package config

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: a changed guestflow.yaml is read once, however many ask for its settings; one that cannot be read is logged
// once, and lists go by its settings of before.
func TestAChangedFileIsReadOnceAndAFaultInItSaidOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "guestflow.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	profile := func(event string) string { return "profiles:\n  gala:\n    event: " + event + "\n" }
	write(profile("first"))
	file, err := ReadFile([]string{"--config=" + path})
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	accounts := []*Settings{{File: file.SeenFrom("main"), Profiles: file.Profiles}, {File: file.SeenFrom("other"), Profiles: file.Profiles}}
	ask := func(event string, logged int, words string) {
		t.Helper()
		said.Reset()
		for range 5 { // as for each item of a page
			for _, s := range accounts {
				now := s.Current(log)
				if now.Profiles["gala"].Event != event || now.File.account != s.File.account {
					t.Errorf("of %s: %+v, want event %s", now.File.account, now.Profiles["gala"], event)
				}
			}
		}
		if n := strings.Count(said.String(), "level="); n != logged || !strings.Contains(said.String(), words) {
			t.Errorf("%d times logged, want %d with %q: %s", n, logged, words, said.String())
		}
	}
	ask("first", 0, "")
	write(profile("the second"))
	ask("the second", 1, "level=INFO")
	write("profiles:\n  gala: [\n")
	ask("the second", 1, "cannot be read")
	write("profiles:\n  gala:\n    evnt: x\n")
	ask("the second", 1, "unknown key")
	write(profile("the third"))
	ask("the third", 1, "level=INFO")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	ask("the third", 1, "cannot be read")
	write(profile("a fourth one"))
	ask("a fourth one", 1, "level=INFO")
}

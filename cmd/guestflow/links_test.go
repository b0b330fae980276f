package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
)

func TestAListIsImportedThroughALinkThatAPersonNames(t *testing.T) {
	dir := t.TempDir()
	list, link := filepath.Join(dir, "list.csv"), filepath.Join(dir, "latest.csv")
	if err := os.WriteFile(list, []byte("First Name,Email\nAda,ada@guests.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(list, link); err != nil {
		t.Skip(err)
	}
	t.Setenv("GUESTFLOW_CONFIG", "")
	t.Setenv("HOME", dir)
	var out, stderr strings.Builder
	if code := execute(t.Context(), []string{"import", "--dry-run", "--event", "gala", link}, &out,
		&stderr); code != exit.OK {
		t.Fatalf("it ended with %d: %s%s", code, out.String(), stderr.String())
	}
	if !strings.Contains(out.String(), "1 guest") {
		t.Errorf("it said %q", out.String())
	}
}

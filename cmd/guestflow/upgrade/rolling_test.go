package upgrade

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"guestflow/deploy/testkit"
)

// TestBothVersionsWorkSideBySide needs a program of the version before, see testdata/README.md: its workers go on while
// those of the new one begin, as in a fleet whose hosts are upgraded one after the other.
func TestBothVersionsWorkSideBySide(t *testing.T) {
	t.Parallel()
	before := os.Getenv("GUESTFLOW_UPGRADE_FROM")
	if before == "" {
		t.Skip("GUESTFLOW_UPGRADE_FROM names no program of the version before")
	}
	s := restore(t)
	s.gates(true)
	s.Must("resume", s.named("long-2.csv").ID)
	s.Program = before
	old := s.Start("run", "--roles=workers", "--listen=")
	s.Program = program
	s.Start("run", "--roles=workers", "--listen=")
	testkit.Eventually(t, "every import that is wholly enqueued is over", func() bool {
		return !slices.ContainsFunc(s.imports(),
			func(i testkit.Import) bool { return i.Finished == nil && i.Counts["new"] == 0 })
	})
	old.End(syscall.SIGTERM) // before anything is imported by the new version
	s.Must("retry", s.named("exhausted.csv").ID, "--yes")
	s.Must("import", filepath.Join(s.Dir, "lists", "half.csv"), event, template, "--yes")
	s.serve("--inbox=inbox", "--users=users", "--source-every=1s")
	testkit.Eventually(t, "every import is over", func() bool {
		return finished(s.imports())
	})
	s.judge() // a correction that the version before had in its hands may have gone by its rules
}

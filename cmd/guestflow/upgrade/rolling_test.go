package upgrade

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestBothVersionsWorkSideBySide needs a program of the version before, see testdata/README.md: its workers go on while those of the
// new one begin, as in a fleet whose hosts are upgraded one after the other.
func TestBothVersionsWorkSideBySide(t *testing.T) {
	t.Parallel()
	before := os.Getenv("GUESTFLOW_UPGRADE_FROM")
	if before == "" {
		t.Skip("GUESTFLOW_UPGRADE_FROM names no program of the version before")
	}
	s := restore(t)
	s.gates(true)
	s.must("resume", s.named("long-2.csv").ID)
	s.program = before
	old := s.start("run", "--roles=workers", "--listen=")
	s.program = program
	s.start("run", "--roles=workers", "--listen=")
	await(t, 60*time.Second, "every import that is wholly enqueued is over", func() bool {
		return !slices.ContainsFunc(s.imports(), func(i importing) bool { return i.Finished == nil && i.Counts["new"] == 0 })
	})
	old.end(syscall.SIGTERM) // before anything is imported by the new version
	s.must("retry", s.named("exhausted.csv").ID, "--yes")
	s.must("import", filepath.Join(s.dir, "lists", "half.csv"), event, template, "--yes")
	s.start("run", "--inbox=inbox", "--users=users", "--source-every=1s", "--listen="+s.listen())
	await(t, 60*time.Second, "every import is over", func() bool {
		return !slices.ContainsFunc(s.imports(), func(i importing) bool { return i.Finished == nil })
	})
	s.judge() // a correction that the version before had in its hands may have gone by its rules
}

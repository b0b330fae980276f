package importer_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// besideRace is the variable that has this binary run a test for one with the race detector.
const besideRace = "GUESTFLOW_BESIDE_RACE"

// isBesideRace reports whether the tests run with the race detector otherwise: what is tried at length is tried a
// little.
func isBesideRace() bool { return os.Getenv(besideRace) != "" }

// withoutRace runs a test without the race detector, where this binary has it, and reports whether it did. It is for
// tests that read much on one goroutine, for which the detector takes ten times as long and several times the memory,
// and finds nothing.
func withoutRace(t *testing.T) (did bool) {
	t.Helper()
	if !raceDetector {
		return false
	}
	program, err := plainTests()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v", "-test.parallel=2")
	cmd.Env = append(os.Environ(), besideRace+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("without the race detector: %v\n%s", err, out)
	}
	return true
}

// plainTests builds these tests without the race detector, in plainDir.
var plainTests = sync.OnceValues(func() (program string, err error) {
	if plainDir, err = os.MkdirTemp("", "guestflow-test"); err != nil {
		return "", err
	}
	program = filepath.Join(plainDir, "importer.test")
	if out, err := exec.Command("go", "test", "-vet=off", "-c", "-o", program, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build these tests without the race detector: %w\n%s", err, out)
	}
	return program, nil
})

var plainDir string

func removePlainTests(code int) {
	if plainDir != "" {
		_ = os.RemoveAll(plainDir)
	}
	os.Exit(code)
}

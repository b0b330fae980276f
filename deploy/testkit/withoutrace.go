package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// besideRace is the variable that has a binary run a test for one with the race detector.
const besideRace = "GUESTFLOW_BESIDE_RACE"

// IsBesideRace reports whether the tests run with the race detector otherwise: what is tried at length is tried a
// little.
func IsBesideRace() bool { return os.Getenv(besideRace) != "" }

// WithoutRace runs a test without the race detector, where this binary has it, and reports whether it did. It is for
// tests that read much on one goroutine, and for long ones and many cases whose kind others look at with it: the detector
// takes several times the processor and the memory, and finds nothing more. The package's TestMain ends with
// RemovePlainTests.
func WithoutRace(t *testing.T) (did bool) {
	t.Helper()
	if !RaceDetector {
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

// plainTests builds the tests of this package without the race detector, in plainDir.
var plainTests = sync.OnceValues(func() (program string, err error) {
	if plainDir, err = os.MkdirTemp("", "guestflow-test"); err != nil {
		return "", err
	}
	program = filepath.Join(plainDir, "plain.test")
	if out, err := exec.Command("go", "test", "-vet=off", "-c", "-o", program, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build these tests without the race detector: %w\n%s", err, out)
	}
	return program, nil
})

var plainDir string

// RemovePlainTests removes what WithoutRace has built, and ends the process.
func RemovePlainTests(code int) {
	if plainDir != "" {
		_ = os.RemoveAll(plainDir)
	}
	os.Exit(code)
}

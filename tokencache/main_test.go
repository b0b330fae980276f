package tokencache_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also is the main of the child processes that the crash and chaos tests kill and freeze.
func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		os.Exit(childMain(job))
	}
	goleak.VerifyTestMain(m)
}

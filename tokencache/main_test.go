package tokencache_test

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// TestMain also is the main of the child processes that the crash and chaos tests kill and freeze.
func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		os.Exit(childMain(job))
	}
	// These tests wait more than they compute; two at a time would take twice as long on a small machine.
	flag.Parse()
	_ = flag.Set("test.parallel", "6")
	redis.SetLogger(quiet{}) // these tests take Redis away on purpose
	goleak.VerifyTestMain(m)
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

package redistest

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"guestflow/deploy/redisserver"
)

//go:embed testdata/clock.c
var clockSource []byte

// Clock is the wall clock of the servers that are started with its Options. A test sets it while they run; no other
// process uses it. A nil Clock is the machine's.
type Clock struct {
	file    *os.File
	library string
}

// NewClock returns a clock that is right. It needs a C compiler, and a system with LD_PRELOAD: Linux. The error says
// what is missing.
func NewClock(t testing.TB) (*Clock, error) {
	if runtime.GOOS != "linux" {
		return nil, fmt.Errorf("give a server on %s a clock of its own: %w", runtime.GOOS, errors.ErrUnsupported)
	}
	dir := t.TempDir()
	c := &Clock{library: filepath.Join(dir, "clock.so")}
	source := filepath.Join(dir, "clock.c")
	if err := os.WriteFile(source, clockSource, 0o600); err != nil {
		return nil, fmt.Errorf("write the clock's source: %w", err)
	}
	// a test's own folder
	out, err := exec.CommandContext(t.Context(), "cc", "-O2", "-shared", "-fPIC", "-o", c.library, source).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("compile a clock that can be set: %w: %s", err, out)
	}
	if c.file, err = os.Create(filepath.Join(dir, "ahead")); err != nil {
		return nil, fmt.Errorf("make a clock that can be set: %w", err)
	}
	t.Cleanup(func() { _ = c.file.Close() })
	if err := c.Set(0); err != nil {
		return nil, err
	}
	return c, nil
}

// Options makes a server use the clock. jemalloc's threads would not sleep with a clock that is behind the machine's.
func (c *Clock) Options(o redisserver.Options) redisserver.Options {
	if c != nil {
		o.Env = append(o.Env, "LD_PRELOAD="+c.library, "GUESTFLOW_TEST_CLOCK="+c.file.Name())
		o.Args = append(slices.Clone(o.Args), "--jemalloc-bg-thread", "no")
	}
	return o
}

// Set makes the servers' clock differ from the machine's by a number of whole seconds, at once.
func (c *Clock) Set(ahead time.Duration) error {
	if c == nil {
		return nil
	}
	var seconds [8]byte
	binary.NativeEndian.PutUint64(seconds[:], uint64(int64(ahead/time.Second))) // read as signed again
	if _, err := c.file.WriteAt(seconds[:], 0); err != nil {
		return fmt.Errorf("set the clock: %w", err)
	}
	return nil
}

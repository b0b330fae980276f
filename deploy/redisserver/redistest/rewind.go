package redistest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guestflow/deploy/redisserver"
)

// Position returns the size of a server's append-only file. While its disk is busy a server answers before it writes,
// so this waits until everything is written.
func Position(s *redisserver.Server) (int64, error) {
	for tick := time.Tick(time.Millisecond); ; <-tick {
		text, err := ask(context.Background(), s, "INFO", "persistence")
		if err != nil {
			return 0, fmt.Errorf("ask what is still to be written: %w", err)
		}
		if strings.Contains(text, "aof_buffer_length:0\r\n") {
			break
		}
	}
	path, err := log(s)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("ask how long the append-only file is: %w", err)
	}
	return info.Size(), nil
}

// Rewind kills a server and starts it again as it was at an earlier position, as after a power cut that took its last
// writes.
func Rewind(ctx context.Context, s *redisserver.Server, to int64) (*redisserver.Server, error) {
	s.Kill()
	path, err := log(s)
	if err != nil {
		return nil, err
	}
	if err := os.Truncate(path, to); err != nil {
		return nil, fmt.Errorf("cut the append-only file: %w", err)
	}
	return Restart(ctx, s)
}

// log finds the file that is appended to. There is one, unless it is rewritten at this moment.
func log(s *redisserver.Server) (string, error) {
	found, err := filepath.Glob(filepath.Join(s.Dir(), "appendonlydir", "*.incr.aof"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("find the append-only file in %s: found %d, %w", s.Dir(), len(found), err)
	}
	return found[0], nil
}

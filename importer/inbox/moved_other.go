//go:build !linux

package inbox

import (
	"context"
	"errors"
)

// movedInto has nothing to go by here: polling finds a file that was renamed, after the settling time.
func movedInto(context.Context, []string, func(func())) (<-chan string, error) {
	return nil, errors.ErrUnsupported
}

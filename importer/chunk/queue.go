package chunk

import (
	"fmt"
	"strings"

	"github.com/hibiken/asynq"
)

// Waiting is what a queue holds and whether it is paused. A queue that has never had a task has no entry in Asynq's books
// and is empty; Asynq's own error for that is of an internal type, so its text is what there is to go by.
func Waiting(inspector *asynq.Inspector, queue string) (size int, paused bool, err error) {
	info, err := inspector.GetQueueInfo(queue)
	if err != nil && strings.Contains(err.Error(), "NOT_FOUND") {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("look at the queue %s: %w", queue, err)
	}
	return info.Size, info.Paused, nil
}

package operate

import "context"

// SteerQueue has something done to a queue of Asynq, writes it down, and calls the workers, who have been told of no new work
// that way. after says which tasks it was about, if it was about some.
func (a *Account) SteerQueue(ctx context.Context, who Person, what, queue, after string, do func() error) error {
	return a.Audited(ctx, who, what, queue, "", func() (string, error) {
		if err := do(); err != nil {
			return "", err
		}
		return after, a.Queues.Call(ctx)
	})
}

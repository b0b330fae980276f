package operate

import "context"

// SteerQueue has something done to a queue of Asynq, writes down how deep the queue was and is, and calls the workers, who have
// been told of no new work that way.
func (a *Account) SteerQueue(ctx context.Context, who Actor, what, queue string, do func() error) error {
	before, err := a.Queues.Look(ctx)
	if err != nil {
		return err
	}
	return a.Audited(ctx, who, what, queue, before[queue].String(), func() (string, error) {
		if err := do(); err != nil {
			return "", err
		}
		after, err := a.Queues.Look(ctx)
		if err != nil {
			return "", err
		}
		if d := before[queue]; d == after[queue] && d.Retry+d.Scheduled+d.Archived == 0 { // there was nothing to run
			return "", errUnchanged
		}
		return after[queue].String(), a.Queues.Call(ctx, queue)
	})
}

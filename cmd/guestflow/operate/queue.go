package operate

import (
	"context"
)

// SteerQueue runs an action on a queue of Asynq, audits it with the depth of the queue before and after, and notifies
// the workers, which Asynq's own tools do not.
func (a *Account) SteerQueue(ctx context.Context, who Actor, what, queue string, do func() error) error {
	before, err := a.Queues.Stats(ctx)
	if err != nil {
		return err
	}
	return a.Audited(ctx, who, what, queue, before[queue].String(), func() (string, error) {
		if err := do(); err != nil {
			return "", err
		}
		after, err := a.Queues.Stats(ctx)
		if err != nil {
			return "", err
		}
		if d := before[queue]; d == after[queue] && d.Retry+d.Scheduled+d.Archived == 0 { // there was nothing to run
			return "", errUnchanged
		}
		return after[queue].String(), a.Queues.Notify(ctx, queue)
	})
}

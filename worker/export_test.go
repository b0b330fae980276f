package worker

import (
	"context"

	"guestflow/importer/chunk"
)

// Strays gives the look for chunks that are in no queue, as one process makes it once a minute.
func Strays(c Config) func(context.Context) error {
	h := &handler{ledger: c.Ledger, log: c.Log, queues: chunk.NewQueues(c.Redis, c.Ledger.Account()), gates: c.Gates, observer: c.Observer}
	return h.strays().look
}

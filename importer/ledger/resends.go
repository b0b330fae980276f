package ledger

import (
	"context"
	"fmt"
)

// wordOf returns the fields by which an import that sends emails again takes the place of the one that it is of, among the imports
// of the account: of two that write a guest the one begun later decides, and a row that is sent again is no newer than it was. They
// stand behind the others and replace what create.lua has written.
func (l *Ledger) wordOf(ctx context.Context, i Import) ([]any, error) {
	if i.Resends == nil {
		return nil, nil
	}
	of, err := l.redis.HMGet(ctx, l.keys.Import(i.Resends.Import), "order", "started", "word").Result()
	if err != nil {
		return nil, fmt.Errorf("read the place of import %s: %w", i.Resends.Import, err)
	}
	order, started, word := of[0], of[1], of[2]
	if started == nil {
		return nil, fmt.Errorf("import %q: %w", i.Resends.Import, ErrNotFound)
	}
	if order == nil { // it is of a version that did not count them
		order = 0
	}
	if word == nil {
		word = started
	}
	return []any{"order", order, "word", word}, nil
}

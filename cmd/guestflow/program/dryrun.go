package program

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/store"
	"guestflow/tokencache/secret"
)

// OpenDry opens an account for a dry run; its Qflow is nil where that cannot be asked. It starts no store, for that
// would write files: without a configured Redis everything is in memory, also the token.
func OpenDry(ctx context.Context, s *config.Settings) (*Account, error) {
	own := !s.RedisURL.Set() && store.FindOwn(ctx, s.StateDir).Runs
	if !s.RedisURL.Set() && !own && !s.CanAsk() {
		return &Account{Settings: s}, nil
	}
	var memory *Account
	if !s.RedisURL.Set() && !own {
		var err error
		if s, memory, err = inMemory(s); err != nil {
			return nil, err
		}
	}
	a, err := openLedgerOn(ctx, memory, s, s.Logger(true))
	if err != nil {
		return a, err
	}
	if memory != nil {
		a.closers = append(a.closers, memory.Close)
	}
	if !s.CanAsk() {
		return a, nil
	}
	if err := a.Connect(nil); err != nil {
		a.Close()
		return a, err
	}
	return a, nil
}

// inMemory returns settings with which nothing is written to a disk, and a store in this process.
func inMemory(s *config.Settings) (*config.Settings, *Account, error) {
	memory, err := store.OpenMemory()
	if err != nil {
		return nil, nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	dry := *s
	dry.StateDir, dry.TokenKeys = "", secret.Text(hex.EncodeToString(key))
	return &dry, &Account{Store: memory, metrics: monitor.NewMetrics(), closers: []func(){memory.Close}}, nil
}

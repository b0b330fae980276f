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

// OpenDry opens an app for a dry run, whose qflow is nil where nobody is there to be asked. A store of our own is not started
// for that, for it would write its files: without a configured Redis everything is in memory, and a token with it.
func OpenDry(ctx context.Context, s *config.Settings) (*Account, error) {
	if !s.RedisURL.Set() && !s.CanAsk() {
		return &Account{Settings: s}, nil
	}
	var on *Account
	if !s.RedisURL.Set() {
		var err error
		if s, on, err = inMemory(s); err != nil {
			return nil, err
		}
	}
	a, err := openLedgerOn(ctx, on, s, s.Logger(true))
	if err != nil {
		return a, err
	}
	if on != nil {
		a.closers = append(a.closers, on.Close)
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

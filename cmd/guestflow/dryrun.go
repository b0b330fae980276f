package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/store"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// openDry opens an app for a dry run, whose qflow is nil where nobody is there to be asked. A store of our own is not started
// for that, for it would write its files: without a configured Redis everything is in memory, and a token with it.
func (s *settings) openDry(ctx context.Context) (*app, error) {
	if !s.RedisURL.Set() && !s.canAsk() {
		return &app{settings: s}, nil
	}
	if !s.RedisURL.Set() {
		memory, err := s.inMemory()
		if err != nil {
			return nil, err
		}
		s = memory
	}
	a, err := s.openBooks(ctx, s.logger(true))
	if err != nil {
		return a, err
	}
	if s.shared != nil {
		a.close = append(a.close, s.shared.Close)
	}
	if !s.canAsk() {
		return a, nil
	}
	if err := a.connect(nil); err != nil {
		a.Close()
		return a, err
	}
	return a, nil
}

// canAsk reports whether a dry run can ask Qflow: the sandbox in this process has one event and knows nothing of another, and
// an account that has nothing but its refresh token keeps that in a store that is not open here.
func (s *settings) canAsk() bool {
	switch {
	case s.sandboxed():
		return s.APIURL != ""
	case s.RedisURL.Set():
		return true
	}
	return s.Password.Set() || s.Grant == string(tokencache.GrantClientCredentials)
}

// inMemory are settings under which nothing is written anywhere.
func (s *settings) inMemory() (*settings, error) {
	memory, err := store.OpenMemory()
	if err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	dry := *s
	dry.StateDir, dry.TokenKeys = "", secret.Text(hex.EncodeToString(key))
	dry.shared = &app{store: memory, metrics: monitor.NewMetrics(), close: []func(){memory.Close}}
	return &dry, nil
}

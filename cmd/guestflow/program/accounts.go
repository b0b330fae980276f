package program

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer/ledger"
)

// forImport gives the settings of the account that has an import: its id says which of several it is.
func forImport(ctx context.Context, s *config.Settings, id string) (*config.Settings, error) {
	if id == "" || !s.Several() {
		err := s.Only()
		return s, err
	}
	a, err := OpenLedger(ctx, s, s.Logger(true))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	for _, name := range s.AccountNames() {
		books, err := ledger.For(a.Store.Client, name)
		if err != nil {
			return nil, config.Usagef("%w", err)
		}
		if _, err := books.Import(ctx, id); err == nil {
			return s.OfAccount(name)
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("import %q of %s: %w", id, strings.Join(s.AccountNames(), ", "), ledger.ErrNotFound)
}

// openAll opens the app of every account on one store.
func openAll(ctx context.Context, s *config.Settings, log *slog.Logger) ([]*Account, error) {
	list, err := s.Each()
	if err != nil {
		return nil, err
	}
	var apps []*Account
	for _, one := range list {
		a, err := openOn(ctx, firstOf(apps), one, log, nil)
		if err != nil {
			closeAll(apps)
			return nil, fmt.Errorf("account %s: %w", one.AccountName(), err)
		}
		if len(list) > 1 { // the token cache says it by itself
			a.Log = log.With("account", one.AccountName())
		}
		apps = append(apps, a)
	}
	return apps, nil
}

// WithEach opens the books of every account that this command line is about and that is wanted, and closes them behind it.
func WithEach(ctx context.Context, s *config.Settings, wanted func(*config.Settings) bool, do func([]*Account) error) error {
	list, err := s.Each()
	if err != nil {
		return err
	}
	var apps []*Account
	defer func() { closeAll(apps) }()
	for _, one := range list {
		if !wanted(one) {
			continue
		}
		a, err := openLedgerOn(ctx, firstOf(apps), one, s.Logger(true))
		if err != nil {
			return err
		}
		apps = append(apps, a)
	}
	return do(apps)
}

// firstOf returns the account whose store the others use, nil if none is open yet.
func firstOf(apps []*Account) *Account {
	if len(apps) == 0 {
		return nil
	}
	return apps[0]
}

// closeAll closes the first one last: it owns what the others share.
func closeAll(apps []*Account) {
	for _, a := range slices.Backward(apps) {
		a.Close()
	}
}

// With opens the books for a command that looks or steers, and closes them behind it.
func With(ctx context.Context, s *config.Settings, do func(*Account) error) error {
	if err := s.Only(); err != nil {
		return err
	}
	a, err := OpenLedger(ctx, s, s.Logger(true))
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

// WithImport is with for what is about one import; "" is the newest.
func WithImport(ctx context.Context, s *config.Settings, id string, do func(*Account) error) error {
	one, err := forImport(ctx, s, id)
	if err != nil {
		return err
	}
	return With(ctx, one, do)
}

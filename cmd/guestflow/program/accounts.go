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

// forImport returns the settings of the account that has an import, whose id is unique among accounts.
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
		l, err := ledger.For(a.Store.Client, name)
		if err != nil {
			return nil, config.Usagef("%w", err)
		}
		if _, err := l.Import(ctx, id); err == nil {
			return s.OfAccount(name)
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("import %q of %s: %w", id, strings.Join(s.AccountNames(), ", "), ledger.ErrNotFound)
}

// openAll opens every account, on one store.
func openAll(ctx context.Context, s *config.Settings, log *slog.Logger) ([]*Account, error) {
	list, err := s.Each()
	if err != nil {
		return nil, err
	}
	var accounts []*Account
	for _, one := range list {
		a, err := openOn(ctx, firstOf(accounts), one, log, nil)
		if err != nil {
			closeAll(accounts)
			return nil, fmt.Errorf("account %s: %w", one.AccountName(), err)
		}
		if len(list) > 1 { // the token cache adds it by itself
			a.Log = log.With("account", one.AccountName())
		}
		accounts = append(accounts, a)
	}
	return accounts, nil
}

// WithEach opens the ledgers of all accounts that the command line is about and that are wanted, and closes them
// afterwards.
func WithEach(ctx context.Context, s *config.Settings, wanted func(*config.Settings) bool,
	do func([]*Account) error) error {
	list, err := s.Each()
	if err != nil {
		return err
	}
	var accounts []*Account
	defer func() { closeAll(accounts) }()
	for _, one := range list {
		if !wanted(one) {
			continue
		}
		a, err := openLedgerOn(ctx, firstOf(accounts), one, s.Logger(true))
		if err != nil {
			return err
		}
		accounts = append(accounts, a)
	}
	return do(accounts)
}

// firstOf returns the account whose store the others use, nil if none is open yet.
func firstOf(accounts []*Account) *Account {
	if len(accounts) == 0 {
		return nil
	}
	return accounts[0]
}

// closeAll closes the first account last: it owns what the others share.
func closeAll(accounts []*Account) {
	for _, a := range slices.Backward(accounts) {
		a.Close()
	}
}

// With opens the account's ledger for a command that shows or changes something, and closes it afterwards.
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

// WithImportAndQflow opens the account that has an import, with its way to Qflow, and closes it afterwards.
func WithImportAndQflow(ctx context.Context, s *config.Settings, id string, do func(*Account) error) error {
	one, err := forImport(ctx, s, id)
	if err != nil {
		return err
	}
	a, err := Open(ctx, one, one.Logger(true), nil)
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

// WithImport is With for the account that has an import; "" is the newest.
func WithImport(ctx context.Context, s *config.Settings, id string, do func(*Account) error) error {
	one, err := forImport(ctx, s, id)
	if err != nil {
		return err
	}
	return With(ctx, one, do)
}

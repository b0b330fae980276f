package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/importer/ledger"
)

// accounts is how one process serves several Qflow accounts: under `accounts` in guestflow.yaml each has a name and the
// settings that are its own, such as its client and its password file. All of them share one Redis and, where they call from
// one address, one budget; gates, tokens, queues and ledgers are each account's own.
type accounts struct {
	names []string
	as    func(name string) (*settings, error) // the same command line, seen from another account
}

// several tells whether the file names accounts and the command line none of them.
func (s *settings) several() bool { return len(s.accounts.names) > 0 && s.Account == "" }

// each gives the settings of every account that this command line is about.
func (s *settings) each() ([]*settings, error) {
	if !s.several() {
		return []*settings{s}, nil
	}
	var list []*settings
	for _, name := range s.accounts.names {
		one, err := s.accounts.as(name)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		list = append(list, one)
	}
	return list, nil
}

// only refuses to guess which of several accounts is meant.
func (s *settings) only() error {
	if !s.several() {
		return nil
	}
	return &usageError{"there are several accounts; say which one by --account: " + strings.Join(s.accounts.names, ", ")}
}

// forImport gives the settings of the account that has an import: its id says which of several it is.
func (s *settings) forImport(ctx context.Context, id string) (*settings, error) {
	if id == "" || !s.several() {
		err := s.only()
		return s, err
	}
	a, err := s.openBooks(ctx, s.logger(true))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	for _, name := range s.accounts.names {
		books, err := ledger.For(a.store.Client, name)
		if err != nil {
			return nil, &usageError{err.Error()}
		}
		if _, err := books.Import(ctx, id); err == nil {
			return s.accounts.as(name)
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("import %q of %s: %w", id, strings.Join(s.accounts.names, ", "), ledger.ErrNotFound)
}

// forProfile gives the settings of the account that a profile names.
func (s *settings) forProfile(name string) (*settings, error) {
	account := s.profiles[name].Account
	if account == "" || account == s.Account {
		err := s.only()
		return s, err
	}
	if s.Account != "" || !slices.Contains(s.accounts.names, account) {
		return nil, &usageError{fmt.Sprintf("profile %s is for the account %q, which is not %s", name, account, first(s.Account, "among those of guestflow.yaml"))}
	}
	return s.accounts.as(account)
}

// openAll opens the app of every account on one store.
func (s *settings) openAll(ctx context.Context, log *slog.Logger) ([]*app, error) {
	list, err := s.each()
	if err != nil {
		return nil, err
	}
	var apps []*app
	for _, one := range list {
		if len(apps) > 0 {
			one.shared = apps[0]
		}
		a, err := one.open(ctx, log, nil)
		if err != nil {
			closeAll(apps)
			return nil, fmt.Errorf("account %s: %w", one.account(), err)
		}
		if len(list) > 1 { // the token cache says it by itself
			a.log = log.With("account", one.account())
		}
		apps = append(apps, a)
	}
	return apps, nil
}

// withEach opens the books of every account that this command line is about and that is wanted, and closes them behind it.
func (s *settings) withEach(ctx context.Context, wanted func(*settings) bool, do func([]*app) error) error {
	list, err := s.each()
	if err != nil {
		return err
	}
	var apps []*app
	defer func() { closeAll(apps) }()
	for _, one := range list {
		if !wanted(one) {
			continue
		}
		if len(apps) > 0 {
			one.shared = apps[0]
		}
		a, err := one.openBooks(ctx, s.logger(true))
		if err != nil {
			return err
		}
		apps = append(apps, a)
	}
	return do(apps)
}

// closeAll closes the first one last: it owns what the others share.
func closeAll(apps []*app) {
	for _, a := range slices.Backward(apps) {
		a.Close()
	}
}

// readAccounts checks what stands under accounts in the file.
func (f *fileConfig) readAccounts(app *kong.Application) error {
	own := map[string]bool{}
	for _, flag := range app.Flags {
		if flag.Group != nil && (flag.Group.Key == "Qflow" || flag.Group.Key == "Identity" || flag.Group.Key == "Pace") {
			own[strings.ReplaceAll(flag.Name, "-", "_")] = flag.Name != "account" && flag.Name != "concurrency"
		}
	}
	if !isTable(f.values.Get("accounts")) {
		return &usageError{f.path + ": accounts is not a table of accounts by name"}
	}
	for _, name := range f.accounts() {
		if !isTable(f.values.Get("accounts." + name)) {
			return &usageError{fmt.Sprintf("%s: account %s: a table of settings is wanted", f.path, name)}
		}
		for _, key := range f.values.MapKeys("accounts." + name) {
			if !own[key] {
				return &usageError{fmt.Sprintf("%s: account %s: %q is not a setting that an account can have of its own", f.path, name, keyName(key))}
			}
		}
	}
	for name, p := range f.profiles {
		if p.Account != "" && len(f.accounts()) > 0 && !slices.Contains(f.accounts(), p.Account) {
			return &usageError{fmt.Sprintf("%s: profile %s is for the account %q, which stands nowhere under accounts", f.path, name, p.Account)}
		}
	}
	return nil
}

func (f *fileConfig) accounts() []string {
	names := f.values.MapKeys("accounts")
	slices.Sort(names)
	return names
}

// seenFrom gives the same file as an account of it sees it.
func (f *fileConfig) seenFrom(account string) *fileConfig {
	view := *f
	view.account = account
	return &view
}

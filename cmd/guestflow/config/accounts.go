package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// accounts is how one process serves several Qflow accounts: under `accounts` in guestflow.yaml each has a name and the
// settings that are its own, such as its client and its password file. All of them share one Redis and, where they call
// from one address, one budget; gates, tokens, queues and ledgers are each account's own.
type accounts struct {
	names []string
	as    func(name string) (*Settings, error)
}

// SetAccounts names the accounts of the file; as reads the same command line for one of them.
func (s *Settings) SetAccounts(names []string, as func(name string) (*Settings, error)) {
	s.accounts = accounts{names, as}
}

// AccountNames returns the names of the accounts in the file.
func (s *Settings) AccountNames() []string { return s.accounts.names }

// OfAccount returns the settings of one of them.
func (s *Settings) OfAccount(name string) (*Settings, error) { return s.accounts.as(name) }

// Several reports whether the file names accounts and the command line none of them.
func (s *Settings) Several() bool { return len(s.accounts.names) > 0 && s.Account == "" }

// Each returns the settings of every account that this command line is about.
func (s *Settings) Each() ([]*Settings, error) {
	if !s.Several() {
		return []*Settings{s}, nil
	}
	var list []*Settings
	for _, name := range s.accounts.names {
		one, err := s.accounts.as(name)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		list = append(list, one)
	}
	return list, nil
}

// Only returns an error if the command line leaves open which of several accounts is meant.
func (s *Settings) Only() error {
	if !s.Several() {
		return nil
	}
	return Usagef("there are several accounts; name one by --account: %s", strings.Join(s.accounts.names, ", "))
}

// ForProfile returns the settings of the account that a profile names.
func (s *Settings) ForProfile(name string) (*Settings, error) {
	account := s.Profiles[name].Account
	if account == "" || account == s.Account {
		err := s.Only()
		return s, err
	}
	if s.Account != "" || !slices.Contains(s.accounts.names, account) {
		return nil, Usagef("profile %s is for the account %q, which is not %s", name, account,
			cmp.Or(s.Account, "among those of guestflow.yaml"))
	}
	return s.accounts.as(account)
}

// readAccounts checks accounts in the file.
func (f *File) readAccounts(app *kong.Application) error {
	own := map[string]bool{}
	for _, flag := range app.Flags {
		if flag.Group != nil && (flag.Group.Key == "Qflow" || flag.Group.Key == "Identity" || flag.Group.Key == "Pace") {
			own[keyOf(flag)] = flag.Name != "account" && flag.Name != "concurrency"
		}
	}
	if !isTable(f.values.Get("accounts")) {
		return Usagef("%s: accounts is not a table of accounts by name", f.path)
	}
	for _, name := range f.Accounts() {
		if !isTable(f.values.Get("accounts." + name)) {
			return Usagef("%s: account %s: expected a table of settings", f.path, name)
		}
		for _, key := range f.values.MapKeys("accounts." + name) {
			if !own[key] {
				return Usagef("%s: account %s: %q is not a setting that an account can have of its own", f.path, name, keyName(key))
			}
		}
	}
	for name, p := range f.Profiles {
		if p.Account != "" && len(f.Accounts()) > 0 && !slices.Contains(f.Accounts(), p.Account) {
			return Usagef("%s: profile %s is for the account %q, which is not under accounts", f.path, name, p.Account)
		}
	}
	return nil
}

// Accounts returns the names under accounts, sorted.
func (f *File) Accounts() []string {
	names := f.values.MapKeys("accounts")
	slices.Sort(names)
	return names
}

// SeenFrom returns the same file with an account's own settings before the others.
func (f *File) SeenFrom(account string) *File {
	view := *f
	view.account = account
	return &view
}

package config

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/tokencache/secret"
)

// File is guestflow.yaml: the flags by name, accounts, and profiles.
type File struct {
	account  string // its own settings come before the others; empty: none's
	values   *koanf.Koanf
	Profiles map[string]Profile
	path     string
	latest   *latest        // what it says by now; of all accounts the same one
	lines    map[string]int // of its keys, by their paths
}

// ReadFile reads the file that --config or GUESTFLOW_CONFIG names, or ./guestflow.yaml when it is there.
func ReadFile(args []string) (*File, error) {
	f := &File{values: koanf.New(".")}
	path, named := configPath(args)
	is, _ := os.Stat(path) // before it is read: a change meanwhile is seen later
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return f, nil
	}
	if err != nil {
		return nil, Usagef("the configuration file cannot be read: %v", err)
	}
	f.path, f.latest = path, &latest{path: path, seen: is}
	text, err := secret.Decode(raw)
	if err != nil {
		return nil, Usagef("the configuration file %s cannot be read: %v", path, err)
	}
	if err := f.values.Load(rawbytes.Provider([]byte(text)), yaml.Parser()); err != nil {
		return nil, notYAML(path, err)
	}
	f.lines = linesOf([]byte(text))
	if f.Profiles, err = readProfiles(path, f.values); err != nil {
		return nil, err
	}
	if err := f.checkProfiles(); err != nil {
		return nil, err
	}
	return f, nil
}

func configPath(args []string) (path string, named bool) {
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--config="); ok {
			return value, true
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1], true
		}
	}
	if value := os.Getenv("GUESTFLOW_CONFIG"); value != "" {
		return value, true
	}
	return "guestflow.yaml", false
}

func (f *File) checkProfiles() error {
	known := ProfileKeys()
	for name, p := range f.Profiles {
		for _, key := range f.values.MapKeys("profiles." + name) {
			if !known[key] {
				return Usagef("%s: profile %s has the unknown key %q", f.path, name, keyName(key))
			}
		}
		if _, err := time.LoadLocation(p.Timezone); err != nil {
			return Usagef("%s: profile %s: %q is not a time zone such as Europe/London", f.path, name, p.Timezone)
		}
		if err := importer.Check(spec.Spec{Zone: p.Timezone, Reading: p.Reading}); err != nil {
			return Usagef("%s: profile %s: %v", f.path, name, err)
		}
		zone, _ := p.Location() // it is one
		if err := p.Rules.Check(zone); err != nil {
			return Usagef("%s: profile %s: %v", f.path, name, err)
		}
		if err := p.checkSource(name); err != nil {
			return Usagef("%s: profile %s: %v", f.path, name, err)
		}
		if p.Source != "" && p.Account == "" && len(f.Accounts()) > 0 {
			return Usagef("%s: profile %s: there are several accounts, and nothing says for which its source is; add account: and one of %s",
				f.path, name, strings.Join(f.Accounts(), ", "))
		}
	}
	return nil
}

// Resolve implements kong.Resolver: it returns the file's value of a setting, unless the environment has one.
func (f *File) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	key := keyOf(flag)
	if own := "accounts." + f.account + "." + key; f.account != "" && f.values.Exists(own) {
		return forFlag(f.values.Get(own), flag) // over the environment too, which speaks for all accounts
	}
	if f.account != "" && key == "account" {
		return f.account, nil
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if !f.values.Exists(key) {
		return nil, nil
	}
	return forFlag(f.values.Get(key), flag)
}

// Validate implements kong.Resolver: it refuses unknown keys, for a misspelt limit must not be silently ignored.
func (f *File) Validate(app *kong.Application) error {
	known := map[string]bool{"profiles": true, "accounts": true}
	for _, flag := range allFlags(app) {
		known[keyOf(flag)] = true
	}
	for key := range f.values.Raw() {
		if !known[key] {
			return Usagef("%s: unknown key %q; guestflow config --keys lists them", f.path, keyName(key))
		}
	}
	return f.readAccounts(app)
}

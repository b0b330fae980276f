package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guestflow/importer/remote"
	"guestflow/importer/schedule"
	"guestflow/tokencache/secret"
)

// Schedule returns the profile's schedule. A cron needs a time zone in the profile: an import at another hour
// than was meant is found out the next day.
func (p Profile) Schedule(name string) (*schedule.Schedule, error) {
	if p.Timezone == "" {
		return nil, errors.New("cron needs a time zone; add timezone: Europe/London, America/New_York or UTC")
	}
	var jitter time.Duration
	if p.Jitter != "" {
		var err error
		if jitter, err = time.ParseDuration(p.Jitter); err != nil {
			return nil, fmt.Errorf("jitter %q is not a duration such as 5m or 30s", p.Jitter)
		}
	}
	made, err := schedule.New(schedule.Setting{Profile: name, Cron: p.Cron, Zone: p.Timezone,
		Missed: schedule.Missed(p.Missed), Jitter: jitter})
	if wrong, is := errors.AsType[*schedule.SettingError](err); is {
		return nil, fmt.Errorf("%s %q: %s; %s", strings.Replace(wrong.Field, "zone", "timezone", 1), wrong.Value,
			wrong.Problem, wrong.Advice)
	}
	return made, err
}

// Expected is the longest time without a new list; 0 is any.
func (p Profile) Expected() time.Duration {
	every, err := time.ParseDuration(p.ExpectEvery)
	if err != nil {
		return 0 // none is set: checkSource refuses others
	}
	return every
}

// checkSource returns what is wrong with a profile's source and schedule. Files are looked at by open, since only the
// hosts that import have them.
func (p Profile) checkSource(name string) error {
	if p.ExpectEvery != "" {
		if every, err := time.ParseDuration(p.ExpectEvery); err != nil || every < time.Minute {
			return fmt.Errorf("expect_every %q is not a time such as 26h, of at least a minute", p.ExpectEvery)
		}
	}
	if p.Source == "" {
		for _, key := range slices.Sorted(maps.Keys(p.values())) {
			if key == "cron" {
				return errors.New("cron says when, and nothing says from where; add source: a URL or a folder. Files that are dropped into the inbox need no cron")
			}
			if strings.HasPrefix(key, "source_") {
				return fmt.Errorf("%s is set without a source; add source: a URL or a folder", key)
			}
		}
	}
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return errors.New("its name cannot be a folder's, and its files need one")
	}
	if p.Cron != "" {
		if _, err := p.Schedule(name); err != nil {
			return err
		}
	} else if p.Missed != "" || p.Jitter != "" {
		return errors.New("missed and jitter belong to a cron; add cron, such as \"30 2 * * *\", or take them out")
	}
	if p.Source == "" {
		return nil
	}
	if err := p.signsIn(); err != nil {
		return err
	}
	_, err := p.Unread()
	return err
}

// Unread gives the source without its secret, to check and to show it.
func (p Profile) Unread() (*remote.Source, error) {
	o := p.options()
	if p.SourceSecretFile != "" {
		o.Secret = "not read"
	}
	return remote.New(p.Source, o)
}

// signsIn says it by our keys if a kind of source lacks what it cannot do without.
func (p Profile) signsIn() error {
	scheme, _, _ := strings.Cut(p.Source, "://")
	switch {
	case scheme == "gs" && (p.SourceID == "" || p.SourceSecretFile == ""):
		return errors.New("gs:// needs an HMAC key (Cloud Storage, Settings, Interoperability); set source_id and source_secret_file")
	case scheme == "sftp" && p.SourceKnownHosts == "":
		return errors.New("sftp:// needs source_known_hosts: a file with the server's key, as ssh-keyscan writes it; ask the server's owner whether it is right")
	case scheme == "sftp" && p.SourceKeyFile == "" && p.SourceSecretFile == "":
		return errors.New("sftp:// needs a way to sign in; set source_key_file, or source_secret_file for a password")
	}
	return nil
}

func (p Profile) options() remote.Options {
	o := remote.Options{
		Pattern: p.SourcePattern, After: remote.After(p.SourceAfter),
		ID: p.SourceID, KeyFile: p.SourceKeyFile, KnownHosts: p.SourceKnownHosts,
	}
	if o.Pattern == "" && !web(p.Source) {
		o.Pattern = "*.csv" // or whatever else lies in that folder would be taken, moved or deleted
	}
	return o
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// Credentials reads the secret and looks whether the other files are there.
func (p Profile) Credentials(name string) (remote.Options, error) {
	o := p.options()
	var raw []byte
	for _, f := range []struct {
		key, path string
		into      *[]byte
	}{
		{"source_secret_file", p.SourceSecretFile, &raw}, {"source_key_file", p.SourceKeyFile, new([]byte)},
		{"source_known_hosts", p.SourceKnownHosts, new([]byte)},
	} {
		if f.path == "" {
			continue
		}
		var err error
		if *f.into, err = os.ReadFile(f.path); err != nil {
			return o, Usagef("profile %s: %s cannot be read: %v", name, f.key, err)
		}
	}
	var err error
	if o.Secret, err = secret.FromFile(raw); err != nil {
		return o, Usagef("profile %s: source_secret_file: %v", name, err)
	}
	return o, nil
}

// Open gives the profile's source, or nil if it has none.
func (p Profile) Open(name string) (*remote.Source, error) {
	if p.Source == "" {
		return nil, nil
	}
	o, err := p.Credentials(name)
	if err != nil {
		return nil, err
	}
	source, err := remote.New(p.Source, o)
	if err != nil {
		return nil, Usagef("profile %s: %v", name, err)
	}
	return source, nil
}

// Reaches reports whether an address is at the place of the profile's source: the same host, bucket and user. A
// bucket's region and endpoint need not be repeated, and none but the source's is given its credentials.
func (p Profile) Reaches(address string) (full string, same bool) {
	u, err := url.Parse(address)
	if err != nil || p.Source == "" {
		return "", false
	}
	source, err := url.Parse(p.Source)
	if err != nil || source.Scheme != u.Scheme || source.Host != u.Host || source.User.String() != u.User.String() {
		return "", false
	}
	if web(address) {
		return address, true
	}
	if u.RawQuery == "" {
		u.RawQuery = source.RawQuery
	}
	return u.String(), u.RawQuery == source.RawQuery
}

package config

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/tokencache/secret"
)

// FromFile reads the secret of a key from its file.
func FromFile(path string, into *secret.Text, key string) error {
	if path == "" {
		return nil
	}
	if into.Set() {
		return Usagef("%s and %s_file are both set; use one", key, key)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Usagef("%s_file cannot be read: %v", key, err)
	}
	if *into, err = secret.FromFile(raw); err != nil {
		return Usagef("%s_file: %v", key, err)
	}
	return nil
}

// ExposedFile is a file with a secret that every user of this machine can read.
type ExposedFile struct{ Setting, Path string }

func (f ExposedFile) String() string {
	return fmt.Sprintf("%s (%s) can be read by every user of this machine: chmod o-rwx %s", f.Path, f.Setting, f.Path)
}

// Exposed returns the files with secrets that every user of this machine can read: those that flags, the environment
// and the configuration file name, and the configuration file itself. The permissions of folders above are not
// considered: a file that is left open is seldom in a folder that was closed on purpose.
func (f *File) Exposed(flags []*kong.Flag) (found []ExposedFile) {
	check := func(setting, path string) {
		info, err := os.Stat(path)
		if path == "" || err != nil || info.Mode().Perm()&0o004 == 0 || runtime.GOOS == "windows" {
			return
		}
		if one := (ExposedFile{setting, path}); !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	secrets := map[string]bool{}
	for _, flag := range flags {
		key := keyOf(flag)
		_, isSecret := flag.Target.Interface().(secret.Text)
		secrets[key] = isSecret
		if path, is := flag.Target.Interface().(string); is && holdsSecret(key) {
			check(nameOf(flag), path)
		}
	}
	for _, key := range f.values.Keys() {
		switch parts := strings.Split(key, "."); {
		case secrets[parts[len(parts)-1]] && f.values.String(key) != "":
			check("it holds "+key, f.path)
		case len(parts) == 3 && holdsSecret(parts[2]): // of an account, or of a profile
			check(key, kong.ExpandPath(f.values.String(key)))
		}
	}
	return found
}

// holdsSecret reports whether a setting names a file with a secret.
func holdsSecret(key string) bool {
	switch key {
	case "redis_ca_file", "redis_cert_file":
		return false
	case "tls_key", "users":
		return true
	}
	return strings.HasSuffix(key, "_file")
}

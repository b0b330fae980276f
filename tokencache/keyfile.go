package tokencache

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"guestflow/tokencache/secret"
)

// KeyFile is the name of a generated key in the state folder.
const KeyFile = "token.key"

// LoadOrCreateKey reads the key of a state folder, or makes one there with mode 0600. Processes that start at the same
// moment end up with the same key. A generated key serves one host; several hosts need a configured one.
func LoadOrCreateKey(dir string) (ring Keyring, created bool, err error) {
	path := filepath.Join(dir, KeyFile)
	for range 2 {
		value, err := os.ReadFile(path)
		if err == nil {
			var text secret.Text
			if text, err = secret.FromFile(value); err == nil {
				ring, err = ParseKeys(text)
			}
			if err != nil {
				return Keyring{}, false, fmt.Errorf("read %s: %w", path, err)
			}
			return ring, created, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return Keyring{}, false, fmt.Errorf("read sealing key: %w", err)
		}
		if created, err = createKey(dir, path); err != nil {
			return Keyring{}, false, fmt.Errorf("create sealing key: %w", err)
		}
	}
	return Keyring{}, false, fmt.Errorf("sealing key %s vanishes as soon as it is made", path)
}

// createKey links a complete file into place, because a link, unlike a rename, does not replace a key that another
// process has just made.
func createKey(dir, path string) (bool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	tmp, err := writeSynced(dir, []byte(base64.StdEncoding.EncodeToString(raw)+"\n"))
	if err != nil {
		return false, err
	}
	defer os.Remove(tmp)
	err = os.Link(tmp, path)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err == nil {
		err = syncDir(dir) // tokens sealed with a key that a power cut loses are lost too
	}
	return err == nil, err
}

// writeSynced puts data on the disk under a temporary name, mode 0600.
func writeSynced(dir string, data []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".token-*.tmp") // CreateTemp makes it 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// syncDir makes a rename or link in a folder survive a power cut. Windows has no such call, and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

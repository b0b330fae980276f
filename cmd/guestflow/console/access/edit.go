package access

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guestflow/tokencache/secret"
)

// ErrNoUser says that a password file does not have the name.
var ErrNoUser = errors.New("there is no such user")

// MinPassword is how short a new password may be, in bytes; NIST SP 800-63B section 5.1.1.2 asks for 8 where there is no second factor.
const MinPassword = 8

// ReadUsers gives who may log in by a password file, by line. A file that is not there has nobody.
func ReadUsers(path string) ([]User, error) {
	raw, err := readOrEmpty(path)
	if err != nil {
		return nil, err
	}
	entries, err := parsePasswords(path, raw)
	if err != nil {
		return nil, err
	}
	sorted := make([]entry, 0, len(entries))
	for _, e := range entries {
		sorted = append(sorted, e)
	}
	slices.SortFunc(sorted, func(a, b entry) int { return a.line - b.line })
	users := make([]User, len(sorted))
	for i, e := range sorted {
		users[i] = e.user
	}
	return users, nil
}

// SetUser adds somebody to a password file, or gives them another password and other rights. Other lines stay as they are.
func SetUser(path string, u User, password secret.Text) error {
	if why := checkName(u.Name); why != "" {
		return &UsageError{why}
	}
	if n := len(password); n < MinPassword || n > maxPassword {
		return &UsageError{fmt.Sprintf("the password is not %d to %d bytes long", MinPassword, maxPassword)}
	}
	line := u.Name + ":" + newHash(password) + ":" + u.Rights()
	return editFile(path, func(lines []string, at int) ([]string, error) {
		if at < 0 {
			return append(lines, line), nil
		}
		lines[at] = line
		return lines, nil
	}, u.Name)
}

// RemoveUser takes somebody out of a password file. Their sessions end with their next request.
func RemoveUser(path, name string) error {
	return editFile(path, func(lines []string, at int) ([]string, error) {
		if at < 0 {
			return nil, ErrNoUser
		}
		return slices.Delete(lines, at, at+1), nil
	}, name)
}

// editFile changes the lines of a file of which name's is at an index, or -1.
func editFile(path string, change func(lines []string, at int) ([]string, error), name string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // replace the file, not a link to it
	}
	raw, err := readOrEmpty(path)
	if err != nil {
		return err
	}
	entries, err := parsePasswords(path, raw)
	if err != nil {
		return err // whoever mends it knows what was meant
	}
	at := -1
	if e, known := entries[name]; known {
		at = e.line - 1
	}
	var lines []string
	if len(raw) > 0 {
		lines = strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	}
	if lines, err = change(lines, at); err != nil {
		return err
	}
	out := []byte(strings.Join(lines, "\n"))
	if len(out) > 0 {
		out = append(out, '\n')
	}
	return replaceFile(path, bytes.TrimPrefix(out, []byte("\ufeff")))
}

func readOrEmpty(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the password file: %w", err)
	}
	return raw, nil
}

// replaceFile writes a file so that a reader sees the old or the new one and nobody but its owner can read it.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // 0600
	if err != nil {
		return fmt.Errorf("write the password file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the password file: %w", err)
	}
	return nil
}

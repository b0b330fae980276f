package access

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/tokencache/secret"
)

// ErrNoUser means that a password file does not have the name.
var ErrNoUser = errors.New("there is no such user")

// minPassword is the shortest new password, in bytes; NIST SP 800-63B section 5.1.1.2 requires 8 without a second
// factor.
const minPassword = 8

// ReadUsers returns the users of a password file, by line. A missing file has none.
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

// SetUser adds a user to a password file, or replaces their password and rights. Other lines stay unchanged.
func SetUser(path string, u User, password secret.Text) error {
	if why := checkName(u.Name); why != "" {
		return &UsageError{why}
	}
	if n := len(password); n < minPassword || n > maxPassword {
		return &UsageError{fmt.Sprintf("the password is not %d to %d bytes long", minPassword, maxPassword)}
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

// RemoveUser removes a user from a password file. Their sessions end with their next request.
func RemoveUser(path, name string) error {
	return editFile(path, func(lines []string, at int) ([]string, error) {
		if at < 0 {
			return nil, ErrNoUser
		}
		return slices.Delete(lines, at, at+1), nil
	}, name)
}

// editFile changes the lines of a file; the line of the name is at an index, or -1.
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
		return err // only an administrator knows what was meant
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

// replaceFile writes a file atomically, readable for its owner only.
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

// entry is one line of a password file.
type entry struct {
	user User
	hash hash
	line int // from 1
}

// FileError is a password file that cannot be used. It names the line and never quotes it.
type FileError struct {
	Path string
	Line int // from 1; 0 is the file as a whole
	Why  string
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("password file %s: %s", e.Path, e.Why)
	}
	return fmt.Sprintf("password file %s, line %d: %s", e.Path, e.Line, e.Why)
}

const (
	maxFile = 1 << 20 // bytes; ten thousand people
	maxName = 64      // characters
)

// parsePasswords reads lines name:hash:rights. The rights are words of viewer, operator and guests; none is viewer.
// Empty lines, and comments that begin with #, are skipped.
func parsePasswords(path string, raw []byte) (map[string]entry, error) {
	if len(raw) > maxFile {
		return nil, &FileError{path, 0, "it is larger than 1 MiB, so it is something else"}
	}
	users := map[string]entry{}
	line := 0
	for text := range bytes.Lines(bytes.TrimPrefix(raw, []byte("\ufeff"))) {
		line++
		trimmed := strings.TrimSpace(string(text))
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		e, why := parseLine(trimmed)
		if before, twice := users[e.user.Name]; why == "" && twice {
			why = fmt.Sprintf("the name is in line %d already", before.line)
		}
		if why != "" {
			return nil, &FileError{path, line, why}
		}
		e.line = line
		users[e.user.Name] = e
	}
	return users, nil
}

// parseLine returns an entry, or why there is none.
func parseLine(text string) (e entry, why string) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return e, "it is not name:hash:rights"
	}
	if why := checkName(parts[0]); why != "" {
		return e, why
	}
	h, err := parseHash(parts[1])
	if err != nil {
		return e, err.Error()
	}
	e = entry{user: User{Name: parts[0]}, hash: h}
	if len(parts) == 3 {
		why = e.user.addRights(parts[2])
	}
	return e, why
}

// checkName refuses names that would break lines of the file or of a log, or that look like another name.
func checkName(name string) (why string) {
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName {
		return "the name is empty, not UTF-8 or longer than 64 characters"
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._@+-", r) {
			return "the name has other characters than letters, digits and . _ @ + -"
		}
	}
	return ""
}

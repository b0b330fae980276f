package access

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"guestflow/tokencache/secret"
)

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

// parsePasswords reads lines name:hash:rights. The rights are words of viewer, operator and guests; none is viewer. Empty
// lines and those that begin with # are for people.
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
			why = fmt.Sprintf("the name stands in line %d already", before.line)
		}
		if why != "" {
			return nil, &FileError{path, line, why}
		}
		e.line = line
		users[e.user.Name] = e
	}
	return users, nil
}

// parseLine gives an entry, or why there is none.
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

// addRights reads rights. A word that it does not know is not quoted: where columns are mixed up it is a hash or worse.
func (u *User) addRights(rights string) (why string) {
	for word := range strings.FieldsFuncSeq(rights, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		switch word {
		case "viewer":
		case "operator":
			u.Operator = true
		case "guests":
			u.Guests = true
		default:
			return "the rights are not words of viewer, operator and guests"
		}
	}
	return ""
}

// Rights are the user's rights in the words of the password file.
func (u User) Rights() string {
	words := []string{"viewer"}
	if u.Operator {
		words[0] = "operator"
	}
	if u.Guests {
		words = append(words, "guests")
	}
	return strings.Join(words, ",")
}

// checkName keeps out what would break lines of the file or of a log, and what looks like another name.
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

// passwords is the file, read again whenever it changes, so that who is removed is out at the next request. A file that has
// become unusable lets nobody in: going on with the old one would keep whoever was just removed.
type passwords struct {
	path string
	log  *slog.Logger

	mu    sync.Mutex
	seen  os.FileInfo
	read  time.Time // by the clock that stamps files, so not one that tests step
	users map[string]entry
	err   error
}

// mtimeResolution is how long after a change another one may leave the time of the file as it was, on coarse file systems.
const mtimeResolution = 2 * time.Second

func (p *passwords) current() (map[string]entry, error) {
	info, err := os.Stat(p.path)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.unchanged(info) {
		return p.users, p.err
	}
	before := p.err
	p.read, p.seen = time.Now(), info
	p.users, p.err = p.load(info, err)
	if p.err != nil && (before == nil || before.Error() != p.err.Error()) {
		p.log.Error("nobody can log in to the console until the password file is mended", "error", p.err)
	}
	if p.err == nil && before != nil {
		p.log.Info("the password file is fine again", "path", p.path)
	}
	return p.users, p.err
}

func (p *passwords) unchanged(info os.FileInfo) bool {
	return p.seen != nil && os.SameFile(p.seen, info) && p.seen.Size() == info.Size() &&
		p.seen.ModTime().Equal(info.ModTime()) && p.read.Sub(info.ModTime()) > mtimeResolution
}

func (p *passwords) load(info os.FileInfo, err error) (map[string]entry, error) {
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
		return nil, &FileError{p.path, 0, "it is not a file of at most 1 MiB"}
	}
	raw, err := os.ReadFile(p.path)
	if err != nil {
		return nil, fmt.Errorf("read the password file: %w", err)
	}
	return parsePasswords(p.path, raw)
}

// dummy is what is compared where the file is empty.
var dummy = hash{salt: make([]byte, saltLength), key: make([]byte, keyLength), memory: hashMemory, passes: hashPasses, lanes: hashLanes}

// checkPassword compares a password. It compares one hash whether there is such a name or not, so that the time tells nobody's name.
func checkPassword(users map[string]entry, name string, password secret.Text) (entry, bool) {
	e, known := users[name]
	matches := hashToCompare(users, name).matches(password)
	return e, known && matches
}

// hashToCompare gives the hash to compare: that of the name or, for an unknown one, the first of the file, which likely costs as much.
func hashToCompare(users map[string]entry, name string) hash {
	if e, known := users[name]; known {
		return e.hash
	}
	first := entry{hash: dummy}
	for _, e := range users {
		if first.line == 0 || e.line < first.line {
			first = e
		}
	}
	return first.hash
}

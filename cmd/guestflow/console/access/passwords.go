package access

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"guestflow/tokencache/secret"
)

// passwords is the password file, read again whenever it changes, so that a removed user is logged out with the next
// request. A file that has become unusable admits no user: keeping the old one would keep a user who was just removed.
type passwords struct {
	path string
	log  *slog.Logger

	mu    sync.Mutex
	seen  os.FileInfo
	read  time.Time // by the clock of the file system, not one that tests step
	users map[string]entry
	err   error
}

// mtimeResolution is how long after a change another one may leave the file's time unchanged, on coarse file systems.
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
		p.log.Error("no user can log in to the console until the password file is corrected", "error", p.err)
	}
	if p.err == nil && before != nil {
		p.log.Info("the password file can be used again", "path", p.path)
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

// dummy is the hash to compare if the file is empty.
var dummy = hash{salt: make([]byte, saltLength), key: make([]byte, keyLength), memory: hashMemory, passes: hashPasses,
	lanes: hashLanes}

// checkPassword checks a password. It compares one hash whether the name exists or not, so that the time reveals no
// name.
func checkPassword(users map[string]entry, name string, password secret.Text) (entry, bool) {
	e, known := users[name]
	matches := hashToCompare(users, name).matches(password)
	return e, known && matches
}

// hashToCompare returns the hash of the name or, for an unknown one, the first of the file, which likely takes as long.
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

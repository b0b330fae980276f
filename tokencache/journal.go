package tokencache

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"guestflow/tokencache/secret"
)

// entry is an answer on its way into Redis.
type entry struct {
	From     uint64 `json:"from"` // the generation it was made from
	Gen      uint64 `json:"gen"`  // the generation it makes
	Nonce    string `json:"nonce"`
	Adopt    bool   `json:"adopt,omitempty"`
	Grant    Grant  `json:"grant"`
	By       string `json:"by"`
	Exp      int64  `json:"exp"`
	Refusals int    `json:"refusals,omitempty"`
	lifespan
	// Plain strings, because a secret.Text hides itself from JSON too. The JSON exists only inside a seal.
	Access  string `json:"access"`
	Refresh string `json:"refresh,omitempty"`
}

// String keeps the tokens out of a careless %v.
func (e entry) String() string { return fmt.Sprintf("journal entry of generation %d", e.Gen) }

// journal keeps answers between the identity server and Redis: sealed, on the disk if there is a state folder, so that
// a crash or a Redis that cannot be reached does not lose a refresh token that exists nowhere else. Any process that
// shares the folder may commit what it finds; the commit's compare-and-set decides which was first.
type journal struct {
	dir, prefix string
	keys        Keyring
	mu          sync.Mutex
	open        map[string]entry // ours, by nonce
	retired     map[string]bool  // committed, and kept for a while
}

func newJournal(cfg *Config) *journal {
	return &journal{
		dir: cfg.StateDir, keys: cfg.Keys, open: map[string]entry{}, retired: map[string]bool{},
		prefix: "token-" + cfg.Account + "-" + cfg.fingerprint() + "-",
	}
}

const journalSuffix = ".journal"

func (j *journal) path(nonce string) string {
	return filepath.Join(j.dir, j.prefix+nonce+journalSuffix)
}

func (j *journal) boundTo(nonce string) string {
	return "guestflow journal\n" + j.prefix + "\n" + nonce
}

// put writes an entry. An error means that it is only in memory; the commit goes on.
func (j *journal) put(e entry) error {
	j.mu.Lock()
	j.open[e.Nonce] = e
	j.mu.Unlock()
	if j.dir == "" {
		return nil
	}
	plain, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write token journal: %w", err)
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("write token journal: %w", err)
	}
	tmp, err := writeSynced(j.dir, []byte(j.keys.Seal(secret.Text(plain), j.boundTo(e.Nonce))))
	if err != nil {
		return fmt.Errorf("write token journal: %w", err)
	}
	if err := os.Rename(tmp, j.path(e.Nonce)); err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("write token journal: %w", err)
	}
	if err := syncDir(j.dir); err != nil {
		return fmt.Errorf("write token journal: %w", err)
	}
	return nil
}

// ready reports why nothing can be written down here.
func (j *journal) ready() error {
	if j.dir == "" {
		return errors.New("token journal: there is no state folder")
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("token journal: %w", err)
	}
	tmp, err := writeSynced(j.dir, nil)
	if err != nil {
		return fmt.Errorf("token journal: %w", err)
	}
	_ = os.Remove(tmp)
	return nil
}

// retire reports whether it is the first to say that an entry is committed.
func (j *journal) retire(nonce string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := !j.retired[nonce]
	j.retired[nonce] = true
	return first
}

// drop forgets an entry; another process may have been quicker.
func (j *journal) drop(nonce string) {
	j.mu.Lock()
	delete(j.open, nonce)
	delete(j.retired, nonce)
	j.mu.Unlock()
	if j.dir != "" {
		_ = os.Remove(j.path(nonce))
	}
}

// list returns every entry that is not settled: our own, and those on the disk. What cannot be opened is left alone and
// reported, for it may be good with another key.
func (j *journal) list() (entries []entry, bad []error) {
	j.mu.Lock()
	seen := make(map[string]bool, len(j.open))
	for nonce, e := range j.open {
		entries, seen[nonce] = append(entries, e), true
	}
	j.mu.Unlock()
	if j.dir == "" {
		return entries, nil
	}
	names, err := os.ReadDir(j.dir)
	if err != nil && !os.IsNotExist(err) {
		return entries, []error{fmt.Errorf("look for token journals: %w", err)}
	}
	for _, name := range names {
		nonce, ok := strings.CutPrefix(name.Name(), j.prefix)
		nonce, ok2 := strings.CutSuffix(nonce, journalSuffix)
		if !ok || !ok2 || seen[nonce] {
			continue
		}
		e, err := j.read(nonce)
		switch {
		case err == nil:
			entries = append(entries, e)
		case !os.IsNotExist(err): // settled by another process meanwhile
			bad = append(bad, fmt.Errorf("token journal %s: %w", name.Name(), err))
		}
	}
	return entries, bad
}

func (j *journal) read(nonce string) (entry, error) {
	sealed, err := os.ReadFile(j.path(nonce))
	if err != nil {
		return entry{}, err
	}
	plain, err := j.keys.Open(string(sealed), j.boundTo(nonce))
	if err != nil {
		return entry{}, err
	}
	var e entry
	if err := json.Unmarshal([]byte(plain), &e); err != nil || e.Nonce != nonce {
		return entry{}, fmt.Errorf("content is not a journal entry") // the decoder's error would quote it
	}
	return e, nil
}

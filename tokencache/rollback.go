package tokencache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// A Redis that goes back shows an older record as if it were the newest, without the claims that were made since: it offers
// a refresh token that has been sent. Nobody who knows better takes it. What a process has seen of the record stays in its
// memory and, by a file's name, in the state folder; claims reach the memories of the other processes by the news.

var errWentBack = errors.New("Redis shows an older generation than this host has seen, or lacks a claim on it")

// vouch decides at the last moment before a refresh token is sent whether it is the first time, and writes down that it
// is sent. If Redis went back it gives the token up, and may name another plan.
func (c *Cache) vouch(ctx context.Context, st *claim) (*plan, error) {
	if !c.spends(st.plan) {
		c.seen.saw(st.at)
		return nil, nil
	}
	c.seen.saw(c.journal.marked())
	if st.at.repeats(c.seen.load()) {
		return c.giveUpRefresh(ctx, st)
	}
	if err := c.journal.mark(st.at); err != nil && !c.replaceable() {
		c.giveBack(ctx, st.nonce)
		return nil, c.authError(ReasonNoJournal, 0, err)
	}
	c.seen.saw(st.at)
	return nil, nil
}

// giveUpRefresh goes on with another grant, or leaves the record without its refresh token, so that nobody sends it.
func (c *Cache) giveUpRefresh(ctx context.Context, st *claim) (*plan, error) {
	c.cfg.Logger.Warn("Redis went back; the refresh token that it shows may have been sent and is given up",
		"account", c.cfg.Account, "generation", st.rec.gen, "seen", c.seen.load().gen)
	if c.replaceable() {
		return &plan{grant: c.cfg.unattended(), from: st.nonce, drop: true, force: st.plan.force}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	_, _, err := c.store.release(ctx, st.nonce, true, failure{reason: ReasonRefreshUncertain})
	return nil, c.authError(ReasonRefreshUncertain, 0, errors.Join(errWentBack, err))
}

// lookBack is called when the connection to Redis is new: it may have come back with an older record. Then the journal is
// committed again, or else the refresh token is taken out of the record, for hosts that know nothing of what was.
func (c *Cache) lookBack(ctx context.Context) {
	rec, err := c.store.read(ctx)
	if err != nil || rec.claim != "" || !rec.position().before(c.seen.load()) || c.settle(ctx) ||
		rec.refresh == "" || c.cfg.Endpoint.RefreshTokenStays {
		return
	}
	nonce := uuid.NewString()
	_, status, err := c.store.claim(ctx, rec.gen, nonce, plan{grant: GrantRefresh, drop: true, force: true})
	if err != nil || status != "claimed" {
		return // somebody is at work; or Redis is away again, and we come back here
	}
	c.cfg.Logger.Warn("Redis went back; the refresh token that it shows may have been sent and is taken out",
		"account", c.cfg.Account, "generation", rec.gen, "seen", c.seen.load().gen)
	_, _, _ = c.store.release(ctx, nonce, true, failure{reason: ReasonRefreshUncertain})
}

const markSuffix = ".seen"

// mark puts a position into the name of an empty file, because creating one is a single step. A mark is never lowered, so
// it does not matter who of several processes comes last.
func (j *journal) mark(p position) error {
	if j.dir == "" {
		return errors.New("mark the generation: there is no state folder")
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("mark the generation: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(j.dir, j.prefix+p.String()+markSuffix), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("mark the generation: %w", err)
	}
	if err := errors.Join(f.Close(), syncDir(j.dir)); err != nil {
		return fmt.Errorf("mark the generation: %w", err)
	}
	for name, old := range j.marks() {
		if old.before(p) {
			_ = os.Remove(filepath.Join(j.dir, name))
		}
	}
	return nil
}

// marked is the newest position that is marked in the state folder.
func (j *journal) marked() (newest position) {
	for _, p := range j.marks() {
		if newest.before(p) {
			newest = p
		}
	}
	return newest
}

func (j *journal) marks() map[string]position {
	if j.dir == "" {
		return nil
	}
	names, _ := os.ReadDir(j.dir)
	found := map[string]position{}
	for _, name := range names {
		text, ok := strings.CutPrefix(name.Name(), j.prefix)
		text, ok2 := strings.CutSuffix(text, markSuffix)
		if p, ok3 := parsePosition(text); ok && ok2 && ok3 {
			found[name.Name()] = p
		}
	}
	return found
}

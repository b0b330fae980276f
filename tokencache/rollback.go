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

// A Redis that goes back shows an older record as if it were the newest, without the claims that were made since: it
// offers a refresh token that has been sent. A process that knows better does not use it. What a process has seen of
// the record stays in its memory and, by a file's name, in the state folder; claims are announced to the other
// processes, which remember them.

var errWentBack = errors.New("Redis shows an older generation than this host has seen, or lacks a claim on it")

// checkUnspent decides at the last moment before a refresh token is sent whether it is the first time, and records that
// it is sent. If Redis went back it drops the token, and may return another plan.
func (c *Cache) checkUnspent(ctx context.Context, st *claim) (*plan, error) {
	if !c.spends(st.plan) {
		c.seen.advance(st.at)
		return nil, nil
	}
	c.seen.advance(c.journal.marked())
	if st.at.repeats(c.seen.load()) {
		return c.dropRefresh(ctx, st)
	}
	if err := c.journal.mark(st.at); err != nil && !c.replaceable() {
		c.releaseUnsent(ctx, st.nonce)
		return nil, c.authError(ReasonNoJournal, 0, err)
	}
	c.seen.advance(st.at)
	return nil, nil
}

// dropRefresh goes on with another grant, or leaves the record without its refresh token, so that no process sends it.
func (c *Cache) dropRefresh(ctx context.Context, st *claim) (*plan, error) {
	c.cfg.Logger.Warn("Redis went back; the refresh token that it shows may have been sent and is dropped",
		"account", c.cfg.Account, "generation", st.rec.gen, "seen", c.seen.load().gen)
	if c.replaceable() {
		return &plan{grant: c.cfg.unattended(), from: st.nonce, drop: true, force: st.plan.force}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	_, _, err := c.store.release(ctx, st.nonce, true, failure{reason: ReasonRefreshUncertain})
	return nil, c.authError(ReasonRefreshUncertain, 0, errors.Join(errWentBack, err))
}

// checkRollback is called when the connection to Redis is new: it may have come back with an older record. Then the
// journal is committed again, or else the refresh token is removed from the record, for hosts that have not seen the
// newer one.
func (c *Cache) checkRollback(ctx context.Context) {
	rec, err := c.store.read(ctx)
	if err != nil || rec.claim != "" || !rec.position().before(c.seen.load()) || c.settle(ctx) ||
		rec.refresh == "" || c.cfg.Endpoint.RefreshTokenStays {
		return
	}
	nonce := uuid.NewString()
	_, status, err := c.store.claim(ctx, rec.gen, nonce, plan{grant: GrantRefresh, drop: true, force: true})
	if err != nil || status != "claimed" {
		return // another process renews; or Redis cannot be reached again, and this is called once more
	}
	c.cfg.Logger.Warn("Redis went back; the refresh token that it shows may have been sent and is removed",
		"account", c.cfg.Account, "generation", rec.gen, "seen", c.seen.load().gen)
	_, _, _ = c.store.release(ctx, nonce, true, failure{reason: ReasonRefreshUncertain})
}

const markSuffix = ".seen"

// mark puts a position into the name of an empty file, because creating one is a single step. A mark is never lowered,
// so it does not matter who of several processes comes last.
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

package tokencache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"guestflow/tokencache/secret"
)

// The points at which a crash is tested, by name.
const (
	pointClaimed   = "claim-send"
	pointLeaving   = "before-first-byte"
	pointAnswered  = "answer-journal"
	pointJournaled = "journal-commit"
	pointCommitted = "commit-publish"
)

// claim is this process' claim of a generation and what goes with it.
type claim struct {
	claimed
	plan    plan
	rec     *record
	why     why
	early   bool // the token worked, and died before its time
	refresh secret.Text
	asked   time.Duration // on the clock of Cache.now, before the claim was asked for
	wall    time.Time     // the same on the wall clock, which also counts a suspended machine
}

// renew makes a new generation out of the one in the record, or records why it could not.
func (c *Cache) renew(ctx context.Context, rec *record, w why) (Token, error) {
	tok, err := c.renewOnce(ctx, rec, w)
	if err != nil {
		c.noteFailure(ctx, rec, err)
	}
	return tok, err
}

// renewOnce is claim, send once, journal, commit. It is called by one goroutine of a process, under the lock; that
// others may believe to have the lock too is what the claim is for.
func (c *Cache) renewOnce(ctx context.Context, rec *record, w why) (Token, error) {
	if c.retryRelease(ctx, rec) {
		return Token{}, errAgain
	}
	p, err := c.choose(rec, w)
	if err != nil {
		return Token{}, err
	}
	if c.spends(p) && !c.replaceable() {
		if err := c.journal.ready(); err != nil {
			return Token{}, c.authError(ReasonNoJournal, 0, err)
		}
	}
	for {
		tok, next, err := c.attempt(ctx, rec, p, w)
		if next == nil {
			return tok, err
		}
		p = *next
	}
}

// attempt is one request. It may name the next plan, when a refresh token turns out to be lost and a password is there.
func (c *Cache) attempt(ctx context.Context, rec *record, p plan, w why) (Token, *plan, error) {
	st, err := c.claim(ctx, rec, p, w)
	if err != nil {
		return Token{}, nil, err
	}
	if next, err := c.checkUnspent(ctx, st); next != nil || err != nil {
		return Token{}, next, err
	}
	c.testHook(pointClaimed)
	start := c.now()
	request := tokenRequest{grant: p.grant, refresh: st.refresh}
	ans, err := c.sender.send(ctx, request, func() error { return c.maySend(st) })
	c.cfg.Observer.renewed(p.grant, resultOf(err), c.now()-start)
	if err != nil {
		next, err := c.handleFailure(ctx, st, err)
		return Token{}, next, err
	}
	c.testHook(pointAnswered)
	tok, err := c.finish(ctx, st, ans)
	return tok, nil, err
}

// claim claims the generation. When it returns an error, nothing is claimed, or at least nothing will be sent.
func (c *Cache) claim(ctx context.Context, rec *record, p plan, w why) (*claim, error) {
	st := &claim{plan: p, rec: rec, why: w, asked: c.now(), wall: time.Now().Round(0)}
	st.early = w == whyRefused && c.diedEarly(rec)
	if p.grant == GrantRefresh {
		refresh, err := c.cfg.Keys.Open(rec.refresh, c.boundTo(rec.gen, "refresh"))
		if err != nil {
			return nil, c.authError(ReasonSealedElsewhere, 0, err)
		}
		st.refresh = refresh
	}
	nonce := uuid.NewString()
	cl, status, err := c.store.claim(ctx, rec.gen, nonce, p)
	switch {
	case err != nil:
		c.releaseUnsent(ctx, nonce) // it may have been granted all the same, or be so later
		return nil, fmt.Errorf("%w; nothing was sent", err)
	case status == "busy":
		return nil, errWait
	case status != "claimed":
		return nil, errAgain
	}
	st.claimed = cl
	if p.recovers {
		c.cfg.Observer.recovered()
		c.cfg.Logger.Warn("took over a token claim whose owner is gone", "account", c.cfg.Account,
			"generation", rec.gen, "claimed_by", rec.claimBy, "age", rec.claimAge(), "grant", p.grant)
	}
	if p.grant == GrantRefresh && cl.refresh != rec.refresh {
		// The record we read is older than the claim: its token was dropped in between.
		c.releaseUnsent(ctx, nonce)
		return nil, errAgain
	}
	return st, nil
}

// releaseUnsent releases a claim under which nothing was sent. If Redis cannot be reached, the claim is remembered: one
// that is known to be unused is not a lost refresh token.
func (c *Cache) releaseUnsent(ctx context.Context, nonce string) {
	c.rememberUnsent(nonce)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	_, _, _ = c.store.release(ctx, nonce, false, failure{})
}

// rememberUnsent is bounded: to forget an old one costs a password grant at worst.
func (c *Cache) rememberUnsent(nonce string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.unsent) >= 256 {
		clear(c.unsent)
	}
	c.unsent[nonce] = true
}

// retryRelease releases a claim of this process whose release got lost.
func (c *Cache) retryRelease(ctx context.Context, rec *record) bool {
	c.mu.Lock()
	ours := rec.claim != "" && c.unsent[rec.claim]
	c.mu.Unlock()
	if !ours {
		return false
	}
	_, _, err := c.store.release(ctx, rec.claim, false, failure{})
	return err == nil
}

// maySend is called at the last moment before the request is sent. A process that was frozen since its claim finds
// that out here and keeps its token.
func (c *Cache) maySend(st *claim) error {
	if c.now()-st.asked > c.cfg.Timing.Claim || time.Now().Round(0).Sub(st.wall) > c.cfg.Timing.Claim {
		return errTooLate
	}
	c.testHook(pointLeaving)
	return nil
}

func resultOf(err error) Result {
	var denied *DeniedError
	var busy *BusyError
	switch {
	case err == nil:
		return ResultRenewed
	case unsent(err):
		return ResultUnsent
	case errors.As(err, &denied), errors.As(err, &busy):
		return ResultDenied
	}
	return ResultUnclear
}

func unsent(err error) bool { return errors.Is(err, errUnreachable) || errors.Is(err, errTooLate) }

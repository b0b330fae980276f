package tokencache

import (
	"context"
	"strconv"
	"time"

	"guestflow/tokencache/secret"
)

// finish carries an answer into Redis.
func (c *Cache) finish(ctx context.Context, st *claim, ans answer) (Token, error) {
	life := ans.lifetime
	if life == 0 {
		life = c.cfg.Endpoint.Lifetime
	}
	learned := st.rec.ended(st.now)
	if st.early {
		learned = st.rec.died(c.refusedAt(st.rec), st.now)
		c.cfg.Logger.Info("the API refused a token that worked, before its time", "account", c.cfg.Account,
			"generation", st.rec.gen, "age", c.refusedAt(st.rec), "granted", st.rec.life())
	}
	life = learned.real(life)
	e := entry{
		From: st.rec.gen, Gen: max(st.rec.gen, c.seen.load().gen) + 1, Nonce: st.nonce,
		Grant: st.plan.grant, By: c.cfg.Process,
		Exp: st.now + life.Milliseconds(), lifespan: learned, Access: ans.access.Reveal(), Refresh: ans.refresh.Reveal(),
	}
	if st.why == whyRefused && !st.early {
		e.Refusals = st.rec.refusals + 1
	}
	if st.plan.grant == GrantRefresh && e.Refresh == "" {
		// The server did not rotate, so the token we sent is not spent: RFC 6749 section 6 lets the client keep it. It
		// goes into the next generation, and being sent again from there is no second redemption.
		e.Refresh = st.refresh.Reveal()
	}
	return c.persist(ctx, e, life, st.asked)
}

// persist writes the answer to the journal, commits it, and serves it from memory. While Redis cannot be reached that
// is all; the journal waits for it to come back.
func (c *Cache) persist(ctx context.Context, e entry, life, asked time.Duration) (Token, error) {
	if err := c.journal.put(e); err != nil {
		c.cfg.Logger.Error("a new token is not on the disk; a crash now would lose it",
			"account", c.cfg.Account, "error", err)
	}
	c.testHook(pointJournaled)
	status, err := c.commitHard(ctx, e)
	c.testHook(pointCommitted)
	switch status {
	case "done", "already":
	case "moved":
		c.journal.drop(e.Nonce)
		c.cfg.Observer.renewed(e.Grant, ResultLost, 0)
		return Token{}, errAgain
	case "busy":
		return Token{}, errWait // its new owner is renewing; if that fails, our answer is still in the journal
	default:
		c.cfg.Logger.Warn("a new token serves this process only until Redis is back", "account", c.cfg.Account, "error", err)
	}
	if err == nil {
		c.retire(e.Nonce)
	}
	c.cfg.Logger.Info("token renewed", "account", c.cfg.Account, "generation", e.Gen, "grant", e.Grant, "lifetime", life)
	return c.setToken(secret.Text(e.Access), e.Gen, life, life, asked), nil
}

// commitHard retries for as long as a caller may wait for the outcome.
func (c *Cache) commitHard(ctx context.Context, e entry) (status string, err error) {
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Timing.Lock/2)
	defer cancel()
	for tries := 0; ; tries++ {
		if status, err = c.commit(hard, e); status != "" {
			return status, err
		}
		if c.life.Err() != nil || c.sleep(hard, nil, tries) != nil {
			return status, err
		}
	}
}

func (c *Cache) commit(ctx context.Context, e entry) (string, error) {
	access := c.cfg.Keys.Seal(secret.Text(e.Access), c.boundTo(e.Gen, "access"))
	refresh := ""
	if e.Refresh != "" {
		refresh = c.cfg.Keys.Seal(secret.Text(e.Refresh), c.boundTo(e.Gen, "refresh"))
	}
	return c.store.commit(ctx, e, access, refresh)
}

// retire drops a committed entry once Redis must have written the commit down too. A Redis that goes back before that
// gets the answer again.
func (c *Cache) retire(nonce string) {
	if !c.journal.retire(nonce) || !c.startWork() {
		return
	}
	go func() {
		defer c.work.Done()
		timer := time.NewTimer(c.cfg.Timing.Keep)
		defer timer.Stop()
		select {
		case <-timer.C:
			c.journal.drop(nonce)
		case <-c.life.Done(): // the next start finds it, and drops it
		}
	}()
}

// settle commits what lies in the journal, and reports whether Redis has anything new by that. An entry that is older
// than what has been seen of the record is of no use: its refresh token may have been sent since.
func (c *Cache) settle(ctx context.Context) (changed bool) {
	entries, bad := c.journal.list()
	for _, err := range bad {
		c.cfg.Logger.Error("a token journal cannot be used", "account", c.cfg.Account, "error", err)
	}
	for _, e := range entries {
		if (position{gen: e.Gen}).before(c.seen.load()) {
			c.journal.drop(e.Nonce)
			continue
		}
		status, err := c.commit(ctx, e)
		switch {
		case status == "" || status == "busy" || err != nil:
			continue
		case status == "moved":
			c.journal.drop(e.Nonce)
			continue
		case status == "done":
			changed = true
			c.cfg.Observer.settled()
			c.cfg.Logger.Info("committed a token from the journal", "account", c.cfg.Account,
				"generation", strconv.FormatUint(e.Gen, 10), "by", e.By)
		}
		c.retire(e.Nonce)
	}
	return changed
}

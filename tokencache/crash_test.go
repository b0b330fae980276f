package tokencache_test

import (
	"net/http"
	"net/url"
	"syscall"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// Every point at which the process that renews can die, and what the rest of the fleet finds. The old access token has
// been refused, so that the fleet cannot fall back on it.
//
//	point           refresh sent  with a password        without one           with the journal out of reach
//	claim-send      no            password grant         refresh_uncertain     password grant
//	send-answer     once          password grant         refresh_uncertain     password grant
//	answer-journal  once          password grant         refresh_uncertain     password grant
//	journal-commit  once          journal is committed   journal is committed  password grant
//	commit-publish  once          nothing left to do     nothing left to do    nothing left to do
//
// The commit and the publish are one script, so there is no moment between them; the last point is right after it.
func TestCrashAtEveryPointHasItsKnownOutcome(t *testing.T) {
	t.Parallel()
	type outcome struct {
		password int    // grants in all; the first token took one
		err      string // what the survivor is told
	}
	renewed := outcome{password: 2, err: "none"}
	lost := outcome{password: 1, err: string(tokencache.ReasonRefreshUncertain)}
	kept := outcome{password: 1, err: "none"}
	for _, row := range []struct {
		point                    string
		sent                     int
		with, without, noJournal outcome
	}{
		{tokencache.PointClaimed, 0, renewed, lost, renewed},
		{"send-answer", 1, renewed, lost, renewed},
		{tokencache.PointAnswered, 1, renewed, lost, renewed},
		{tokencache.PointJournaled, 1, kept, kept, renewed},
		{tokencache.PointCommitted, 1, kept, kept, kept},
	} {
		check := func(name string, want outcome, password, share bool) {
			t.Run(row.point+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBundle(t)
				gen := b.token(b.process()).Generation
				b.crashAt(row.point, gen, share)
				if !password {
					b.cfg.Credentials.Password = ""
				}
				survivor := b.process()
				err := b.refuse(survivor, gen)
				if got := reasonOf(err); got != want.err {
					t.Errorf("the survivor is told %s (%v), want %s", got, err, want.err)
				}
				if n := b.idp.count("password"); n != want.password {
					t.Errorf("%d password grants, want %d", n, want.password)
				}
				if most, n := b.idp.mostPresented(); n != row.sent || most > 1 {
					t.Errorf("%d refresh tokens presented, the most presented one %d times; want %d, once", n, most, row.sent)
				}
			})
		}
		check("with password", row.with, true, true)
		check("without password", row.without, false, true)
		check("journal out of reach", row.noJournal, true, false)
	}
}

// refuse has the survivor see the generation first, as a worker would have, unless it is gone already.
func (b *bundle) refuse(c *tokencache.Cache, gen uint64) error {
	b.t.Helper()
	if tok, err := c.Token(b.t.Context()); err != nil || tok.Generation > gen {
		return err
	}
	return c.Refused(b.t.Context(), gen)
}

// crashAt has a child renew and die at a point. The child gets the same state folder, or one of its own.
func (b *bundle) crashAt(point string, gen uint64, share bool) {
	b.t.Helper()
	j := job{Generation: gen, Point: point, Signal: syscall.SIGKILL, Password: "correct-horse-battery"}
	if !share {
		j.StateDir = b.t.TempDir()
	}
	died := make(chan *child, 1)
	b.idp.with(func(s *identity) {
		s.after = func(_ http.ResponseWriter, form url.Values) bool {
			if point != "send-answer" || form.Get("grant_type") != "refresh_token" {
				return false
			}
			ch := <-died // the token is rotated, the answer is not out: now
			ch.end()
			return true
		}
	})
	ch := b.child(j)
	died <- ch
	if line := ch.wait(); line != "" {
		b.t.Fatalf("the child was to die at %s and said %q", point, line)
	}
	b.idp.with(func(s *identity) { s.after = nil })
}

// A holder that is frozen beyond the lock's time, while others take over, must not present its token when it wakes:
// right after the claim it still can tell. Right before the first byte it cannot; then the token may go out late (or
// the time limit of the request is quicker), but once, because no other process ever sends it.
func TestFrozenHolderNeverRedeemsTwice(t *testing.T) {
	t.Parallel()
	needsFreezing(t)
	for point, sent := range map[string][2]int{ // at least, at most
		tokencache.PointClaimed: {0, 0}, tokencache.PointLeaving: {0, 1}, tokencache.PointAnswered: {1, 1},
	} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			b.idp.with(func(s *identity) { s.revokes = true })
			gen := b.token(b.process()).Generation
			ch := b.child(job{Generation: gen, Point: point, Signal: syscall.SIGSTOP, Password: "correct-horse-battery"})
			testkit.Eventually(t, "the child freezes", ch.frozen)
			survivor := b.process()
			if err := b.refuse(survivor, gen); err != nil { // waits until the claim is stale, which is after the lock's end
				t.Fatal(err)
			}
			next := b.token(survivor)
			if next.Generation != gen+1 || b.idp.count("password") != 2 {
				t.Fatalf("took over with generation %d and %d password grants", next.Generation, b.idp.count("password"))
			}
			ch.signal(syscall.SIGCONT)
			if line := ch.wait(); line != "generation 2 error none" {
				t.Errorf("the thawed child ended with %q, want the survivor's generation", line)
			}
			if err := survivor.Refused(t.Context(), next.Generation); err != nil {
				t.Fatal(err)
			}
			b.wantOncePresented()
			if _, n := b.idp.mostPresented(); n < sent[0]+1 || n > sent[1]+1 {
				t.Errorf("%d refresh tokens presented, want one more than %v", n, sent)
			}
			b.idp.with(func(s *identity) {
				if s.reused > 0 || s.revoked > 0 {
					t.Errorf("reused %d, revoked families %d", s.reused, s.revoked)
				}
			})
		})
	}
}

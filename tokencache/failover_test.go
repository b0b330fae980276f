package tokencache_test

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// replicated is a bundle on a primary, with a replica to promote.
type replicated struct {
	*bundle
	replica *redisserver.Server
	second  *redis.Client // of the replica
}

func newReplicated(t *testing.T, confirm int) *replicated {
	t.Helper()
	primary := redistest.Start(t)
	host, port, err := net.SplitHostPort(primary.Redis().Addr)
	if err != nil {
		t.Fatal(err)
	}
	replica := redistest.Start(t, "--replicaof", host+" "+port, "--repl-diskless-sync-delay", "0")
	first, second := redistest.Connect(t, primary), redistest.Connect(t, replica)
	first.ConfigSet(t.Context(), "repl-diskless-sync-delay", "0")
	testkit.Eventually(t, "the replica is in step, and the primary knows", func() bool {
		return strings.Contains(second.Info(t.Context(), "replication").Val(), "master_link_status:up") &&
			strings.Contains(first.Info(t.Context(), "replication").Val(), "state=online")
	})
	r := &replicated{bundle: newBundleOn(t, first), replica: replica, second: second}
	r.cfg.Replicas = confirm
	return r
}

// token is the bundle's. A busy machine may take longer to confirm a claim than a claim may wait; nothing was sent
// then, and the next call is as good.
func (r *replicated) token(c *tokencache.Cache) (token tokencache.Token) {
	r.t.Helper()
	testkit.Eventually(r.t, "a token", func() (ok bool) {
		var err error
		token, err = c.Token(r.t.Context())
		return err == nil
	})
	return token
}

// failOver promotes the replica: from here on it knows nothing of what the old primary still does.
func (r *replicated) failOver() {
	r.t.Helper()
	if err := r.second.ReplicaOf(r.t.Context(), "NO", "ONE").Err(); err != nil {
		r.t.Fatal(err)
	}
}

// onReplica is a process that has moved to the promoted replica.
func (r *replicated) onReplica(change ...func(*tokencache.Config)) *tokencache.Cache {
	r.t.Helper()
	b := *r.bundle
	b.rdb, b.cfg.Replicas = r.second, 0 // the promoted one has no replica yet
	return b.process(change...)
}

func TestUnconfirmedClaimSendsNothingAndIsGivenBack(t *testing.T) {
	t.Parallel()
	r := newReplicated(t, 1)
	c := r.process()
	gen := r.token(c).Generation
	_ = syscall.Kill(r.replica.Pid(), syscall.SIGSTOP)
	var trouble *tokencache.TroubleError
	if err := c.Refused(t.Context(), gen); !errors.As(err, &trouble) {
		t.Fatalf("got %v, want a TroubleError", err)
	}
	if _, n := r.idp.mostPresented(); n != 0 {
		t.Fatal("sent a refresh token whose claim no replica had confirmed")
	}
	info, err := c.Inspect(t.Context())
	if err != nil || info.State != "fresh" || !info.HasRefreshToken {
		t.Fatalf("the claim was not given back: %+v, %v", info, err)
	}
	_ = syscall.Kill(r.replica.Pid(), syscall.SIGCONT)
	testkit.Eventually(t, "a renewal with the replica back", func() bool { return c.Refused(t.Context(), gen) == nil })
	if p, n := r.idp.count("password"), r.idp.count("refresh_token"); p != 1 || n != 1 {
		t.Fatalf("%d password grants, %d refreshes, want 1 and 1", p, n)
	}
}

// The primary dies after the claim has reached the replica, with the commit.
func TestFailoverThatLosesACommitSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for _, journal := range []bool{true, false} {
		t.Run(map[bool]string{true: "journal at hand", false: "journal lost"}[journal], func(t *testing.T) {
			t.Parallel()
			r := newReplicated(t, 1)
			c := r.process()
			gen := r.token(c).Generation
			c.SetTestHook(func(point string) {
				if point == tokencache.PointJournaled {
					r.failOver()
				}
			})
			testkit.Eventually(t, "a renewal", func() bool { return c.Refused(t.Context(), gen) == nil })
			moved := r.onReplica(func(cfg *tokencache.Config) {
				if !journal {
					cfg.StateDir = t.TempDir()
				}
			})
			if err := r.refuse(moved, gen); err != nil {
				t.Fatal(err)
			}
			if got := r.token(moved); (got.Access == r.token(c).Access) != journal {
				t.Errorf("the journal's token was used: %v, want %v", !journal, journal)
			}
			if n, want := r.idp.count("password"), map[bool]int{true: 1, false: 2}[journal]; n != want {
				t.Errorf("%d password grants, want %d", n, want)
			}
			r.wantOncePresented()
		})
	}
}

// The primary dies with a claim that never reached the replica. A second redemption takes all of: no replicas
// configured, no password, and a process that has heard nothing of the claim, neither itself nor by its state folder.
// doc.go says so.
func TestFailoverThatLosesAClaimCostsASecondRedemptionOnlyToAFreshHostWithoutAPassword(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		confirm         int
		password, fresh bool
		most            int
		told            string
	}{
		"password":                   {0, true, true, 1, "none"},
		"state folder":               {0, false, false, 1, "none"},
		"replicas":                   {1, false, true, 1, "none"},
		"replicas and password":      {1, true, true, 1, "none"},
		"none of them: what is left": {0, false, true, 2, "refresh_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReplicated(t, row.confirm)
			r.cfg.Timing.Keep = time.Hour
			old := r.process()
			gen := r.token(old).Generation
			r.rdb.(*redis.Client).Wait(t.Context(), 1, backWithin) // the first token is on both
			testkit.Eventually(t, "the replica has the first token", func() bool {
				return len(r.second.Keys(t.Context(), "gf:*").Val()) > 0
			})
			r.failOver()
			if err := old.Refused(t.Context(), gen); (err == nil) != (row.confirm == 0) {
				t.Fatalf("on the cut-off primary: %v", err)
			}
			moved := r.onReplica(func(cfg *tokencache.Config) {
				if row.fresh {
					cfg.StateDir = t.TempDir()
				}
				if !row.password {
					cfg.Credentials.Password = ""
				}
			})
			if got := reasonOf(r.refuse(moved, gen)); got != row.told {
				t.Errorf("told %s, want %s", got, row.told)
			}
			if most, _ := r.idp.mostPresented(); most > row.most {
				t.Errorf("a refresh token was presented %d times, the documentation says at most %d", most, row.most)
			}
		})
	}
}

func TestReplicasNeedAClientThatCanWait(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.Replicas = 1
	wrapped := struct{ redis.UniversalClient }{b.rdb}
	if _, err := tokencache.New(wrapped, b.cfg); err == nil {
		t.Fatal("accepted a client whose WAIT would go to any connection")
	}
}

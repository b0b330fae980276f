package topology

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// failing is a Redis whose masters lose their places.
type failing interface {
	URL() string
	Harm(how redistest.Harm) (back func()) // returns when another one has taken the place
}

func TestChaosOfASentinelFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, "2", func(t *testing.T) failing { return redistest.Watch(t, 2) })
}

func TestChaosOfAClusterFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, "1", func(t *testing.T) failing { return &cluster{Sharded: redistest.Cluster(t, 3, 1), t: t} })
}

// cluster has the master of the ledger struck, then the one of the fullest queue, and so on.
type cluster struct {
	*redistest.Sharded
	t     *testing.T
	harms int
}

func (c *cluster) Harm(how redistest.Harm) (back func()) {
	key := "gf:{sandbox}:"
	if c.harms++; c.harms%2 == 0 {
		key = c.fullest()
	}
	return c.Sharded.Harm(how, key)
}

// fullest is the key of the queue in which most tasks wait.
func (c *cluster) fullest() (key string) {
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{c.Nodes[0].Redis().Addr}})
	defer client.Close()
	most := int64(-1)
	queues, err := client.SMembers(c.t.Context(), "asynq:queues").Result()
	for _, q := range queues {
		if n := client.LLen(c.t.Context(), "asynq:{"+q+"}:pending").Val(); n > most {
			key, most = "asynq:{"+q+"}:pending", n
		}
	}
	if key == "" {
		c.t.Fatalf("there is no queue: %v", err)
	}
	return key
}

// size is how much happens.
type size struct {
	runs     int
	harms    []redistest.Harm
	mailed   int // rows of the list that is under way when a master loses its place
	enqueued int // rows of each further list, whose importer is at work at that moment
}

// failover has masters lose their places in the middle of imports: in brief one is killed; at length everything happens, in each of
// two runs. All replicas that could be promoted must confirm what may not be lost.
func failover(t *testing.T, replicas string, servers func(*testing.T) failing) {
	if !long() { // most of it is waiting then
		t.Parallel()
	}
	z := size{runs: 1, harms: []redistest.Harm{redistest.Kill}, mailed: 240, enqueued: 2000}
	if long() {
		z = size{
			runs: 2, harms: []redistest.Harm{redistest.Kill, redistest.Kill, redistest.Freeze, redistest.HandOver}, mailed: 6000, enqueued: 20_000,
		}
	}
	for n := range z.runs {
		t.Run(fmt.Sprintf("run %d", n+1), func(t *testing.T) { z.once(t, replicas, servers(t)) })
	}
}

func (z size) once(t *testing.T, replicas string, servers failing) {
	s := newSite(t, servers.URL(), "GUESTFLOW_REDIS_REPLICAS="+replicas)
	for _, endpoint := range []sandbox.Endpoint{sandbox.CreateGuest, sandbox.Send} {
		if err := s.box.Inject(sandbox.Fault{Endpoint: endpoint, Kind: sandbox.SlowAfter, DelayMS: 60}); err != nil {
			t.Fatal(err)
		}
	}
	s.start("run", "--roles=workers")
	s.start("run", "--roles=workers")
	began := time.Now()
	s.must("import", s.file("guests", z.mailed), event, template)
	for n, how := range z.harms {
		part := z.mailed * (n + 1) / (len(z.harms) + 2)
		await(t, time.Minute, "emails are going out", func() bool { return s.box.Summary().Emails >= part })
		further := s.begin(s.file(fmt.Sprintf("further%d", n), z.enqueued))
		await(t, time.Minute, "the importer is at work", func() bool { return len(s.imports()) == n+2 })
		struck := time.Now()
		back := servers.Harm(how)
		t.Logf("%s: another master after %s, %d emails", how, time.Since(struck).Round(100*time.Millisecond), s.box.Summary().Emails)
		back()
		t.Logf("the list beside it was enqueued by %s", further())
	}
	await(t, 3*time.Minute, "every row is settled", func() bool {
		list := s.imports()
		return len(list) == len(z.harms)+1 && !slices.ContainsFunc(list, func(i importing) bool { return i.Finished == nil })
	})
	states := map[string]int{}
	for _, i := range s.imports() {
		s.judge(i, states)
	}
	sum := s.box.Summary()
	t.Logf("settled after %s: %v; the sandbox has %d guests, %d emails, at most %d to one", time.Since(began).Round(time.Second), states, sum.Guests, sum.Emails, sum.EmailsMax)
}

// begin imports a list without an email, and again, as the message says, until all is enqueued: while there is no master the command
// ends with Redis' exit code. What it gives waits for that.
func (s *site) begin(path string) (wait func() (tries string)) {
	const enough = 100
	told := make(chan string, 1)
	go func() {
		for n := range enough {
			out, errs, code := s.run("import", path, event)
			if code == 0 {
				told <- fmt.Sprintf("%d commands", n+1)
				return
			}
			if code != 4 {
				s.t.Errorf("the import ended with %d\n%s%s", code, out, errs)
				break
			}
			time.Sleep(300 * time.Millisecond) // as a person would wait
		}
		told <- "none"
	}()
	return func() string { return <-told }
}

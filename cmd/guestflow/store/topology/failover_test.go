package topology

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// failing is a Redis whose masters fail.
type failing interface {
	URL() string
	FailOver(how redistest.Failure) (restore func()) // returns when a replica is promoted
}

func TestChaosOfASentinelFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, "2", func(t *testing.T) failing { return redistest.StartSentinels(t, 2) })
}

func TestChaosOfAClusterFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, "1", func(t *testing.T) failing { return &cluster{ClusterNodes: redistest.Cluster(t, 3, 1), t: t} })
}

// cluster fails over the master of the ledger, then the one of the fullest queue, and so on.
type cluster struct {
	*redistest.ClusterNodes
	t        *testing.T
	failures int
}

func (c *cluster) FailOver(how redistest.Failure) (restore func()) {
	key := "gf:{sandbox}:"
	if c.failures++; c.failures%2 == 0 {
		key = c.fullest()
	}
	return c.ClusterNodes.FailOver(how, key)
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
	failures []redistest.Failure
	mailed   int // rows of the list that is being sent when a master fails
	enqueued int // rows of each further list, which is being enqueued at that moment
}

// failover makes masters fail in the middle of imports: briefly, one is killed; at length every failure happens, in
// each of two runs. All replicas that could be promoted must confirm what may not be lost.
func failover(t *testing.T, replicas string, servers func(*testing.T) failing) {
	if !testkit.Long() { // most of it is waiting then
		t.Parallel()
	}
	z := size{runs: 1, failures: []redistest.Failure{redistest.Kill}, mailed: 240, enqueued: 2000}
	if testkit.Long() {
		z = size{
			runs: 2, failures: []redistest.Failure{redistest.Kill, redistest.Kill, redistest.Freeze, redistest.HandOver},
			mailed: 6000, enqueued: 20_000,
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
	s.Start("run", "--roles=workers")
	s.Start("run", "--roles=workers")
	began := time.Now()
	s.Must("import", s.file("guests", z.mailed), event, template)
	for n, how := range z.failures {
		part := z.mailed * (n + 1) / (len(z.failures) + 2)
		testkit.Eventually(t, "emails are going out", func() bool { return s.box.Summary().Emails >= part })
		further := s.begin(s.file(fmt.Sprintf("further%d", n), z.enqueued))
		testkit.Eventually(t, "the importer is at work", func() bool { return len(s.imports()) == n+2 })
		failed := time.Now()
		restore := servers.FailOver(how)
		t.Logf("%s: another master after %s, %d emails", how, time.Since(failed).Round(100*time.Millisecond),
			s.box.Summary().Emails)
		restore()
		t.Logf("the list beside it was enqueued by %s", further())
	}
	testkit.Eventually(t, "every row is settled", func() bool {
		list := s.imports()
		return len(list) == len(z.failures)+1 &&
			!slices.ContainsFunc(list, func(i testkit.Import) bool { return i.Finished == nil })
	})
	states := map[string]int{}
	for _, i := range s.imports() {
		s.judge(i, states)
	}
	sum := s.box.Summary()
	t.Logf("settled after %s: %v; the sandbox has %d guests, %d emails, at most %d to one",
		time.Since(began).Round(time.Second), states, sum.Guests, sum.Emails, sum.EmailsMax)
}

// begin runs an import without an email until all is enqueued: while there is no master the command ends with the exit
// code for an unreachable Redis. wait waits for that.
func (s *site) begin(path string) (wait func() (tries string)) {
	const enough = 100
	ended := make(chan string, 1)
	go func() {
		for n := range enough {
			out, errs, code := s.Run("import", path, event)
			if code == 0 {
				ended <- fmt.Sprintf("%d commands", n+1)
				return
			}
			if code != 4 {
				s.t.Errorf("the import ended with %d\n%s%s", code, out, errs)
				break
			}
			time.Sleep(300 * time.Millisecond) // as a person would wait
		}
		ended <- "none"
	}()
	return func() string { return <-ended }
}

package topology

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// failing is a Redis whose masters can be killed.
type failing interface {
	URL() string
	kill() (back func()) // returns when another one has taken its place
}

type sentinels struct{ *redistest.Watched }

func (s sentinels) kill() func() {
	i := s.KillMaster()
	return func() { s.Return(i) }
}

// cluster has the master of the ledger killed, then the one of the fullest queue, and so on.
type cluster struct {
	*redistest.Sharded
	t     *testing.T
	kills int
}

func (c *cluster) kill() func() {
	key := "gf:{sandbox}:"
	if c.kills++; c.kills%2 == 0 {
		key = c.fullest()
	}
	i := c.KillMasterOf(key)
	return func() { c.Return(i) }
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

func TestChaosOfASentinelFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, func(t *testing.T) failing { return sentinels{redistest.Watch(t, 2)} })
}

func TestChaosOfAClusterFailoverLosesNoRowAndSendsNoEmailTwice(t *testing.T) {
	failover(t, func(t *testing.T) failing { return &cluster{Sharded: redistest.Cluster(t, 3, 1), t: t} })
}

// failover kills the master in the middle of an import: once in brief; at length twice, in each of two runs.
func failover(t *testing.T, servers func(*testing.T) failing) {
	runs, kills, rows := 1, 1, 240
	if long() {
		runs, kills, rows = 2, 2, 3000
	}
	for n := range runs {
		t.Run(fmt.Sprintf("run %d", n+1), func(t *testing.T) { failoverOnce(t, servers(t), kills, rows) })
	}
}

func failoverOnce(t *testing.T, servers failing, kills, rows int) {
	s := newSite(t, servers.URL(), "GUESTFLOW_REDIS_REPLICAS=1")
	slow := func(endpoint sandbox.Endpoint) sandbox.Fault {
		return sandbox.Fault{Endpoint: endpoint, Kind: sandbox.SlowAfter, DelayMS: 60}
	}
	if err := s.box.Inject(slow(sandbox.CreateGuest), slow(sandbox.Send)); err != nil {
		t.Fatal(err)
	}
	s.start("run", "--roles=workers")
	s.start("run", "--roles=workers")
	path := s.file("guests", rows)
	began := time.Now()
	imported := make(chan string, 1)
	go func() { imported <- s.importUntilDone(path) }()
	for n := range kills {
		part := rows * (n + 1) / (kills + 2)
		await(t, time.Minute, "the import is in its middle", func() bool { return s.box.Summary().Emails >= part })
		killed := time.Now()
		back := servers.kill()
		t.Logf("kill %d: another master after %s, %d emails", n+1, time.Since(killed).Round(100*time.Millisecond), s.box.Summary().Emails)
		back()
	}
	if trouble := <-imported; trouble != "" {
		t.Fatal(trouble)
	}
	var last importing
	await(t, 3*time.Minute, "every row is settled", func() (done bool) {
		var err error
		last, err = s.status("")
		return err == nil && last.Finished != nil
	})
	took := time.Since(began)
	accepted, unknown := s.judge(last)
	t.Logf("%d rows in %s: %d accepted, %d unknown; the sandbox has %d guests, %d emails, at most %d to one",
		rows, took.Round(time.Second), accepted, unknown, s.box.Summary().Guests, s.box.Summary().Emails, s.box.Summary().EmailsMax)
}

// importUntilDone runs the same command again, as its message says, until all is enqueued. While there is no master it ends with
// Redis' exit code.
func (s *site) importUntilDone(path string) (trouble string) {
	const enough = 100
	for range enough {
		out, errs, code := s.run("import", path, event, template)
		switch {
		case code == 0:
			return ""
		case code != 4 || strings.Contains(errs, "panic"):
			return fmt.Sprintf("the import ended %d\n%s%s", code, out, errs)
		}
		time.Sleep(300 * time.Millisecond) // as a person would wait
	}
	return "the import cannot be enqueued"
}

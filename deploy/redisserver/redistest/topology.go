package redistest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/testkit"
)

// masterName is the master's name at its Sentinels.
const masterName = "mymaster"

const (
	// deadAfter is when a server that does not answer is considered dead. On a busy machine, a live one may take longer
	// than the tenths of a second that would do otherwise.
	deadAfter = 2 * time.Second
)

// SentinelSet is a master with replicas and three Sentinels.
type SentinelSet struct {
	Servers   []*redisserver.Server // the first one was the master at the start
	Sentinels []*redisserver.Server
	Clocks    []*Clock // of the servers; nil for those that use the machine's
	t         testing.TB
}

// StartSentinels starts them, ended with the test. It returns when all replicas are in sync and every Sentinel knows
// all others.
func StartSentinels(t testing.TB, replicas int, args ...string) *SentinelSet {
	t.Helper()
	return StartSentinelsWithClocks(t, make([]*Clock, 1+replicas), args...)
}

// StartSentinelsWithClocks starts a server with each clock, as on hosts of their own: the first one as the master.
func StartSentinelsWithClocks(t testing.TB, clocks []*Clock, args ...string) *SentinelSet {
	t.Helper()
	replicas := len(clocks) - 1
	args = append([]string{"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, args...)
	w := &SentinelSet{t: t, Servers: []*redisserver.Server{startWithClock(t, clocks[0], args...)}, Clocks: clocks}
	host, port := split(t, w.Servers[0])
	for _, clock := range clocks[1:] {
		w.Servers = append(w.Servers, startWithClock(t, clock, append(args, "--replicaof", host+" "+port)...))
	}
	w.inSync(0)
	for range 3 {
		w.Sentinels = append(w.Sentinels, w.sentinel(host, port))
	}
	for _, s := range w.Sentinels {
		testkit.Eventually(t, "the Sentinel knows the others", func() bool {
			state, err := w.ask(t.Context(), s)
			return err == nil && state["num-other-sentinels"] == "2" && state["num-slaves"] == strconv.Itoa(replicas)
		})
	}
	return w
}

// inSync waits until all servers but the master are replicas that have everything.
func (w *SentinelSet) inSync(master int) {
	w.t.Helper()
	for i, s := range w.Servers {
		if i != master {
			testkit.Eventually(w.t, "the replica is in sync", func() bool { return following(w.t.Context(), s) })
		}
	}
}

func following(ctx context.Context, s *redisserver.Server) bool {
	return replicationHas(ctx, s, "role:slave") && replicationHas(ctx, s, "master_link_status:up")
}

func (w *SentinelSet) sentinel(host, port string) *redisserver.Server {
	w.t.Helper()
	dir := w.t.TempDir()
	file := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor %[1]s %[2]s %[3]s 2\nsentinel down-after-milliseconds %[1]s %[4]d\nsentinel failover-timeout %[1]s 10000\n",
		masterName, host, port, deadAfter.Milliseconds())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	s, err := redisserver.Start(w.t.Context(), redisserver.Options{Dir: dir, Sentinel: file})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Kill)
	return s
}

func (w *SentinelSet) ask(ctx context.Context, s *redisserver.Server) (map[string]string, error) {
	c := redis.NewSentinelClient(s.Redis())
	defer c.Close()
	return c.Master(ctx, masterName).Result()
}

// URL names all Sentinels.
func (w *SentinelSet) URL() string {
	return "redis-sentinel://" + addresses(w.Sentinels) + "/" + masterName
}

// master returns the index of the server that the Sentinels name and that accepts writes; -1 while they disagree.
func (w *SentinelSet) master(ctx context.Context) int {
	named := ""
	for _, s := range w.Sentinels {
		state, err := w.ask(ctx, s)
		if err != nil {
			return -1
		}
		at := net.JoinHostPort(state["ip"], state["port"])
		if named != "" && named != at {
			return -1
		}
		named = at
	}
	for i, s := range w.Servers {
		if s.Redis().Addr == named && replicationHas(ctx, s, "role:master") {
			return i
		}
	}
	return -1
}

func (w *SentinelSet) mustMaster() (master int) {
	w.t.Helper()
	testkit.Eventually(w.t, "the Sentinels agree on a master", func() bool {
		master = w.master(w.t.Context())
		return master >= 0
	})
	return master
}

// Failure is how a master fails.
type Failure string

const (
	Kill     Failure = "kill"      // as a crash
	Freeze   Failure = "freeze"    // as a host that hangs: it still considers itself the master when it resumes
	HandOver Failure = "hand over" // as for maintenance: a replica that has everything is promoted
)

// FailOver makes the master fail and returns when a replica is promoted. restore brings the old one back, as a replica
// in sync.
func (w *SentinelSet) FailOver(how Failure) (restore func()) {
	w.t.Helper()
	was := w.mustMaster()
	if how != HandOver {
		how.inflict(w.Servers[was])
	}
	testkit.Eventually(w.t, "a replica is promoted", func() bool {
		if how == HandOver {
			w.handOver(w.t.Context(), w.Servers[was].Redis().Addr)
		}
		now := w.master(w.t.Context())
		return now >= 0 && now != was
	})
	return func() {
		how.mend(w.t, &w.Servers[was])
		w.inSync(w.mustMaster())
	}
}

// Isolate disconnects the master's replicas for a while, and returns the master's index. If it is killed then, all
// writes since are lost.
func (w *SentinelSet) Isolate(duration time.Duration) (master int) {
	w.t.Helper()
	master = w.mustMaster()
	must(w.t, w.Servers[master], "ACL", "SETUSER", "default", "-psync", "-sync") // they would be back within milliseconds
	c := redis.NewClient(w.Servers[master].Redis())
	defer c.Close()
	if err := c.ClientKillByFilter(w.t.Context(), "TYPE", "replica").Err(); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(duration)
	return master
}

// handOver asks a Sentinel for a failover as long as it names the same master: it gives up on one that takes long.
func (w *SentinelSet) handOver(ctx context.Context, master string) {
	state, err := w.ask(ctx, w.Sentinels[0])
	if err == nil && net.JoinHostPort(state["ip"], state["port"]) == master {
		_, _ = ask(ctx, w.Sentinels[0], "SENTINEL", "FAILOVER", masterName) // an error says that one is under way
	}
}

func (h Failure) inflict(s *redisserver.Server) {
	if h == Kill {
		s.Kill()
	} else {
		_ = syscall.Kill(s.Pid(), syscall.SIGSTOP)
	}
}

func (h Failure) mend(t testing.TB, s **redisserver.Server) {
	t.Helper()
	switch h {
	case Kill:
		again, err := (*s).Restart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(again.Kill)
		*s = again
	case Freeze:
		_ = syscall.Kill((*s).Pid(), syscall.SIGCONT)
	case HandOver:
	}
	testkit.Eventually(t, "the old master is a replica in sync", func() bool { return following(t.Context(), *s) })
}

// ClusterNodes is a Cluster.
type ClusterNodes struct {
	Nodes []*redisserver.Server // masters first, then the replicas, in the order of their masters
	t     testing.TB
}

// Cluster starts masters that share the slots, and the given number of replicas of each, ended with the test. It
// returns when all agree that the Cluster is healthy. It does not use redis-cli, which is in another package and slow.
func Cluster(t testing.TB, masters, replicas int, args ...string) *ClusterNodes {
	t.Helper()
	s := &ClusterNodes{t: t}
	bus := 0 // of the first node
	for range masters * (1 + replicas) {
		n, at := node(t, args...)
		s.Nodes, bus = append(s.Nodes, n), cmp.Or(bus, at)
	}
	host, port := split(t, s.Nodes[0])
	for i, n := range s.Nodes {
		must(t, n, "CLUSTER", "SET-CONFIG-EPOCH", i+1)
		if i < masters {
			must(t, n, "CLUSTER", "ADDSLOTSRANGE", i*allSlots/masters, (i+1)*allSlots/masters-1)
		}
		if i > 0 {
			must(t, n, "CLUSTER", "MEET", host, port, bus)
		}
	}
	s.await("the nodes know each other", fmt.Sprintf("cluster_known_nodes:%d", len(s.Nodes)), "cluster_state:ok")
	for i, n := range s.Nodes[masters:] {
		id := must(t, s.Nodes[i%masters], "CLUSTER", "MYID")
		must(t, n, "CLUSTER", "REPLICATE", id)
	}
	for _, n := range s.Nodes[masters:] {
		testkit.Eventually(t, "the replica is in sync",
			func() bool { return replicationHas(t.Context(), n, "master_link_status:up") })
	}
	for _, n := range s.Nodes {
		testkit.Eventually(t, "all nodes know the replicas", func() bool {
			text, err := ask(t.Context(), n, "CLUSTER", "NODES")
			return err == nil && strings.Count(text, " slave ")+strings.Count(text, "myself,slave") == masters*replicas
		})
	}
	return s
}

// node starts a server for a Cluster, and returns the port on which it talks to the other nodes: the usual one, 10,000
// above its own, may not exist.
func node(t testing.TB, args ...string) (s *redisserver.Server, bus int) {
	t.Helper()
	bus, err := redisserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, append([]string{
		"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", strconv.Itoa(bus),
		"--cluster-node-timeout", strconv.FormatInt(deadAfter.Milliseconds(), 10), "--repl-diskless-sync-delay", "0",
	}, args...)...), bus
}

// OneNodeCluster starts a Cluster that consists of one node.
func OneNodeCluster(t testing.TB, args ...string) *redisserver.Server {
	t.Helper()
	s, _ := node(t, args...)
	must(t, s, "CLUSTER", "ADDSLOTSRANGE", 0, allSlots-1)
	testkit.Eventually(t, "the only node has all slots", func() bool {
		text, err := ask(t.Context(), s, "CLUSTER", "INFO")
		return err == nil && strings.Contains(text, "cluster_state:ok\r\n")
	})
	return s
}

// allSlots is the number of slots of every Cluster.
const allSlots = 16384

func (s *ClusterNodes) await(what string, words ...string) {
	s.t.Helper()
	for _, n := range s.Nodes {
		testkit.Eventually(s.t, what, func() bool {
			text, err := ask(s.t.Context(), n, "CLUSTER", "INFO")
			for _, w := range words {
				if err != nil || !strings.Contains(text, w+"\r\n") {
					return false
				}
			}
			return true
		})
	}
}

// URL names all nodes.
func (s *ClusterNodes) URL() string { return "redis-cluster://" + addresses(s.Nodes) }

// ConnectSentinels returns a client of the current master.
func ConnectSentinels(t testing.TB, w *SentinelSet) *redis.Client {
	t.Helper()
	c := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: masterName,
		SentinelAddrs: strings.Split(addresses(w.Sentinels), ",")})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// ConnectCluster returns a client of a Cluster.
func ConnectCluster(t testing.TB, s *ClusterNodes) *redis.ClusterClient {
	t.Helper()
	c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(addresses(s.Nodes), ",")})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// FailOver does it to the master that has a key, and returns when its replica has taken its place. back brings the old
// one back, as a replica in step.
func (s *ClusterNodes) FailOver(how Failure, key string) (restore func()) {
	s.t.Helper()
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(addresses(s.Nodes), ",")})
	defer client.Close()
	node, err := client.MasterForKey(s.t.Context(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	at := node.Options().Addr
	was := slices.IndexFunc(s.Nodes, func(n *redisserver.Server) bool { return n.Redis().Addr == at })
	if how == HandOver {
		must(s.t, s.replicaOf(was), "CLUSTER", "FAILOVER")
	} else {
		how.inflict(s.Nodes[was])
	}
	for i, n := range s.Nodes {
		if i != was {
			testkit.Eventually(s.t, "a replica is promoted", func() bool { return replaced(s.t.Context(), n, at) })
		}
	}
	return func() { how.mend(s.t, &s.Nodes[was]) }
}

// replicaOf finds a replica of a master.
func (s *ClusterNodes) replicaOf(master int) *redisserver.Server {
	s.t.Helper()
	_, port := split(s.t, s.Nodes[master])
	for _, n := range s.Nodes {
		if replicationHas(s.t.Context(), n, "role:slave") && replicationHas(s.t.Context(), n, "master_port:"+port) {
			return n
		}
	}
	s.t.Fatal("the master has no replica")
	return nil
}

// withoutSlots is the number of words in the line of a node that has none.
const withoutSlots = 8

// replaced reports whether a node knows that another one has taken over the slots of the one at an address, and is
// healthy.
func replaced(ctx context.Context, n *redisserver.Server, at string) bool {
	state, err := ask(ctx, n, "CLUSTER", "INFO")
	if err != nil || !strings.Contains(state, "cluster_state:ok\r\n") {
		return false
	}
	nodes, err := ask(ctx, n, "CLUSTER", "NODES")
	for line := range strings.Lines(nodes) {
		if strings.Contains(line, at) {
			return err == nil && (strings.Contains(line, "slave") || len(strings.Fields(line)) == withoutSlots)
		}
	}
	return false
}

func addresses(list []*redisserver.Server) string {
	var all []string
	for _, s := range list {
		all = append(all, s.Redis().Addr)
	}
	return strings.Join(all, ",")
}

func split(t testing.TB, s *redisserver.Server) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Redis().Addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

func must(t testing.TB, s *redisserver.Server, args ...any) string {
	t.Helper()
	text, err := ask(t.Context(), s, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return text
}

func ask(ctx context.Context, s *redisserver.Server, args ...any) (string, error) {
	c := redis.NewClient(s.Redis())
	defer c.Close()
	return c.Do(ctx, args...).Text()
}

// replicationHas reports whether a server's replication info has a line.
func replicationHas(ctx context.Context, s *redisserver.Server, words string) bool {
	text, err := ask(ctx, s, "INFO", "replication")
	return err == nil && strings.Contains(text, words+"\r\n")
}

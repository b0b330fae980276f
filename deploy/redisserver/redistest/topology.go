package redistest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

// MasterName is how the Sentinels of Watched name their master.
const MasterName = "mymaster"

const (
	// deadAfter is when a server that does not answer is taken for dead. A busy machine keeps one waiting for longer than the
	// tenths of a second that would do.
	deadAfter = 2 * time.Second

	// readyWithin is how long servers may take to find each other.
	readyWithin = 45 * time.Second
)

// Watched is a master with replicas and three Sentinels that watch it.
type Watched struct {
	Servers   []*redisserver.Server // the first one was the master at the start
	Sentinels []*redisserver.Server
	t         testing.TB
}

// Watch starts them, ended with the test. It returns when all replicas are in step and every Sentinel knows all others.
func Watch(t testing.TB, replicas int, args ...string) *Watched {
	t.Helper()
	args = append([]string{"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, args...)
	w := &Watched{t: t, Servers: []*redisserver.Server{start(t, args...)}}
	host, port := split(t, w.Servers[0])
	for range replicas {
		w.Servers = append(w.Servers, start(t, append(args, "--replicaof", host+" "+port)...))
	}
	for _, s := range w.Servers[1:] {
		Await(t, "the replica is in step", func(ctx context.Context) bool { return says(ctx, s, "master_link_status:up") })
	}
	for range 3 {
		w.Sentinels = append(w.Sentinels, w.sentinel(host, port))
	}
	for _, s := range w.Sentinels {
		Await(t, "the Sentinel knows the others", func(ctx context.Context) bool {
			state, err := w.ask(ctx, s)
			return err == nil && state["num-other-sentinels"] == "2" && state["num-slaves"] == strconv.Itoa(replicas)
		})
	}
	return w
}

func (w *Watched) sentinel(host, port string) *redisserver.Server {
	w.t.Helper()
	dir := w.t.TempDir()
	file := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor %[1]s %[2]s %[3]s 2\nsentinel down-after-milliseconds %[1]s %[4]d\nsentinel failover-timeout %[1]s 10000\n",
		MasterName, host, port, deadAfter.Milliseconds())
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

func (w *Watched) ask(ctx context.Context, s *redisserver.Server) (map[string]string, error) {
	c := redis.NewSentinelClient(s.Redis())
	defer c.Close()
	return c.Master(ctx, MasterName).Result()
}

// URL names all Sentinels.
func (w *Watched) URL() string {
	return "redis-sentinel://" + addresses(w.Sentinels) + "/" + MasterName
}

// Master is the index of the server that the Sentinels name and that takes writes; -1 while they disagree.
func (w *Watched) Master(ctx context.Context) int {
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
		if s.Redis().Addr == named && says(ctx, s, "role:master") {
			return i
		}
	}
	return -1
}

// KillMaster kills the master as a crash would and returns its index, when another one has taken its place.
func (w *Watched) KillMaster() int {
	w.t.Helper()
	was := w.Master(w.t.Context())
	if was < 0 {
		w.t.Fatal("the Sentinels do not agree on a master")
	}
	w.Servers[was].Kill()
	Await(w.t, "a replica is promoted", func(ctx context.Context) bool {
		now := w.Master(ctx)
		return now >= 0 && now != was
	})
	return was
}

// Return starts a killed server again and waits until it is a replica in step.
func (w *Watched) Return(i int) {
	w.t.Helper()
	w.Servers[i] = restart(w.t, w.Servers[i])
	Await(w.t, "the old master is a replica in step", func(ctx context.Context) bool {
		return says(ctx, w.Servers[i], "role:slave") && says(ctx, w.Servers[i], "master_link_status:up")
	})
}

// Sharded is a Cluster.
type Sharded struct {
	Nodes []*redisserver.Server // masters first, then the replicas, in the order of their masters
	t     testing.TB
}

// Cluster starts masters that share the slots, and so many replicas of each, ended with the test. It returns when all agree
// that the Cluster is well. It does without redis-cli, which is another package and takes its time.
func Cluster(t testing.TB, masters, replicas int, args ...string) *Sharded {
	t.Helper()
	s := &Sharded{t: t}
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
		Await(t, "the replica is in step", func(ctx context.Context) bool { return says(ctx, n, "master_link_status:up") })
	}
	for _, n := range s.Nodes {
		Await(t, "all nodes know the replicas", func(ctx context.Context) bool {
			text, err := ask(ctx, n, "CLUSTER", "NODES")
			return err == nil && strings.Count(text, " slave ")+strings.Count(text, "myself,slave") == masters*replicas
		})
	}
	return s
}

// node starts a server that is to be in a Cluster, and gives the port on which it talks to the others: the usual one, 10,000 above
// its own, may be none.
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

// OneNodeCluster runs a Cluster that consists of one node.
func OneNodeCluster(t testing.TB, args ...string) *redisserver.Server {
	t.Helper()
	s, _ := node(t, args...)
	must(t, s, "CLUSTER", "ADDSLOTSRANGE", 0, allSlots-1)
	Await(t, "the only node has all slots", func(ctx context.Context) bool {
		text, err := ask(ctx, s, "CLUSTER", "INFO")
		return err == nil && strings.Contains(text, "cluster_state:ok\r\n")
	})
	return s
}

// allSlots is how many there are in every Cluster.
const allSlots = 16384

func (s *Sharded) await(what string, words ...string) {
	s.t.Helper()
	for _, n := range s.Nodes {
		Await(s.t, what, func(ctx context.Context) bool {
			text, err := ask(ctx, n, "CLUSTER", "INFO")
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
func (s *Sharded) URL() string { return "redis-cluster://" + addresses(s.Nodes) }

// KillMasterOf kills the master that has a key, as a crash would, and returns its index, when its replica has taken its place.
func (s *Sharded) KillMasterOf(key string) int {
	s.t.Helper()
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: strings.Split(addresses(s.Nodes), ",")})
	defer client.Close()
	node, err := client.MasterForKey(s.t.Context(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	was := -1
	for i, n := range s.Nodes {
		if n.Redis().Addr == node.Options().Addr {
			was = i
		}
	}
	s.Nodes[was].Kill()
	for i, n := range s.Nodes {
		if i != was {
			Await(s.t, "a replica is promoted", func(ctx context.Context) bool {
				state, err := ask(ctx, n, "CLUSTER", "INFO")
				nodes, nerr := ask(ctx, n, "CLUSTER", "NODES")
				return err == nil && nerr == nil && strings.Contains(state, "cluster_state:ok") && strings.Contains(nodes, "master,fail ")
			})
		}
	}
	return was
}

// Return starts a killed node again and waits until it is a replica in step.
func (s *Sharded) Return(i int) {
	s.t.Helper()
	s.Nodes[i] = restart(s.t, s.Nodes[i])
	Await(s.t, "the old master is a replica in step", func(ctx context.Context) bool {
		return says(ctx, s.Nodes[i], "role:slave") && says(ctx, s.Nodes[i], "master_link_status:up")
	})
}

func restart(t testing.TB, s *redisserver.Server) *redisserver.Server {
	t.Helper()
	again, err := s.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
	return again
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

// says reports whether a line stands in what a server tells of its replication.
func says(ctx context.Context, s *redisserver.Server, words string) bool {
	text, err := ask(ctx, s, "INFO", "replication")
	return err == nil && strings.Contains(text, words+"\r\n")
}

// Await asks again and again, as servers tell nobody of what they have found out.
func Await(t testing.TB, what string, is func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", readyWithin, what)
		case <-tick.C:
		}
	}
}

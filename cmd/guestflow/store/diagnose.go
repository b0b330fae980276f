package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrUnfit says that the Redis answers and cannot hold the ledger as it is.
var ErrUnfit = errors.New("Redis cannot hold the ledger as it is")

// Finding is one line of an examination.
type Finding struct {
	Check   string
	Text    string
	Warning bool
	Err     error // it must be mended; in place of Text
}

func pass(check, format string, args ...any) Finding {
	return Finding{Check: check, Text: fmt.Sprintf(format, args...)}
}

func warn(check, format string, args ...any) Finding {
	return Finding{Check: check, Text: fmt.Sprintf(format, args...), Warning: true}
}

func fail(check string, kind error, format string, args ...any) Finding {
	return Finding{Check: check, Err: fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))}
}

// Diagnose says of the servers whether they can hold the ledger: how they are organised, whether replicas could take over, memory,
// eviction, persistence, clocks. replicas is how many must confirm a claim (redis_replicas).
func (s *Store) Diagnose(ctx context.Context, replicas int) []Finding {
	if s.Kind == Embedded {
		return []Finding{warn("store", "%s", s.Note()), pass("eviction", "the embedded store evicts nothing"),
			warn("persistence", "nothing is kept over a restart"), s.clock(ctx, []*server{{client: s.Client.(*redis.Client)}})}
	}
	masters, err := s.masters(ctx)
	if err != nil {
		return []Finding{{Check: "store", Err: err}}
	}
	remarks := []Finding{s.describe(masters)}
	switch s.mode() {
	case Sentinel:
		remarks = append(remarks, s.sentinels(ctx), replication(masters, replicas))
	case Cluster:
		remarks = append(remarks, slots(ctx, masters), replication(masters, replicas))
	case Single:
		if role := masters[0].role(); role != nil {
			remarks = append(remarks, *role)
		}
		if replicas > 0 || masters[0].number("connected_slaves") > 0 {
			remarks = append(remarks, replication(masters, replicas))
		}
	}
	return append(remarks, memory(masters), eviction(ctx, masters), persistence(ctx, masters), s.clock(ctx, masters))
}

func (s *Store) mode() Mode {
	if s.at == nil {
		return Single
	}
	return s.at.mode
}

// server is one that takes writes, or should.
type server struct {
	name   string // for a remark; "" when there is only one
	client *redis.Client
	info   map[string]string // INFO, empty where that is forbidden
}

// masters are the servers that hold the ledger: one, or those of a cluster.
func (s *Store) masters(ctx context.Context) ([]*server, error) {
	var list []*server
	var mu sync.Mutex
	add := func(ctx context.Context, client *redis.Client, name string) error {
		info, err := client.Info(ctx).Result()
		if _, answered := errors.AsType[redis.Error](err); err != nil && !answered {
			return fmt.Errorf("ask %s for INFO: %w", cmp.Or(name, s.URL), err)
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, &server{name: name, client: client, info: fields(info)})
		return nil
	}
	var err error
	if cluster, is := s.Client.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			return add(ctx, node, node.Options().Addr)
		})
	} else {
		err = add(ctx, s.Client.(*redis.Client), "")
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: the Cluster names no master", ErrUnreachable)
	}
	slices.SortFunc(list, func(a, b *server) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

// fields reads what Redis tells in lines such as name:value.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), ":"); is {
			all[name] = value
		}
	}
	return all
}

func field(text, name string) string { return fields(text)[name] }

func (s *server) number(name string) int64 {
	n, _ := strconv.ParseInt(s.info[name], 10, 64)
	return n
}

// product is the server's name and version. Valkey gives a version of Redis too, with which it is compatible.
func (s *server) product() string {
	if v := s.info["valkey_version"]; v != "" {
		return "Valkey " + v
	}
	if v := s.info["redis_version"]; v != "" {
		return "Redis " + v
	}
	return "a server that tells nothing of itself"
}

// mode is standalone, sentinel or cluster; Valkey has another name for it.
func (s *server) mode() string { return cmp.Or(s.info["redis_mode"], s.info["server_mode"]) }

func (s *Store) describe(masters []*server) Finding {
	product := masters[0].product()
	switch {
	case s.Kind == Child:
		return pass("store", "%s, started on the state folder", product)
	case s.mode() == Sentinel:
		return pass("store", "%s, the master %s by Sentinel", product, s.at.master)
	case s.mode() == Cluster:
		return pass("store", "%s, a Cluster of %s", product, count(len(masters), "master"))
	}
	return pass("store", "%s, a single server at %s", product, s.URL)
}

// role is what is wrong with a server that is named directly.
func (s *server) role() *Finding {
	if s.info["role"] != "slave" {
		if s.info["cluster_enabled"] == "1" {
			r := warn("mode", "it is a Cluster of one node; write redis-cluster://, for a second node would take keys away")
			return &r
		}
		return nil
	}
	r := fail("mode", ErrMisconfigured, "GUESTFLOW_REDIS_URL names a replica, perhaps a demoted master, that takes no writes; its master is %s. Name that, or the Sentinels by redis-sentinel://",
		net.JoinHostPort(s.info["master_host"], s.info["master_port"]))
	return &r
}

// farBehind is for how many seconds a replica may have been silent. They report each second.
const farBehind = 10

// replication says whether a replica could take over, and how much would be lost.
func replication(masters []*server, wanted int) Finding {
	var alone, behind []string
	fewest, online, most := -1, 0, int64(0)
	for _, m := range masters {
		good := 0
		for n := range m.number("connected_slaves") {
			of := fields(strings.ReplaceAll(strings.ReplaceAll(m.info[fmt.Sprintf("slave%d", n)], ",", "\n"), "=", ":"))
			offset, _ := strconv.ParseInt(of["offset"], 10, 64)
			silent, _ := strconv.Atoi(of["lag"])
			if of["state"] != "online" || silent > farBehind {
				behind = append(behind, net.JoinHostPort(of["ip"], of["port"]))
				continue
			}
			good++
			most = max(most, m.number("master_repl_offset")-offset)
		}
		if online += good; fewest < 0 || good < fewest {
			fewest = good
		}
		if good == 0 {
			alone = append(alone, m.name)
		}
	}
	switch {
	case wanted > fewest:
		return fail("replicas", ErrMisconfigured, "GUESTFLOW_REDIS_REPLICAS is %d and %s is in step, so no refresh token can be sent; add replicas or lower it", wanted, count(fewest, "replica"))
	case len(behind) > 0:
		return warn("replicas", "not in step: %s", strings.Join(behind, ", "))
	case len(alone) > 0:
		return warn("replicas", "no replica could take over%s", of(alone))
	case wanted == 0:
		return warn("replicas", "%s in step; with GUESTFLOW_REDIS_REPLICAS at 0 a failover can send a refresh token twice, so set it to %d", count(online, "replica"), fewest)
	case wanted < fewest:
		return warn("replicas", "%s in step, and GUESTFLOW_REDIS_REPLICAS is %d: a failover to one that has not confirmed can lose what was confirmed, so set it to %d", count(online, "replica"), wanted, fewest)
	}
	return pass("replicas", "%s in step, at most %s behind", count(online, "replica"), size(max(most, 0)))
}

func of(names []string) string {
	if text := strings.Join(names, ", "); text != "" {
		return " of " + text
	}
	return ""
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// size is a number of bytes for people.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// sentinelViews is what the Sentinels of the URL say of the master.
type sentinelViews struct {
	masters        map[string][]string // who say so, by address of the master
	silent         []string            // and why
	quorum, others int
	down           bool
}

// askSentinels asks each of them by itself.
func (s *Store) askSentinels(ctx context.Context) sentinelViews {
	v := sentinelViews{masters: map[string][]string{}}
	for _, at := range s.at.hosts {
		client := redis.NewSentinelClient(&redis.Options{
			Addr: at, TLSConfig: s.tls, Username: s.opts.SentinelUsername, Password: s.opts.SentinelPassword.Reveal(),
			MaxRetries: -1, DialerRetries: 1, DialTimeout: 2 * time.Second,
		})
		state, err := client.Master(ctx, s.at.master).Result()
		_ = client.Close()
		if err != nil {
			v.silent = append(v.silent, fmt.Sprintf("%s (%v)", at, err))
			continue
		}
		master := net.JoinHostPort(state["ip"], state["port"])
		v.masters[master] = append(v.masters[master], at)
		v.quorum, _ = strconv.Atoi(state["quorum"])
		v.others, _ = strconv.Atoi(state["num-other-sentinels"])
		v.down = v.down || strings.Contains(state["flags"], "o_down")
	}
	return v
}

func (s *Store) sentinels(ctx context.Context) Finding {
	v := s.askSentinels(ctx)
	masters := slices.Sorted(maps.Keys(v.masters))
	switch len(masters) {
	case 0:
		return fail("sentinels", ErrUnreachable, "no Sentinel answers: %s", strings.Join(v.silent, ", "))
	case 1:
	default:
		return warn("sentinels", "they name different masters, so a failover may be under way: %s", strings.Join(masters, ", "))
	}
	agree := fmt.Sprintf("%d of %d agree on the master %s", len(v.masters[masters[0]]), len(s.at.hosts), masters[0])
	switch {
	case v.down:
		return fail("sentinels", ErrUnreachable, "%s, and that it is down", agree)
	case len(v.silent) > 0:
		return warn("sentinels", "%s; no good answer from %s", agree, strings.Join(v.silent, ", "))
	case v.quorum > v.others+1:
		return warn("sentinels", "%s; a failover wants %d of %d Sentinels, which can never be", agree, v.quorum, v.others+1)
	case v.others < 2:
		return warn("sentinels", "%s; there are %d in all, and fewer than 3 cannot agree on a failover when one is lost", agree, v.others+1)
	}
	return pass("sentinels", "%s, quorum %d", agree, v.quorum)
}

// slotCount is how many there are in every cluster.
const slotCount = 16384

func slots(ctx context.Context, masters []*server) Finding {
	covered := slotCount
	for _, m := range masters {
		text, err := m.client.ClusterInfo(ctx).Result()
		if err != nil {
			return fail("cluster", ErrUnreachable, "%s does not tell its state: %v", m.name, cause(err))
		}
		state := fields(text)
		good, _ := strconv.Atoi(state["cluster_slots_ok"])
		covered = min(covered, good)
		if state["cluster_state"] != "ok" {
			return fail("cluster", ErrUnreachable, "%s says that its state is %s, %d of %d slots are covered: bring the missing masters back, or see redis-cli --cluster check",
				m.name, state["cluster_state"], good, slotCount)
		}
	}
	if covered < slotCount {
		return fail("cluster", ErrUnfit, "only %d of %d slots are covered", covered, slotCount)
	}
	return pass("cluster", "state ok, all %d slots covered by %s", slotCount, count(len(masters), "master"))
}

// fullFrom is where importers hold back (importer/room.go).
const fullFrom = 85

// memory compares what is used with what may be.
func memory(masters []*server) Finding {
	fullest, share, unlimited := masters[0], int64(-1), false
	for _, m := range masters {
		most := m.number("maxmemory")
		if most <= 0 {
			unlimited = true
			continue
		}
		if now := 100 * m.number("used_memory") / most; now > share {
			fullest, share = m, now
		}
	}
	if len(fullest.info) == 0 {
		return warn("memory", "Redis does not tell how much memory it uses")
	}
	used := size(fullest.number("used_memory"))
	if share < 0 {
		return pass("memory", "%s used, no limit (maxmemory 0)", used)
	}
	text := fmt.Sprintf("%s of %s used, %d %%", used, size(fullest.number("maxmemory")), share)
	if fullest.name != "" {
		text += " at " + fullest.name
	}
	switch {
	case share >= 100:
		return fail("memory", ErrUnfit, "it is full, %s: nothing can be imported or sent until it has more (maxmemory)", text)
	case share >= fullFrom:
		return warn("memory", "%s: importers hold back from %d %%; give it more (maxmemory)", text, fullFrom)
	case unlimited && len(masters) > 1:
		return warn("memory", "%s; other nodes have no limit", text)
	}
	return pass("memory", "%s", text)
}

// eviction refuses a Redis that may throw keys away: it would throw away rows.
func eviction(ctx context.Context, masters []*server) Finding {
	const key = "maxmemory-policy"
	for _, m := range masters {
		policy, err := m.setting(ctx, key)
		if err != nil {
			return warn("eviction", "Redis does not tell its %s; it must be noeviction", key)
		}
		if policy != "noeviction" {
			return fail("eviction", ErrMisconfigured, "Redis may evict the ledger: %s is %s%s; set it to noeviction", key, policy, of([]string{m.name}))
		}
	}
	return pass("eviction", "noeviction")
}

func persistence(ctx context.Context, masters []*server) Finding {
	for _, m := range masters {
		on, err := m.setting(ctx, "appendonly")
		if err != nil {
			return warn("persistence", "Redis does not tell whether it persists; it should have appendonly yes")
		}
		if on != "yes" {
			return warn("persistence", "a restart of Redis loses the ledger%s: set appendonly yes", of([]string{m.name}))
		}
	}
	return pass("persistence", "append-only file")
}

// setting asks a server for a setting, which managed ones may not tell.
func (s *server) setting(ctx context.Context, name string) (string, error) {
	values, err := s.client.ConfigGet(ctx, name).Result()
	return values[name], err
}

// maxSkew is far below the half minute at which Asynq would take a running chunk for abandoned.
const maxSkew = 5 * time.Second

func (s *Store) clock(ctx context.Context, masters []*server) Finding {
	most := time.Duration(0)
	for _, m := range masters {
		before := time.Now()
		there, err := m.client.Time(ctx).Result()
		if err != nil {
			return Finding{Check: "clock", Err: fmt.Errorf("ask Redis for its time: %w", err)}
		}
		skew := there.Sub(before.Add(time.Since(before) / 2)).Round(time.Millisecond)
		if skew.Abs() > maxSkew {
			which, late := "behind", "starts its schedules late"
			if skew < 0 {
				which, late = "ahead of", "puts off for too long what is tried again"
			}
			return warn("clock", "this host's clock is %s %s that of Redis%s, so it %s; run NTP on both, and correct the one that is wrong",
				skew.Abs(), which, of([]string{m.name}), late)
		}
		most = max(most, skew.Abs(), time.Millisecond)
	}
	return pass("clock", "within %s of Redis", most)
}

package store

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/plural"
)

// maxLag is for how many seconds a replica may have been silent. They report each second.
const maxLag = 10

// replication is the state of the replicas of all masters.
type replication struct {
	online, fewest int      // in all, and of the master with the fewest
	lag            int64    // bytes that the last one is behind
	without        []string // masters without a replica
	outOfSync      []string // replicas
}

func readReplication(masters []*server) replication {
	r := replication{fewest: -1}
	for _, m := range masters {
		online := 0
		for n := range m.number("connected_slaves") {
			replica := fields(strings.ReplaceAll(strings.ReplaceAll(m.info[fmt.Sprintf("slave%d", n)], ",", "\n"), "=",
				":"))
			offset, _ := strconv.ParseInt(replica["offset"], 10, 64)
			silent, _ := strconv.Atoi(replica["lag"])
			if replica["state"] != "online" || silent > maxLag {
				r.outOfSync = append(r.outOfSync, net.JoinHostPort(replica["ip"], replica["port"]))
				continue
			}
			online++
			r.lag = max(r.lag, m.number("master_repl_offset")-offset)
		}
		if r.online += online; r.fewest < 0 || online < r.fewest {
			r.fewest = online
		}
		if online == 0 {
			r.without = append(r.without, m.name)
		}
	}
	return r
}

// checkReplicas reports whether a replica could take over, and how much would be lost.
func checkReplicas(_ context.Context, in *inspection) Finding {
	if in.mode() == single && in.replicas == 0 && in.masters[0].number("connected_slaves") == 0 {
		return skip()
	}
	r := readReplication(in.masters)
	online := plural.Of(r.online, "replica")
	switch {
	case in.replicas > r.fewest:
		return fail(ErrMisconfigured, "GUESTFLOW_REDIS_REPLICAS is %d and %s is in step, so no refresh token can be "+
			"sent; add replicas or lower it",
			in.replicas, plural.Of(r.fewest, "replica"))
	case len(r.outOfSync) > 0:
		return warn("not in step: %s", strings.Join(r.outOfSync, ", "))
	case len(r.without) > 0:
		return warn("no replica could take over%s", of(r.without))
	case in.replicas == 0:
		return warn("%s in step; with GUESTFLOW_REDIS_REPLICAS at 0 a failover can send a refresh token twice, so "+
			"set it to %d", online, r.fewest)
	case in.replicas < r.fewest:
		return warn("%s in step, and GUESTFLOW_REDIS_REPLICAS is %d: a failover to one that has not confirmed can "+
			"lose what was confirmed, so set it to %d",
			online, in.replicas, r.fewest)
	}
	return pass("%s in step, at most %s behind", online, size(r.lag))
}

// sentinelViews are the answers of the Sentinels of the URL.
type sentinelViews struct {
	masters        map[string][]string // the Sentinels that name each master, by its address
	silent         []string            // Sentinels without an answer, and why
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

func checkSentinels(ctx context.Context, in *inspection) Finding {
	if in.mode() != sentinel {
		return skip()
	}
	v := in.askSentinels(ctx)
	masters := slices.Sorted(maps.Keys(v.masters))
	switch len(masters) {
	case 0:
		return fail(ErrUnreachable, "no Sentinel answers: %s", strings.Join(v.silent, ", "))
	case 1:
	default:
		return warn("they name different masters, so a failover may be under way: %s", strings.Join(masters, ", "))
	}
	agree := fmt.Sprintf("%d of %d agree on the master %s", len(v.masters[masters[0]]), len(in.at.hosts), masters[0])
	switch {
	case v.down:
		return fail(ErrUnreachable, "%s, and that it is down", agree)
	case len(v.silent) > 0:
		return warn("%s; no good answer from %s", agree, strings.Join(v.silent, ", "))
	case v.quorum > v.others+1:
		return warn("%s; a failover needs %d of %d Sentinels, which is impossible", agree, v.quorum, v.others+1)
	case v.others < 2:
		return warn("%s; there are %d in all, and fewer than 3 cannot agree on a failover when one is lost", agree,
			v.others+1)
	}
	return pass("%s, quorum %d", agree, v.quorum)
}

// slotCount is the number of slots of every Cluster.
const slotCount = 16384

func checkSlots(ctx context.Context, in *inspection) Finding {
	if in.mode() != cluster {
		return skip()
	}
	covered := slotCount
	for _, m := range in.masters {
		text, err := m.client.ClusterInfo(ctx).Result()
		if err != nil {
			return fail(ErrUnreachable, "%s does not report its state: %v", m.name, cause(err))
		}
		state := fields(text)
		good, _ := strconv.Atoi(state["cluster_slots_ok"])
		covered = min(covered, good)
		if state["cluster_state"] != "ok" {
			return fail(ErrUnreachable, "%s reports the state %s, %d of %d slots are covered: bring the missing "+
				"masters back, or see redis-cli --cluster check",
				m.name, state["cluster_state"], good, slotCount)
		}
	}
	if covered < slotCount {
		return fail(ErrUnfit, "only %d of %d slots are covered", covered, slotCount)
	}
	return pass("state ok, all %d slots covered by %s", slotCount, plural.Of(len(in.masters), "master"))
}

package store

import (
	"context"
	"fmt"
	"net"
	"time"

	"guestflow/importer/plural"
)

// The checks of single servers. Those of replicas, Sentinels and Clusters are in availability.go.

func (s *Store) mode() mode {
	if s.at == nil {
		return single
	}
	return s.at.mode
}

func checkServer(_ context.Context, in *inspection) Finding {
	product := in.masters[0].product()
	switch {
	case in.Kind == Child:
		return pass("%s, started on the state folder", product)
	case in.mode() == sentinel:
		return pass("%s, the master %s by Sentinel", product, in.at.master)
	case in.mode() == cluster:
		return pass("%s, a Cluster of %s", product, plural.Of(len(in.masters), "master"))
	}
	return pass("%s, a single server at %s", product, in.URL)
}

// checkMode finds a replica, or a node of a Cluster, that the URL names as a single server.
func checkMode(_ context.Context, in *inspection) Finding {
	s := in.masters[0]
	switch {
	case in.mode() != single:
		return skip()
	case s.info["role"] == "slave":
		return fail(ErrMisconfigured, "GUESTFLOW_REDIS_URL names a replica, perhaps a demoted master, that takes no "+
			"writes; its master is %s. "+
			"Name that, or the Sentinels by redis-sentinel://", net.JoinHostPort(s.info["master_host"],
			s.info["master_port"]))
	case s.info["cluster_enabled"] == "1":
		return warn("it is a Cluster of one node; write redis-cluster://, since a second node would take over keys")
	}
	return skip()
}

// fullFrom is the share of maxmemory from which importers are paused, in per cent (fullFrom of package importer).
const fullFrom = 85

// checkMemory compares the memory in use with its limit.
func checkMemory(_ context.Context, in *inspection) Finding {
	fullest, share, unlimited := in.masters[0], int64(-1), false
	for _, m := range in.masters {
		limit := m.number("maxmemory")
		if limit <= 0 {
			unlimited = true
			continue
		}
		if now := 100 * m.number("used_memory") / limit; now > share {
			fullest, share = m, now
		}
	}
	if len(fullest.info) == 0 {
		return warn("Redis does not report how much memory it uses")
	}
	used := size(fullest.number("used_memory"))
	if share < 0 {
		return pass("%s used, no limit (maxmemory 0)", used)
	}
	text := fmt.Sprintf("%s of %s used, %d %%", used, size(fullest.number("maxmemory")), share)
	if fullest.name != "" {
		text += " at " + fullest.name
	}
	switch {
	case share >= 100:
		return fail(ErrUnfit, "it is full, %s: nothing can be imported or sent until it has more (maxmemory)", text)
	case share >= fullFrom:
		return warn("%s: importers are paused from %d %%; give it more (maxmemory)", text, fullFrom)
	case unlimited && len(in.masters) > 1:
		return warn("%s; other nodes have no limit", text)
	}
	return pass("%s", text)
}

// checkEviction refuses a Redis that may evict keys: it would evict rows.
func checkEviction(ctx context.Context, in *inspection) Finding {
	const key = "maxmemory-policy"
	for _, m := range in.masters {
		policy, err := m.setting(ctx, key)
		if err != nil {
			return warn("Redis does not report its %s; it must be noeviction", key)
		}
		if policy != "noeviction" {
			return fail(ErrMisconfigured, "Redis may evict the ledger: %s is %s%s; set it to noeviction", key, policy,
				of([]string{m.name}))
		}
	}
	return pass("noeviction")
}

func checkPersistence(ctx context.Context, in *inspection) Finding {
	for _, m := range in.masters {
		on, err := m.setting(ctx, "appendonly")
		if err != nil {
			return warn("Redis does not report whether it persists; it should have appendonly yes")
		}
		if on != "yes" {
			return warn("a restart of Redis loses the ledger%s: set appendonly yes", of([]string{m.name}))
		}
	}
	return pass("append-only file")
}

// maxSkew is far below the half minute after which Asynq takes a running chunk for abandoned.
const maxSkew = 5 * time.Second

func checkClock(ctx context.Context, in *inspection) Finding {
	most := time.Duration(0)
	for _, m := range in.masters {
		before := time.Now()
		there, err := m.client.Time(ctx).Result()
		if err != nil {
			return Finding{Err: fmt.Errorf("ask Redis for its time: %w", err)}
		}
		skew := there.Sub(before.Add(time.Since(before) / 2)).Round(time.Millisecond)
		if skew.Abs() > maxSkew {
			which, late := "behind", "starts its schedules late"
			if skew < 0 {
				which, late = "ahead of", "delays retries for too long"
			}
			return warn("this host's clock is %s %s that of Redis%s, so it %s; run NTP on both, and correct the "+
				"wrong one",
				skew.Abs(), which, of([]string{m.name}), late)
		}
		most = max(most, skew.Abs(), time.Millisecond)
	}
	return pass("within %s of Redis", most)
}

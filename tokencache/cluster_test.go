package tokencache_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// A cluster of one node already refuses a script whose keys lie in different slots, and routes as a big one does.
func TestAllKeysOfAScriptShareASlot(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--cluster-enabled", "yes")
	node := redistest.Connect(t, server)
	if err := node.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the cluster is up", func() bool {
		return strings.Contains(node.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	})
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Redis().Addr}})
	t.Cleanup(func() { _ = cluster.Close() })
	b := newBundleOn(t, cluster)
	one, two := b.process(), b.process()
	gen := b.token(one).Generation
	b.token(two)
	for _, c := range []*tokencache.Cache{one, two} {
		if err := c.Refused(t.Context(), gen); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.idp.count("refresh_token"); n != 1 {
		t.Fatalf("%d refreshes, want 1", n)
	}
	// With replicas asked for and none there, the gate finds the right node and says no.
	gated := b.process(func(cfg *tokencache.Config) { cfg.Replicas = 1 })
	b.token(gated)
	var trouble *tokencache.TroubleError
	if _, err := gated.Renew(t.Context()); !errors.As(err, &trouble) || !strings.Contains(err.Error(), "replicas") {
		t.Fatalf("got %v, want an error about replicas", err)
	}
	if had, err := one.Forget(t.Context()); err != nil || !had {
		t.Fatalf("forget: %v, %v", had, err)
	}
}

package topology

import (
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
)

func TestDoctorKnowsAMasterBySentinelAndWhatIsWrongWithIt(t *testing.T) {
	w := redistest.StartSentinels(t, 1)
	s := newSite(t, w.URL(), "GUESTFLOW_REDIS_REPLICAS=1")
	found, code := s.doctor()
	if code != 0 {
		t.Errorf("exit %d: %v", code, found)
	}
	want(t, found, "store", "ok", "the master mymaster by Sentinel")
	want(t, found, "sentinels", "ok", "3 of 3 agree on the master "+w.Servers[0].Redis().Addr+", quorum 2")
	want(t, found, "replicas", "ok", "1 replica in step")
	want(t, found, "memory", "ok", "used, no limit")

	other := func(url string, env ...string) (map[string]string, int) {
		t.Helper()
		o := *s
		o.Shell = s.With(append([]string{"GUESTFLOW_REDIS_URL=" + url}, env...)...)
		return o.doctor()
	}
	found, _ = other(w.URL(), "GUESTFLOW_REDIS_REPLICAS=0")
	want(t, found, "replicas", "warning", "so set it to 1")
	found, code = other(w.URL(), "GUESTFLOW_REDIS_REPLICAS=2")
	want(t, found, "replicas", "failed", "no refresh token can be sent")
	if code != 2 {
		t.Errorf("exit %d, want 2: nothing works until a setting is another", code)
	}
	found, code = other("redis://" + w.Servers[1].Redis().Addr)
	want(t, found, "mode", "failed", "names a replica, perhaps a demoted master")
	if code != 2 {
		t.Errorf("exit %d with a replica, want 2", code)
	}
	found, code = other("redis://" + w.Sentinels[0].Redis().Addr)
	want(t, found, "store", "failed", "names a Sentinel as if it were the Redis")
	if code != 2 {
		t.Errorf("exit %d with a Sentinel by a plain URL, want 2", code)
	}
	found, code = other(strings.Replace(w.URL(), "mymaster", "other", 1))
	if code != 4 {
		t.Errorf("exit %d with an unknown master, want 4: %v", code, found)
	}

	w.Sentinels[2].Kill()
	found, _ = s.doctor()
	want(t, found, "sentinels", "warning", "2 of 3 agree")
	w.Servers[1].Kill()
	testkit.Eventually(t, "the master notices", func() bool {
		found, _ := s.doctor()
		return strings.HasPrefix(found["replicas"], "failed: ")
	})
}

func TestDoctorKnowsAClusterAndWhatIsWrongWithIt(t *testing.T) {
	c := redistest.Cluster(t, 3, 0)
	s := newSite(t, c.URL())
	found, code := s.doctor()
	if code != 0 {
		t.Errorf("exit %d: %v", code, found)
	}
	want(t, found, "store", "ok", "a Cluster of 3 masters")
	want(t, found, "cluster", "ok", "all 16384 slots covered by 3 masters")
	want(t, found, "replicas", "warning", "no replica could take over")
	want(t, found, "eviction", "ok", "noeviction")

	plain := *s
	plain.Shell = s.With("GUESTFLOW_REDIS_URL=redis://" + c.Nodes[1].Redis().Addr)
	found, code = plain.doctor()
	want(t, found, "store", "failed", "names one node of a Cluster")
	if code != 2 {
		t.Errorf("exit %d with a node of a Cluster by a plain URL, want 2", code)
	}
	if _, errs, code := plain.Run("imports"); code != 2 || !strings.Contains(errs, "redis-cluster://") {
		t.Errorf("exit %d, want 2 and the URL to write: %s", code, errs)
	}

	c.Nodes[2].Kill()
	testkit.Eventually(t, "the others notice", func() bool {
		found, code = s.doctor()
		return code == 4
	})
	if text := found["store"] + found["cluster"]; !strings.Contains(text, "failed: ") {
		t.Errorf("a master is gone and doctor says %v", found)
	}
}

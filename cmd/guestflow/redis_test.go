package main

import (
	"net"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

func TestARedisThatTakesNoWritesEndsAnImportAsRedisTrouble(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t)
	host, port, err := net.SplitHostPort(master.Redis().Addr)
	if err != nil {
		t.Fatal(err)
	}
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	full := redistest.Start(t, "--maxmemory", "1")
	for name, c := range map[string]struct{ url, words string }{
		"it is full": {full.URL(), "Redis is full: give it more memory (maxmemory)"},
		"it is a demoted master": {replica.URL(),
			"Redis is a replica and takes no writes: name its master, or its Sentinels"},
		"it is not there": {"redis://127.0.0.1:1", "Redis does not answer at 127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "GUESTFLOW_REDIS_URL="+c.url)
			h.sandbox(sandbox.Options{Adjust: noLimits})
			_, errs, code := h.run("import", h.file("guests.csv", 3), event, template)
			if code != exit.Store || !strings.Contains(errs, c.words) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, exit.Store, c.words, errs)
			}
			out, _, code := h.run("doctor")
			if code == exit.OK || !strings.Contains(out, "failed") {
				t.Errorf("doctor ends with %d and says\n%s", code, out)
			}
		})
	}
}

func TestAWrongRedisURLIsAMistakeOfUsageWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"redis://ann:s3cret@a,b", "redis-sentinel://ann:s3cret@a,b", "redis://ann:s3/cret@a",
		"s3cret"} {
		h := newHouse(t, "GUESTFLOW_REDIS_URL="+url)
		for _, args := range [][]string{{"config"}, {"doctor", "--json"}, {"imports", "-v"}} {
			out, errs, code := h.run(args...)
			if code != exit.Usage || !strings.Contains(errs, "GUESTFLOW_REDIS_URL") || strings.Contains(out+errs, "cret") {
				t.Errorf("%v with %s: exit %d\n%s%s", args, url, code, out, errs)
			}
		}
	}
	h := newHouse(t, "GUESTFLOW_REDIS_URL=redis-sentinel://ann@a,b/mymaster", "GUESTFLOW_REDIS_PASSWORD=s3cret",
		"GUESTFLOW_REDIS_SENTINEL_PASSWORD=s3cret")
	if out, errs, code := h.run("config"); code != exit.OK || strings.Contains(out+errs, "s3cret") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

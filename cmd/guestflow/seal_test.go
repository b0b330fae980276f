package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// texts are all that a Redis holds, as text.
func texts(t *testing.T, client *redis.Client) string {
	t.Helper()
	var all strings.Builder
	for _, key := range client.Keys(t.Context(), "*").Val() {
		fmt.Fprintln(&all, key, client.Get(t.Context(), key).Val(), client.HGetAll(t.Context(), key).Val(),
			client.XRange(t.Context(), key, "-", "+").Val(),
			client.LRange(t.Context(), key, 0, -1).Val(), client.ZRange(t.Context(), key, 0, -1).Val(),
			client.SMembers(t.Context(), key).Val())
	}
	return strings.ToLower(all.String())
}

func TestNothingOfARefusedGuestIsInClearInRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	keys := "GUESTFLOW_TOKEN_KEYS=" + strings.Repeat("ab", 32)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL(), keys)...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.env = append(h.env, "GUESTFLOW_API_URL="+gossip(t, strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")))
	h.write("guests.csv", "First Name,Last Name,Email,Tags\n"+
		strings.ReplaceAll("P,P1,P@example.com,P\nP,Bad,2P@example.com,P\n", "P", poison))
	// One process of the fleet imports, another one works: each has a state folder of its own, and the keys.
	if out, errs, code := h.run("import", "guests.csv", event, template, "--state-dir=importer"); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	clear := strings.ToLower(poison)
	if all := texts(t, client); strings.Contains(all, clear) {
		t.Errorf("a queued guest is in clear: %s", around(all, clear))
	}
	d, _ := h.served("--state-dir=worker")
	out, errs, code := h.run("import", "guests.csv", event, template, "--wait", "--state-dir=importer")
	if code != exit.Attention {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if all := texts(t, client); strings.Contains(all, clear) {
		t.Errorf("a refused guest is in clear: %s", around(all, clear))
	}
	d.End(syscall.SIGTERM)
	if out, errs, code = h.run("report", "--state-dir=importer"); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	found := ""
	results, _ := filepath.Glob(h.dir + "/*-result.csv")
	for _, path := range results {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found += string(raw)
	}
	if !strings.Contains(found, poison+": [address] is bad") {
		t.Errorf("the report does not say what Qflow said: %s\n%s", out, found)
	}
}

func around(text, what string) string {
	i := strings.Index(text, what)
	return text[max(i-100, 0):min(i+100, len(text))]
}

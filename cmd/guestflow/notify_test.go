package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/notify"
	"guestflow/qflow/sandbox"
)

// Promise: each event is sent once, however many processes there are.
func TestTheEndOfAnImportIsToldOnceByTwoProcesses(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []notify.Event
	var beats atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/beat" {
			beats.Add(1)
			return
		}
		body, _ := io.ReadAll(r.Body)
		var e notify.Event
		if err := json.Unmarshal(body, &e); err != nil || !strings.HasPrefix(r.Header.Get("webhook-signature"), "v1,") {
			t.Errorf("received %s, signed %q", body, r.Header.Get("webhook-signature"))
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, e)
	}))
	t.Cleanup(receiver.Close)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(),
		"GUESTFLOW_NOTIFY_URL="+receiver.URL+"/hook",
		"GUESTFLOW_HEARTBEAT_URL="+receiver.URL+"/beat")...)
	h.env = append(h.env, "GUESTFLOW_NOTIFY_SECRET_FILE="+h.write("secret", "a secret of sixteen bytes or more"))
	h.sandbox(sandbox.Options{Adjust: noLimits})
	for range 2 {
		h.start("running", "run")
	}
	h.must("import", h.file("guests.csv", 30), event, template, "--wait")
	count := func(kind notify.Kind) (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range told {
			if e.Kind == kind {
				n++
			}
		}
		return n
	}
	testkit.Eventually(t, "both are healthy", func() bool { return beats.Load() > 1 })
	testkit.Eventually(t, "it is told", func() bool { return count(notify.ImportFinished) > 0 })
	h.must("import", h.file("more.csv", 10, "Eve,Lee,eve@example.com"), event, template, "--wait")
	testkit.Eventually(t, "the next one is told", func() bool { return count(notify.ImportFinished) > 1 })
	if n := count(notify.ImportFinished); n != 2 {
		t.Fatalf("%d events for two imports: %+v", n, told)
	}
	for _, e := range told {
		if strings.Contains(e.Text+e.Title, "@") {
			t.Errorf("an event with a guest's address: %+v", e)
		}
	}
}

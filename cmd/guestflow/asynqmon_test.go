package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/hibiken/asynq"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// shownQueue is what Asynqmon shows of one.
type shownQueue struct {
	Queue   string
	Pending int
	Paused  bool
}

// shownQueues are all that Asynqmon shows, by name.
func shownQueues(t *testing.T, at string) map[string]shownQueue {
	t.Helper()
	code, text := visit(t, at+"/asynqmon/api/queues")
	var list struct{ Queues []shownQueue }
	if err := json.Unmarshal([]byte(text), &list); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s, %v", code, text, err)
	}
	named := map[string]shownQueue{}
	for _, q := range list.Queues {
		named[q.Queue] = q
	}
	return named
}

// push presses one of Asynqmon's buttons.
func push(t *testing.T, at, button string) {
	t.Helper()
	resp, err := http.Post(at+"/asynqmon/api/queues/"+button, "", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s: %d", button, resp.StatusCode)
	}
}

func TestAsynqmonShowsTheParkedQueuePausedWhileItsGateIsClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_PROBE_INTERVALS=1h")...)
	box := h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	_, at := h.with("GUESTFLOW_ASYNQMON_WRITES=true").served()
	h.must("import", h.file("guests.csv", 20, "Ann poison,Lee poison,poison@guests.example"), event, template)
	testkit.Eventually(t, "every row is parked",
		func() bool { return h.status().Counts["parked"]+h.status().Counts["parked-tried"] == 21 })
	parked := queue.ParkedQueue("sandbox", qflow.GateTrust)
	testkit.Eventually(t, "it is shown", func() bool { return shownQueues(t, at)[parked].Paused })
	if _, has := shownQueues(t, at)[chunk.Short.Queue("sandbox")]; !has {
		t.Errorf("the queues are %+v", shownQueues(t, at))
	}
	for _, path := range []string{"queues/" + parked + "/pending_tasks?size=100", "servers", "queues/" + parked} {
		if _, text := visit(t, at+"/asynqmon/api/"+path); strings.Contains(text, "poison") ||
			!strings.Contains(text, parked) {
			t.Errorf("%s: %s", path, text)
		}
	}
	if code, page := visit(t, at+"/asynqmon"); code != http.StatusOK ||
		!strings.Contains(page, "/asynqmon/static/js/main.") {
		t.Errorf("%d: %.300s", code, page)
	}
	box.Adjust(func(s *sandbox.Switches) { s.Trusted = true })
	push(t, at, parked+":resume") // which has the gate probed
	testkit.Eventually(t, "everything goes out",
		func() bool { return h.status().Counts["accepted"] == 21 && !shownQueues(t, at)[parked].Paused })
}

// Archiving tasks with a tool of Asynq's own hides their rows from the workers, not from guestflow.
func TestWhatAsynqsToolsHoldUpIsToldAndGoesOn(t *testing.T) {
	t.Parallel()
	server, lane := redistest.Start(t), chunk.Short.Queue("sandbox")
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	_, at := h.with("GUESTFLOW_ASYNQMON_WRITES=true").served()
	h.must("import", h.file("first.csv", 1), event, "--wait") // so that there is a queue
	push(t, at, lane+":pause")
	h.must("import", h.file("second.csv", 20), event, template)
	tool := asynq.NewInspectorFromRedisClient(redistest.Connect(t, server))
	tasks, err := tool.ListPendingTasks(lane)
	if err != nil || len(tasks) == 0 || tool.ArchiveTask(lane, tasks[0].ID) != nil {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	if out := h.must("status"); !strings.Contains(out, "the queue "+lane+" was paused") ||
		!strings.Contains(out, "1 task is in Asynq's archive") {
		t.Fatal(out)
	}
	push(t, at, lane+":resume")
	testkit.Eventually(t, "all but one have gone out",
		func() bool { return shownQueues(t, at)[lane].Pending == 0 && h.status().Counts["accepted"] > 0 })
	if out := h.must("status"); !strings.Contains(out, "1 task is in Asynq's archive") {
		t.Fatal(out)
	}
	push(t, at, lane+"/archived_tasks:run_all")
	testkit.Eventually(t, "all have gone out", func() bool { return h.status().Counts["accepted"] == 20 })
}

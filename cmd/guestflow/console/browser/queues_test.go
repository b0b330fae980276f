package browser

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

// TestAViewerSeesTheQueuesAndNoGuestInThem drives Asynqmon in its place: what it shows is true, it looks like itself
// although the console's policy is strict, and what it fetches tells a viewer of no guest and no secret.
func TestAViewerSeesTheQueuesAndNoGuestInThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=15m")
	h.user("vera")
	h.adjust(untrusted)
	h.serve("--users=users")
	h.imports(h.file("gala.csv", 30), template)
	b := h.open()
	b.visit(h.site + "/asynqmon/")
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.logIn("vera", passwordOf("vera"))
	b.untilText("parked:sandbox")
	b.untilText("guests:sandbox")
	b.untilText("paused")
	b.picture("queues-light-desktop")
	queue := evaluate[string](b,
		`fetch("/asynqmon/api/queues").then(r => r.json()).then(a => a.queues.find(q => q.queue.startsWith("parked") && q.paused && q.pending > 0).queue)`)
	for _, path := range []string{"queues", "queues/" + queue, "queues/" + queue + "/pending_tasks", "servers",
		"redis_info"} {
		said := evaluate[string](b, fmt.Sprintf(`fetch("/asynqmon/api/%s").then(r => r.text())`, path))
		for _, private := range []string{"party.example", "Lee 1", sandbox.Defaults().Password,
			sandbox.Defaults().ClientSecret} {
			if strings.Contains(said, private) {
				t.Errorf("%s tells a viewer %s: %s", path, private, said)
			}
		}
	}
	b.visit(h.site + "/asynqmon/queues/" + queue + "?status=pending")
	b.until("lists tasks", `document.querySelectorAll("tbody tr").length > 0`)
	b.picture("queue-light-desktop")
	if text := b.text(); strings.Contains(text, "party.example") {
		t.Errorf("a task shows a guest: %s", text)
	}
	b.expect("403")
	if status := evaluate[int](b,
		fmt.Sprintf(`fetch("/asynqmon/api/queues/%s:resume", {method: "POST"}).then(r => r.status)`,
			queue)); status < 400 {
		t.Errorf("a viewer resumes a queue: %d", status)
	}
}

// untilText waits for words on a page that is not the console's own.
func (b *tab) untilText(words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("says %q", words), fmt.Sprintf(`document.body.innerText.includes(%q)`, words))
}

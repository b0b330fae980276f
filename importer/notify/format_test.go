package notify_test

import (
	"encoding/json"
	"strings"
	"testing"

	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

// Chats take bodies of their own, and names of files give them no commands.
func TestAChatGetsAnEventInItsOwnFormat(t *testing.T) {
	r := newReceiver(t, nil)
	e := notify.Event{ID: "event-1", Kind: notify.SourceFailed, Account: "main", Title: "<!channel> [x](http://evil).csv",
		Text: "do *this*"}
	for format, wants := range map[notify.Format]string{
		notify.Slack: `"text":"&lt;!channel&gt; [x](http://evil).csv\ndo *this*\nAccount main"`,
		notify.Teams: `"text":"<!channel> \\[x\\](http://evil).csv"`,
		notify.JSON:  `"kind":"source.failed"`,
	} {
		c, err := notify.WebhookIn("webhook", secret.Text(r.URL), secret.Text(signWith), format)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		body := r.bodies[len(r.bodies)-1]
		var any map[string]any
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(body)
		if err := json.Unmarshal([]byte(body), &any); err != nil || !strings.Contains(plain, wants) {
			t.Errorf("%s gets %s, %v", format, body, err)
		}
	}
}

package qflow_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

func TestAWebhookIsRegisteredRotatedAndDeleted(t *testing.T) {
	t.Parallel()
	_, c := box(t, sandbox.Options{})
	const url = "https://guests.example/webhooks/qflow"
	if _, out := c.WebhookURL(t.Context()); out.Kind != qflow.Refused || out.Status != http.StatusNotFound {
		t.Fatalf("before it is registered: %v", out.Err())
	}
	first, out := c.RegisterWebhook(t.Context(), url)
	if out.Kind != qflow.Accepted || first.URL != url || len(first.Secret.Reveal()) != 64 {
		t.Fatalf("registered: %v, %s", out.Err(), first.URL)
	}
	if got, out := c.WebhookURL(t.Context()); got != url {
		t.Fatalf("shown: %q, %v", got, out.Err())
	}
	second, out := c.RotateWebhook(t.Context())
	if out.Kind != qflow.Accepted || second.URL != url || !second.Secret.Set() || second.Secret == first.Secret {
		t.Fatalf("rotated: %v", out.Err())
	}
	if out := c.TestWebhook(t.Context()); out.Kind != qflow.Accepted {
		t.Fatalf("tested: %v", out.Err())
	}
	if out := c.DeleteWebhook(t.Context()); out.Kind != qflow.Accepted {
		t.Fatalf("deleted: %v", out.Err())
	}
	if _, out := c.RotateWebhook(t.Context()); out.Status != http.StatusNotFound {
		t.Fatalf("rotated after it was deleted: %v", out.Err())
	}
}

func TestASecretThatIsNotShownIsNoSecret(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"no secret": `{"url":"https://x"}`, "an empty one": `{"secret":""}`, "no JSON": `<html>`, "nothing": ``, "a number": `{"secret":5}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, nil, says(http.StatusOK, body))
			if _, out := b.RegisterWebhook(t.Context(), "https://x"); out.Kind != qflow.Ambiguous {
				t.Errorf("registered: %v", out.Kind)
			}
			if _, out := b.RotateWebhook(t.Context()); out.Kind != qflow.Ambiguous {
				t.Errorf("rotated: %v", out.Kind)
			}
		})
	}
}

func TestAWebhookDoesNotPrintItsSecret(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusOK, `{"Url":"https://x","Secret":"hunter2"}`))
	w, out := b.RotateWebhook(t.Context())
	if out.Kind != qflow.Accepted || w.Secret.Reveal() != "hunter2" {
		t.Fatalf("other casing is not read: %v", out.Err())
	}
	if got := fmt.Sprintf("%v %+v %#v", w, w, w); strings.Contains(got, "hunter2") {
		t.Fatalf("it prints %s", got)
	}
}

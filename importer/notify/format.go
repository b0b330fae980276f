package notify

import (
	"encoding/json"
	"fmt"
	"strings"
)

var (
	slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	teamsText = strings.NewReplacer("[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_")
)

// Format is the body that a webhook gets.
type Format string

// The formats. Chats take no others than their own.
const (
	JSON  Format = "json"
	Slack Format = "slack" // an incoming webhook of Slack, and of what speaks like it
	Teams Format = "teams" // a workflow of Microsoft Teams that posts an adaptive card
)

// body is an event in a format. Slack reads signs of its own in a text, which names of files may hold.
func (f Format) body(e Event) ([]byte, error) {
	var v any = e
	switch f {
	case JSON, "":
	case Slack:
		v = map[string]any{"text": slackText.Replace(e.Title + "\n" + e.Text + "\nAccount " + e.Account)}
	case Teams:
		block := func(text, weight string) map[string]any {
			return map[string]any{"type": "TextBlock", "text": teamsText.Replace(text), "wrap": true, "weight": weight}
		}
		v = map[string]any{"type": "message", "attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content": map[string]any{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
				"body": []any{block(e.Title, "Bolder"), block(e.Text, "Default"), block("Account "+e.Account, "Lighter")},
			},
		}}}
	default:
		return nil, fmt.Errorf("%q is no format of a notification", f)
	}
	return json.Marshal(v)
}

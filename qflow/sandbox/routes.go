package sandbox

import (
	"net/http"
	"strings"
)

// Endpoint is the short name of an API operation in the History and in faults.
type Endpoint string

// The endpoints. Any stands for all of them in a Fault.
const (
	Any           Endpoint = "any"
	Token         Endpoint = "token"
	Authorize     Endpoint = "authorize"
	CreateGuest   Endpoint = "guest"
	BulkGuests    Endpoint = "bulk"
	ListGuests    Endpoint = "guests"
	CheckIn       Endpoint = "checkin"
	CreateEvent   Endpoint = "event"
	ListTemplates Endpoint = "templates"
	SaveTemplate  Endpoint = "template"
	Send          Endpoint = "send"
	GetWebhook    Endpoint = "webhook_get"
	SetWebhook    Endpoint = "webhook"
	RotateWebhook Endpoint = "webhook_rotate"
	TestWebhook   Endpoint = "webhook_test"
	DeleteWebhook Endpoint = "webhook_delete"
	Unrouted      Endpoint = "unrouted"
)

// eventPath marks an endpoint whose last path segment is an event id.
const eventPath = "/guests/"

var checkInPaths = map[string]Endpoint{
	"POST /guest":         CreateGuest,
	"POST " + eventPath:   BulkGuests,
	"GET " + eventPath:    ListGuests,
	"POST /guest/checkin": CheckIn,
	"POST /event":         CreateEvent,
}

var commsPaths = map[string]Endpoint{
	"GET /templates":       ListTemplates,
	"POST /template":       SaveTemplate,
	"POST /send":           Send,
	"GET /webhook":         GetWebhook,
	"POST /webhook":        SetWebhook,
	"POST /webhook/rotate": RotateWebhook,
	"POST /webhook/test":   TestWebhook,
	"POST /webhook/delete": DeleteWebhook,
}

// routes is the layout as a table, so that finding an endpoint is one map lookup.
func routes(layout Layout) map[string]Endpoint {
	table := map[string]Endpoint{}
	if layout != LayoutFlat {
		mount(table, "/checkin/v1/api", checkInPaths)
		mount(table, "/comms/v1/api/comms", commsPaths)
	}
	if layout != LayoutProduct {
		mount(table, "/api", checkInPaths)
		mount(table, "/api/comms", commsPaths)
	}
	return table
}

func mount(table map[string]Endpoint, prefix string, paths map[string]Endpoint) {
	for path, at := range paths {
		method, rest, _ := strings.Cut(path, " ")
		table[method+" "+prefix+rest] = at
	}
}

// route finds the endpoint and the event id of the path, if it has one.
func (s *Sandbox) route(r *http.Request) (Endpoint, string) {
	if at, ok := s.routes[r.Method+" "+r.URL.Path]; ok {
		return at, ""
	}
	if i := strings.LastIndexByte(r.URL.Path, '/'); i >= 0 {
		if at, ok := s.routes[r.Method+" "+r.URL.Path[:i+1]]; ok {
			return at, r.URL.Path[i+1:]
		}
	}
	return s.identity.route(r, s.options.Dialects), ""
}

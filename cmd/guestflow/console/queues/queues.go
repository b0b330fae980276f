// Package queues serves Asynqmon inside the console. Asynqmon has no login and no protection against pages of other
// sites, and shows and does everything that Asynq can. Package access provides the first two; this package the rest:
// payloads are described and not shown, what may quote a guest needs the right to see guests' data, and only those
// buttons work after which every row is still accounted for.
//
// Its trade-off: Asynqmon is used as it is published, and its responses are changed before they are sent. So it can be
// upgraded without patching, and buttons that only explain why they are refused stay visible if writing is allowed.
package queues

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/hibiken/asynqmon"
	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
)

// Path is the path of Asynqmon.
const Path = "/asynqmon/"

// api is the path of its API.
const api = Path + "api/"

// Site is Asynqmon inside the console.
type Site struct {
	accounts       []*operate.Account
	writes         bool         // operators may steer
	shows, steered http.Handler // Asynqmon without its buttons and with them
	log            *slog.Logger
}

// New serves all queues of a Redis, whose client it does not close. With writes, operators can steer those of the
// accounts.
func New(client redis.UniversalClient, accounts []*operate.Account, writes bool, log *slog.Logger) *Site {
	s := &Site{accounts: accounts, writes: writes, log: log}
	monitor := func(readOnly bool) http.Handler {
		return asynqmon.New(asynqmon.Options{
			RootPath: Path, RedisConnOpt: shared{client}, ReadOnly: readOnly,
			PayloadFormatter: asynqmon.PayloadFormatterFunc(s.payload),
			ResultFormatter:  asynqmon.ResultFormatterFunc(result),
		})
	}
	s.shows, s.steered = monitor(true), monitor(false)
	return s
}

// shared passes Asynqmon an existing client. Asynqmon would close it, so Asynqmon itself is never closed.
type shared struct{ client redis.UniversalClient }

func (s shared) MakeRedisClient() any { return s.client }

// ServeHTTP serves admitted requests: package access must wrap it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.steer(w, r)
		return
	}
	user := access.UserFrom(r.Context())
	if r.URL.Path == api+"redis_info" && !user.Operator {
		refuse(w, "Information about Redis is for operators.")
		return
	}
	monitor := s.shows
	if s.writes && user.Operator {
		monitor = s.steered
	}
	a := capture(monitor, limitPageSize(r))
	switch {
	case a.isPage():
		a.embed()
	case strings.HasPrefix(r.URL.Path, api):
		a.redact(user)
	case strings.HasPrefix(r.URL.Path, Path+"static/"):
		a.header.Set("Cache-Control", "private, max-age=31536000, immutable") // their names change with their content
	}
	a.send(w)
}

// maxTasks is the longest list of tasks: the most that Asynqmon's page offers. A size of 0 would list all.
const maxTasks = 100

// limitPageSize bounds the size of a list.
func limitPageSize(r *http.Request) *http.Request {
	query := r.URL.Query()
	n, err := strconv.Atoi(query.Get("size"))
	if err != nil || n > 0 && n <= maxTasks {
		return r
	}
	query.Set("size", strconv.Itoa(maxTasks))
	r = r.Clone(r.Context())
	r.URL.RawQuery = query.Encode()
	return r
}

// refuse writes a refusal, which Asynqmon's page shows.
func refuse(w http.ResponseWriter, why string) { http.Error(w, why, http.StatusForbidden) }

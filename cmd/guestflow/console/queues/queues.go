// Package queues shows Asynqmon inside the console. Asynqmon has no login, no protection against other sites' pages, and shows
// and does all that Asynq can. Package access is around it for the first two; this package sees to the rest: payloads are told and
// not shown, what may quote a guest is for those who may see guests' data, and of its buttons only those work after which every
// row is still accounted for.
//
// Its trade-off: Asynqmon stays as it is published, and what it answers is looked through before it leaves. So it can be renewed
// without mending, and buttons that do nothing but explain themselves stay visible where writing is allowed.
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

// Path is where Asynqmon is.
const Path = "/asynqmon/"

// api is where its page asks for what it shows.
const api = Path + "api/"

// Site is Asynqmon as this console shows it.
type Site struct {
	accounts       []*operate.Account
	writes         bool         // operators may steer
	shows, steered http.Handler // Asynqmon without its buttons and with them
	log            *slog.Logger
}

// New shows all queues of a Redis, which it neither opens nor closes. Those of the accounts can be steered if writes says so.
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

// shared has Asynqmon use the client that there is. Asynqmon would close it, so it is never closed itself.
type shared struct{ client redis.UniversalClient }

func (s shared) MakeRedisClient() any { return s.client }

// ServeHTTP serves those who were let in. That is for package access to decide, which must be around it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.steer(w, r)
		return
	}
	user := access.UserFrom(r.Context())
	if r.URL.Path == api+"redis_info" && !user.Operator {
		refuse(w, "What Redis tells of itself is for operators.")
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
		a.header.Set("Cache-Control", "private, max-age=31536000, immutable") // their names change with what they hold
	}
	a.send(w)
}

// maxTasks is how many tasks are listed at a time: the most that Asynqmon's page offers. Who asks for 0 would get them all.
const maxTasks = 100

// limitPageSize keeps a list from being as long as somebody likes.
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

// refuse says no, in a sentence that Asynqmon's page shows.
func refuse(w http.ResponseWriter, why string) { http.Error(w, why, http.StatusForbidden) }

package queues

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/chunk"
)

// pausing and running are all that can be done here, below api. Whatever becomes of them, each task stays in its queue.
var (
	pausing = regexp.MustCompile(`^queues/([^/]+):(pause|resume)$`)
	running = regexp.MustCompile(`^queues/([^/]+)/(scheduled|retry|archived)_tasks(?:/([^/]+):run|:(run_all|batch_run))$`)
)

// What is refused, and what to do instead.
const (
	readOnly      = "The queues are only shown here. An operator may pause them and have tasks come back now if asynqmon_writes is true in the configuration."
	operatorsOnly = "Only operators may do that: your login may look at everything here, and change nothing."
	keepsRows     = "Each task stands for rows of a file, which would be lost without it, so tasks are not deleted, archived or cancelled here. Cancel the import instead: on its page, or by guestflow cancel."
	gateQueue     = "A gate pauses this queue while it is closed, and only then. To hold guests back pause their import: on its page, or by guestflow pause."
	foreignQueue  = "This queue is not one of guestflow's accounts that this process serves, so it is only shown."
)

// action is one thing to be done to a queue.
type action struct{ what, queue string }

// pause is what one of them is called.
const pause = "pause the queue"

// parseAction reads what a request wants; false if it is nothing that can be done.
func parseAction(r *http.Request) (action, bool) {
	path, below := strings.CutPrefix(r.URL.Path, api)
	if r.Method != http.MethodPost || !below {
		return action{}, false
	}
	if m := pausing.FindStringSubmatch(path); m != nil {
		return action{what: m[2] + " the queue", queue: m[1]}, true
	}
	m := running.FindStringSubmatch(path)
	if m == nil {
		return action{}, false
	}
	of := "chosen " + m[2] + " tasks"
	switch {
	case m[3] != "":
		of = "the task " + m[3]
	case m[4] == "run_all":
		of = "all " + m[2] + " tasks"
	}
	return action{what: "run " + of + " now", queue: m[1]}, true
}

// steer does something to a queue and writes it down, if it is allowed and to this user.
func (s *Site) steer(w http.ResponseWriter, r *http.Request) {
	user := access.UserFrom(r.Context())
	do, can := parseAction(r)
	i := slices.IndexFunc(s.accounts, func(a *operate.Account) bool { return a.Queues.Has(do.queue) })
	switch {
	case !s.writes:
		refuse(w, readOnly)
	case !user.Operator:
		refuse(w, operatorsOnly)
	case !can:
		refuse(w, keepsRows)
	case i < 0:
		refuse(w, foreignQueue)
	case do.what == pause && chunk.IsParked(do.queue): // to resume one has its gate probed
		refuse(w, gateQueue)
	default:
		s.do(w, r, s.accounts[i], operate.Actor{Name: user.Name, Via: "asynqmon"}, do)
	}
}

func (s *Site) do(w http.ResponseWriter, r *http.Request, account *operate.Account, who operate.Actor, do action) {
	var a *response
	err := account.SteerQueue(r.Context(), who, do.what, do.queue, func() error {
		if a = capture(s.steered, r); a.code >= http.StatusMultipleChoices {
			return fmt.Errorf("status %d: %s", a.code, strings.TrimSpace(a.body.String()))
		}
		return nil
	})
	switch {
	case a == nil:
		s.log.Error("a queue could not be steered", "what", do.what, "queue", do.queue, "error", err)
		http.Error(w, "Nothing was done; the log says why.", http.StatusInternalServerError)
		return
	case err != nil && a.code < http.StatusMultipleChoices:
		s.log.Error("a queue was steered, but that is not written down", "what", do.what, "queue", do.queue, "error", err)
		http.Error(w, "It was done, but could not be written down; the log says why.", http.StatusInternalServerError)
		return
	}
	a.send(w)
}

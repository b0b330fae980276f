package queues

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/queue"
)

// pausing and running are the only actions, below api. Whatever their result, each task stays in its queue.
var (
	pausing = regexp.MustCompile(`^queues/([^/]+):(pause|resume)$`)
	running = regexp.MustCompile(`^queues/([^/]+)/(scheduled|retry|archived)_tasks(?:/([^/]+):run|:(run_all|batch_run))$`)
)

// Refusals, and what to do instead.
const (
	readOnly = "The queues are read-only here. Operators may pause them and run tasks now if asynqmon_writes is " +
		"set."
	operatorsOnly = "Only operators may do that: your login may see everything here, but change nothing."
	keepsRows     = "Each task stands for rows of a file, which would be lost without it, so tasks are not deleted, " +
		"archived or cancelled here. Cancel the import instead: on its page, or by guestflow cancel."
	gateQueue = "Only a closed gate pauses this queue. To stop an import, pause it: on its page, or by guestflow " +
		"pause."
	foreignQueue = "This queue belongs to no account of this process, so it is read-only."
)

// action is an action on a queue.
type action struct{ what, queue string }

// pause is the name of the action that pauses.
const pause = "pause the queue"

// parseAction parses a request; false if it is no allowed action.
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

// steer runs an action on a queue, if it is allowed, and audits it.
func (s *Site) steer(w http.ResponseWriter, r *http.Request) {
	user := access.UserFrom(r.Context())
	do, can := parseAction(r)
	i := slices.IndexFunc(s.accounts, func(a *operate.Account) bool { return a.Queues.Owns(do.queue) })
	switch {
	case !s.writes:
		refuse(w, readOnly)
	case !user.Operator:
		refuse(w, operatorsOnly)
	case !can:
		refuse(w, keepsRows)
	case i < 0:
		refuse(w, foreignQueue)
	case do.what == pause && queue.IsParked(do.queue): // resuming one has its gate probed
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
		s.log.Error("an action on a queue failed", "what", do.what, "queue", do.queue, "error", err)
		http.Error(w, "Nothing was changed; the log has the details.", http.StatusInternalServerError)
		return
	case err != nil && a.code < http.StatusMultipleChoices:
		s.log.Error("an action on a queue could not be audited", "what", do.what, "queue", do.queue, "error", err)
		http.Error(w, "The action succeeded, but could not be audited; the log has the details.",
			http.StatusInternalServerError)
		return
	}
	a.send(w)
}

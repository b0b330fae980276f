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
	onlyShown = "The queues are only shown here. An operator may pause them and have tasks come back now if guestflow was started with --asynqmon-writes."
	operators = "Only operators may do that: your login may look at everything here, and change nothing."
	keepsRows = "Each task stands for rows of a file, which would be lost without it, so tasks are not deleted, archived or cancelled here. Cancel the import instead: on its page, or by guestflow cancel."
	gates     = "A gate pauses this queue while it is closed, and only then. To hold guests back pause their import: on its page, or by guestflow pause."
	strangers = "This queue is not one of guestflow's accounts that this process serves, so it is only shown."
)

// act is one thing to be done to a queue.
type act struct{ what, queue string }

// pause is what one of them is called.
const pause = "pause the queue"

// wanted reads what a request wants; false if it is nothing that can be done.
func wanted(r *http.Request) (act, bool) {
	path, below := strings.CutPrefix(r.URL.Path, api)
	if r.Method != http.MethodPost || !below {
		return act{}, false
	}
	if m := pausing.FindStringSubmatch(path); m != nil {
		return act{what: m[2] + " the queue", queue: m[1]}, true
	}
	m := running.FindStringSubmatch(path)
	if m == nil {
		return act{}, false
	}
	of := "chosen " + m[2] + " tasks"
	switch {
	case m[3] != "":
		of = "the task " + m[3]
	case m[4] == "run_all":
		of = "all " + m[2] + " tasks"
	}
	return act{what: "run " + of + " now", queue: m[1]}, true
}

// steer does something to a queue and writes it down, if it is allowed and to this user.
func (s *Site) steer(w http.ResponseWriter, r *http.Request) {
	user := access.From(r.Context())
	do, can := wanted(r)
	i := slices.IndexFunc(s.accounts, func(a *operate.Account) bool { return a.Queues.Has(do.queue) })
	switch {
	case !s.writes:
		refuse(w, onlyShown)
	case !user.Operator:
		refuse(w, operators)
	case !can:
		refuse(w, keepsRows)
	case i < 0:
		refuse(w, strangers)
	case do.what == pause && chunk.IsParked(do.queue): // to resume one has its gate probed
		refuse(w, gates)
	default:
		s.do(w, r, s.accounts[i], operate.Person{Name: user.Name, Via: "asynqmon"}, do)
	}
}

func (s *Site) do(w http.ResponseWriter, r *http.Request, account *operate.Account, who operate.Person, do act) {
	var a *answer
	err := account.SteerQueue(r.Context(), who, do.what, do.queue, func() error {
		if a = ask(s.steered, r); a.code >= http.StatusMultipleChoices {
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

package referee

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
)

// rules are what is unknown of Qflow. A field names the choice, its values stand where it is used.
type rules struct {
	Updates         bool // POST /guest for a guest that exists changes what it says; or the guest comes back as it is
	TemplateLater   bool // a guest made without a template is sent the first one that POST /guest names
	OtherTemplate   bool // one made with a template is sent another one
	AfterRefusal    bool // a guest whose email was refused is sent it by the same call made once more
	CheckedFirst    bool // the account is looked at before the guest: a repeat is refused too while it may not send
	CommsBeforeRow  bool // 403 comms_api_not_enabled comes before the guest is made
	KeptOnTrust     bool // the guest stays after 403 trust_required
	KeptOnUnknown   bool // and after an unknown 403
	KeptOnTemplate  bool // and after 404, 409 or 422 for the email
	RefusalOfEmail  int  // the status of that
	BulkRefusal     string
	BulkAnswer      string
	SendAgain       string // of an email that was sent before
	SendWord        string // the status of a send
	SendRefusedWord string // of one that comes to nothing, with 200; "" is a 422
	ErrorShape      string
	RecordShape     string
	EventOrder      string
	FailsEvery      int // so many emails fail on Qflow's side, or bounce, one in this number; 0 is none
	BouncesEvery    int
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func draw(r *rand.Rand) rules {
	yes := func() bool { return r.IntN(2) == 0 }
	return rules{
		Updates: r.IntN(4) == 0, TemplateLater: yes(), OtherTemplate: yes(), AfterRefusal: yes(), CheckedFirst: yes(),
		CommsBeforeRow: yes(),
		KeptOnTrust:    yes(), KeptOnUnknown: yes(), KeptOnTemplate: yes(), RefusalOfEmail: pick(r, 400, 404, 409, 422, 451),
		BulkRefusal: pick(r, "all 400", "in 200", "in 207", "rest kept, 400", "left out"), BulkAnswer: pick(r, "array",
			"results", "empty", "204"),
		SendAgain: pick(r, "as_is", "409", "resend"), SendWord: pick(r, "queued", "Queued", "sent", "pending", ""),
		SendRefusedWord: pick(r, "", "failed", "not_sent", "Skipped"),
		ErrorShape:      pick(r, "error", "code", "Error.Code", "text"), RecordShape: pick(r, "plain", "null", "Pascal",
			"more"),
		EventOrder: pick(r, "none", "late", "early", "mixed", "twice"), FailsEvery: pick(r, 0, 0, 4), BouncesEvery: pick(r,
			0, 0, 5),
	}
}

// moods are what changes while a game goes on.
type moods struct {
	trusted, allowed bool
	closedEvent      string  // answers 403 without a known code
	closedTemplate   string  // so do calls that name it
	trouble          float64 // share of calls that go wrong
}

// email is one that was queued.
type email struct {
	invitation, correlation string
	fate                    string // "", "failed" or "bounced"
}

// guest is an attendee as the referee keeps it.
type guest struct {
	id, event            string
	name, mail           string
	tags, notes          string
	template, correlated string             // of the call that made it
	emails               map[string][]email // by template
	refused              map[string]bool    // templates whose email POST /guest has refused, after the guest was made
}

// call is one line of the referee's diary.
type call struct {
	what, guest, template, correlation, tags string
	status                                   int
	did                                      string // what became of it: sent, made, as it is...
	lost                                     string // what became of the answer
}

// judge is the referee's Qflow.
type judge struct {
	t      *testing.T
	rules  rules
	server *httptest.Server

	mu      sync.Mutex
	random  *rand.Rand
	moods   moods
	guests  map[string]*guest // by id
	calls   []call
	bad     map[string]bool // names of guests whom Qflow takes in no form
	noEmail map[string]bool // names of guests whose email is refused
	sent    int
	tokens  int
	blurred map[string]bool   // guests that an answer has left in the dark, as no client can tell
	ids     map[string]string // event and name by id
	posts   []post            // events that were not told yet
	tell    func(post)        // delivers one
	called  chan struct{}     // has an element when a call has come
}

// post is an event of an email.
type post struct{ kind, invitation, attendee, event, template, correlation string }

var templates = map[string][]string{
	"11111111-aaaa-4333-8444-555555555501": {"22222222-aaaa-4333-8444-555555555501",
		"22222222-aaaa-4333-8444-555555555502"},
	"11111111-aaaa-4333-8444-555555555502": {"22222222-aaaa-4333-8444-555555555503"},
}

func newJudge(t *testing.T, r *rand.Rand) *judge {
	j := &judge{
		t: t, rules: draw(r), random: rand.New(rand.NewPCG(r.Uint64(),
			1)), guests: map[string]*guest{}, ids: map[string]string{}, bad: map[string]bool{},
		noEmail: map[string]bool{}, blurred: map[string]bool{}, moods: moods{trusted: true,
			allowed: true}, called: make(chan struct{}, 1),
	}
	j.server = httptest.NewServer(j)
	t.Cleanup(func() { j.server.CloseClientConnections(); j.server.Close() })
	return j
}

// reply is an answer before it leaves.
type reply struct {
	status int
	body   any
	diary  []call
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/core/connect/token" {
		j.mu.Lock()
		j.tokens++
		n := j.tokens
		j.mu.Unlock()
		write(w, 200, map[string]any{"access_token": fmt.Sprintf("access-%d", n),
			"refresh_token": fmt.Sprintf("refresh-%d", n), "expires_in": 3600, "token_type": "Bearer"})
		return
	}
	select {
	case j.called <- struct{}{}:
	default:
	}
	j.mu.Lock()
	trouble := ""
	if j.random.Float64() < j.moods.trouble {
		trouble = pick(j.random, "lost before", "lost after", "cut after", "500 before", "502 after", "html after",
			"200 error before", "200 error after")
	}
	var out reply
	if !strings.HasSuffix(trouble, "before") {
		out = j.answer(r, body)
	} else {
		out = reply{diary: j.nothing(r, body)}
	}
	for i := range out.diary {
		out.diary[i].status, out.diary[i].lost = out.status, trouble
	}
	j.calls = append(j.calls, out.diary...)
	early := j.due()
	j.mu.Unlock()
	for _, p := range early {
		j.tell(p)
	}
	switch what, _, _ := strings.Cut(trouble, " "); what {
	case "":
		write(w, out.status, out.body)
	case "lost":
		hangUp(w)
	case "cut":
		w.Header().Set("Content-Length", "400")
		w.WriteHeader(out.status)
		_, _ = io.WriteString(w, `{"id":"`)
		hangUp(w)
	case "500", "502":
		w.WriteHeader(map[string]int{"500": 500, "502": 502}[what])
		_, _ = io.WriteString(w, "<html>Bad gateway</html>")
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html>Welcome</html>")
	case "200":
		write(w, 200, map[string]any{"error": "internal_error", "message": "something went wrong"})
	}
}

func hangUp(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

func write(w http.ResponseWriter, status int, body any) {
	if text, is := body.(string); is {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

// wire is a guest as it is called for.
type wire struct {
	ID            string `json:"id"`
	EventID       string `json:"eventId"`
	FirstName     string `json:"firstName"`
	LastName      string `json:"lastName"`
	Email         string `json:"email"`
	Tags          string `json:"tags"`
	Notes         string `json:"additionalInfo"`
	Template      string `json:"commsTemplateId"`
	CorrelationID string `json:"correlationId"`
	AttendeeID    string `json:"attendeeId"`
	TemplateID    string `json:"templateId"`
}

// nothing writes down a call that was not looked at.
func (j *judge) nothing(r *http.Request, body []byte) (diary []call) {
	var list []wire
	if json.Unmarshal(body, &list) != nil {
		var one wire
		_ = json.Unmarshal(body, &one)
		list = []wire{one}
	}
	for _, w := range list {
		if event := cmp.Or(w.EventID, path.Base(r.URL.Path)); w.FirstName != "" {
			j.ids[w.ID] = event + w.FirstName
		}
		diary = append(diary, call{what: r.URL.Path, guest: cmp.Or(w.ID, w.AttendeeID),
			template: cmp.Or(w.Template, w.TemplateID), correlation: w.CorrelationID, tags: w.Tags, did: "nothing"})
	}
	return diary
}

func (j *judge) answer(r *http.Request, body []byte) reply {
	switch path := r.URL.Path; {
	case path == "/checkin/v1/api/guest":
		var w wire
		if json.Unmarshal(body, &w) != nil {
			return j.no(400, "validation_error")
		}
		j.ids[w.ID] = w.EventID + w.FirstName
		out := j.create(w)
		if len(out.diary) == 0 {
			out.diary = []call{{}}
		}
		c := &out.diary[0]
		c.what, c.guest, c.template, c.correlation, c.tags = "guest", w.ID, w.Template, w.CorrelationID, w.Tags
		return out
	case strings.HasPrefix(path, "/checkin/v1/api/guests/"):
		var list []wire
		if json.Unmarshal(body, &list) != nil || len(list) > 200 {
			return j.no(400, "validation_error")
		}
		return j.bulk(strings.TrimPrefix(path, "/checkin/v1/api/guests/"), list)
	case path == "/comms/v1/api/comms/send":
		var w wire
		if json.Unmarshal(body, &w) != nil {
			return j.no(400, "validation_error")
		}
		out := j.send(w)
		if len(out.diary) == 0 {
			out.diary = []call{{}}
		}
		c := &out.diary[0]
		c.what, c.guest, c.template, c.correlation = "send", w.AttendeeID, w.TemplateID, w.CorrelationID
		return out
	}
	return reply{status: 404}
}

// no is a refusal in the shape that this Qflow gives its errors.
func (j *judge) no(status int, code string) reply {
	out := reply{status: status, diary: []call{{did: "refused " + code}}}
	switch j.rules.ErrorShape {
	case "error":
		out.body = map[string]any{"error": code, "message": "no"}
	case "code":
		out.body = map[string]any{"code": code, "message": "no", "errors": nil}
	case "Error.Code":
		out.body = map[string]any{"Error": map[string]any{"Code": code, "Message": "no"}}
	default:
		out.body = "no: " + code
	}
	return out
}

func (j *judge) create(w wire) reply {
	m, r := j.moods, j.rules
	if w.Template != "" && !m.allowed && r.CommsBeforeRow {
		return j.no(403, "comms_api_not_enabled")
	}
	if j.bad[w.FirstName] {
		return j.no(400, "validation_error")
	}
	if templates[w.EventID] == nil {
		return j.no(404, "event_not_found")
	}
	g, existed := j.guests[w.ID]
	unknown := m.closedEvent == w.EventID || w.Template != "" && m.closedTemplate == w.Template
	if unknown && !existed && !r.KeptOnUnknown {
		return j.no(403, "forbidden")
	}
	did := "as it is"
	switch {
	case !existed:
		g = j.make(w, w.Template, w.CorrelationID)
		did = "made"
	case r.Updates:
		j.update(g, w)
		did = "updated"
	}
	drop := func() {
		if !existed {
			delete(j.guests, w.ID)
		}
	}
	if w.Template == "" {
		if unknown {
			return j.no(403, "forbidden")
		}
		return j.record(g, did)
	}
	known := existed && !r.CheckedFirst && !j.would(g, w)
	if known { // the guest comes back whatever the account may do now
		return j.record(g, did)
	}
	refuse := func(status int, code string, kept bool) reply {
		if kept {
			g.refused[w.Template] = true
			out := j.no(status, code)
			out.diary[0].did += ", guest kept"
			return out
		}
		drop()
		return j.no(status, code)
	}
	switch {
	case !m.allowed:
		return refuse(403, "comms_api_not_enabled", r.KeptOnTrust)
	case unknown:
		return refuse(403, "forbidden", r.KeptOnUnknown)
	case !slices.Contains(templates[w.EventID], w.Template):
		return refuse(404, "template_not_found", r.KeptOnTemplate)
	case j.noEmail[w.FirstName]:
		return refuse(r.RefusalOfEmail, pick(j.random, "spam_check_failed", "not_today"), r.KeptOnTemplate)
	case !m.trusted:
		return refuse(403, "trust_required", r.KeptOnTrust)
	}
	if !existed || j.would(g, w) {
		j.queue(g, w.Template, w.CorrelationID)
		did += ", sent"
	}
	return j.record(g, did)
}

// would reports whether a call for a guest who exists queues its email.
func (j *judge) would(g *guest, w wire) bool {
	switch {
	case len(g.emails[w.Template]) > 0: // documented: one email
		return false
	case g.refused[w.Template]:
		return j.rules.AfterRefusal
	case g.template == "" && len(g.emails) == 0:
		return j.rules.TemplateLater
	}
	return j.rules.OtherTemplate
}

func (j *judge) make(w wire, template, correlation string) *guest {
	g := &guest{id: w.ID, event: w.EventID, template: template, correlated: correlation, emails: map[string][]email{},
		refused: map[string]bool{}}
	j.update(g, w)
	j.guests[w.ID] = g
	return g
}

func (j *judge) update(g *guest, w wire) {
	g.name, g.mail, g.tags, g.notes = w.FirstName, w.Email, w.Tags, w.Notes
}

func (j *judge) queue(g *guest, template, correlation string) email {
	j.sent++
	e := email{invitation: uuid.NewString(), correlation: correlation}
	kinds := []string{"comms.sent", "comms.delivered"}
	switch {
	case j.rules.FailsEvery > 0 && j.sent%j.rules.FailsEvery == 0:
		e.fate, kinds = "failed", []string{"comms.failed"}
	case j.rules.BouncesEvery > 0 && j.sent%j.rules.BouncesEvery == 0:
		e.fate, kinds = "bounced", []string{"comms.sent", "comms.bounced"}
	}
	g.emails[template] = append(g.emails[template], e)
	if j.rules.EventOrder == "none" && e.fate == "" {
		return e
	}
	for _, k := range kinds {
		p := post{k, e.invitation, g.id, g.event, template, correlation}
		j.posts = append(j.posts, p)
		if j.rules.EventOrder == "twice" {
			j.posts = append(j.posts, p)
		}
	}
	return e
}

// due takes the events that are told before the answer leaves.
func (j *judge) due() []post {
	var early []post
	switch j.rules.EventOrder {
	case "early", "twice":
		early, j.posts = j.posts, nil
	case "mixed":
		j.random.Shuffle(len(j.posts), func(a, b int) { j.posts[a], j.posts[b] = j.posts[b], j.posts[a] })
		n := j.random.IntN(len(j.posts) + 1)
		early, j.posts = j.posts[:n:n], j.posts[n:]
	}
	return early
}

// late takes those that are reported some time later.
func (j *judge) late() []post {
	j.mu.Lock()
	defer j.mu.Unlock()
	late := j.posts
	j.posts = nil
	return late
}

func (j *judge) record(g *guest, did string) reply {
	fields := map[string]any{"id": g.id, "eventId": g.event, "firstName": g.name, "email": g.mail, "tags": g.tags,
		"additionalInfo": g.notes, "commsTemplateId": g.template, "correlationId": g.correlated}
	switch j.rules.RecordShape {
	case "null":
		for _, k := range []string{"commsTemplateId", "correlationId", "tags"} {
			if fields[k] == "" {
				fields[k] = nil
			}
		}
		fields["admitted"], fields["error"], fields["errors"] = nil, nil, []any{}
	case "Pascal":
		upper := map[string]any{}
		for k, v := range fields {
			upper[strings.ToUpper(k[:1])+k[1:]] = v
		}
		upper["Id"] = strings.ToUpper(g.id)
		fields = upper
	case "more":
		fields["links"], fields["status"], fields["success"] = map[string]any{"self": "/guest"}, "ok", true
	}
	return reply{status: 200, body: fields, diary: []call{{did: did}}}
}

func (j *judge) bulk(event string, list []wire) reply {
	m, r := j.moods, j.rules
	diary := func(w wire, did string) call { return call{what: "bulk", guest: w.ID, tags: w.Tags, did: did} }
	if templates[event] == nil {
		return j.no(404, "event_not_found")
	}
	var all, results []any
	var written []call
	out := reply{status: 200}
	refused := 0
	for _, w := range list {
		j.ids[w.ID] = event + w.FirstName
		if j.bad[w.FirstName] {
			refused++
		}
	}
	if m.closedEvent == event {
		out := j.no(403, "forbidden")
		out.diary = nil
		for _, w := range list {
			out.diary = append(out.diary, diary(w, "refused"))
		}
		return out
	}
	if refused > 0 && r.BulkRefusal == "all 400" {
		out := j.no(400, "validation_error")
		out.diary = nil
		for _, w := range list {
			out.diary = append(out.diary, diary(w, "refused"))
		}
		return out
	}
	for _, w := range list {
		if j.bad[w.FirstName] {
			written = append(written, diary(w, "refused"))
			results = append(results, map[string]any{"id": w.ID, "success": false,
				"error": map[string]any{"code": "validation_error", "message": "no"}})
			continue
		}
		if g := j.guests[w.ID]; g != nil {
			j.update(g, w)
		} else {
			w.EventID = event
			j.make(w, "", "")
		}
		written = append(written, diary(w, "written"))
		all = append(all, map[string]any{"id": w.ID, "firstName": w.FirstName})
		results = append(results, map[string]any{"id": w.ID, "success": true, "error": nil})
	}
	out.diary = written
	switch {
	case refused > 0 && r.BulkRefusal == "rest kept, 400":
		no := j.no(400, "validation_error")
		no.diary = written
		return no
	case refused > 0 && r.BulkRefusal == "left out":
		if len(all) == 0 { // an empty list is also what a Qflow may answer that lists nothing at all
			for _, w := range list {
				j.blurred[w.ID] = true
			}
		}
		out.body = append([]any{}, all...)
	case refused > 0:
		out.body = results
		if r.BulkRefusal == "in 207" {
			out.status = 207
		}
	case r.BulkAnswer == "204":
		out.status = 204
	case r.BulkAnswer == "empty":
		out.body = []any{}
		if r.BulkRefusal == "left out" {
			out.body = all
		}
	case r.BulkAnswer == "results":
		out.body = map[string]any{"results": results, "failed": 0, "errors": []any{}}
	default:
		out.body = all
	}
	return out
}

func (j *judge) send(w wire) reply {
	m, r := j.moods, j.rules
	g := j.guests[w.AttendeeID]
	switch {
	case !m.allowed:
		return j.no(403, "comms_api_not_enabled")
	case g == nil:
		return j.no(404, "attendee_not_found")
	case m.closedEvent == g.event, m.closedTemplate == w.TemplateID:
		return j.no(403, "forbidden")
	case !slices.Contains(templates[g.event], w.TemplateID):
		return j.no(404, "template_not_found")
	case !m.trusted:
		return j.no(403, "trust_required")
	}
	invitation := func(id string, did string) reply {
		fields := map[string]any{"attendeeInvitationId": id, "error": nil}
		if r.SendWord != "" {
			fields["status"] = r.SendWord
		}
		return reply{status: 200, body: fields, diary: []call{{did: did}}}
	}
	if j.noEmail[g.name] {
		if r.SendRefusedWord == "" {
			return j.no(422, "previous_send_permanently_failed")
		}
		return reply{status: 200, body: map[string]any{"attendeeInvitationId": uuid.NewString(),
			"status": r.SendRefusedWord}, diary: []call{{did: "not sent"}}}
	}
	if before := g.emails[w.TemplateID]; len(before) > 0 {
		last := before[len(before)-1]
		switch {
		case last.fate == "bounced":
			return j.no(422, "previous_send_permanently_failed")
		case last.fate == "failed": // the documented retry
		case r.SendAgain == "as_is":
			return invitation(last.invitation, "as it is")
		case r.SendAgain == "409":
			return j.no(409, "already_sent")
		}
	}
	return invitation(j.queue(g, w.TemplateID, w.CorrelationID).invitation, "sent")
}

// mood changes something.
func (j *judge) mood(change func(*moods)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.moods)
}

package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/worker/budget"
)

// planShown is the preview of an upload.
type planShown struct {
	Upload   upload
	Settings importer.Settings
	Plan     *importer.Plan // nil if the file cannot be read so, or is being read
	Reading  *readingShown  // until it is read
	Columns  importer.Columns
	Format   string
	Fault    string          // why it cannot be imported as it is
	Answers  []answerShown   // to the question that is the fault
	Together []questionShown // all questions of the file, where there are several
	Statuses []statusShown   // what columns say of whether rows are meant
	Values   bool            // guests' data may be shown
	Limits   budget.Limits
	Duration string
	Window   *operate.Window // in which its emails leave; nil for at any time

	Redacted    bool // the columns have no names here: without a known header they may be a guest
	Fields      []fieldShown
	Headers     []choice
	header      []string // of the file
	Table       []columnShown
	Sheets      []string
	MoreColumns int // that are not listed

	AskSheet bool // by name, since they are not known
	Profiles []string
	Events   []string
	Offered  templateOffer
	Doubts   []string // about the templates' tokens
	Template string   // as it is chosen in the form
	Codes    []count
	Warnings []count

	Same    *ledger.Import  // of the same file and settings
	Resumes bool            // it was begun and is not enqueued to its end
	Earlier []ledger.Import // of the same file with other settings
	Seen    string          // what start is to be about
	Asks    bool            // another operator has to approve it
	Starts  string          // when it begins, if not at once
}

// readingShown is how far a file is read.
type readingShown struct {
	Queued     bool // for others that are being read
	Read, Size string
	Rows       int
	Bytes      int64
}

// planPage shows what an import of an upload would do.
func (s *Site) planPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Operator {
		return page{}, errOperator
	}
	u, err := r.upload(ctx, r.PathValue("upload"))
	if err != nil {
		return page{}, err
	}
	p := page{Template: "plan", Title: u.Name}
	shown := planShown{Upload: u, Values: r.User.Guests, Profiles: r.Profiles}
	p.Data = &shown
	if u.Started() {
		return p, nil
	}
	if err := s.readFile(ctx, r, &shown, pageWait); err != nil {
		return p, err
	}
	shown.Statuses = shown.statuses()
	if p.follows(r, shown.Reading == nil); shown.Reading != nil {
		return p, nil
	}
	if shown.Events, err = r.events(ctx); err != nil {
		return p, err
	}
	rules := shown.Settings.Hold
	if shown.Plan != nil {
		rules = shown.Plan.Settings.Hold
	}
	shown.Asks = r.mayApprove(rules, u.Origin.By) != nil
	return p, r.compare(ctx, &shown)
}

// readFile reads the file as it is wished, for a while at most. A fault may quote the file.
func (s *Site) readFile(ctx context.Context, r *request, shown *planShown, while time.Duration) error {
	err := s.read(ctx, r, shown, while)
	if shown.Redacted {
		shown.Fault = unquoted(shown.Fault)
	}
	return err
}

func (s *Site) read(ctx context.Context, r *request, shown *planShown, while time.Duration) error {
	to, fault, err := r.settings(shown.Upload)
	if err != nil {
		return err
	}
	if fault == "" && operate.NamesTemplate(to.Spec) {
		fault = s.previews.offerTemplates(ctx, r.Account, to.Event).resolve(&to.Spec)
	}
	shown.Settings, shown.Window = to, operate.WindowOfSpec(to.Spec, time.Now())
	if fault != "" {
		shown.Fault = fault
		found, err := s.previews.peek(ctx, shown.Upload, shown.Upload.Request().Sheet, while)
		shown.setPreview(found, err)
		return nil // what is wrong with the wish is to be mended first
	}
	found, err := s.previews.preview(ctx, shown.Upload, to, while)
	if shown.setPreview(found, err); shown.Reading != nil {
		return nil
	}
	if err := shown.refuse(err); err != nil {
		return err
	}
	shown.Offered = s.previews.offerTemplates(ctx, r.Account, to.Event)
	if shown.Plan == nil {
		return nil
	}
	if err := shown.Plan.Refused(); err != nil {
		if unusable, is := errors.AsType[*importer.FileError](err); is && !unusable.NeedsAnswer {
			unusable.Advice = "correct the file, or choose below what is taken from where" // its own is for the command line
		}
		return shown.refuse(err)
	}
	shown.Fault, shown.Doubts = shown.Offered.fault(*shown.Plan), shown.Offered.doubts(*shown.Plan)
	return nil
}

// refuse sets the fault, and the answers that it has if it is a question.
func (p *planShown) refuse(err error) error {
	p.Answers, p.Together = answers(err, p.Values, !p.Redacted), together(err, p.Values, !p.Redacted)
	if fault, is := errors.AsType[*importer.FileError](err); is && len(p.Answers) > 0 {
		asked := *fault // the preview is shared with other users
		asked.Advice = "choose below what is meant, or correct the file"
		err = &asked
	}
	var failed error
	p.Fault, failed = faultOf(err)
	return failed
}

// setPreview takes over what is known of the file by now.
func (p *planShown) setPreview(now jobState[preview], err error) {
	so := now.SoFar
	if !now.Done && err == nil {
		p.Reading = &readingShown{Queued: now.Queued, Read: bytesOf(so.Bytes), Size: bytesOf(p.Upload.Size), Rows: so.Rows,
			Bytes: so.Bytes}
	}
	p.Plan = so.Plan
	p.columns(so)
}

// settings are those of the wish. What is wrong with it is a fault that its person can mend.
func (r *request) settings(u upload) (to importer.Settings, fault string, err error) {
	asked := u.Request()
	if asked.Profile != "" && !slices.Contains(r.Profiles, asked.Profile) {
		return to, "the profile " + asked.Profile + " is gone", nil
	}
	if of, err := r.Account.Settings(spec.Spec{Profile: asked.Profile}); err == nil {
		asked.Zone = of.Zone
	}
	if err := importer.Check(asked); err != nil {
		return to, err.Error(), nil // it is the person's, who mends it in the form
	}
	to, err = r.Account.Settings(asked)
	to.Again = asked.Again
	if u.NoEmail {
		to.Template = ""
	}
	to.ShowValues, to.PreviewRows = r.User.Guests, 0
	if r.User.Guests {
		to.PreviewRows = previewRows
	}
	return to, "", err
}

// faultOf makes a sentence of what is wrong with a file. It leaves out where the file lies here.
func faultOf(err error) (string, error) {
	switch e := err.(type) { //nolint:errorlint // plans give them as they are
	case nil:
		return "", nil
	case *importer.FileError:
		where := ""
		if e.Line > 0 {
			where = fmt.Sprintf("line %d: ", e.Line)
		}
		return where + e.Problem + "; " + e.Advice, nil
	case *importer.RejectsError:
		return e.Problem() + "; " + e.Advice(), nil
	case *problem:
		if e.status == http.StatusUnprocessableEntity {
			return e.Text, nil
		}
	}
	return "", err
}

// compare sets the plan beside the limits and what was imported before.
func (a *Account) compare(ctx context.Context, p *planShown) error {
	if p.Plan == nil {
		return nil
	}
	state, err := a.Budget.State(ctx)
	if err != nil {
		return err
	}
	plan, err := p.Plan.AsGiven(ctx, a.Ledger, nil)
	if err != nil {
		return err
	}
	p.Plan = &plan // that of the preview stays as it is
	p.Limits = budget.Limits{API: state.APILimit, Email: state.EmailLimit}
	p.Duration = operate.DurationText(*p.Plan, p.Limits)
	p.Seen = fingerprint(*p.Plan)
	p.Starts = a.startText(*p.Plan)
	imports, err := a.Ledger.Imports(ctx, 0)
	for _, i := range imports { // the newest first
		if i.SHA256 != p.Plan.SHA256 {
			continue
		}
		_, same := p.Plan.SameAs(i)
		if same && p.Plan.GivenAgain != nil { // those before say nothing any more
			same = i.ID == p.Plan.Import
		}
		if !same {
			p.Earlier = append(p.Earlier, i)
		} else if p.Same == nil {
			p.Same, p.Resumes = &i, resumes(i)
		}
	}
	return err
}

// resumes reports whether an import was begun and its file never read to its end.
func resumes(i ledger.Import) bool {
	return i.Counts[ledger.New] > 0 && i.Stopped != ledger.StoppedCancelled
}

// fingerprint is what a person has before his eyes when he starts an import.
func fingerprint(p importer.Plan) string {
	return fmt.Sprintf("%s %d %d", p.Import, p.Guests, p.Emails)
}

// saveRequest takes what is wished of an upload, to be looked at again.
func saveRequest(ctx context.Context, r *request) (next, done string, err error) {
	if err := r.ParseForm(); err != nil { // which may take its time, and nothing is to wait for it
		return "", "", &problem{http.StatusBadRequest, "The form cannot be read", "Go back and try again."}
	}
	if err := checkColumns(r.columnChoices()); err != nil {
		return "", "", err
	}
	u, err := r.upload(ctx, r.PathValue("upload"))
	if err != nil {
		return "", "", err
	}
	rule := ""
	if r.PostForm.Has("together") {
		to, _, err := r.settings(u)
		if err != nil {
			return "", "", err
		}
		rule = to.Where
	}
	err = u.Spool.Amend(ctx, u.ID, func(now *spool.Record) {
		before := upload{spool.Item{Record: *now}}.Request()
		if r.PostForm.Has("answer") { // the form of the question has nothing else
			asked := answered(before, r.PostFormValue("answer"))
			now.Spec = &asked
			return
		}
		if r.PostForm.Has("together") { // nor has that of several questions
			asked := importer.AnswerAll(before, rule, r.answeredTogether())
			now.Spec = &asked
			return
		}
		if r.PostForm.Has("leaving") { // nor has that of the rows that are meant
			asked := leavingOut(before, r.PostForm["column"], r.PostForm["leave"])
			now.Spec = &asked
			return
		}
		asked := r.parseRequest(before)
		if field, header, accepted := strings.Cut(r.PostFormValue("accept"), ":"); accepted &&
			slices.Contains(columns.Fields(), field) {
			asked.Mapping[field] = mapped(header)
		}
		now.Spec, now.NoEmail, now.Plan = &asked, r.text("template") == noEmail, nil
	})
	if errors.Is(err, spool.ErrNotWaiting) { // its page says what became of it
		err = nil
	}
	return r.at("new", u.ID), "", err
}

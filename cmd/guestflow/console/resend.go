package console

import (
	"context"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// resendTimeout bounds how long a file is read for one row, and Qflow asked for its template.
const resendTimeout = 30 * time.Second

// resendShown asks whether the email of a row is sent again.
type resendShown struct {
	Import   ledger.Import
	Row      operate.ResendRow
	Template string // its name and subject
	Guest    string // whom the email goes to; "" to users who may not see guests
	Window   string // when it leaves; "" for at any time
	Sent     []operate.SentAgain
	Decision string // what the button decides: pressed twice, it is the same
}

// resendPage asks before the email of a row is sent again.
func (s *Site) resendPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Operator {
		return page{}, errOperator
	}
	ctx, cancel := context.WithTimeout(ctx, resendTimeout)
	defer cancel()
	p, err := s.planResend(ctx, r, "")
	if err != nil {
		return page{}, err
	}
	shown := resendShown{Import: p.Import, Row: p.Rows[0], Window: p.WindowText()}
	if shown.Sent, shown.Decision, err = r.SentAgain(ctx, p.Import.ID, shown.Row.Index); err != nil {
		return page{}, err
	}
	names, err := r.TemplateNames(ctx, p)
	if err != nil {
		return page{}, qflowSays(err)
	}
	shown.Template = names[strings.ToLower(shown.Row.Guest.TemplateID)]
	if r.User.Guests {
		shown.Guest = shown.Row.To.Text()
	}
	return page{Template: "resend", Title: "Send again", Data: shown}, nil
}

// qflowSays is what is wrong with a template or the way to Qflow, as a page.
func qflowSays(err error) error {
	if operate.IsInputError(err) {
		return &problem{http.StatusUnprocessableEntity, "Nothing was sent", sentence(operate.Describe(err))}
	}
	return err
}

// planResend reads the row, a few at a time.
func (s *Site) planResend(ctx context.Context, r *request, decision string) (operate.Resend, error) {
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil || row < 1 {
		return operate.Resend{}, errNoPage
	}
	select {
	case s.resends <- struct{}{}:
		defer func() { <-s.resends }()
	case <-ctx.Done():
		return operate.Resend{},
			&problem{http.StatusServiceUnavailable, "Other files are being read", "Nothing was sent. Try again in a moment."}
	}
	return r.PlanResend(ctx, operate.ResendRequest{Import: r.PathValue("id"), Rows: []int{row}, Decision: decision})
}

// decisionShape is that of the decisions that the page offers.
var decisionShape = regexp.MustCompile(`^[0-9]{0,3}$`)

// resend sends the email of a row again, once by each decision.
func (s *Site) resend(ctx context.Context, r *request) (next, flash string, err error) {
	decision := r.PostFormValue("decision")
	if !decisionShape.MatchString(decision) || !r.PostForm.Has("decision") {
		return "", "", &problem{http.StatusUnprocessableEntity, "Nothing was sent",
			"The form lacks its decision. Open the page of the row and choose there."}
	}
	ctx = context.WithoutCancel(ctx) // a person who goes away now has decided it all the same
	reading, cancel := context.WithTimeout(ctx, resendTimeout)
	defer cancel()
	p, err := s.planResend(reading, r, decision)
	if err != nil {
		return "", "", err
	}
	if _, err := r.TemplateNames(reading, p); err != nil {
		return "", "", qflowSays(err)
	}
	if sent := p.Rows[0].Sent; sent != nil { // pressed twice
		return r.at("imports", sent.Import), "This email was sent again before, by the same decision. Nothing more was sent.",
			nil
	}
	return s.beginResend(ctx, r, p)
}

// beginResend puts the row into the spool as a list of its own, and begins its import, so that its page is there.
func (s *Site) beginResend(ctx context.Context, r *request, p operate.Resend) (next, flash string, err error) {
	incoming, err := r.Spool.Incoming()
	if err != nil {
		return "", "", err
	}
	plan, err := r.WriteResend(ctx, p, incoming)
	if err != nil {
		return "", "", err
	}
	record := p.Record(spool.Console, r.actor())
	record.Import = plan.Import
	item, err := r.Spool.Put(plan.Path, record, spool.Waiting)
	if err != nil {
		_ = os.Remove(plan.Path)
		return "", "", err
	}
	id, again := plan.Import, false
	approval := r.approval(plan)
	approval.Now = true // start and undo times are those of lists
	_, err = r.Spool.Approve(ctx, item, spool.Decision{
		Approval: approval, Spec: plan.Settings.Spec,
		Begin: func(path string) error {
			plan.Path = path
			imp, created, err := r.BeginResend(ctx, r.actor(), p, plan)
			id, again = imp.ID, !created
			return err
		},
	})
	if err != nil {
		return "", "", errors.Join(err, r.Spool.Discard(item))
	}
	r.Approved()
	if again {
		return r.at("imports", id), "This email was sent again before, by the same decision. Nothing more was sent.", nil
	}
	return r.at("imports", id), "The email is being sent again.", nil
}

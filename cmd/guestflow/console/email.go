package console

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/emailpreview"
)

// emailShown is the email of a row of an upload.
type emailShown struct {
	Upload   upload
	Row      int // as it was asked for; 0 is the first that gets an email
	Rows     int
	Email    operate.EmailPreview
	Fault    string // why there is none
	Decision string // what the button decides: pressed twice, it is the same
}

// emailPage shows the email that a row gets.
func (s *Site) emailPage(ctx context.Context, r *request) (page, error) {
	u, plan, err := s.planOf(ctx, r)
	if err != nil {
		return page{}, err
	}
	shown := emailShown{Upload: u, Rows: plan.Rows, Decision: newDecision()}
	if shown.Row, err = rowOf(r); err != nil {
		return page{}, err
	}
	shown.Email, err = s.email(ctx, r, u, plan, shown.Row)
	switch {
	case err == nil:
		shown.Row = shown.Email.Row
	case operate.IsRefused(err), operate.IsInputError(err):
		shown.Fault = sentence(operate.Describe(err))
	default:
		return page{}, err
	}
	return page{Template: "email", Title: "Email of a row", Data: shown, Frames: true}, nil
}

// planOf returns an upload with its plan as its settings are now, for a user who may see its rows.
func (s *Site) planOf(ctx context.Context, r *request) (u upload, plan importer.Plan, err error) {
	switch {
	case !r.User.Operator:
		return u, plan, errOperator
	case !r.User.Guests:
		return u, plan, errGuests
	}
	if u, err = r.upload(ctx, r.PathValue("upload")); err != nil {
		return u, plan, err
	}
	if u.Started() {
		return u, plan, &problem{http.StatusConflict, "This file is being imported, or was",
			"Its rows are on the page of its import."}
	}
	shown := planShown{Upload: u, Values: true}
	if err := s.readFile(ctx, r, &shown, startWait); err != nil {
		return u, plan, err
	}
	switch {
	case shown.Reading != nil:
		return u, plan, &problem{http.StatusServiceUnavailable, "The file is still being read", "This page comes when it is."}
	case shown.Fault != "" || shown.Plan == nil:
		return u, plan, &problem{http.StatusConflict, "The file cannot be imported as it is", sentence(shown.Fault)}
	}
	return u, *shown.Plan, nil
}

// rowOf returns the row that a form names; 0 is any.
func rowOf(r *request) (int, error) {
	text := r.FormValue("row")
	if text == "" {
		return 0, nil
	}
	row, err := strconv.Atoi(text)
	if err != nil || row < 0 {
		return 0, &problem{http.StatusUnprocessableEntity, "This is no row",
			"Rows are numbers, of which the first below the header is 1."}
	}
	return row, nil
}

// email returns the email of a row. It and its template are kept for a minute, for the page, its frame and its button.
func (s *Site) email(ctx context.Context, r *request, u upload, plan importer.Plan, row int) (operate.EmailPreview,
	error) {
	name, err := json.Marshal([]any{r.Name(), u.ID, u.Request(), u.NoEmail, plan.Settings.Template, row})
	if err != nil {
		return operate.EmailPreview{}, fmt.Errorf("name the email of a row: %w", err)
	}
	plan.Path = u.Path
	k, err := s.previews.emails.start(string(name), operate.EmailPreview{},
		func(ctx context.Context, tell func(operate.EmailPreview)) error {
			p, err := r.PreviewEmail(ctx, plan, row)
			tell(p)
			return err
		})
	if err != nil {
		return operate.EmailPreview{}, err
	}
	now, err := s.previews.emails.wait(ctx, k, emailWait)
	if err == nil && !now.Done {
		err = &problem{http.StatusServiceUnavailable, "The email is not there yet",
			"The file is being read, or Qflow asked for the template. This page comes when it is."}
	}
	return now.SoFar, err
}

// emailWait is how long a page waits for an email: the file is read to its row, and Qflow asked for the template.
const emailWait = 10 * time.Second

// emailText is the text of an email as a document, which the page shows in a frame.
func (s *Site) emailText(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	var p operate.EmailPreview
	if err == nil {
		p, err = s.emailAsked(req)
	}
	if err != nil {
		s.writeError(w, r, req, err)
		return
	}
	access.AllowFraming(w.Header(), emailpreview.Policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(p.Page())) // the client is gone
}

// emailAsked is the email of the upload and the row that a request names.
func (s *Site) emailAsked(r *request) (operate.EmailPreview, error) {
	u, plan, err := s.planOf(r.Context(), r)
	if err != nil {
		return operate.EmailPreview{}, err
	}
	row, err := rowOf(r)
	if err != nil {
		return operate.EmailPreview{}, err
	}
	return s.email(r.Context(), r, u, plan, row)
}

// newDecision returns what no other page decides.
func newDecision() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // it never fails
	return hex.EncodeToString(random)
}

var testDecision = regexp.MustCompile(`^[0-9a-f]{16}$`)

// sendTest sends the email of a row to an address of the user's own, once by each page that was shown.
func (s *Site) sendTest(ctx context.Context, r *request) (next, flash string, err error) {
	decision := r.PostFormValue("decision")
	switch {
	case !testDecision.MatchString(decision):
		return "", "", &problem{http.StatusUnprocessableEntity, "Nothing was sent",
			"The form lacks its decision. Open the page of the email and send it there."}
	case r.Live && r.PostFormValue("sure") == "":
		return "", "", &problem{http.StatusConflict, "This sends a real email",
			"Nothing was sent. Say on the page of the email that you mean it."}
	}
	p, err := s.emailAsked(r)
	if err != nil {
		return "", "", err
	}
	t, err := r.PlanTest(ctx, p, r.PostFormValue("to"), decision)
	if err != nil {
		return "", "", err
	}
	next = r.at("new", r.PathValue("upload"), "email") + "?row=" + strconv.Itoa(p.Row)
	if t.Sent != nil { // pressed twice
		return next, "Nothing more was sent: " + t.Sent.Text() + ".", nil
	}
	// one who goes away now has decided it all the same
	if _, err := r.SendTest(context.WithoutCancel(ctx), r.actor(), t); err != nil {
		return "", "", qflowSays(err)
	}
	return next, "The test email is queued at Qflow. Remove its guest there afterwards: the first name begins with TEST.",
		nil
}

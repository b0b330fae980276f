package operate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow"
)

// MaxResend is how many rows one decision sends again. More are a list, for an import with --resend.
const MaxResend = 50

// ResendRequest asks for the emails of some rows of an import once more.
type ResendRequest struct {
	Import   string
	Rows     []int
	Decision string // any text: by one decision a row goes out once, however often it is asked for
	File     string // the imported file, if it is no longer where it was
	Window   string // hours in which the emails leave, or none; "" leaves them to guestflow.yaml and the import
}

// Resend is what sending rows again would do.
type Resend struct {
	Import ledger.Import // whose rows they are
	Spec   spec.Spec     // of the import that sends them
	Rows   []ResendRow

	Window   *Window // in which the emails leave; nil is at any time
	windowBy string  // by what, where it is not by the import

	extract reread.Extract
}

// ResendRow is a row to be sent again. Its guest is whose data it is.
type ResendRow struct {
	reread.ExtractedRow

	State ledger.State
	Sent  *SentAgain // by the same decision already; nil if not
	Had   *Had       // the email by another row, or nil
	To    Recipient
}

// ResendRefusal returns why a row in a state is not sent again, or "".
func ResendRefusal(s ledger.State, id string) string {
	switch s {
	case ledger.Accepted, ledger.Delivered, ledger.Undeliverable, ledger.Unknown, ledger.Created, ledger.Unchanged,
		ledger.Suppressed: // whose address may have been lifted since; refuseSuppressed asks
		return ""
	case ledger.New, ledger.Queued, ledger.Sending:
		return "it is queued, and its email goes out anyhow"
	case ledger.Parked, ledger.ParkedTried:
		return "it waits for a gate, and its email goes out once that is open"
	case ledger.Rejected:
		return "it was rejected: correct it, and import the correction"
	case ledger.Refused, ledger.Exhausted:
		return "its email was never sent; try it again: guestflow retry " + id
	case ledger.Cancelled:
		return "it was cancelled, and its email was never sent: import its file again"
	case ledger.Filtered:
		return "it was left out by a rule of the import"
	}
	return "it is " + s.String()
}

// reasonedRefusal returns why a row that was left out or cancelled is not sent again, by its reason.
func (a *Account) reasonedRefusal(ctx context.Context, imp ledger.Import, row int, s ledger.State) (string, error) {
	why, err := a.Ledger.Reasons(ctx, imp.ID, []int{row})
	if err != nil {
		return "", err
	}
	switch why[0].Code {
	case reason.Replaced:
		return a.takenOverText(ctx, why[0])
	case reason.NearMissHeld:
		return "it is like a known guest, and held until that is decided: import its file with --near-misses, such as " +
			fmt.Sprintf("--near-misses %d=update (guestflow approve, where the file waits)", row), nil
	case reason.NearMissSkipped:
		return fmt.Sprintf("it is like a known guest, and was left out by a decision: import its file with --near-misses %d=new or %d=update", row, row), nil
	}
	if s == ledger.Cancelled {
		if had, err := a.hadSince(ctx, imp, row); had != nil || err != nil {
			return had.refusal(), err
		}
	}
	return ResendRefusal(s, imp.ID), nil
}

// hadSince returns the row of another import by which the guest of a cancelled one has had the email; nil without one, and
// where the row cannot be read any more.
func (a *Account) hadSince(ctx context.Context, imp ledger.Import, row int) (*Had, error) {
	found, err := reread.ReadRows(ctx, spool.Locate(imp.Source), imp.SHA256, imp.Spec, []int{row})
	if err != nil || len(found.Rows) == 0 {
		return nil, ctx.Err()
	}
	return a.had(ctx, ledger.Owner{Import: imp.ID, Row: row}, found.Rows[0].Index)
}

// refusal says of a cancelled row what sends the guest's email again.
func (h *Had) refusal() string {
	if h == nil {
		return ""
	}
	return fmt.Sprintf("it was cancelled, and %s; to send that one again: guestflow resend %s %d", h.Text(), h.Import, h.Row)
}

// PlanResend finds the rows, in their file and in the ledger, and says what sending them again would do. It refuses all if one of
// them cannot be sent again.
func (a *Account) PlanResend(ctx context.Context, ask ResendRequest) (Resend, error) {
	imp, err := a.Ledger.Import(ctx, ask.Import)
	if err != nil {
		return Resend{}, err
	}
	p := Resend{Import: imp, Spec: imp.Resending(spec.Resends{Import: imp.ID, Rows: ask.Rows, Decision: strings.TrimSpace(ask.Decision)})}
	if err := a.chooseWindow(ctx, &p, strings.TrimSpace(ask.Window)); err != nil {
		return p, err
	}
	states, err := a.sendable(ctx, imp, ask.Rows)
	if err != nil {
		return p, err
	}
	p.extract, err = reread.ReadRows(ctx, cmp.Or(ask.File, spool.Locate(imp.Source)), imp.SHA256, imp.Spec, ask.Rows)
	if err != nil {
		return p, fmt.Errorf("the rows cannot be read from the file of import %s: %w", imp.ID, err)
	}
	for i, x := range p.extract.Rows {
		row := ResendRow{ExtractedRow: x, State: states[i]}
		if row.Sent, err = a.knownRow(ctx, p, x); err != nil {
			return p, err
		}
		if row.Had, err = a.had(ctx, ledger.Owner{Import: imp.ID, Row: x.Row}, x.Index); err != nil {
			return p, err
		}
		if row.To, err = a.recipient(ctx, imp, x); err != nil {
			return p, err
		}
		p.Rows = append(p.Rows, row)
	}
	return p, a.refuseSuppressed(ctx, imp.ID, p.Rows)
}

// sendable returns the states of rows, and refuses those that are not sent again.
func (a *Account) sendable(ctx context.Context, imp ledger.Import, numbers []int) (states []ledger.State, err error) {
	var refused []string
	for _, row := range numbers {
		if row > imp.Rows {
			return nil, refuse("import %s has %s, and no row %d", imp.ID, rows(imp.Rows), row)
		}
		mark, err := a.Ledger.RowBytes(ctx, imp.ID, row, row)
		if err != nil {
			return nil, err
		}
		why := ResendRefusal(mark[0].State(), imp.ID)
		if s := mark[0].State(); s == ledger.Filtered || s == ledger.Cancelled {
			if why, err = a.reasonedRefusal(ctx, imp, row, s); err != nil {
				return nil, err
			}
		}
		if why != "" {
			refused = append(refused, fmt.Sprintf("row %d is %s: %s", row, mark[0].State(), why))
		}
		states = append(states, mark[0].State())
	}
	if len(refused) > 0 {
		return nil, refuse("nothing was sent: %s", strings.Join(refused, "; "))
	}
	return states, nil
}

func (a *Account) index() guestindex.Index { return guestindex.For(a.Ledger) }

// knownRow checks that a row is the guest whom the import had, and returns what has sent it again by the same decision. A guest who
// is not in the index would be a new one: the file was read in another way then.
func (a *Account) knownRow(ctx context.Context, p Resend, x reread.ExtractedRow) (*SentAgain, error) {
	switch known, err := a.index().Knows(ctx, x.Index); {
	case err != nil:
		return nil, err
	case x.Rejected != "":
		return nil, refuse("nothing was sent: row %d is not read as a guest any more: %s", x.Row, x.Rejected)
	case !known:
		return nil, refuse("nothing was sent: the guest of row %d is not known any more; import the row as a list of its own", x.Row)
	case x.Guest.TemplateID == "":
		return nil, refuse("nothing was sent: row %d has no email: its import has no template for it", x.Row)
	}
	sent, err := a.sentAgain(ctx, x.Index, p.Spec.Resends)
	if sent != nil && sent.State.Class() == ledger.Released { // it came to nothing there
		sent = nil
	}
	return sent, err
}

// TemplateNames asks Qflow for the templates that the rows want, and returns their names by id. It fails like the import would.
func (a *Account) TemplateNames(ctx context.Context, p Resend) (map[string]string, error) {
	names := map[string]string{}
	for event, wanted := range p.uses() {
		list, out, err := a.Templates(ctx, event)
		if err != nil {
			return nil, err
		}
		if err := CheckTemplates(event, wanted, list, out); err != nil {
			return nil, fmt.Errorf("nothing was sent: %w", err)
		}
		for _, t := range list {
			names[strings.ToLower(t.ID)] = templateText(t)
		}
	}
	return names, nil
}

func templateText(t qflow.Template) string {
	switch {
	case t.Name != "" && t.Subject != "":
		return fmt.Sprintf("%s (%s)", t.Name, t.Subject)
	case t.Name != "":
		return t.Name
	}
	return cmp.Or(t.Subject, t.ID)
}

func (p Resend) uses() map[string][]string {
	uses := map[string][]string{}
	for _, r := range p.Rows {
		if g := r.Guest; !slices.Contains(uses[g.EventID], g.TemplateID) {
			uses[g.EventID] = append(uses[g.EventID], g.TemplateID)
		}
	}
	return uses
}

// BeginResend begins the import that sends rows again, or finds the one that an earlier try of the same decision began. What was
// decided is in the audit log before anything is begun, so that no crash hides it.
func (a *Account) BeginResend(ctx context.Context, who Actor, p Resend, plan importer.Plan) (imp ledger.Import, created bool, err error) {
	if imp, err = a.Ledger.Import(ctx, plan.Import); err == nil {
		return imp, false, nil
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return imp, false, err
	}
	entry := AuditEntry{
		At: time.Now().UTC(), Actor: who.Name, Via: who.Via, Action: "send again", Target: p.Import.ID,
		Before: "row " + p.Numbers(), After: "import " + plan.Import,
	}
	if d := p.Spec.Resends.Decision; d != "" {
		entry.Before += ", decision " + d
	}
	if err := a.writeAudit(ctx, entry); err != nil {
		return imp, false, err
	}
	if imp, created, err = a.Importer.Begin(ctx, plan); err != nil {
		entry.Failed = err.Error()
		err = errors.Join(err, a.writeAudit(context.WithoutCancel(ctx), entry))
	}
	return imp, created, err
}

package console

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
)

// importShown is the page of one import.
type importShown struct {
	operate.Progress
	Email string // the name of its template
	Verbs []verbShown

	CancelsRows bool // it has rows that may be cancelled by themselves
	Audit       []operate.AuditEntry
	Moments     []history.Moment // for the chart
	Reasons     []report.ReasonGroup
	Complete    bool // no reason is left out
	LeftOut     operate.LeftOut
}

// ToCorrect is how many rows its rejects have.
func (i importShown) ToCorrect() int { return i.Counts[ledger.Rejected] + i.Counts[ledger.Refused] }

// verbShown is a verb that has an effect on the import now.
type verbShown struct {
	Verb operate.Verb
	Rows int
}

func (s *Site) importPage(ctx context.Context, r *request) (page, error) {
	p, err := r.Progress(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	shown := importShown{Progress: p, Verbs: verbs(p.Import), CancelsRows: operate.Cancel.HasEffect(p.Import)}
	if shown.Reasons, shown.Complete, err = r.Reasons(ctx, p.Import); err != nil {
		return page{}, err
	}
	if p.Counts[ledger.Filtered] > 0 {
		if shown.LeftOut, err = r.LeftOut(ctx, p.Import, r.spools(ctx).Waiting(ctx)); err != nil {
			return page{}, err
		}
	}
	shown.Email = s.previews.templateName(ctx, r.Account, p.Event, p.Template)
	if !r.User.Guests {
		shown.Reasons = operate.RedactReasons(shown.Reasons)
	}
	moments, err := history.For(r.Ledger).List(ctx, p.ID)
	if err != nil {
		return page{}, err
	}
	if !p.Done() {
		moments = append(moments, history.Moment{At: time.Now().UTC(), Counts: p.Counts})
	}
	shown.Moments = sinceStart(p.Import, moments)
	shown.Audit, err = r.AuditLog(ctx, p.ID, 50)
	return page{Template: "import", Title: p.FileName(), Live: true, Data: shown}, err
}

// verbs are those that have an effect.
func verbs(imp ledger.Import) (list []verbShown) {
	for _, v := range operate.Verbs() {
		if v.HasEffect(imp) {
			list = append(list, verbShown{Verb: v, Rows: v.Affected(imp)})
		}
	}
	return list
}

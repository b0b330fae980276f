package operate

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// SentAgain is a row of an import that sent an email again.
type SentAgain struct {
	ledger.Owner

	Decision string
	State    ledger.State
}

func (a *Account) sentAgain(ctx context.Context, g guestindex.Guest, r *spec.Resends) (*SentAgain, error) {
	owner, there, err := guestindex.For(a.Ledger).SentAgain(ctx, g, r.Mark())
	if err != nil || !there {
		return nil, err
	}
	states, err := a.Ledger.RowBytes(ctx, owner.Import, owner.Row, owner.Row)
	if err != nil {
		return nil, err
	}
	return &SentAgain{Owner: owner, Decision: r.Decision, State: states[0].State()}, nil
}

// maxDecisions bounds how many earlier decisions about a row are looked for.
const maxDecisions = 20

// SentAgain lists how a row was sent again until now, by the decisions that have numbers (NextDecision), and returns
// the next number. The first has none.
func (a *Account) SentAgain(ctx context.Context, id string, g guestindex.Guest) (list []SentAgain, next string,
	err error) {
	for n := 1; n <= maxDecisions; n++ {
		r := spec.Resends{Import: id, Decision: decision(n)}
		sent, err := a.sentAgain(ctx, g, &r)
		if err != nil || sent == nil {
			return list, r.Decision, err
		}
		list = append(list, *sent)
	}
	return list, "", refuse("the row was sent again %d times", maxDecisions)
}

func decision(n int) string {
	if n == 1 {
		return ""
	}
	return strconv.Itoa(n)
}

// Done reports whether every row has gone out by this decision, and nothing is to be done.
func (p Resend) Done() bool {
	return !slices.ContainsFunc(p.Rows, func(r ResendRow) bool { return r.Sent == nil })
}

// DoneText says so, and what sends them once more.
func (p Resend) DoneText(next string) string {
	sent := p.Rows[0].Sent
	text := fmt.Sprintf("row %d of import %s was sent again before, by import %s, whose row %d is %s", p.Rows[0].Row,
		p.Import.ID, sent.Import, sent.Row, sent.State)
	if len(p.Rows) > 1 {
		text = fmt.Sprintf("all %d rows of import %s were sent again before, row %d by import %s", len(p.Rows), p.Import.ID,
			p.Rows[0].Row, sent.Import)
	}
	return fmt.Sprintf("%s; nothing is sent by the same decision twice: to send them once more, name another: --decision %s", text, next)
}

// NextDecision is the number of a decision by which none of the rows has gone out.
func (a *Account) NextDecision(ctx context.Context, p Resend) (string, error) {
	next := 1
	for _, r := range p.Rows {
		sent, _, err := a.SentAgain(ctx, p.Import.ID, r.Index)
		if err != nil {
			return "", err
		}
		next = max(next, len(sent)+1)
	}
	return decision(next), nil
}

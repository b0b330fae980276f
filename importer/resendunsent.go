package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// AgainUnsent is of how many guests whom a list is to mail again the first email has not left: they would get two.
type AgainUnsent struct {
	Guests int      `json:"guests"`
	Of     []string `json:"of,omitempty"` // the first imports that have these emails
}

func (p *planner) againUnsent(c guestindex.Claimed) {
	if !c.EmailWaits {
		return
	}
	if p.Unsent == nil {
		p.Unsent = &AgainUnsent{}
	}
	p.Unsent.Guests++
	if of := c.Owner.Import; of != "" && !slices.Contains(p.Unsent.Of, of) && len(p.Unsent.Of) < maxKeptBy {
		p.Unsent.Of = append(p.Unsent.Of, of)
	}
}

// goesOn reports whether the first emails that have not left are those of a resend of this very list, which goes on then.
func (p *planner) goesOn(ctx context.Context) (bool, error) {
	if p.Unsent == nil {
		return false, nil
	}
	for _, id := range p.Unsent.Of {
		imp, err := p.Settings.ledger.Import(ctx, id)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return false, err
		}
		if _, same := p.SameAs(imp); err == nil && same && imp.ResendMark != "" {
			return true, nil
		}
	}
	return false, nil
}

// Text says how many guests get two emails, and from where; "" without any.
func (u *AgainUnsent) Text() string {
	if u == nil {
		return ""
	}
	return fmt.Sprintf("the first email of %d of these guests has not left yet, or is leaving (import %s): by a "+
		"resend they get two",
		u.Guests, strings.Join(u.Of, ", "))
}

// resendUnsentOption is the flag by which guests get two emails.
const resendUnsentOption = "resend-unsent"

// unsentAgain is the refusal to mail guests again whose first email is still to leave, unless that is meant.
func (p Plan) unsentAgain() error {
	if p.Unsent == nil || p.begun || p.Settings.ResendUnsent {
		return nil
	}
	wait, stop := make([]string, len(p.Unsent.Of)), make([]string, len(p.Unsent.Of))
	for i, imp := range p.Unsent.Of {
		wait[i], stop[i] = "guestflow status "+imp, "guestflow cancel "+imp
	}
	return &FileError{
		Path: p.Path, NeedsAnswer: true, Problem: p.Unsent.Text(),
		Advice: fmt.Sprintf("send it once they have left (%s), or stop them first (%s stops all its emails that "+
			"have not left), or add --%s, by which these guests get both", strings.Join(wait, ", "), strings.Join(stop, ", "),
			resendUnsentOption),
	}
}

package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

const (
	// seenNow is how old a look at an account may be that a page of all of them shows: those who watch it share the looks.
	seenNow = lookEvery * 9 / 10

	// seenLately is how old it may be for the marks at other accounts' names: every page has them, and none should wait for them.
	seenLately = 5 * time.Second

	// marksWithin is how long a page waits for the marks where Redis is slow.
	marksWithin = 500 * time.Millisecond
)

// accountShown is one account among the others.
type accountShown struct {
	operate.Overview
	Open    ledger.Counts // rows of its imports that are not settled
	Trouble string        // what is to be looked at, in a few words
	Here    bool          // the page is this account's
}

// front leads to the account, or shows all where there are several.
func (s *Site) front() http.Handler {
	all := s.view(s.accountsPage)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(s.accounts) == 1 {
			http.Redirect(w, r, home(s.accounts[0]), http.StatusFound)
			return
		}
		all.ServeHTTP(w, r)
	})
}

// accountsPage shows every account in a line. Whoever may come in may look at all of them.
func (s *Site) accountsPage(ctx context.Context, _ *request) (page, error) {
	list, err := s.glances(ctx, seenNow)
	return page{Template: "accounts", Title: "All accounts", Live: true, Data: list}, err
}

// glances looks at all accounts at once.
func (s *Site) glances(ctx context.Context, old time.Duration) ([]accountShown, error) {
	list := make([]accountShown, len(s.accounts))
	looks, ctx := errgroup.WithContext(ctx)
	for i, a := range s.accounts {
		looks.Go(func() error {
			o, err := a.Glance(ctx, old)
			if err != nil {
				return fmt.Errorf("look at account %s: %w", a.Name(), err)
			}
			list[i] = accountShown{Overview: o, Open: open(o), Trouble: o.Trouble()}
			return nil
		})
	}
	return list, looks.Wait()
}

// open counts the rows of an account's imports that are not settled, by state.
func open(o operate.Overview) (c ledger.Counts) {
	for _, p := range o.Running {
		for s, n := range p.Counts {
			if ledger.State(s).Class() == ledger.Open {
				c[s] += n
			}
		}
	}
	return c
}

// menu lists the accounts for a page of one of them; nothing where it is the only one. When they cannot be looked at, it has no
// marks: the page itself says what is wrong.
func (s *Site) menu(ctx context.Context, r *request) []accountShown {
	if len(s.accounts) < 2 {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, marksWithin)
	defer done()
	list, err := s.glances(ctx, seenLately)
	for i, a := range s.accounts {
		if err != nil {
			list[i] = accountShown{}
		}
		list[i].Account, list[i].Here = a.Name(), a == r.Account
	}
	return list
}

// troubled counts the accounts other than the page's that are to be looked at.
func troubled(list []accountShown) (n int) {
	for _, a := range list {
		if a.Trouble != "" && !a.Here {
			n++
		}
	}
	return n
}

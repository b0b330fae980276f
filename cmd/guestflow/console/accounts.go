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
	// overviewMaxAge is how old a look at an account may be that a page of all of them shows: those who watch it share the looks.
	overviewMaxAge = renderInterval * 9 / 10

	// menuMaxAge is how old it may be for the marks at other accounts' names: every page has them, and none should wait for them.
	menuMaxAge = 5 * time.Second

	// menuTimeout is how long a page waits for the marks where Redis is slow.
	menuTimeout = 500 * time.Millisecond
)

// accountShown is one account among the others.
type accountShown struct {
	operate.Overview
	Open      ledger.Counts // rows of its imports that are not settled
	Attention string        // what is to be looked at, in a few words
	Here      bool          // the page is this account's
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
	list, err := s.overviews(ctx, overviewMaxAge)
	return page{Template: "accounts", Title: "All accounts", Live: true, Data: list}, err
}

// overviews looks at all accounts at once.
func (s *Site) overviews(ctx context.Context, old time.Duration) ([]accountShown, error) {
	list := make([]accountShown, len(s.accounts))
	looks, ctx := errgroup.WithContext(ctx)
	for i, a := range s.accounts {
		looks.Go(func() error {
			o, err := a.RecentOverview(ctx, old)
			if err != nil {
				return fmt.Errorf("look at account %s: %w", a.Name(), err)
			}
			list[i] = accountShown{Overview: o, Open: openRows(o), Attention: o.Attention()}
			return nil
		})
	}
	return list, looks.Wait()
}

// openRows counts the rows of an account's imports that are not settled, by state.
func openRows(o operate.Overview) (c ledger.Counts) {
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
	ctx, done := context.WithTimeout(ctx, menuTimeout)
	defer done()
	list, err := s.overviews(ctx, menuMaxAge)
	for i, a := range s.accounts {
		if err != nil {
			list[i] = accountShown{}
		}
		list[i].Account, list[i].Here = a.Name(), a == r.Account
	}
	return list
}

// needAttention counts the accounts other than the page's that are to be looked at.
func needAttention(list []accountShown) (n int) {
	for _, a := range list {
		if a.Attention != "" && !a.Here {
			n++
		}
	}
	return n
}

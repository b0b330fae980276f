package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
)

const (
	// overviewMaxAge is how old the overview of an account may be on the page of all accounts: its open pages share the
	// reads.
	overviewMaxAge = renderInterval * 9 / 10

	// menuMaxAge is how old it may be for the marks in the menu: every page has them, and none should wait for them.
	menuMaxAge = 5 * time.Second

	// menuTimeout is how long a page waits for the marks if Redis is slow.
	menuTimeout = 500 * time.Millisecond
)

// accountShown is an account in the list of all.
type accountShown struct {
	operate.Overview
	Open      ledger.Counts // rows of its imports that are not settled
	Attention string        // what needs attention, in a few words
	Here      bool          // the page is this account's
}

// OpenShares are what those rows have come to.
func (a accountShown) OpenShares() []advice.Share { return advice.Shares(a.Open, a.Releasing()) }

// front redirects to the account, or shows all accounts if there are several.
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

// accountsPage shows each account in a line. Every user may see all of them.
func (s *Site) accountsPage(ctx context.Context, _ *request) (page, error) {
	list, err := s.overviews(ctx, overviewMaxAge)
	return page{Template: "accounts", Title: "All accounts", Live: true, Data: list}, err
}

// overviews reads all accounts concurrently.
func (s *Site) overviews(ctx context.Context, maxAge time.Duration) ([]accountShown, error) {
	list := make([]accountShown, len(s.accounts))
	reads, ctx := errgroup.WithContext(ctx)
	for i, a := range s.accounts {
		reads.Go(func() error {
			o, err := a.RecentOverview(ctx, maxAge)
			if err != nil {
				return fmt.Errorf("read account %s: %w", a.Name(), err)
			}
			list[i] = accountShown{Overview: o, Open: openRows(o), Attention: o.Attention()}
			return nil
		})
	}
	return list, reads.Wait()
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

// menu lists the accounts, if there are several. If they cannot be read it has no marks: the page itself shows the
// error.
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

// needAttention counts the accounts other than the page's that need attention.
func needAttention(list []accountShown) (n int) {
	for _, a := range list {
		if a.Attention != "" && !a.Here {
			n++
		}
	}
	return n
}

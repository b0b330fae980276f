package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"guestflow/cmd/guestflow/operate"
)

const (
	// maxSearches is how many searches, or lookups of one row, read files at a time, at a core each.
	maxSearches = 2

	// searchTimeout bounds a search: usually a recent guest is wanted, and a million rows take about a second.
	searchTimeout = 2 * time.Minute

	// searchTTL is how long its result is kept.
	searchTTL = 5 * time.Minute
)

// guestsShown is a search and its result so far.
type guestsShown struct {
	Query string
	jobState[operate.Search]
}

// guestsPage is the form of a search. The query is guests' data, so it is posted and appears in no address or access
// log.
func guestsPage(context.Context, *request) (page, error) {
	return page{Template: "guests", Title: "Find a guest", Data: guestsShown{}}, nil
}

// guestSearch is the progress of a search.
type guestSearch struct {
	Query string
	operate.Search
}

// searchGuests starts a search in the background and redirects to its page. It changes nothing, so it does not need the
// operator right.
func (s *Site) searchGuests(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	var id string
	if err == nil {
		id, err = s.startSearch(req, r.PostFormValue("q"))
	}
	if err != nil {
		s.writeError(w, r, req, err)
		return
	}
	http.Redirect(w, r, req.at("guests", id), http.StatusSeeOther) // our own path, with the name of an existing account
}

func (s *Site) startSearch(r *request, query string) (id string, err error) {
	if !r.User.Guests {
		return "", errGuests
	}
	if err := operate.CheckQuery(query); err != nil {
		return "", err
	}
	id = rand.Text()
	_, err = s.previews.searches.start(r.searchName(id), guestSearch{Query: query},
		func(ctx context.Context, report func(guestSearch)) error {
			found, err := r.FindGuest(ctx, query, func(soFar operate.Search) { report(guestSearch{query, soFar}) })
			report(guestSearch{query, found})
			return err
		})
	return id, err
}

// searchName is the name of a user's search: other users, and other accounts, have no search of that name.
func (r *request) searchName(id string) string {
	return strings.Join([]string{r.Name(), r.User.Name, id}, "\x00")
}

// searchPage shows the progress of a search. Its address holds only an id.
func (s *Site) searchPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Guests {
		return page{}, errGuests
	}
	k := s.previews.searches.find(r.searchName(r.PathValue("search")))
	if k == nil {
		return page{}, &problem{http.StatusNotFound, "Search not found", "Searches are deleted after some minutes, " +
			"since they hold guests' data, and are visible to their own user only. Search again."}
	}
	so, err := s.previews.searches.wait(ctx, k, pageWait)
	if err != nil {
		return page{}, err
	}
	p := page{Template: "guests", Title: "Find a guest", Data: guestsShown{so.SoFar.Query,
		jobState[operate.Search]{so.SoFar.Search, so.Queued, so.Done}}}
	p.follows(r, so.Done)
	return p, nil
}

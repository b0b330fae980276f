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
	// maxSearches is how many searches read files at a time, at a core each; so many look for one row.
	maxSearches = 2

	// searchTimeout is how long one reads: people look for a guest of these days, and a million rows take about a second.
	searchTimeout = 2 * time.Minute

	// searchTTL is how long what it found is shown again.
	searchTTL = 5 * time.Minute
)

// guestsShown is a search and what it has found.
type guestsShown struct {
	Query string
	jobState[operate.Search]
}

// guestsPage finds a guest. What is looked for is a guest's, so it comes by POST and stands in no address and no log of one.
func guestsPage(context.Context, *request) (page, error) {
	return page{Template: "guests", Title: "Find a guest", Data: guestsShown{}}, nil
}

// guestSearch is a search by its query.
type guestSearch struct {
	Query string
	operate.Search
}

// searchGuests begins a search, which goes on by itself, and leads to its page. It changes nothing, so it needs no operator.
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
	http.Redirect(w, r, req.at("guests", id), http.StatusSeeOther) //nolint:gosec // a path of ours, with the name of an account that there is
}

func (s *Site) startSearch(r *request, query string) (id string, err error) {
	if !r.User.Guests {
		return "", errGuests
	}
	if err := operate.CheckQuery(query); err != nil {
		return "", err
	}
	id = rand.Text()
	_, err = s.previews.searches.start(r.searchName(id), guestSearch{Query: query}, func(ctx context.Context, tell func(guestSearch)) error {
		found, err := r.FindGuest(ctx, query, func(so operate.Search) { tell(guestSearch{query, so}) })
		tell(guestSearch{query, found})
		return err
	})
	return id, err
}

// searchName is the name of somebody's search: for everybody else, and in every other account, there is none.
func (r *request) searchName(id string) string {
	return strings.Join([]string{r.Name(), r.User.Name, id}, "\x00")
}

// searchPage shows how far a search is. Its address says nothing of it.
func (s *Site) searchPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Guests {
		return page{}, errGuests
	}
	k := s.previews.searches.find(r.searchName(r.PathValue("search")))
	if k == nil {
		return page{}, &problem{http.StatusNotFound, "This search is no longer here", "Searches are forgotten after some minutes, since they hold guests' data, and nobody else's can be seen. Search again."}
	}
	so, err := s.previews.searches.wait(ctx, k, pageWait)
	if err != nil {
		return page{}, err
	}
	p := page{Template: "guests", Title: "Find a guest", Data: guestsShown{so.SoFar.Query, jobState[operate.Search]{so.SoFar.Search, so.Queued, so.Done}}}
	p.follows(r, so.Done)
	return p, nil
}

package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// APIPath begins the paths of the HTTP API, which is for programs: a request is let in by its token and by nothing
// else, since a browser would send a session by itself.
const APIPath = "/api/"

// ErrNoToken is what Options.Tokens returns for a text that is no token.
var ErrNoToken = errors.New("not a token")

// Tokens returns the user that a program's token stands for, or ErrNoToken.
type Tokens func(ctx context.Context, token string) (User, error)

var (
	errNoToken = &refusal{http.StatusUnauthorized, "The request has no valid API token. Send one as Authorization: " +
		"Bearer; guestflow api-token add NAME makes one."}

	errTokensUnread = &refusal{http.StatusServiceUnavailable, "API tokens cannot be checked at the moment: Redis does " +
		"not answer. Try again in a few seconds."}
)

// requireToken passes requests with a token.
func (a *Access) requireToken(next http.Handler) http.Handler {
	admitted := LimitBody(formBytes, formTime, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := a.program(r)
		if err != nil {
			a.warn(r, "a request of a program was refused", "why", err.why)
			a.refuse(w, r, err.status, err.why)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if err := a.CountAction(r, u); err != nil {
				err.SetRetryAfter(w)
				a.refuse(w, r, http.StatusTooManyRequests, err.Error())
				return
			}
		}
		admitted.ServeHTTP(w, r.WithContext(withUser(r.Context(), u)))
	})
}

// program returns the user of a request's token.
func (a *Access) program(r *http.Request) (User, *refusal) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return User{}, errNoToken
	}
	u, err := a.options.Tokens(r.Context(), strings.TrimSpace(token))
	switch {
	case errors.Is(err, ErrNoToken):
		return User{}, errNoToken
	case err != nil:
		a.log.Error("an API token cannot be checked", "error", err)
		return User{}, errTokensUnread
	}
	return u, nil
}

// ofAPI reports whether a request is for the API.
func ofAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, APIPath) }

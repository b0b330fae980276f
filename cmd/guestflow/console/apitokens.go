package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/tokencache/secret"
)

// tokenShown is a token that was just made. Its text is on this page and nowhere else.
type tokenShown struct {
	operate.APIToken
	Text string
}

// maxTokenDays bounds how long a token is valid that is to expire.
const maxTokenDays = 3650

// addAPIToken makes a token for a program, and answers with the page that shows it: no address leads back there.
func (s *Site) addAPIToken(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	var text secret.Text
	var made operate.APIToken
	if err == nil {
		text, made, err = req.addAPIToken(r.Context())
	}
	if err != nil {
		s.writeError(w, r, req, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.writePage(w, req, page{Template: "apitoken", Title: "API token", Data: tokenShown{made, text.Reveal()}})
}

func (r *request) addAPIToken(ctx context.Context) (text secret.Text, made operate.APIToken, err error) {
	if !r.User.Operator {
		return "", made, errOperator
	}
	t := operate.APIToken{Name: r.PostFormValue("name"), Operator: r.PostFormValue("operator") != "",
		Guests: r.PostFormValue("guests") != ""}
	if t.Guests && !r.User.Guests {
		return "", made, errGuests
	}
	if days := r.PostFormValue("days"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > maxTokenDays {
			return "", made, &problem{http.StatusUnprocessableEntity, "Invalid time",
				"A token is valid for 1 to 3650 days; leave the field empty for no end."}
		}
		until := time.Now().UTC().AddDate(0, 0, n).Truncate(time.Second)
		t.Expires = &until
	}
	return r.AddAPIToken(ctx, r.actor(), t)
}

func revokeAPIToken(ctx context.Context, r *request) (next, flash string, err error) {
	t, err := r.RevokeAPIToken(ctx, r.actor(), r.PathValue("token"))
	return r.at("settings") + "#tokens",
		"The API token " + t.Name + " is revoked: requests with it are refused from now on.", err
}

package console

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"guestflow/tokencache"
)

// qflowLogin is a sign-in at Qflow that a browser was sent to.
type qflowLogin struct {
	Account string                  `json:"account"`
	Login   tokencache.PendingLogin `json:"login"`
}

// qflowLoginShown leads to Qflow's own page, or says what is missing.
type qflowLoginShown struct {
	Address  string // "" if no address of this console is registered
	Callback string // that could be
}

// callbackPath is where Qflow's page may send a browser back to, as an app has it registered.
const callbackPath = "/sign-in/back"

var errNoTokens = &problem{http.StatusConflict, "Not possible here",
	"This process only looks at the account. Sign in with: guestflow token login"}

// beginQflowLogin shows the page that leads to Qflow. A link and no form: a form may lead to this console only.
func (s *Site) beginQflowLogin(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	var shown qflowLoginShown
	if err == nil {
		shown, err = s.prepareLogin(w, req)
	}
	if err != nil {
		s.writeError(w, r, req, err)
		return
	}
	s.writePage(w, req, page{Template: "qflowlogin", Title: "Sign in with Qflow", Data: shown})
}

func (s *Site) prepareLogin(w http.ResponseWriter, r *request) (shown qflowLoginShown, err error) {
	switch {
	case !r.User.Operator:
		return shown, errOperator
	case r.Tokens == nil:
		return shown, errNoTokens
	case r.Callback == "":
		return qflowLoginShown{Callback: "https://" + r.Host + callbackPath}, nil
	}
	login, address, err := r.Tokens.BeginLogin("")
	if err == nil {
		err = s.guard.SetLoginElsewhere(w, qflowLogin{r.Name(), login})
	}
	return qflowLoginShown{Address: address}, err
}

// finishQflowLogin takes the browser that comes back from Qflow.
func (s *Site) finishQflowLogin(w http.ResponseWriter, r *http.Request) {
	var begun qflowLogin
	found := s.guard.PopLoginElsewhere(w, r, &begun)
	i := slices.IndexFunc(s.accounts, func(a *Account) bool { return a.Name() == begun.Account })
	if !found || i < 0 {
		s.writeError(w, r, nil, errOtherLogin)
		return
	}
	r.SetPathValue("account", begun.Account)
	req, err := s.request(r)
	if err == nil {
		err = req.finishLogin(r.Context(), begun.Login)
	}
	if err != nil {
		s.writeError(w, r, req, err)
		return
	}
	s.guard.SetFlash(w, "Signed in at Qflow. All processes of this account use the new tokens from now on.")
	http.Redirect(w, r, req.at(), http.StatusSeeOther)
}

var errOtherLogin = &problem{http.StatusConflict, "Not signed in",
	"This sign-in was begun too long ago, or in another browser. Begin it anew from the account's page Settings."}

func (r *request) finishLogin(ctx context.Context, login tokencache.PendingLogin) error {
	if !r.User.Operator {
		return errOperator
	}
	if r.Tokens == nil {
		return errNoTokens
	}
	err := r.Audited(ctx, r.actor(), "token login", "tokens", "", func() (string, error) {
		_, err := r.Tokens.FinishLogin(ctx, login, r.URL.Query())
		return "signed in", err
	})
	if errors.Is(err, tokencache.ErrOtherLogin) {
		return errOtherLogin
	}
	if denied, is := errors.AsType[*tokencache.DeniedError](err); is {
		return &problem{http.StatusUnprocessableEntity, "Qflow refuses the sign-in",
			sentence(denied.Error()) + " Nothing was changed."}
	}
	return err
}

// callbacks are the paths that browsers come back to, of all accounts.
func (s *Site) callbacks() (paths []string) {
	for _, a := range s.accounts {
		if a.Callback != "" && !slices.Contains(paths, a.Callback) {
			paths = append(paths, a.Callback)
		}
	}
	return paths
}

package console

import (
	"context"

	"guestflow/cmd/guestflow/operate"
)

// signIns are the sign-ins that fail, of the page's account or of all. While Redis cannot be read the page itself shows
// that.
func (s *Site) signIns(ctx context.Context, r *request) (list []operate.SignIn) {
	ctx, done := context.WithTimeout(ctx, menuTimeout)
	defer done()
	for _, a := range s.accounts {
		if r.Account != nil && r.Account != a {
			continue
		}
		if failed, err := a.RecentSignIn(ctx, overviewMaxAge); err == nil && failed != nil {
			list = append(list, *failed)
		}
	}
	return list
}

package worker

import (
	"context"

	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// Tokens lets the Qflow client draw from the token cache; neither knows the other.
type Tokens struct{ Cache *tokencache.Cache }

// Token returns the current access token and its generation.
func (t Tokens) Token(ctx context.Context) (secret.Text, uint64, error) {
	token, err := t.Cache.Token(ctx)
	return token.Access, token.Generation, err
}

// Refused notes that Qflow did not accept this generation's access token.
func (t Tokens) Refused(ctx context.Context, generation uint64) error {
	return t.Cache.Refused(ctx, generation)
}

// Accepted notes that Qflow took this generation's access token.
func (t Tokens) Accepted(generation uint64) { t.Cache.Accepted(generation) }

package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Admin talks to the admin API of a sandbox in another process.
type Admin struct {
	URL  string       // the sandbox's base URL
	HTTP *http.Client // http.DefaultClient when nil
}

// Summary returns the totals.
func (a Admin) Summary(ctx context.Context) (sum Summary, err error) {
	err = a.do(ctx, http.MethodGet, "summary", nil, &sum)
	return sum, err
}

// History returns everything that happened.
func (a Admin) History(ctx context.Context) (all History, err error) {
	err = a.do(ctx, http.MethodGet, "history", nil, &all)
	return all, err
}

// Switches returns the current switches.
func (a Admin) Switches(ctx context.Context) (sw Switches, err error) {
	err = a.do(ctx, http.MethodGet, "switches", nil, &sw)
	return sw, err
}

// Patch sets switches by their JSON names and returns all of them.
func (a Admin) Patch(ctx context.Context, changes map[string]any) (sw Switches, err error) {
	err = a.do(ctx, http.MethodPatch, "switches", changes, &sw)
	return sw, err
}

// Inject adds faults.
func (a Admin) Inject(ctx context.Context, list ...Fault) error {
	return a.do(ctx, http.MethodPost, "faults", list, nil)
}

// Faults lists the active faults, with their counts.
func (a Admin) Faults(ctx context.Context) (list []Fault, err error) {
	err = a.do(ctx, http.MethodGet, "faults", nil, &list)
	return list, err
}

// ClearFaults ends all faults.
func (a Admin) ClearFaults(ctx context.Context) error {
	return a.do(ctx, http.MethodDelete, "faults", nil, nil)
}

// RevokeAccessTokens ends all access tokens before their time.
func (a Admin) RevokeAccessTokens(ctx context.Context) error {
	return a.do(ctx, http.MethodPost, "revoke-access-tokens", nil, nil)
}

// RevokeRefreshTokens ends all refresh tokens.
func (a Admin) RevokeRefreshTokens(ctx context.Context) error {
	return a.do(ctx, http.MethodPost, "revoke-refresh-tokens", nil, nil)
}

// Reset puts the sandbox back to its beginning.
func (a Admin) Reset(ctx context.Context) error {
	return a.do(ctx, http.MethodPost, "reset", nil, nil)
}

// SetInvitation puts the latest invitation of (guest, template) into one of the State values.
func (a Admin) SetInvitation(ctx context.Context, guestID, templateID, state string) error {
	return a.do(ctx, http.MethodPost, "invitations", invitationState{guestID, templateID, state}, nil)
}

// Settle waits, at most half a minute, until all mail that is not held is delivered and all webhooks are done with.
func (a Admin) Settle(ctx context.Context) error {
	return a.do(ctx, http.MethodGet, "settle", nil, nil)
}

func (a Admin) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode sandbox %s: %w", path, err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(a.URL, "/")+"/admin/"+path, body)
	if err != nil {
		return fmt.Errorf("ask sandbox for %s: %w", path, err)
	}
	client := a.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("ask sandbox for %s: %w", path, err)
	}
	defer answer.Body.Close()
	return decode(answer, path, out)
}

func decode(answer *http.Response, path string, out any) error {
	if answer.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
		return fmt.Errorf("sandbox %s: %s: %s", path, answer.Status, strings.TrimSpace(string(text)))
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		return fmt.Errorf("decode sandbox %s: %w", path, err)
	}
	return nil
}

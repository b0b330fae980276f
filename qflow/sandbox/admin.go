package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// settleLimit ends a GET /admin/settle whose client may be gone.
const settleLimit = 30 * time.Second

// adminRoutes is the sandbox's own API, outside of every gate, limit and fault.
func (s *Sandbox) adminRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/history", func(w http.ResponseWriter, _ *http.Request) { show(w, s.History()) })
	mux.HandleFunc("GET /admin/summary", func(w http.ResponseWriter, _ *http.Request) { show(w, s.Summary()) })
	mux.HandleFunc("GET /admin/switches", func(w http.ResponseWriter, _ *http.Request) { show(w, s.Switches()) })
	mux.HandleFunc("GET /admin/choices", func(w http.ResponseWriter, _ *http.Request) { show(w, Choices()) })
	mux.HandleFunc("PATCH /admin/switches", s.adminPatch)
	mux.HandleFunc("GET /admin/faults", func(w http.ResponseWriter, _ *http.Request) { show(w, s.Faults()) })
	mux.HandleFunc("POST /admin/faults", s.adminFaults)
	mux.HandleFunc("DELETE /admin/faults", done(s.ClearFaults))
	mux.HandleFunc("POST /admin/revoke-access-tokens", done(s.RevokeAccessTokens))
	mux.HandleFunc("POST /admin/revoke-refresh-tokens", done(s.RevokeRefreshTokens))
	mux.HandleFunc("POST /admin/reset", done(s.Reset))
	mux.HandleFunc("POST /admin/invitations", s.adminInvitation)
	mux.HandleFunc("GET /admin/settle", s.adminSettle)
	return mux
}

// invitationState is the body of POST /admin/invitations.
type invitationState struct {
	GuestID    string `json:"guest_id"`
	TemplateID string `json:"template_id"`
	State      string `json:"state"`
}

func (s *Sandbox) adminPatch(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		problem(w, err)
		return
	}
	next, err := s.patch(body)
	if err != nil {
		problem(w, err)
		return
	}
	show(w, next)
}

// adminFaults takes one fault or an array of them.
func (s *Sandbox) adminFaults(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		problem(w, err)
		return
	}
	var list []Fault
	if err = json.Unmarshal(body, &list); err != nil {
		list = make([]Fault, 1)
		err = json.Unmarshal(body, &list[0])
	}
	if err == nil {
		err = s.Inject(list...)
	}
	if err != nil {
		problem(w, err)
		return
	}
	show(w, s.Faults())
}

func (s *Sandbox) adminInvitation(w http.ResponseWriter, r *http.Request) {
	var in invitationState
	err := json.NewDecoder(r.Body).Decode(&in)
	if err == nil {
		err = s.SetInvitation(in.GuestID, in.TemplateID, in.State)
	}
	if err != nil {
		problem(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) adminSettle(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), settleLimit, errors.New("mail has not settled"))
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	if err := s.Settle(ctx); err != nil {
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func done(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		do()
		w.WriteHeader(http.StatusNoContent)
	}
}

func show(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(data) // a client that has left is not an error
}

func problem(w http.ResponseWriter, err error) { http.Error(w, err.Error(), http.StatusBadRequest) }

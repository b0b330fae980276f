package access

import (
	"encoding/json"
	"net/http"
)

// Problem is an error as a program gets it: application/problem+json (RFC 9457). Its texts are for people.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"` // what happened, and what to do

	Parameter   string `json:"parameter,omitempty"`    // of the request, that is wrong
	Line        int    `json:"line,omitempty"`         // of the list
	NeedsAnswer bool   `json:"needs_answer,omitempty"` // the list can be imported once a parameter answers the question
	Import      string `json:"import,omitempty"`       // that is meant
}

func (p *Problem) Error() string { return p.Detail }

// Write writes the answer.
func (p *Problem) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

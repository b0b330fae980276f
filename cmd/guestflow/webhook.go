package main

import (
	"net/http"

	"guestflow/worker/delivery"
)

// secrets are the account's webhook secrets, sealed by the key that seals its tokens.
func (a *app) secrets() *delivery.Secrets {
	return delivery.NewSecrets(a.store.Client, a.ledger.Prefix(), a.ledger.Account(), a.tokens.Keys())
}

// deliveries answers what Qflow tells of the account's emails. The app must be connected.
func (a *app) deliveries(observer delivery.Observer) http.Handler {
	return delivery.New(a.ledger, a.secrets(), a.log, observer).Handler()
}

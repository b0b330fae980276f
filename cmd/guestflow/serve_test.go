package main

import (
	"errors"
	"log/slog"
	"testing"
)

func TestAnIdentityProviderAloneIsALogin(t *testing.T) {
	t.Parallel()
	c := serving{
		Listen: "0.0.0.0:8088", OIDCIssuer: "https://login.example.com", OIDCClientID: "guestflow",
		OIDCRedirectURL: "https://console.example.com/login/callback", ViewerGroups: []string{"*"}, OperatorGroups: []string{"events"},
	}
	if _, err := c.guard(slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
}

func TestGroupsThatNobodyTellsAreRefused(t *testing.T) {
	t.Parallel()
	c := serving{Listen: "127.0.0.1:8088", OperatorGroups: []string{"events"}}
	_, err := c.guard(slog.New(slog.DiscardHandler))
	if _, is := errors.AsType[*usageError](err); !is {
		t.Fatalf("%v, want a usage error", err)
	}
}

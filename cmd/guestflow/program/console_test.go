package program

import (
	"errors"
	"log/slog"
	"testing"

	"guestflow/cmd/guestflow/config"
)

func TestAnIdentityProviderAloneIsALogin(t *testing.T) {
	t.Parallel()
	c := config.Console{
		Listen: "0.0.0.0:8088", OIDCIssuer: "https://login.example.com", OIDCClientID: "guestflow",
		OIDCRedirectURL: "https://console.example.com/login/callback", ViewerGroups: []string{"*"},
		OperatorGroups: []string{"events"},
	}
	if _, err := guard(&c, nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
}

func TestGroupsWithoutASourceAreRefused(t *testing.T) {
	t.Parallel()
	c := config.Console{Listen: "127.0.0.1:8088", OperatorGroups: []string{"events"}}
	_, err := guard(&c, nil, slog.New(slog.DiscardHandler))
	if _, is := errors.AsType[*config.UsageError](err); !is {
		t.Fatalf("%v, want a usage error", err)
	}
}

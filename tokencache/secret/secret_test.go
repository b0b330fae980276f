package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"guestflow/tokencache/secret"
)

func TestNoVerbLogOrEncoderPrintsTheSecret(t *testing.T) {
	t.Parallel()
	const value = "hunter2"
	s := struct {
		Password secret.Text `json:"password"`
	}{value}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb, s, s.Password)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "password", s.Password, "all", s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "password", s.Password, "all", s)
	if err := json.NewEncoder(&out).Encode(s); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), value) || strings.Contains(out.String(), fmt.Sprintf("%x", value)) {
		t.Fatalf("the secret shows in:\n%s", out.String())
	}
	if !strings.Contains(out.String(), secret.Hidden) || s.Password.Reveal() != value {
		t.Fatal("the placeholder or the value itself is gone")
	}
}

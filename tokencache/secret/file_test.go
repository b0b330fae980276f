package secret_test

import (
	"testing"

	"guestflow/tokencache/secret"
)

// What Windows' editors and shells put around a secret is sent to no server.
func TestASecretFileIsReadHoweverItsTextIsWritten(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"plain": "pw\n", "crlf": " pw\r\n", "utf-8 mark": "\ufeffpw\r\n", "utf-16": "\xff\xfep\x00w\x00\r\x00\n\x00",
		"utf-16 big": "\xfe\xff\x00p\x00w",
	} {
		if got, err := secret.FromFile([]byte(raw)); err != nil || got.Reveal() != "pw" {
			t.Errorf("%s: %q, %v", name, got.Reveal(), err)
		}
	}
	for name, raw := range map[string]string{"utf-16 without a mark": "p\x00w\x00", "half a character": "\xff\xfep\x00w"} {
		if _, err := secret.FromFile([]byte(raw)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

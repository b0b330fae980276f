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
		"utf-16 big": "\xfe\xff\x00p\x00w", "two marks": "\ufeff\ufeffpw", "a mark behind a line": "\n\ufeffpw",
		"a mark at its end": "pw\ufeff", "utf-16 with two marks": "\xff\xfe\xff\xfep\x00w\x00", "unseen around it": "\u200e\u200bpw\u200b\n",
		"no-break space": "pw\u00a0",
	} {
		if got, err := secret.FromFile([]byte(raw)); err != nil || got.Reveal() != "pw" {
			t.Errorf("%s: %q, %v", name, got.Reveal(), err)
		}
	}
	for name, raw := range map[string]string{"utf-16 without a mark": "p\x00w\x00", "half a character": "\xff\xfep\x00w",
		"half a pair": "\xff\xfep\x00\x00\xd8", "windows-1252": "p\xe4ss", "a lost letter": "p\ufffdss", "unseen within": "p\u200bw", "a soft hyphen": "p\u00adw",
		"a terminal's marks": "\x1b[200~pw\x1b[201~", "the end of a DOS file": "pw\x1a", "formatted": `{\rtf1\ansi pw}`, "a PDF": "%PDF-1.4\n%\xe2\xe3",
	} {
		if _, err := secret.FromFile([]byte(raw)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"guestflow/qflow/webhook"
	"guestflow/tokencache/secret"
)

const (
	current  = "9f2b7a4c9f2b7a4c9f2b7a4c9f2b7a4c9f2b7a4c9f2b7a4c9f2b7a4c9f2b7a4c"
	previous = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"
)

var (
	secrets = []secret.Text{current, previous}
	noon    = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	body    = []byte(`{"event":"comms.delivered", "attendeeInvitationId":"i-1"}` + "\r\n")
)

// sign makes a header as docs/qflow-api.md section 6 says, by the test's own means.
func sign(key []byte, at time.Time, body []byte) string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

func TestASignatureIsTakenInEveryFormThatItMayHave(t *testing.T) {
	t.Parallel()
	good := sign([]byte(current), noon, body)
	stamp, v1, _ := strings.Cut(good, ",")
	decoded, _ := hex.DecodeString(current)
	for name, header := range map[string]string{
		"as documented":                good,
		"blanks":                       " " + stamp + " , v1 = " + strings.TrimPrefix(v1, "v1=") + " ",
		"the other way round":          v1 + "," + stamp,
		"upper case":                   stamp + ",v1=" + strings.ToUpper(strings.TrimPrefix(v1, "v1=")),
		"names in upper case":          strings.ToUpper(good),
		"a version that is unknown":    good + ",v2=" + strings.Repeat("0", 128),
		"unknown entries":              "kid=7," + good + ",,x",
		"several of the same version":  stamp + ",v1=" + strings.Repeat("ab", 32) + "," + v1,
		"the previous secret":          sign([]byte(previous), noon, body),
		"the decoded bytes as the key": sign(decoded, noon, body),
		"five minutes old":             sign([]byte(current), noon.Add(-webhook.Window), body),
		"five minutes ahead":           sign([]byte(current), noon.Add(webhook.Window), body),
	} {
		if why := webhook.Verify(secrets, header, body, noon); why != "" {
			t.Errorf("%s: %q: %v", name, header, why)
		}
	}
}

func TestWhatIsNotSignedRightlyIsRefused(t *testing.T) {
	t.Parallel()
	good := sign([]byte(current), noon, body)
	stamp, v1, _ := strings.Cut(good, ",")
	for name, c := range map[string]struct {
		header string
		body   string
		want   webhook.Refusal
	}{
		"no header":               {"", string(body), webhook.RefusedMalformed},
		"only a time":             {stamp, string(body), webhook.RefusedMalformed},
		"only a signature":        {v1, string(body), webhook.RefusedMalformed},
		"a time that is none":     {"t=noon," + v1, string(body), webhook.RefusedMalformed},
		"two times":               {"t=1," + good, string(body), webhook.RefusedMalformed},
		"half a signature":        {good[:len(good)-2], string(body), webhook.RefusedMalformed},
		"no hex":                  {stamp + ",v1=" + strings.Repeat("zz", 32), string(body), webhook.RefusedMalformed},
		"only an unknown version": {stamp + ",v2=" + strings.Repeat("ab", 32), string(body), webhook.RefusedMalformed},
		"more signatures than anyone": {stamp + strings.Repeat(",v1="+strings.Repeat("ab", 32), 5), string(body),
			webhook.RefusedMalformed},
		"a header without end": {good + strings.Repeat(",x=1", 1000), string(body), webhook.RefusedMalformed},
		"too old": {sign([]byte(current), noon.Add(-webhook.Window-2*time.Second), body), string(body),
			webhook.RefusedStale},
		"too far ahead": {sign([]byte(current), noon.Add(webhook.Window+2*time.Second), body), string(body),
			webhook.RefusedStale},
		"before all time":          {"t=-9223372036854775808," + v1, string(body), webhook.RefusedStale},
		"another time":             {fmt.Sprintf("t=%d,%s", noon.Unix()+1, v1), string(body), webhook.RefusedWrong},
		"another secret":           {sign([]byte("guessed"), noon, body), string(body), webhook.RefusedWrong},
		"no secret at all":         {sign(nil, noon, body), string(body), webhook.RefusedWrong},
		"another body":             {good, strings.Replace(string(body), "delivered", "bounced", 1), webhook.RefusedWrong},
		"the body in other blanks": {good, strings.TrimSpace(string(body)), webhook.RefusedWrong},
	} {
		for _, known := range [][]secret.Text{secrets, {current, ""}} {
			if why := webhook.Verify(known, c.header, []byte(c.body), noon); why != c.want {
				t.Errorf("%s: %q, want %q", name, why, c.want)
			}
		}
	}
	if why := webhook.Verify(nil, sign(nil, noon, body), body, noon); why != webhook.RefusedWrong {
		t.Errorf("without a secret: %q", why)
	}
}

func FuzzSignature(f *testing.F) {
	good := sign([]byte(current), noon, body)
	for _, header := range []string{"", good, "t=,v1=", good + ",v2=00", "v1=" + strings.Repeat("0", 64) + ",t=0",
		"t=1,t=2", ",,,=,="} {
		f.Add(header, body)
	}
	stamp, mac, _ := strings.Cut(good, ",v1=")
	f.Fuzz(func(t *testing.T, header string, body2 []byte) {
		if webhook.Verify(secrets, header, body2, noon) != "" {
			return
		}
		// Only who signed this very body at this very time can have made it.
		if !bytes.Equal(body2, body) || !strings.Contains(strings.ToLower(header), mac) ||
			!strings.Contains(header, strings.TrimPrefix(stamp, "t=")) {
			t.Fatalf("%q is taken for a signature of %q", header, body2)
		}
	})
}

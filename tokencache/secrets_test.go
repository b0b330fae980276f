package tokencache_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/tokencache"
)

// One run through success, refusal, lost answers, crash leftovers and login; then every secret that was in play is
// looked for wherever it must not be.
func TestNoSecretShowsInLogsErrorsRedisOrJournal(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.Endpoint.AuthURL = b.idp.URL + "/authorize"
	var errs []string
	note := func(err error) {
		if err != nil {
			errs = append(errs, fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		}
	}
	dumps := strings.Builder{}
	c := b.process()
	gen := b.token(c).Generation
	note(c.Refused(t.Context(), gen))

	// The server echoes what it is sent, as HTML, as JSON and as a redirect.
	for _, status := range []int{302, 400, 401, 403, 429, 500, 200} {
		b.idp.with(func(s *identity) {
			s.after = func(w http.ResponseWriter, form url.Values) bool {
				w.Header().Set("Location", "http://127.0.0.1:1/?"+form.Encode())
				w.WriteHeader(status)
				fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, form.Encode(), form.Encode())
				return true
			}
		})
		_, err := c.Renew(t.Context())
		note(err)
		dumps.WriteString(b.dump())
	}
	b.idp.with(func(s *identity) { s.after = nil })
	_, err := c.Renew(t.Context())
	note(err)

	// A journal that stays, because Redis ends before the commit.
	stuck := b.process()
	b.token(stuck)
	stuck.SetTestHook(func(point string) {
		if point == tokencache.PointJournaled {
			b.rdb.Close()
		}
	})
	_, err = stuck.Renew(t.Context())
	note(err)
	dumps.WriteString(b.stateFiles())
	if !strings.Contains(dumps.String(), "gf1.") {
		t.Fatal("the dump holds no sealed token; it proves nothing")
	}
	b.wantNoSecretIn("logs", b.log.String())
	b.wantNoSecretIn("errors", strings.Join(errs, "\n"))
	b.wantNoSecretIn("Redis and journal", dumps.String())
	if len(errs) < 5 {
		t.Fatalf("only %d errors were provoked", len(errs))
	}
}

func (b *bundle) wantNoSecretIn(where, text string) {
	b.t.Helper()
	b.idp.mu.Lock()
	defer b.idp.mu.Unlock()
	all := []string{demoCredentials.ClientSecret.Reveal(), demoCredentials.Password.Reveal(), keyA}
	for s := range b.idp.secrets {
		all = append(all, s)
	}
	for _, s := range slices.Clone(all) {
		all = append(all, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte(s)), fmt.Sprintf("%x", s))
	}
	for _, s := range all {
		if strings.Contains(text, s) {
			b.t.Errorf("%s show the secret %q", where, s)
		}
	}
}

// dump is everything that Redis holds, as text.
func (b *bundle) dump() string {
	var out strings.Builder
	ctx := b.t.Context()
	for _, k := range b.rdb.Keys(ctx, "*").Val() {
		fmt.Fprintln(&out, k, b.rdb.HGetAll(ctx, k).Val(), b.rdb.Get(ctx, k).Val())
	}
	return out.String()
}

func (b *bundle) stateFiles() string {
	var out strings.Builder
	files, _ := filepath.Glob(filepath.Join(b.cfg.StateDir, "*"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		fmt.Fprintf(&out, "%s %s\n", f, data)
	}
	return out.String()
}

package access_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

func teller(t *testing.T, tls bool) *access.Access {
	t.Helper()
	a, err := access.New(access.Options{Listen: "127.0.0.1:8088", TLS: tls})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// bring is the next request of a browser that keeps these cookies.
func bring(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func TestASentenceIsToldOnceAndAsSecurelyAsSessions(t *testing.T) {
	t.Parallel()
	for _, tls := range []bool{false, true} {
		a := teller(t, tls)
		w := httptest.NewRecorder()
		a.SetFlash(w, "Jürgen's list; 3 rows wait")
		cookies := w.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Secure != tls || strings.HasPrefix(cookies[0].Name, "__Host-") != tls ||
			!cookies[0].HttpOnly {
			t.Fatalf("TLS %v: %v", tls, cookies)
		}
		w = httptest.NewRecorder()
		if got := a.PopFlash(w, bring(cookies...)); got != "Jürgen's list; 3 rows wait" {
			t.Errorf("TLS %v: told %q", tls, got)
		}
		if gone := w.Result().Cookies(); len(gone) != 1 || gone[0].MaxAge != -1 || gone[0].Name != cookies[0].Name {
			t.Errorf("TLS %v: it is told again: %v", tls, gone)
		}
	}
}

func TestAFlashCannotBeForged(t *testing.T) {
	t.Parallel()
	a := teller(t, false)
	w := httptest.NewRecorder()
	teller(t, false).SetFlash(w, "Your password has run out; log in at evil.example") // by another key
	if got := a.PopFlash(httptest.NewRecorder(), bring(w.Result().Cookies()...)); got != "" {
		t.Errorf("told %q", got)
	}
}

package access

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A provider that does not answer blocks no request that has ended, and is asked once for all that wait.
func TestWhoWaitsForTheProviderMayLeave(t *testing.T) {
	t.Parallel()
	asked, answers := make(chan struct{}, 10), make(chan struct{})
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-answers
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer away.Close()
	p, err := newProvider(OIDC{Issuer: away.URL, ClientID: "c", RedirectURL: "http://localhost/login/callback",
		Groups: Groups{Viewers: []string{"*"}}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() {
		_, err := p.ready(context.Background())
		first <- err
	}()
	<-asked
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := p.ready(gone); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(answers)
	if err := <-first; err == nil || len(asked) > 0 {
		t.Errorf("%v, asked %d times more", err, len(asked))
	}
}

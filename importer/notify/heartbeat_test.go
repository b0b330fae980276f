package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

const hidden = "a-secret-check-id"

// beating is a heartbeat to a real server, which answers with a status.
func beating(t *testing.T, status *atomic.Int64) (h notify.Heartbeat, beats chan string, log *testkit.Log) {
	t.Helper()
	beats, log = make(chan string, 100), &testkit.Log{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if code := int(status.Load()); code != http.StatusOK {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			return
		}
		beats <- r.Method + " " + r.URL.Path
	}))
	t.Cleanup(server.Close)
	return notify.Heartbeat{
		Address: secret.Text(server.URL + "/" + hidden + "?token=" + hidden), Every: time.Millisecond,
		Healthy: func(context.Context) error { return nil }, Log: slog.New(slog.NewTextHandler(log, nil)),
	}, beats, log
}

func TestAHeartbeatIsSentOnlyWhileTheProcessIsHealthy(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusOK)
	h, beats, _ := beating(t, &status)
	if err := h.Beat(t.Context()); err != nil || len(beats) != 1 || <-beats != "GET /"+hidden {
		t.Errorf("a healthy process: %v", err)
	}
	h.Healthy = func(context.Context) error { return errors.New("redis: it does not answer") }
	if err := h.Beat(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "not healthy: redis: it does not answer") || len(beats) != 0 {
		t.Errorf("without Redis: %v, %d beats", err, len(beats))
	}
}

func TestAHeartbeatGoesOnWhenItsReceiverIsBackAndTheLogHasNoAddress(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusInternalServerError)
	h, beats, log := beating(t, &status)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { h.Run(ctx); close(ended) }()
	testkit.Eventually(t, "the failure is logged",
		func() bool { return strings.Contains(log.String(), "500 Internal Server Error") })
	status.Store(http.StatusOK)
	<-beats
	<-beats // of the second round, before which the recovery is logged
	stop()
	<-ended
	if said := log.String(); strings.Count(said, "no heartbeat is sent") != 1 || strings.Count(said, "sent again") != 1 ||
		strings.Contains(said, hidden) {
		t.Errorf("the log says %s", said)
	}
}

func TestNoErrorOfAHeartbeatShowsItsAddress(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	h, beats, _ := beating(t, &status)
	for _, code := range []int{http.StatusFound, http.StatusNotFound, http.StatusBadGateway} {
		status.Store(int64(code))
		if err := h.Beat(t.Context()); err == nil || strings.Contains(err.Error(), hidden) || len(beats) != 0 {
			t.Errorf("%d: %v", code, err)
		}
	}
	for _, address := range []string{"http://127.0.0.1:1/" + hidden, "http://[::1/" + hidden, "ftp://host/" + hidden,
		hidden, "://" + hidden, "http:///" + hidden} {
		h.Address = secret.Text(address)
		if err := h.Beat(t.Context()); err == nil || strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: %v", address, err)
		}
		if err := notify.CheckHeartbeat(h.Address); (err == nil) != strings.HasPrefix(address, "http://127") ||
			err != nil && strings.Contains(err.Error(), hidden) {
			t.Errorf("%s is checked: %v", address, err)
		}
	}
}

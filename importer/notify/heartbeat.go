package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"guestflow/tokencache/secret"
)

// Heartbeat calls an address for as long as the process is healthy. What receives it (healthchecks.io, Uptime Kuma,
// Dead Man's Snitch) alarms when the calls stay away: also of a host that is gone, which can report nothing itself. So
// silence is the only signal, which all of them understand: there is none for a failure, and none for an end.
type Heartbeat struct {
	Address secret.Text // a secret: calls to it keep the alarm quiet, so it is in no error
	Every   time.Duration
	Healthy func(context.Context) error // why the process is not; called before each beat
	Log     *slog.Logger
}

const (
	// heartbeatTimeout is less than the shortest interval.
	heartbeatTimeout = 5 * time.Second

	// againAfter is how soon health is looked at again that fails: the first beat after a recovery, or a start, is not
	// late.
	againAfter = 5 * time.Second
)

// CheckHeartbeat returns what is wrong with the address of a heartbeat; it uses no network.
func CheckHeartbeat(address secret.Text) error {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the address of a heartbeat must be a URL such as https://host/path") // err would show it
	}
	return nil
}

// Run beats until ctx ends. Of failures in a row the first is logged, and then that they have passed.
func (h Heartbeat) Run(ctx context.Context) {
	failing := false
	for ctx.Err() == nil {
		wait := h.Every
		err := h.Beat(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			wait = min(wait, againAfter)
			if !failing {
				h.Log.Warn("no heartbeat is sent; it is tried again", "error", err)
			}
		case failing:
			h.Log.Info("heartbeats are sent again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// Beat calls the address once, if the process is healthy.
func (h Heartbeat) Beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeatTimeout)
	defer cancel()
	if err := h.Healthy(ctx); err != nil {
		return fmt.Errorf("this process is not healthy: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.Address.Reveal(), http.NoBody)
	if err != nil {
		return errors.New("the address of the heartbeat makes no request")
	}
	r.Header.Set("User-Agent", "guestflow")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		if wrapped, is := errors.AsType[*url.Error](err); is {
			err = wrapped.Err // without the address
		}
		return fmt.Errorf("call %s: %w", r.URL.Host, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // so that the connection can be used again
	if answer.StatusCode >= 300 {
		return fmt.Errorf("call %s: it answers %s; redirects are not followed", r.URL.Host, answer.Status)
	}
	return nil
}

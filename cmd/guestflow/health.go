package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

// host returns the host of a URL.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

type healthCommand struct {
	Listen  string        `help:"Address that the process listens on, as for run." default:"127.0.0.1:8088"`
	Metrics string        `help:"As for run; it is asked there." name:"metrics-listen"`
	TLSCert string        `help:"As for run; --listen is asked by HTTPS." name:"tls-cert" type:"path"`
	URL     string        `name:"url" help:"URL to ask instead; default is /readyz on --metrics-listen or else --listen."`
	Live    bool          `help:"Ask only whether the process is alive (/healthz), not whether it can work (/readyz)."`
	Within  time.Duration `help:"How long the answer may take." default:"3s"`
}

// errUnhealthy is for containers: any other code than 1 means something else to Docker.
var errUnhealthy = errors.New("not healthy")

// Run asks a running process for its health. It needs only the network, so it works in a container without a shell,
// too.
func (c *healthCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	address, err := c.address()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	code, said, err := healthAt(ctx, address)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %s does not answer: %w", errUnhealthy, host(address), err)
	case code != http.StatusOK:
		return fmt.Errorf("%w: %s says: %s", errUnhealthy, host(address), said)
	}
	return std.Result(map[string]any{"address": host(address), "healthy": true}, "%s is healthy.", host(address))
}

func (c *healthCommand) address() (string, error) {
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || u.Host == "" || u.User != nil {
			return "", fmt.Errorf("%w: --url is not a URL such as http://127.0.0.1:9464/readyz, without a user or password",
				errUnhealthy)
		}
		return c.URL, nil
	}
	path := "/readyz"
	if c.Live {
		path = "/healthz"
	}
	name, port, err := net.SplitHostPort(cmp.Or(c.Metrics, c.Listen))
	if err != nil {
		return "", fmt.Errorf("%w: no address; set GUESTFLOW_LISTEN as for guestflow run, or --url", errUnhealthy)
	}
	if ip := net.ParseIP(name); name == "" || ip != nil && ip.IsUnspecified() {
		name = "127.0.0.1"
	}
	scheme := "http"
	if c.TLSCert != "" && c.Metrics == "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(name, port) + path, nil
}

// healthAt returns the status and the first words of the answer. On this machine the certificate is for another name,
// and needs no check.
func healthAt(ctx context.Context, address string) (int, string, error) {
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: config.Loopback(address)}, // only on this machine
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		if u, is := errors.AsType[*url.Error](err); is {
			err = u.Err
		}
		return 0, "", err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 1000))
	return resp.StatusCode, strings.ReplaceAll(strings.TrimSpace(string(said)), "\n", "; "), err
}

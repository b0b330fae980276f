package access

import (
	"log/slog"
	"time"

	"guestflow/tokencache/secret"
)

// Options configure who may use the console, and how they log in.
type Options struct {
	Listen string // the listener's address, which decides whether other machines can reach the console
	// browsers use https, with our certificate or that of a proxy in front: cookies are secure, HSTS is sent
	TLS bool

	Passwords string // file with lines name:hash:rights; see SetUser
	OIDC      OIDC   // login with an identity provider
	Proxy     Proxy  // a reverse proxy in front, which may authenticate users

	// Hosts are the host names of the console; others are refused. None is all names, but without a login only this
	// machine's. A proxy's header needs them.
	Hosts []string

	// Key signs cookies: 32 characters or more, the same in all processes. None is a random one, which ends all
	// sessions at a restart.
	Key secret.Text

	SessionLength time.Duration // until the next login; 0 is 12 hours

	Tokens Tokens // of programs; nil serves no API

	Public []string // paths without a login; one that ends in / includes all below it
	Probes []string // those of them for monitoring: they are answered whatever the load by other requests

	Language string // of its pages: en, de, or auto for what the browser accepts

	Log *slog.Logger     // nil discards
	Now func() time.Time // nil is time.Now
}

// workday is the length of a session: from a login in the morning; a forgotten browser is logged out by the next day.
const workday = 12 * time.Hour

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionLength == 0 {
		o.SessionLength = workday
	}
	return o
}

// UsageError is a mistake in the options; its text says what to do.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// checkExposure refuses options by which other machines could use the console without a login, and warns of what they
// could read or forge.
func (a *Access) checkExposure() error {
	listen := a.options.Listen
	if a.noLogin() && !loopback(listen) {
		return &UsageError{"the console would listen on " + listen + ", which other machines can reach, without a " +
			"login; listen on 127.0.0.1, or configure a password file (guestflow user add NAME), an OIDC issuer, or " +
			"a reverse proxy's header"}
	}
	if a.proxy != nil && len(a.options.Hosts) == 0 { // see knownHost
		return &UsageError{"the header " + a.proxy.Header + " would be trusted for any host name, so that a page of " +
			"another site could send it " +
			"by a browser in the reverse proxy's network; name the hosts that the proxy asks for, as in hosts: " +
			"console.example.com"}
	}
	if a.canLogIn() && !a.options.TLS && !loopback(listen) {
		a.log.Warn("passwords and sessions are sent to the console unencrypted; "+
			"use --tls-cert and --tls-key, or behind_tls if a proxy in front uses https", "listen", listen)
	}
	for _, network := range a.proxyNetworks.wide() {
		a.log.Warn("the reverse proxy's network is wide: every machine in it could claim to be the proxy; name the "+
			"proxy's address instead",
			"network", network)
	}
	return nil
}

package tokencache

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"guestflow/tokencache/secret"
)

// loopback is the small web server that a login's redirect comes back to. It listens on this machine only.
type loopback struct {
	redirect string
	state    string
	implicit bool
	host     string
	server   *http.Server
	got      chan returned
	done     chan struct{}
}

type returned struct {
	code  secret.Text
	token answer
	err   error
}

// listenLoopback uses the literal address rather than "localhost" (RFC 8252 section 8.3), unless one is registered.
func listenLoopback(ctx context.Context, registered, state string, implicit bool) (*loopback, error) {
	u := &url.URL{Scheme: "http", Host: "127.0.0.1:0", Path: "/callback"}
	if registered != "" {
		var err error
		if u, err = url.Parse(registered); err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) || u.Port() == "" {
			return nil, fmt.Errorf("redirect URI %q is not http on a port of 127.0.0.1, [::1] or localhost; sign in with --paste, or in the console", registered)
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("listen for the redirect: %w", err)
	}
	if registered == "" {
		u.Host = l.Addr().String()
	}
	if u.Path == "" {
		u.Path = "/"
	}
	b := &loopback{
		redirect: u.String(), state: state, implicit: implicit, host: u.Host,
		got: make(chan returned, 1), done: make(chan struct{}),
	}
	if registered != "" {
		b.redirect = registered // to the letter: servers compare strings
	}
	mux := http.NewServeMux()
	mux.HandleFunc(u.Path, b.serve)
	b.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: maxReply}
	go func() {
		defer close(b.done)
		_ = b.server.Serve(l)
	}()
	return b, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (b *loopback) wait(ctx context.Context) (returned, error) {
	select {
	case r := <-b.got:
		return r, r.err
	case <-ctx.Done():
		return returned{}, fmt.Errorf("wait for the browser to come back: %w", context.Cause(ctx))
	}
}

// close lets the page that says "you can close this window" still go out.
func (b *loopback) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if b.server.Shutdown(ctx) != nil {
		_ = b.server.Close()
	}
	<-b.done
}

func (b *loopback) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'")
	if r.Host != b.host {
		http.Error(w, "wrong host", http.StatusForbidden) // a name that resolves to this machine is not this machine
		return
	}
	values := r.URL.Query()
	switch {
	case b.implicit && r.Method == http.MethodGet && !values.Has("error"):
		_, _ = w.Write([]byte(fragmentPage))
		return
	case b.implicit && r.Method == http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, maxReply)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "cannot be read", http.StatusBadRequest)
			return
		}
		values = r.PostForm
	case r.Method != http.MethodGet:
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	// Any page can send a browser here. Without our state it is not our login, and ours goes on waiting.
	if subtle.ConstantTimeCompare([]byte(values.Get("state")), []byte(b.state)) != 1 {
		http.Error(w, "this is not the login that was started here", http.StatusBadRequest)
		return
	}
	got := b.read(values)
	select {
	case b.got <- got:
	default: // a reload of the page
	}
	if got.err != nil {
		_, _ = w.Write([]byte("<!doctype html><title>guestflow</title><p>The login did not work. The terminal says why."))
		return
	}
	_, _ = w.Write([]byte("<!doctype html><title>guestflow</title><p>You are signed in. You can close this window."))
}

func (b *loopback) read(values url.Values) returned {
	if !b.implicit || values.Get("error") != "" {
		return readCode(values)
	}
	access, _ := json.Marshal(values.Get("access_token"))
	a := answer{access: plainText(access), lifetime: lifetime(json.RawMessage(strconv.Quote(values.Get("expires_in"))))}
	if !a.access.Set() {
		return returned{err: errors.New("the redirect brought no access token")}
	}
	return returned{token: a}
}

// readCode reads the query that a browser comes back with.
func readCode(values url.Values) returned {
	if code := values.Get("error"); code != "" {
		if !slices.Contains(oauthCodes, code) {
			code = unknownCode
		}
		return returned{err: &DeniedError{Code: code}}
	}
	if values.Get("code") == "" {
		return returned{err: errors.New("the redirect brought no code")}
	}
	return returned{code: secret.Text(values.Get("code"))}
}

// fragmentPage hands the fragment to us, which a browser never sends by itself, and takes it out of the address bar.
const fragmentPage = `<!doctype html><title>guestflow</title><p id="p">One moment.
<script>
const f = location.hash.slice(1); history.replaceState(null, "", location.pathname);
fetch(location.pathname, {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: f})
  .then(r => r.text()).then(t => { document.open(); document.write(t); document.close(); });
</script>`

package tokencache

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"

	"guestflow/tokencache/secret"
)

// Credentials are what an account signs in with. All but ClientID may be missing.
type Credentials struct {
	ClientID     string
	ClientSecret secret.Text
	Username     string
	Password     secret.Text
	// EnterprisePIN goes in front of the user name as "pin/name" (Qflow enterprise accounts only).
	EnterprisePIN secret.Text
}

func (c Credentials) user() string {
	if c.EnterprisePIN.Set() {
		return c.EnterprisePIN.Reveal() + "/" + c.Username
	}
	return c.Username
}

// Config says whose tokens to keep, and where they come from.
type Config struct {
	// Account names the tokens in Redis: letters, digits and "._@+-".
	Account     string
	Endpoint    Endpoint
	Credentials Credentials
	// Keys seal the tokens at rest. Without any, one is read from StateDir, or generated there.
	Keys Keyring
	// StateDir holds the journal, the newest generation seen, and a generated key; it is made if it is missing. Several
	// processes of a host may share it. Without it an answer that could not be committed is lost with its process,
	// which costs a password grant; an account without a password is not renewed then.
	StateDir string
	// Replicas that must confirm a claim before anything is sent: as many as could be promoted. 0 with a single Redis.
	Replicas int
	// Gate replaces the WAIT that Replicas asks for. It runs after a claim, and after a commit.
	Gate func(ctx context.Context) error
	// Timing is for tests and unusual servers; the zero value is right for Qflow.
	Timing Timing
	// Process names this process to operators; "host:pid" by default.
	Process  string
	Logger   *slog.Logger
	Observer Observer
	// TLS and Dial replace the defaults of the connection to the identity server. The rest of the transport is fixed,
	// because the promise of one request depends on it.
	TLS  *tls.Config
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Timing holds every duration of the protocol. A zero field takes its default.
type Timing struct {
	// Request bounds one token request from dial to the last byte. 8 s: an identity server that takes longer is down.
	Request time.Duration
	// Claim is how old a claim may be when the request leaves. 3 s: enough for a WAIT and a slow handshake, too short
	// for a frozen process to send a token that others count as spent.
	Claim time.Duration
	// Stale is when a claim's owner counts as gone. 14 s: more than Claim and Request together.
	Stale time.Duration
	// Lock is the lock's time to live, renewed at a third of it. 20 s: well above Request, so that it never runs out
	// under a healthy holder.
	Lock time.Duration
	// Poll is the longest time between two reads of Redis while waiting. 500 ms: announcements come by pub/sub; this is
	// for lost ones.
	Poll time.Duration
	// Wait is how long a call waits for a token before it reports trouble. 45 s: a dead lock, a stale claim and a
	// slow request in a row.
	Wait time.Duration
	// Keep is how long an answer stays in the journal after its commit. 10 s: Redis writes its log down every second,
	// and replicas are behind by less.
	Keep time.Duration
	// Margin is how long before its expiry a token is no longer given out, at most a tenth of its life. 10 s: a call
	// that starts now must arrive in time.
	Margin time.Duration
	// Wrong is the schedule of pauses after refused credentials. Servers lock accounts after 3 to 10 attempts within
	// minutes; these are at most 4 in the first half hour and 2 an hour later on.
	Wrong []time.Duration
	// Trouble is the schedule after an identity server that failed or was not there.
	Trouble []time.Duration
}

func (t *Timing) normalize() error {
	def := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	def(&t.Request, 8*time.Second)
	def(&t.Claim, 3*time.Second)
	def(&t.Stale, t.Request+t.Claim+3*time.Second)
	def(&t.Lock, max(20*time.Second, 2*t.Request))
	def(&t.Poll, 500*time.Millisecond)
	def(&t.Wait, t.Lock+t.Stale+t.Request+5*time.Second)
	def(&t.Keep, 10*time.Second)
	def(&t.Margin, 10*time.Second)
	if len(t.Wrong) == 0 {
		t.Wrong = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
	}
	if len(t.Trouble) == 0 {
		t.Trouble = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second}
	}
	if t.Request > t.Lock/2 {
		return fmt.Errorf("request time limit %s must be at most half of the lock's %s", t.Request, t.Lock)
	}
	if t.Stale < t.Request+t.Claim {
		return fmt.Errorf("stale after %s must be at least request plus claim, %s", t.Stale, t.Request+t.Claim)
	}
	return nil
}

// accountName keeps a name from closing the hash tag early and sending a script's keys to two slots.
var accountName = regexp.MustCompile(`^[A-Za-z0-9._@+-]{1,128}$`)

func (cfg *Config) normalize() error {
	if !accountName.MatchString(cfg.Account) {
		return fmt.Errorf("account %q: want 1 to 128 letters, digits or ._@+-", cfg.Account)
	}
	if err := cfg.Endpoint.normalize(); err != nil {
		return fmt.Errorf("account %q: %w", cfg.Account, err)
	}
	if err := cfg.Timing.normalize(); err != nil {
		return fmt.Errorf("account %q: %w", cfg.Account, err)
	}
	if cfg.Credentials.ClientID == "" {
		return fmt.Errorf("account %q: client id is missing", cfg.Account)
	}
	if cfg.Replicas < 0 {
		return errors.New("replicas must not be negative")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Process == "" {
		host, _ := os.Hostname()
		cfg.Process = host + ":" + strconv.Itoa(os.Getpid())
	}
	return nil
}

// fingerprint names a set of credentials without revealing it. The password is not in it: the tokens stay the same
// user's when it is changed.
func (cfg *Config) fingerprint() string {
	h := sha256.New()
	for _, part := range []string{cfg.Endpoint.TokenURL, cfg.Credentials.ClientID, cfg.Credentials.user()} {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// unattended is the grant that gets a new pair without a person, "" if there is none.
func (cfg *Config) unattended() Grant {
	switch cfg.Endpoint.Unattended {
	case GrantPassword:
		if cfg.Credentials.Username != "" && cfg.Credentials.Password.Set() {
			return GrantPassword
		}
	case GrantClientCredentials:
		return GrantClientCredentials
	case GrantRefresh, GrantCode, GrantImplicit, None: // these need a person, or a token to begin with
	}
	return ""
}

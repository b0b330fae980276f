// Package config reads the settings of guestflow: flags, the environment and guestflow.yaml, in this order of
// precedence.
//
// All three are read by kong, which knows the types, defaults and checks of every setting; the file is one more source
// of values to it. So a setting is declared once, as a field, and has its flag, its variable and its key by its name.
// What is shown of the settings is decided here, too: a text is hidden unless it is known to hold no secret.
package config

import (
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"guestflow/importer/plural"
	"guestflow/importer/visible"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker/budget"
)

// Settings are what every command can be told by a flag, by the environment (GUESTFLOW_<FLAG>), or in guestflow.yaml
// (the flag's name with underscores); a flag wins over the environment, and that over the file. Those with the tag
// keyonly have no flag, see keys.go.
type Settings struct {
	Config   string `help:"Configuration file; ./guestflow.yaml is read when it is there." type:"path" group:"Where"`
	StateDir string `help:"Folder for keys, journals, and the ledger of a redis-server that guestflow started." default:".guestflow" type:"path" group:"Where"`

	KeepFiles time.Duration `help:"How long files, reports and guests' data in Redis are kept after an import; 0 is for ever, in Redis for as long as retention says." default:"720h" group:"Where" keyonly:""`
	Retention int           `help:"Days for which imports are kept in Redis, with each row's state and the knowledge of who has had which email: 1 to 3650. What was written before keeps its end." default:"180" group:"Where" keyonly:""`

	Redis

	APIURL string `name:"api-url" help:"URL of Qflow's API. Without it and without client_id a sandbox in this process is used." group:"Qflow"`

	AllowHTTP []string `name:"allow-http" help:"Other hosts that may be called by HTTP. Keys, tokens and guests are sent to them in clear." group:"Qflow" keyonly:""`

	ClientID            string      `help:"OAuth client id." group:"Qflow" keyonly:""`
	ClientSecret        secret.Text `help:"OAuth client secret; better as client_secret_file." group:"Qflow" keyonly:""`
	ClientSecretFile    string      `help:"File that holds the client secret." type:"path" group:"Qflow" keyonly:""`
	Username            string      `help:"Email of the Qflow user." group:"Qflow" keyonly:""`
	Password            secret.Text `help:"Password of the Qflow user; better as password_file." group:"Qflow" keyonly:""`
	PasswordFile        string      `help:"File that holds the password." type:"path" group:"Qflow" keyonly:""`
	EnterprisePin       secret.Text `help:"PIN of an enterprise account; not for others. Better as enterprise_pin_file." group:"Qflow" keyonly:""`
	EnterprisePinFile   string      `help:"File that holds the PIN." type:"path" group:"Qflow" keyonly:""`
	SubscriptionKey     secret.Text `help:"Subscription key from Qflow's welcome email; better as subscription_key_file." group:"Qflow" keyonly:""`
	SubscriptionKeyFile string      `help:"File that holds the subscription key." type:"path" group:"Qflow" keyonly:""`

	Account       string      `help:"Name of this Qflow account, or one of those in guestflow.yaml. It is part of every guest's identity: do not change it." group:"Qflow"`
	KeyHeader     string      `help:"Header that carries the subscription key." default:"Ocp-Apim-Subscription-Key" group:"Qflow" keyonly:""`
	CheckinPrefix string      `help:"Path before /guest and /guests." default:"/checkin/v1/api" group:"Qflow" keyonly:""`
	CommsPrefix   string      `help:"Path before /send and /templates." default:"/comms/v1/api/comms" group:"Qflow" keyonly:""`
	TokenKeys     secret.Text `help:"Keys that encrypt tokens and guests' data in Redis, the first one for new data; the same on all hosts. Better as token_keys_file." group:"Qflow" keyonly:""`
	TokenKeysFile string      `help:"File that holds token_keys." type:"path" group:"Qflow" keyonly:""`

	EventNames map[string]string `help:"What events are called on pages, in plans and in messages, by their ids; a name stands for the id wherever an event is chosen." mapsep:";" group:"Qflow" keyonly:""`

	RatePerMinute     Limit  `help:"Calls a minute of the whole fleet; none for no limit." default:"1000" group:"Pace"`
	SendRatePerMinute Limit  `help:"Emails a minute of the whole fleet; none for no limit." default:"300" group:"Pace"`
	Egress            string `help:"Name of the network address that calls come from; processes with the same name share the two limits." default:"default" group:"Pace" keyonly:""`
	Concurrency       int    `help:"Chunks that one process works on at the same time." default:"32" group:"Pace"`

	WhileUntrusted string          `help:"While the account is not verified: hold guest and email, or create the guest now." enum:"hold,create" default:"hold" group:"Pace" keyonly:""`
	ProbeIntervals []time.Duration `help:"Intervals between the probes of a closed gate; the last one repeats." default:"1m,2m,5m,10m,15m" group:"Pace" keyonly:""`

	LogFormat string `help:"Log as text or json." enum:"text,json" default:"text" group:"Output"`
	Verbose   bool   `help:"Log more." short:"v" group:"Output"`
	JSON      bool   `help:"Print JSON; its fields are stable." group:"Output"`

	identity
	Notifications
	Heartbeat

	Profiles map[string]Profile `kong:"-"` // by name
	accounts accounts
	Exposed  []ExposedFile `kong:"-"` // files with secrets that every user of this machine can read

	ZeroLimits []string `kong:"-"` // keys of limits that are written as 0, which is read as none
	File       *File    `kong:"-"` // that the settings were read from, as their account sees it
}

// Finish reads secrets from their files and checks what can be checked without a network.
func (s *Settings) Finish() error {
	if err := s.readSecrets(); err != nil {
		return err
	}
	for _, check := range []func() error{
		s.checkURLs, s.checkNumbers, s.checkHTTP, s.identity.check, s.Redis.Options("", nil).Check, s.checkChannels,
		s.checkHeartbeat, s.checkLive, s.checkEventNames,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) readSecrets() error {
	for _, f := range []struct {
		path string
		into *secret.Text
		key  string
	}{
		{s.RedisURLFile, &s.RedisURL, "redis_url"}, {s.RedisPasswordFile, &s.RedisPassword, "redis_password"},
		{s.RedisSentinelPasswordFile, &s.RedisSentinelPassword, "redis_sentinel_password"},
		{s.ClientSecretFile, &s.ClientSecret, "client_secret"},
		{s.PasswordFile, &s.Password, "password"}, {s.EnterprisePinFile, &s.EnterprisePin, "enterprise_pin"},
		{s.SubscriptionKeyFile, &s.SubscriptionKey, "subscription_key"},
		{s.TokenKeysFile, &s.TokenKeys, "token_keys"}, {s.NotifyURLFile, &s.NotifyURL, "notify_url"},
		{s.NotifySecretFile, &s.NotifySecret, "notify_secret"}, {s.SMTPPasswordFile, &s.SMTPPassword, "smtp_password"},
		{s.HeartbeatURLFile, &s.HeartbeatURL, "heartbeat_url"},
	} {
		if err := FromFile(f.path, f.into, f.key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Settings) checkURLs() error {
	for name, value := range map[string]string{"--api-url": s.APIURL, "identity_url": s.IdentityURL,
		"console_url": s.ConsoleURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.User != nil) {
			return Usagef("%s is not a URL such as https://host/path, without a user or password", name)
		}
	}
	return nil
}

// maxRetention is ten years, in days: beyond it a wrong number is likelier than a need.
const maxRetention = 3650

func (s *Settings) checkNumbers() error {
	for flag, n := range map[string]int{
		"concurrency": s.Concurrency - 1,
	} {
		if n < 0 {
			return Usagef("--%s is too small", flag)
		}
	}
	if s.Retention < 1 || s.Retention > maxRetention {
		return Usagef("retention is %s, and must be 1 to %d", plural.Of(s.Retention, "day"), maxRetention)
	}
	for _, d := range s.ProbeIntervals {
		if d <= 0 {
			return Usagef("probe_intervals has one that is not longer than 0")
		}
	}
	return nil
}

func (s *Settings) checkChannels() error {
	_, err := s.Channels()
	return err
}

// checkHTTP refuses to send keys, tokens and guests over a network in clear. An address of this machine is allowed.
func (s *Settings) checkHTTP() error {
	for _, a := range []struct{ name, url string }{
		{"--api-url", s.APIURL}, {"identity_url", s.IdentityURL}, {"auth_url", s.AuthURL},
		{"notify_url", s.NotifyURL.Reveal()},
		{"heartbeat_url", s.HeartbeatURL.Reveal()},
	} {
		u, err := url.Parse(a.url)
		if err != nil || !strings.EqualFold(u.Scheme, "http") || Loopback(a.url) ||
			slices.ContainsFunc(s.AllowHTTP, func(host string) bool { return strings.EqualFold(host, u.Hostname()) }) {
			continue
		}
		return Usagef("%s would send secrets to %s in clear: write https:// in place of http://, "+
			"or allow that host by name: GUESTFLOW_ALLOW_HTTP=%s", a.name, u.Hostname(), u.Hostname())
	}
	return nil
}

// checkLive refuses half of the credentials: it would be unclear whether real people are to be mailed.
func (s *Settings) checkLive() error {
	if s.Sandboxed() {
		return nil
	}
	var missing []string
	endpoint := s.Endpoint()
	for key, has := range map[string]bool{
		"client_id": s.ClientID != "", "client_secret": s.ClientSecret.Set() || !endpoint.NeedsSecret(),
		"subscription_key": s.SubscriptionKey.Set(),
	} {
		if !has {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return Usagef("for Qflow itself %s must be set too; without any credentials everything runs against the sandbox",
			strings.Join(missing, ", "))
	}
	return nil
}

// Sandboxed reports whether no live account is configured. Then the sandbox's public account is used, with a sandbox in
// this process, or with the one on this machine that --api-url names.
func (s *Settings) Sandboxed() bool {
	if s.ClientID != "" || s.ClientSecret.Set() || s.Password.Set() || s.SubscriptionKey.Set() {
		return false
	}
	return s.APIURL == "" || Loopback(s.APIURL)
}

// Loopback reports whether an address is one of this machine only.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

// AccountName returns the name that is part of every guest's identity. The sandbox has a name of its own, so that
// trying things out never marks a real guest as done.
func (s *Settings) AccountName() string {
	switch {
	case s.Account != "":
		return s.Account
	case s.Sandboxed():
		return "sandbox"
	}
	return "main"
}

// Limits returns the fleet's rate limits as configured.
func (s *Settings) Limits() budget.Limits {
	return budget.Limits{API: int(s.RatePerMinute), Email: int(s.SendRatePerMinute)}
}

// Logger returns a logger that writes to standard error. A quiet one is for commands that show their progress
// themselves.
func (s *Settings) Logger(quiet bool) *slog.Logger {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelWarn
		if term.IsTerminal(int(os.Stderr.Fd())) { // the progress bar says the same
			level = slog.LevelError
		}
	}
	if s.Verbose {
		level = slog.LevelDebug
	}
	options := &slog.HandlerOptions{Level: level}
	to := visible.NewWriter(os.Stderr)
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// Keyring returns the configured keys that seal tokens; an empty one if none are configured.
func (s *Settings) Keyring() (keys tokencache.Keyring, err error) {
	if s.TokenKeys.Set() {
		if keys, err = tokencache.ParseKeys(s.TokenKeys); err != nil {
			return keys, Usagef("token_keys: %v", err)
		}
	}
	return keys, nil
}

// CanAsk reports whether a dry run can ask Qflow for events and templates.
func (s *Settings) CanAsk() bool { return s.WhyNotAsked() == "" }

// WhyNotAsked returns why a dry run cannot ask Qflow, or "".
func (s *Settings) WhyNotAsked() string {
	switch {
	case s.Sandboxed() && s.APIURL == "":
		return "without credentials an import goes to a sandbox in its own process, which has one event only"
	case s.Sandboxed(), s.RedisURL.Set(), s.Password.Set(), s.Grant == string(tokencache.GrantClientCredentials):
		return ""
	}
	return "the account has no password, and its refresh token is in a Redis that a dry run does not start"
}

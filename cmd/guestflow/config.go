package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"golang.org/x/term"

	"guestflow/importer"
	"guestflow/importer/visible"
	"guestflow/tokencache/secret"
	"guestflow/worker/budget"
)

// settings are the flags that every command has. Each has the environment twin GUESTFLOW_<FLAG> and, with underscores, a
// key in guestflow.yaml; a flag wins over the environment, and that over the file.
type settings struct {
	Config   string `help:"Configuration file; ./guestflow.yaml is read when it is there." type:"path" group:"Where"`
	StateDir string `help:"Folder for keys, journals and the ledger of a redis-server of our own." default:".guestflow" type:"path" group:"Where"`

	KeepFiles time.Duration `help:"How long dropped and fetched files and their reports stay after an import, and what Redis has of its guests; 0 is for ever, in Redis 180 days." default:"720h" group:"Where"`

	redisSettings

	APIURL string `name:"api-url" help:"Qflow's API. Without it and without --client-id a sandbox inside this process takes its place." group:"Qflow"`

	AllowHTTP []string `name:"allow-http" help:"Hosts that may be called by http although they are not this machine. Keys, tokens and guests go there in clear." group:"Qflow"`

	ClientID            string      `help:"OAuth client id." group:"Qflow"`
	ClientSecret        secret.Text `help:"OAuth client secret; better as --client-secret-file." group:"Qflow"`
	ClientSecretFile    string      `help:"File that holds the client secret." type:"path" group:"Qflow"`
	Username            string      `help:"Email of the Qflow user." group:"Qflow"`
	Password            secret.Text `help:"Password of the Qflow user; better as --password-file." group:"Qflow"`
	PasswordFile        string      `help:"File that holds the password." type:"path" group:"Qflow"`
	EnterprisePin       secret.Text `help:"PIN of an enterprise account; leave it out for others. Better as --enterprise-pin-file." group:"Qflow"`
	EnterprisePinFile   string      `help:"File that holds the PIN." type:"path" group:"Qflow"`
	SubscriptionKey     secret.Text `help:"Subscription key from Qflow's welcome email; better as --subscription-key-file." group:"Qflow"`
	SubscriptionKeyFile string      `help:"File that holds the subscription key." type:"path" group:"Qflow"`

	Account       string      `help:"Name of this Qflow account, or one of those in guestflow.yaml. It is part of every guest's identity: never change it." group:"Qflow"`
	KeyHeader     string      `help:"Header that carries the subscription key." default:"Ocp-Apim-Subscription-Key" group:"Qflow"`
	CheckinPrefix string      `help:"Path before /guest and /guests." default:"/checkin/v1/api" group:"Qflow"`
	CommsPrefix   string      `help:"Path before /send and /templates." default:"/comms/v1/api/comms" group:"Qflow"`
	TokenKeys     secret.Text `help:"Keys that seal tokens in Redis, the first one seals; needed on several hosts. Better as --token-keys-file." group:"Qflow"`
	TokenKeysFile string      `help:"File that holds --token-keys." type:"path" group:"Qflow"`

	RatePerMinute     int    `help:"Calls a minute of the whole fleet; 0 is no limit." default:"1000" group:"Pace"`
	SendRatePerMinute int    `help:"Emails a minute of the whole fleet; 0 is no limit." default:"300" group:"Pace"`
	Egress            string `help:"Name of the address that calls leave from; processes with the same name share the two limits." default:"default" group:"Pace"`
	Concurrency       int    `help:"Chunks that one process works on at a time." default:"32" group:"Pace"`

	WhileUntrusted string          `help:"What becomes of a guest whose email may not go yet: hold both, or create the guest now." enum:"hold,create" default:"hold" group:"Pace"`
	ProbeIntervals []time.Duration `help:"Time before the first, second, ... probe of a closed gate; the last one repeats." default:"1m,2m,5m,10m,15m" group:"Pace"`

	LogFormat string `help:"Log as text or json." enum:"text,json" default:"text" group:"Output"`
	Verbose   bool   `help:"Log more." short:"v" group:"Output"`
	JSON      bool   `help:"Print JSON; its fields are stable." group:"Output"`

	identity
	notifying

	profiles map[string]profile
	how      ways // in which a daemon's lists are read
	accounts accounts
	shared   *app // whose store and metrics this account uses too
	exposed  []exposedFile
}

// profile is named settings of imports, from the file.
type profile struct {
	Account  string `koanf:"account"`
	Event    string `koanf:"event"`
	Template string `koanf:"template"`
	Key      string `koanf:"key"`
	Timezone string `koanf:"timezone"` // of times in the file, and of cron

	Mapping    map[string]string `koanf:"mapping"`     // by field: a header, a text with {{Header}} in it, =constant, or nothing
	SplitNames *bool             `koanf:"split_names"` // a pointer where false is not the same as not saying it
	Dates      string            `koanf:"dates"`
	Sheet      string            `koanf:"sheet"`
	Encoding   string            `koanf:"encoding"`
	HeaderRow  string            `koanf:"header_row"`
	Hidden     string            `koanf:"hidden"`
	Strict     *bool             `koanf:"strict"`
	MaxRejects string            `koanf:"max_rejects"`

	Source           string `koanf:"source"` // a URL or a folder; see importer/remote
	SourcePattern    string `koanf:"source_pattern"`
	SourceAfter      string `koanf:"source_after"`
	SourceID         string `koanf:"source_id"`
	SourceSecretFile string `koanf:"source_secret_file"`
	SourceKeyFile    string `koanf:"source_key_file"`
	SourceKnownHosts string `koanf:"source_known_hosts"`

	Cron   string `koanf:"cron"` // without one a source is polled
	Missed string `koanf:"missed"`
	Jitter string `koanf:"jitter"` // text, for a number without a unit would be nanoseconds
}

// values are the keys that are set, as far as they may be shown.
func (p profile) values() map[string]any {
	set := map[string]any{}
	v := reflect.ValueOf(p)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if value := v.FieldByIndex(f.Index); !value.IsZero() {
			key := f.Tag.Get("koanf")
			set[key] = display(key, f, reflect.Indirect(value))
		}
	}
	return set
}

// profileKeys are the keys that a profile can have.
func profileKeys() map[string]bool {
	known := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[profile]()) {
		known[f.Tag.Get("koanf")] = true
	}
	return known
}

// fileConfig is guestflow.yaml: the flags by name, accounts, and profiles.
type fileConfig struct {
	account  string // whose settings come before the others
	values   *koanf.Koanf
	profiles map[string]profile
	path     string
	used     map[string]bool
}

// readConfig reads the file that --config or GUESTFLOW_CONFIG names, or ./guestflow.yaml when it is there.
func readConfig(args []string) (*fileConfig, error) {
	f := &fileConfig{values: koanf.New("."), used: map[string]bool{}}
	path, named := configPath(args)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return f, nil
	}
	if err != nil {
		return nil, &usageError{fmt.Sprintf("the configuration file cannot be read: %v", err)}
	}
	f.path = path
	text, err := secret.Decode(raw)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("the configuration file %s cannot be read: %v", path, err)}
	}
	if err := f.values.Load(rawbytes.Provider([]byte(text)), yaml.Parser()); err != nil {
		return nil, notYAML(path, err)
	}
	if f.profiles, err = readProfiles(path, f.values); err != nil {
		return nil, err
	}
	if err := f.checkProfiles(); err != nil {
		return nil, err
	}
	return f, nil
}

func configPath(args []string) (path string, named bool) {
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--config="); ok {
			return value, true
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1], true
		}
	}
	if value := os.Getenv("GUESTFLOW_CONFIG"); value != "" {
		return value, true
	}
	return "guestflow.yaml", false
}

func (f *fileConfig) checkProfiles() error {
	known := profileKeys()
	for name, p := range f.profiles {
		for _, key := range f.values.MapKeys("profiles." + name) {
			if !known[key] {
				return &usageError{fmt.Sprintf("%s: profile %s has the unknown key %q", f.path, name, keyName(key))}
			}
		}
		if _, err := time.LoadLocation(p.Timezone); err != nil {
			return &usageError{fmt.Sprintf("%s: profile %s: %q is not a time zone such as Europe/London", f.path, name, p.Timezone)}
		}
		if _, err := p.reading(); err != nil {
			return &usageError{fmt.Sprintf("%s: profile %s: %v", f.path, name, err)}
		}
		if err := p.checkSource(name); err != nil {
			return &usageError{fmt.Sprintf("%s: profile %s: %v", f.path, name, err)}
		}
		if p.Source != "" && p.Account == "" && len(f.accounts()) > 0 {
			return &usageError{fmt.Sprintf("%s: profile %s: there are several accounts, and nothing says for which its source is; add account: and one of %s",
				f.path, name, strings.Join(f.accounts(), ", "))}
		}
	}
	return nil
}

// Resolve gives kong the file's value of a flag, unless the environment has one.
func (f *fileConfig) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	key := strings.ReplaceAll(flag.Name, "-", "_")
	f.used[key] = true
	if own := "accounts." + f.account + "." + key; f.account != "" && f.values.Exists(own) {
		return forFlag(f.values.Get(own), flag) // over the environment too, which speaks for all accounts
	}
	if f.account != "" && key == "account" {
		return f.account, nil
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if !f.values.Exists(key) {
		return nil, nil
	}
	return forFlag(f.values.Get(key), flag)
}

// Validate finds keys that no flag has: a misspelt limit must not be silently ignored.
func (f *fileConfig) Validate(app *kong.Application) error {
	known := map[string]bool{"profiles": true, "accounts": true}
	for _, node := range append([]*kong.Node{app.Node}, app.Leaves(false)...) {
		for _, flag := range node.Flags {
			known[strings.ReplaceAll(flag.Name, "-", "_")] = true
		}
	}
	for key := range f.values.Raw() {
		if !known[key] {
			return &usageError{fmt.Sprintf("%s: unknown key %q; guestflow config lists them", f.path, keyName(key))}
		}
	}
	return f.readAccounts(app)
}

// finish reads secrets from their files and checks what can be checked without a network.
func (s *settings) finish() error {
	files := []struct {
		path string
		into *secret.Text
		flag string
	}{
		{s.RedisURLFile, &s.RedisURL, "redis-url"}, {s.RedisPasswordFile, &s.RedisPassword, "redis-password"},
		{s.RedisSentinelPasswordFile, &s.RedisSentinelPassword, "redis-sentinel-password"}, {s.ClientSecretFile, &s.ClientSecret, "client-secret"},
		{s.PasswordFile, &s.Password, "password"}, {s.EnterprisePinFile, &s.EnterprisePin, "enterprise-pin"},
		{s.SubscriptionKeyFile, &s.SubscriptionKey, "subscription-key"},
		{s.TokenKeysFile, &s.TokenKeys, "token-keys"}, {s.NotifyURLFile, &s.NotifyURL, "notify-url"},
		{s.NotifySecretFile, &s.NotifySecret, "notify-secret"}, {s.SMTPPasswordFile, &s.SMTPPassword, "smtp-password"},
	}
	for _, f := range files {
		if err := fromFile(f.path, f.into, f.flag); err != nil {
			return err
		}
	}
	for flag, value := range map[string]string{"api-url": s.APIURL, "identity-url": s.IdentityURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.User != nil) {
			return &usageError{fmt.Sprintf("--%s is not a URL such as https://host/path, without a user or password", flag)}
		}
	}
	for flag, n := range map[string]int{"rate-per-minute": s.RatePerMinute, "send-rate-per-minute": s.SendRatePerMinute, "concurrency": s.Concurrency - 1} {
		if n < 0 {
			return &usageError{fmt.Sprintf("--%s is too small", flag)}
		}
	}
	for _, d := range s.ProbeIntervals {
		if d <= 0 {
			return &usageError{"--probe-intervals are not all longer than nothing"}
		}
	}
	if err := s.checkHTTP(); err != nil {
		return err
	}
	if err := s.identity.check(); err != nil {
		return err
	}
	if err := s.redisSettings.options("", nil).Check(); err != nil {
		return err
	}
	if _, err := s.channels(); err != nil {
		return err
	}
	return s.checkLive()
}

// checkHTTP refuses to send keys, tokens and guests over a network in clear. This machine is none.
func (s *settings) checkHTTP() error {
	for _, a := range []struct{ flag, url string }{
		{"api-url", s.APIURL}, {"identity-url", s.IdentityURL}, {"auth-url", s.AuthURL}, {"notify-url", s.NotifyURL.Reveal()},
	} {
		u, err := url.Parse(a.url)
		if err != nil || !strings.EqualFold(u.Scheme, "http") || loopback(a.url) ||
			slices.ContainsFunc(s.AllowHTTP, func(host string) bool { return strings.EqualFold(host, u.Hostname()) }) {
			continue
		}
		return &usageError{fmt.Sprintf("--%s would send secrets to %s in clear: write https:// in place of http://, "+
			"or allow that host by name: --allow-http=%s", a.flag, u.Hostname(), u.Hostname())}
	}
	return nil
}

// checkLive wants whole credentials or none at all: with half of them it is unclear whether real people are to be mailed.
func (s *settings) checkLive() error {
	if s.sandboxed() {
		return nil
	}
	var missing []string
	for flag, has := range map[string]bool{
		"--client-id": s.ClientID != "", "--client-secret": s.ClientSecret.Set(), "--subscription-key": s.SubscriptionKey.Set(),
	} {
		if !has {
			missing = append(missing, flag)
		}
	}
	if len(missing) > 0 {
		return &usageError{fmt.Sprintf("for Qflow itself %s must be set too; without any credentials everything runs against the sandbox", strings.Join(missing, ", "))}
	}
	return nil
}

// sandboxed tells whether no live account is configured: then the sandbox's public account is used, against a sandbox in
// this process, or one on this machine that --api-url names.
func (s *settings) sandboxed() bool {
	if s.ClientID != "" || s.ClientSecret.Set() || s.Password.Set() || s.SubscriptionKey.Set() {
		return false
	}
	return s.APIURL == "" || loopback(s.APIURL)
}

func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
}

// account is the name that guests are identified by. The sandbox has one of its own, so that trying things out never marks
// a real guest as done.
func (s *settings) account() string {
	switch {
	case s.Account != "":
		return s.Account
	case s.sandboxed():
		return "sandbox"
	}
	return "main"
}

func (s *settings) limits() budget.Limits {
	return budget.Limits{API: s.RatePerMinute, Email: s.SendRatePerMinute}
}

// logger writes to standard error. A quiet one is for commands that show their progress. What is meant for the operator's eyes or for scripts goes to standard output.
func (s *settings) logger(quiet bool) *slog.Logger {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelWarn
		if term.IsTerminal(int(os.Stderr.Fd())) { // what a warning says stands beside the progress bar in better words
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

// lists is what a command says of the lists that it imports.
type lists struct {
	event, template, key string // over a profile
	ways
}

// imports gives the settings of an import under a profile.
func (s *settings) imports(name string, l lists) (importer.Settings, error) {
	p, known := s.profiles[name]
	if name != "" && !known {
		return importer.Settings{}, &usageError{fmt.Sprintf("there is no profile %q; profiles stand in guestflow.yaml", name)}
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return importer.Settings{}, fmt.Errorf("profile %s: %w", name, err)
	}
	to := importer.Settings{
		Account: s.account(), Profile: name, Location: zone,
		Event: first(l.event, p.Event), Template: first(l.template, p.Template), Key: first(l.key, p.Key),
	}
	how, err := p.reading()
	if err != nil {
		return to, err
	}
	if name != "" {
		l.ways = l.forProfile()
	}
	err = l.of(how).into(&to)
	return to, err
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

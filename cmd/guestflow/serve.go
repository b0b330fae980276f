package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/console/queues"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/tokencache/secret"
)

// account is the account as people look at it and steer it.
func (a *app) account() *operate.Account {
	return &operate.Account{
		Redis: a.store.Client, Ledger: a.ledger, Importer: a.importer, Gates: a.gates, Budget: a.budget, Queues: a.queues,
		Tokens: a.tokens, Qflow: a.qflow, Live: a.live(), Log: a.log,
	}
}

// uploads is the folder, below the state folder, of files that come by the browser.
const uploads = "uploads"

// shown is the account as the console serves it.
func (a *app) shown() *console.Account {
	return &console.Account{
		Watcher:  operate.NewWatcher(a.account()),
		Profiles: a.ownProfiles(),
		Uploads:  filepath.Join(a.settings.StateDir, uploads, a.settings.account()),
		Settings: a.wished,
		Report: func(ctx context.Context, imp ledger.Import, folder string) (console.Report, error) {
			r, err := a.report(ctx, imp, imp.Source, folder)
			return console.Report{Result: r.Result, Rejects: r.Rejects}, err
		},
		Schedules: func(ctx context.Context) ([]console.Schedule, error) {
			list, err := a.schedules(ctx)
			shown := make([]console.Schedule, len(list))
			for i, s := range list {
				shown[i] = console.Schedule{Status: s.Status, Source: s.Source, Imports: s.Imports}
			}
			return shown, err
		},
		KeepFiles: a.settings.KeepFiles,
	}
}

// ownProfiles are those of this account.
func (a *app) ownProfiles() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.settings.profiles)), func(name string) bool {
		of := a.settings.profiles[name].Account
		return of != "" && of != a.settings.account()
	})
}

// wished gives the settings of an import that somebody wants by the browser: those of the same command line.
func (a *app) wished(w console.ImportRequest) (importer.Settings, error) {
	c := importCommand{
		Profile: w.Profile, Event: w.Event, Template: w.Template, Key: w.Key, Again: w.Again,
		reading: reading{Map: w.Mapping, SplitNames: yes(w.SplitNames), Dates: w.Dates, Sheet: w.Sheet,
			Encoding: w.Encoding, HeaderRow: w.HeaderRow, Hidden: w.Hidden},
	}
	to, err := c.settings(a.settings, ways{typed: c.reading, rest: a.settings.how.of(reading{})})
	to.Compare, to.ShowValues = a.ledger.Compare, true
	return to, err
}

// serving is how the console is reached, and by whom.
type serving struct {
	Listen  string `help:"Address of the console, /metrics, /healthz and /readyz; empty for none. Another than this machine's wants a login." default:"127.0.0.1:8088" group:"Console"`
	Metrics string `help:"A second address for /metrics, /healthz and /readyz alone, such as 127.0.0.1:9464, by http and without a login: no load on the console holds up what watches this process there. They stay on --listen, too." name:"metrics-listen" group:"Console"`
	TLSCert string `help:"Certificate for https, with those between." name:"tls-cert" type:"path" group:"Console"`
	TLSKey  string `help:"Its key." name:"tls-key" type:"path" group:"Console"`

	UploadMiB int `help:"Most that a file may have that is uploaded in the browser, in MiB." name:"upload-mib" default:"256" group:"Console"`

	Users          string        `help:"File with those who may log in; see guestflow user." type:"path" group:"Console"`
	SessionKey     secret.Text   `help:"Signs sessions, 32 characters or more, the same in all processes; a random one logs everybody out at a restart. Better as --session-key-file." group:"Console"`
	SessionKeyFile string        `help:"File that holds --session-key." type:"path" group:"Console"`
	SessionLength  time.Duration `help:"How long a login is good for." default:"12h" group:"Console"`
	Hosts          []string      `help:"Names that browsers reach the console by; others are refused." group:"Console"`
	BehindTLS      bool          `help:"Browsers come by https, which a proxy in front speaks." name:"behind-tls" group:"Console"`

	OIDCIssuer           string      `help:"Identity provider to log in with, such as https://login.example.com." name:"oidc-issuer" group:"Console"`
	OIDCClientID         string      `help:"This console's client id there." name:"oidc-client-id" group:"Console"`
	OIDCClientSecret     secret.Text `help:"Its secret; better as --oidc-client-secret-file." name:"oidc-client-secret" group:"Console"`
	OIDCClientSecretFile string      `help:"File that holds --oidc-client-secret." name:"oidc-client-secret-file" type:"path" group:"Console"`
	OIDCRedirectURL      string      `help:"This console's address with /login/callback." name:"oidc-redirect-url" group:"Console"`
	OIDCGroupsClaim      string      `help:"Claim with somebody's groups." name:"oidc-groups-claim" default:"groups" group:"Console"`

	ProxyHeader       string   `help:"Header in which a reverse proxy names who is logged in, such as X-Forwarded-User." group:"Console"`
	ProxyFrom         []string `help:"Address of the reverse proxy, or several or a network, such as 10.0.0.5: its X-Forwarded-For says where browsers are, and --proxy-header is refused from elsewhere." group:"Console"`
	ProxyGroupsHeader string   `help:"Header in which it names their groups." group:"Console"`

	ViewerGroups   []string `help:"Groups that may look; * is everybody." group:"Console"`
	OperatorGroups []string `help:"Groups that may steer." group:"Console"`
	GuestsGroups   []string `help:"Groups that may see guests' data." group:"Console"`

	process map[string]any // the flags of the command, for the page of settings

	AsynqmonWrites bool `help:"Operators may pause queues and run tasks at once in Asynqmon, which only shows them otherwise." group:"Console"`
}

// public needs no login. None of it tells of guests.
var public = append([]string{"/static/", "/webhooks/"}, probes...)

// guard is who may do what.
func (c *serving) guard(log *slog.Logger) (*access.Access, error) {
	for _, f := range []struct {
		path string
		into *secret.Text
		flag string
	}{{c.SessionKeyFile, &c.SessionKey, "session-key"}, {c.OIDCClientSecretFile, &c.OIDCClientSecret, "oidc-client-secret"}} {
		if err := fromFile(f.path, f.into, f.flag); err != nil {
			return nil, err
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return nil, &usageError{"--tls-cert and --tls-key go together"}
	}
	options := access.Options{
		Listen: c.Listen, TLS: c.TLSCert != "" || c.BehindTLS, Passwords: c.Users, Hosts: c.Hosts, Key: c.SessionKey, SessionLength: c.SessionLength,
		OIDC: access.OIDC{
			Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret, RedirectURL: c.OIDCRedirectURL,
			GroupsClaim: c.OIDCGroupsClaim,
		},
		Proxy:  access.Proxy{Header: c.ProxyHeader, From: c.ProxyFrom, GroupsHeader: c.ProxyGroupsHeader},
		Public: public, Probes: probes, Log: log,
	}
	if err := c.groups(&options); err != nil {
		return nil, err
	}
	if c.BehindTLS && c.Users != "" && len(c.ProxyFrom) == 0 {
		log.Warn("whoever guesses passwords slows everybody's login down: browsers behind the proxy cannot be told apart; " +
			"name its address with --proxy-from")
	}
	guard, err := access.New(options)
	if wrong, is := errors.AsType[*access.UsageError](err); is {
		return nil, &usageError{wrong.Error()}
	}
	return guard, err
}

// groups gives the lists of groups to whatever tells somebody's groups.
func (c *serving) groups(o *access.Options) error {
	groups := access.Groups{Viewers: c.ViewerGroups, Operators: c.OperatorGroups, Guests: c.GuestsGroups}
	if o.OIDC.Issuer != "" {
		o.OIDC.Groups = groups
	}
	if o.Proxy.Header != "" {
		o.Proxy.Groups = groups
	}
	known := len(groups.Viewers)+len(groups.Operators)+len(groups.Guests) > 0
	if known && o.OIDC.Issuer == "" && o.Proxy.Header == "" {
		return &usageError{"--viewer-groups, --operator-groups and --guests-groups are of an identity provider or a reverse proxy; " +
			"set --oidc-issuer or --proxy-header, or leave them out"}
	}
	return nil
}

// serve serves on a listener until ctx ends.
type serve func(context.Context, net.Listener) error

// console gives what serves people, those who watch this process, and what Qflow tells; nil if there is to be none.
func (c *serving) console(apps []*app, watched http.Handler, log *slog.Logger) (serve, error) {
	if c.Listen == "" {
		return nil, nil
	}
	guard, err := c.guard(log)
	if err != nil {
		return nil, err
	}
	accounts, desks := make([]*console.Account, len(apps)), make([]*operate.Account, len(apps))
	for i, a := range apps {
		accounts[i] = a.shown()
		desks[i] = accounts[i].Watcher.Account
		accounts[i].Config = func() map[string]any {
			values := a.settings.effective()
			maps.Copy(values, c.process)
			return values
		}
		accounts[i].MaxUpload = int64(c.UploadMiB) << 20
	}
	site := console.New(accounts, guard, log)
	mux := http.NewServeMux()
	mux.Handle("/", site.Handler())
	mux.Handle(queues.Path, queues.New(apps[0].store.Client, desks, c.AsynqmonWrites, log))
	for _, path := range probes {
		mux.Handle(path, watched)
	}
	for path, told := range webhooks(apps, log) {
		mux.Handle(path, guard.WithSourceAddress(told))
	}
	server := access.NewServer(guard.Wrap(apps[0].metrics.HTTP(mux)), log)
	return func(ctx context.Context, l net.Listener) error {
		return site.Serve(ctx, l, server, console.TLS{Cert: c.TLSCert, Key: c.TLSKey})
	}, nil
}

// probesAlone serves those who watch this process at an address of their own.
func probesAlone(watched http.Handler, log *slog.Logger) serve {
	return func(ctx context.Context, l net.Listener) error {
		log.Info("metrics and health", "url", console.TLS{}.URL(l))
		return console.Serve(ctx, l, access.NewProbeServer(watched, log), console.TLS{})
	}
}

// open serves on an address. One that is taken keeps nothing else from its work: a second process on one machine is usual.
func open(ctx context.Context, what, address string, serve serve, log *slog.Logger) {
	listener, err := console.Listen(ctx, address)
	if err == nil {
		err = serve(ctx, listener)
	}
	if err != nil {
		log.Error("nothing is served at an address; free it, or name another", "what", what, "address", address, "error", err)
	}
}

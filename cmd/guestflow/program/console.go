package program

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/console/queues"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/erasure"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
	"guestflow/tokencache/secret"
)

// Operate returns the account as operators see and control it.
func (a *Account) Operate() *operate.Account {
	host, _ := os.Hostname() // without a name it is one of those without
	return &operate.Account{
		Host: host, Spools: a.spools(),
		Redis: a.Store.Client, Ledger: a.Ledger, Importer: a.Importer, Gates: a.Gates, Budget: a.Budget, Queues: a.queues,
		Tokens: a.Tokens, Qflow: a.Qflow, Live: a.Live(), Log: a.Log, Events: a.Settings.Events(),
		Standing: func(profile string) (spec.Spec, bool) { return a.Settings.Current(a.Log).Standing(profile) },
	}
}

// shown returns the account as the console serves it.
func (a *Account) shown() *console.Account {
	return &console.Account{
		Watcher:  operate.NewWatcher(a.Operate()),
		Profiles: a.ownProfiles(),
		Spool:    a.Spool,
		Watched:  a.Watched(a.inbox),
		Inbox:    console.Inbox{Dir: a.inbox, Folders: a.Watched(a.inbox), Watch: a.watch()},
		Approved: a.consumer.Wake,
		Settings: a.requested,
		Callback: callbackOf(a.Settings.Endpoint().RedirectURI),
		Folders:  func() []erasure.Folder { return a.ListFolders(a.inbox) },
		Report: func(ctx context.Context, imp ledger.Import, folder string) (console.Report, error) {
			r, err := a.Report(ctx, imp, imp.Source, folder)
			return console.Report{Result: r.Result, Rejects: r.Rejects, Gone: r.GoneFile}, err
		},
		Look: a.look,
		Schedules: func(ctx context.Context) ([]console.Schedule, error) {
			list, err := a.Schedules(ctx)
			shown := make([]console.Schedule, len(list))
			for i, s := range list {
				shown[i] = console.Schedule{Status: s.Status, Source: s.Source, Imports: s.Imports}
			}
			return shown, err
		},
	}
}

// look puts what is new at a profile's source into the spool, whose lists this process imports.
func (a *Account) look(ctx context.Context, profile string) (taken int, err error) {
	f, err := a.Feed(profile, a.lists)
	if err != nil {
		return 0, err
	}
	taken, err = f.drop(ctx)
	if taken > 0 {
		a.consumer.Wake()
	}
	return taken, err
}

// callbackOf returns the path of a registered redirect URI that is the console's: a loopback address is that of a
// command. One without a path would be that of the console's first page.
func callbackOf(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "https" || config.Loopback(redirect) || u.Path != path.Clean(u.Path) || u.Path == "/" ||
		strings.HasPrefix(u.Path, "/a/") || strings.ContainsAny(u.Path, "{} ") {
		return ""
	}
	return u.Path
}

// ownProfiles returns the names of this account's profiles.
func (a *Account) ownProfiles() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.Settings.Profiles)), func(name string) bool {
		of := a.Settings.Profiles[name].Account
		return of != "" && of != a.Settings.AccountName()
	})
}

// requested returns the settings of an import that was asked for in the browser: those of the same command line, with the
// profile as it is now.
func (a *Account) requested(w spec.Spec) (importer.Settings, error) {
	now := a.Settings.Current(a.Log)
	to, err := now.RequestedImport(w.Profile, config.Lists{
		Event: w.Event, Template: w.Template, Key: w.Key,
		Ways: config.Ways{Typed: w.Reading, Rest: a.lists.Of(spec.Reading{})},
	}, false)
	if err != nil {
		return importer.Settings{Spec: to}, err
	}
	to.AnySheet = to.AnySheet || w.AnySheet
	rules, err := now.HoldRules(w.Profile, a.lists.Holds)
	return importer.Settings{
		Spec: to, Hold: rules, Suppressed: suppression.For(a.Ledger).Check, ShowValues: true, Locate: spool.Locate,
	}.Beside(a.Ledger), err
}

// public are the paths that need no login. None of them shows guests.
var public = append([]string{"/static/", "/webhooks/"}, probes...)

// guard returns the access control of the console.
func guard(c *config.Console, tokens access.Tokens, log *slog.Logger) (*access.Access, error) {
	for _, f := range []struct {
		path string
		into *secret.Text
		key  string
	}{{c.SessionKeyFile, &c.SessionKey, "session_key"},
		{c.OIDCClientSecretFile, &c.OIDCClientSecret, "oidc_client_secret"}} {
		if err := config.FromFile(f.path, f.into, f.key); err != nil {
			return nil, err
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return nil, config.Usagef("--tls-cert and --tls-key go together")
	}
	options := access.Options{
		Listen: c.Listen, TLS: c.TLSCert != "" || c.BehindTLS, Passwords: c.Users, Hosts: c.Hosts, Key: c.SessionKey,
		SessionLength: c.SessionLength, Language: c.Language,
		OIDC: access.OIDC{
			Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret, RedirectURL: c.OIDCRedirectURL,
			GroupsClaim: c.OIDCGroupsClaim,
		},
		Proxy:  access.Proxy{Header: c.ProxyHeader, From: c.ProxyFrom, GroupsHeader: c.ProxyGroupsHeader},
		Public: public, Probes: probes, Tokens: tokens, Log: log,
	}
	if err := setGroups(c, &options); err != nil {
		return nil, err
	}
	if c.BehindTLS && c.Users != "" && len(c.ProxyFrom) == 0 {
		log.Warn("attempts to guess a password slow down all logins: browsers behind the proxy cannot be distinguished; " +
			"set proxy_from to its address")
	}
	guard, err := access.New(options)
	if wrong, is := errors.AsType[*access.UsageError](err); is {
		return nil, config.Usagef("%w", wrong)
	}
	return guard, err
}

// setGroups passes the groups on to what names a user's groups: the identity provider or the proxy.
func setGroups(c *config.Console, o *access.Options) error {
	groups := access.Groups{Viewers: c.ViewerGroups, Operators: c.OperatorGroups, Guests: c.GuestsGroups}
	if o.OIDC.Issuer != "" {
		o.OIDC.Groups = groups
	}
	if o.Proxy.Header != "" {
		o.Proxy.Groups = groups
	}
	known := len(groups.Viewers)+len(groups.Operators)+len(groups.Guests) > 0
	if known && o.OIDC.Issuer == "" && o.Proxy.Header == "" {
		return config.Usagef("viewer_groups, operator_groups and guests_groups need an identity provider or a reverse proxy; " +
			"set oidc_issuer or proxy_header, or leave them out")
	}
	return nil
}

// serve serves on a listener until ctx ends.
type serve func(context.Context, net.Listener) error

// ConsoleServer returns what serves the pages, the probes and Qflow's webhook; nil without an address. The page of
// settings shows flags.
func ConsoleServer(c *config.Console, served []*Account, probing http.Handler, flags map[string]any,
	log *slog.Logger) (serve, error) {
	if c.Listen == "" {
		return nil, nil
	}
	guard, err := guard(c, tokensOf(served), log)
	if err != nil {
		return nil, err
	}
	accounts, operated := make([]*console.Account, len(served)), make([]*operate.Account, len(served))
	for i, a := range served {
		accounts[i] = a.shown()
		operated[i] = accounts[i].Watcher.Account
		accounts[i].Config = func() map[string]any {
			values := a.Settings.Effective()
			maps.Copy(values, flags)
			return values
		}
		accounts[i].MaxUpload = int64(c.UploadMiB) << 20
	}
	site := console.New(accounts, guard, log)
	site.Language = c.Language
	mux := http.NewServeMux()
	mux.Handle("/", site.Handler())
	mux.Handle(access.APIPath, apiOf(accounts, guard, log).Handler())
	mux.Handle(queues.Path, queues.New(served[0].Store.Client, operated, c.AsynqmonWrites, log))
	for _, at := range probes {
		mux.Handle(at, probing)
	}
	for at, receiver := range webhooks(served, log) {
		mux.Handle(at, guard.WithSourceAddress(receiver))
	}
	server := access.NewServer(guard.Wrap(served[0].metrics.HTTP(mux)), log)
	return func(ctx context.Context, l net.Listener) error {
		return site.Serve(ctx, l, server, console.TLS{Cert: c.TLSCert, Key: c.TLSKey})
	}, nil
}

// probesAlone serves the probes at an address of their own.
func probesAlone(probing http.Handler, log *slog.Logger) serve {
	return func(ctx context.Context, l net.Listener) error {
		log.Info("metrics and health", "url", console.TLS{}.URL(l))
		return console.Serve(ctx, l, access.NewProbeServer(probing, log), console.TLS{})
	}
}

// endpoint is an address that is served.
type endpoint struct {
	what, address string
	setting       string // by which another is chosen
	serve         serve
}

// endpoints returns what this process serves.
func (p *Program) endpoints() (list []endpoint) {
	if p.console != nil {
		list = append(list, endpoint{"console", p.flags.Listen, "--listen", p.console})
	}
	if p.flags.Metrics != "" {
		list = append(list, endpoint{"metrics", p.flags.Metrics, "--metrics-listen", probesAlone(p.probes, p.log)})
	}
	return list
}

// listen returns what serves the endpoint. A process whose address is in use would work unseen, so it does not start.
func (e endpoint) listen(ctx context.Context) (func(context.Context) error, net.Listener, error) {
	listener, err := console.Listen(ctx, e.address)
	if err != nil {
		return nil, nil, fmt.Errorf("the address %s of the %s cannot be used: %w; free it, or set %s to another (%[4]s= for none)",
			e.address, e.what, err, e.setting)
	}
	return func(ctx context.Context) error { return e.serve(ctx, listener) }, listener, nil
}

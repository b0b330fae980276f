package store

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// mode is how a configured Redis is organised.
type mode string

// The modes, in operators' words.
const (
	single   mode = "a single server"
	sentinel mode = "Sentinel"
	cluster  mode = "a Cluster"
)

// urlForms are the supported URLs. With Valkey, redis may be written valkey in all of them.
const urlForms = "redis://user:password@host:6379/0, " +
	"redis-sentinel://user:password@host1:26379,host2:26379/mymaster/0, " +
	"redis-cluster://user:password@host1:6379,host2:6379, unix:///path/to/redis.sock; with TLS rediss://, " +
	"rediss-sentinel://, rediss-cluster://"

// schemes has those of other tools too: Lettuce, Fred and Asynq write redis-sentinel, Python's and Harbor's
// redis+sentinel.
var schemes = map[string]struct {
	mode mode
	tls  bool
}{
	"redis": {single, false}, "rediss": {single, true},
	"redis-sentinel": {sentinel, false}, "rediss-sentinel": {sentinel, true},
	"redis-cluster": {cluster, false}, "rediss-cluster": {cluster, true},
}

// address is a parsed Redis URL. net/url cannot parse several hosts. The options after the "?", such as pool_size, are
// left to go-redis' own parsers.
type address struct {
	mode           mode
	tls            bool
	user, password string
	hosts          []string // with their ports; of Sentinels, or of any nodes of a cluster
	master         string   // as the Sentinels name it
	db             int
	options        url.Values
	socket         string // in place of all but user and password
}

// parseAddress parses the urlForms. Its errors quote nothing that could be part of an unescaped password.
func parseAddress(raw string) (*address, error) {
	scheme, rest, found := strings.Cut(raw, "://")
	scheme = strings.ToLower(strings.Replace(scheme, "+", "-", 1))
	if after, is := strings.CutPrefix(scheme, "valkey"); is {
		scheme = "redis" + after
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	userinfo, hosts := "", authority
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		userinfo, hosts = authority[:i+1], authority[i+1:]
	}
	if strings.ContainsAny(tail, "@#") {
		return nil, wrongURL("has a / ? # or @ in the wrong place; in a user name or password write %%2F %%3F %%23 " +
			"%%40")
	}
	kind, known := schemes[scheme]
	if !found || !known && scheme != "unix" {
		return nil, wrongURL("is not a URL such as %s", urlForms)
	}
	u, err := url.Parse("redis://" + userinfo + "host" + tail)
	var options url.Values
	if err == nil {
		options, err = url.ParseQuery(u.RawQuery)
	}
	if err != nil {
		return nil, wrongURL("cannot be read: special characters in a user name, a password or an option are written " +
			"as %%XX, such as %%25 for %%")
	}
	a := &address{mode: kind.mode, tls: kind.tls, user: u.User.Username(), options: options}
	a.password, _ = u.User.Password()
	if scheme == "unix" {
		a.mode, a.socket = single, u.Path
		err = a.readSocket(hosts)
		return a, err
	}
	if err := a.readHosts(append(strings.Split(hosts, ","), a.options["addr"]...)); err != nil {
		return nil, err
	}
	err = a.readPath(strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' }))
	return a, err
}

func wrongURL(format string, args ...any) error {
	return fmt.Errorf("%w: GUESTFLOW_REDIS_URL %s", ErrMisconfigured, fmt.Sprintf(format, args...))
}

func (a *address) readSocket(host string) error {
	if host != "" || a.socket == "" {
		return wrongURL("names no socket; a URL of one is unix:///path/to/redis.sock")
	}
	return a.readPath(nil)
}

func (a *address) readHosts(hosts []string) error {
	a.options.Del("addr")
	fallback := "6379"
	if a.mode == sentinel {
		fallback = "26379"
	}
	if len(hosts) == 1 && hosts[0] == "" {
		hosts[0] = "localhost"
	}
	for _, host := range hosts {
		at, good := withPort(host, fallback)
		if !good {
			return wrongURL("has a host that is not written as host or host:port, separated by commas ([::1]:6379 " +
				"for IPv6)")
		}
		a.hosts = append(a.hosts, at)
	}
	if a.mode == single && (len(a.hosts) > 1 || a.options.Has("master_name") || a.options.Has("master")) {
		return wrongURL("names several servers; write redis-sentinel:// if they are Sentinels and redis-cluster:// " +
			"if they are nodes of a Cluster")
	}
	return nil
}

func withPort(host, fallback string) (at string, good bool) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), fallback
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || name == "" ||
		strings.ContainsAny(name, "[]% ") {
		return "", false
	}
	if _, err := netip.ParseAddr(name); strings.Contains(name, ":") && err != nil {
		return "", false
	}
	return net.JoinHostPort(name, port), true
}

// masterNames are the names that Sentinel itself allows.
var masterNames = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// readPath reads the database, and before it the name of the master, which for Asynq and go-redis is an option.
func (a *address) readPath(path []string) error {
	if a.mode == sentinel {
		for _, name := range []string{"master", "master_name"} {
			a.master = cmp.Or(a.options.Get(name), a.master)
			a.options.Del(name)
		}
		if a.master == "" && len(path) > 0 {
			a.master, path = path[0], path[1:]
		}
		if !masterNames.MatchString(a.master) {
			return wrongURL("names no master: write its name, as the Sentinels have it, after the hosts: " +
				"redis-sentinel://host:26379/mymaster")
		}
	}
	if db := a.options.Get("db"); db != "" {
		path = append(path, db)
		a.options.Del("db")
	}
	if len(path) > 1 {
		return wrongURL("has too long a path; it is the number of a database, after the name of the master if there " +
			"are Sentinels")
	}
	if len(path) == 1 {
		n, err := strconv.Atoi(path[0])
		if err != nil || n < 0 {
			return wrongURL("has a path that is not the number of a database, such as /0")
		}
		a.db = n
	}
	if a.mode == cluster && a.db != 0 {
		return wrongURL("names a database, and a Cluster has only the database 0")
	}
	return a.readOptions()
}

// unsupportedOptions are options of go-redis that are set elsewhere here, or would make guestflow read from replicas,
// which may not know yet that an email was sent.
var unsupportedOptions = map[string]string{
	"username": "write the user name before the @", "password": "write it before the @, or set " +
		"GUESTFLOW_REDIS_PASSWORD_FILE",
	"sentinel_username": "set GUESTFLOW_REDIS_SENTINEL_USERNAME",
	"sentinel_password": "set GUESTFLOW_REDIS_SENTINEL_PASSWORD_FILE",
	"replica_only":      onlyMasters, "use_disconnected_replicas": onlyMasters, "read_only": onlyMasters,
	"route_by_latency": onlyMasters, "route_randomly": onlyMasters,
}

const onlyMasters = "guestflow reads from masters only, as a replica may not know yet that an email was sent"

// readOptions checks the options for go-redis. Its errors name the option, and quote at most a number.
func (a *address) readOptions() error {
	for name, why := range unsupportedOptions {
		if a.options.Has(name) {
			return wrongURL("has the option %s: %s", name, why)
		}
	}
	var err error
	switch a.mode {
	case single:
		_, err = a.single()
	case sentinel:
		_, err = a.sentinel()
	case cluster:
		_, err = a.cluster()
	}
	if err != nil {
		return wrongURL("has options that are not understood: %s", strings.TrimPrefix(err.Error(), "redis: "))
	}
	return nil
}

// plain is the URL that go-redis reads the options from.
func (a *address) plain() string { return "redis://localhost/?" + a.options.Encode() }

func (a *address) single() (*redis.Options, error) {
	o, err := redis.ParseURL(a.plain())
	if err != nil {
		return nil, err
	}
	o.Username, o.Password, o.DB = a.user, a.password, a.db
	if a.socket != "" {
		o.Network, o.Addr = "unix", a.socket
	} else {
		o.Addr = a.hosts[0]
	}
	setPoolAndRetries(&o.PoolSize, &o.MaxRetries, &o.MinRetryBackoff, &o.MaxRetryBackoff)
	setPipelineBuffers(&o.PipelineReadBufferSize, &o.PipelineWriteBufferSize)
	return o, nil
}

func (a *address) sentinel() (*redis.FailoverOptions, error) {
	o, err := redis.ParseFailoverURL(a.plain())
	if err != nil {
		return nil, err
	}
	o.Username, o.Password, o.DB = a.user, a.password, a.db
	o.SentinelAddrs, o.MasterName = a.hosts, a.master
	o.DialerRetries = 1 // each dial asks the Sentinels, which are retried too: five of each take a minute and a half
	setPoolAndRetries(&o.PoolSize, &o.MaxRetries, &o.MinRetryBackoff, &o.MaxRetryBackoff)
	setPipelineBuffers(&o.PipelineReadBufferSize, &o.PipelineWriteBufferSize)
	return o, nil
}

// clusterReload is the maximum age of a process' map of the slots. A dead master redirects no commands, so its
// successor is found by reloading the map; go-redis reloads once a minute.
const clusterReload = 2 * time.Second

func (a *address) cluster() (*redis.ClusterOptions, error) {
	o, err := redis.ParseClusterURL(a.plain())
	if err != nil {
		return nil, err
	}
	o.Username, o.Password, o.Addrs = a.user, a.password, a.hosts
	o.ClusterStateReloadInterval = clusterReload
	retries := 0 // of one node: the client itself retries, with its newest map
	setPoolAndRetries(&o.PoolSize, &retries, &o.MinRetryBackoff, &o.MaxRetryBackoff)
	o.MaxRedirects = retries
	return o, nil
}

// setPoolAndRetries sets a client's pool for a worker, and its retries, which bridge a moment's outage only: a longer
// one is for the callers, which know what may be repeated.
func setPoolAndRetries(pool, retries *int, least, most *time.Duration) {
	*pool = max(*pool, 64)
	*retries, *least, *most = 5, 20*time.Millisecond, 150*time.Millisecond
}

// pipelineBuffer is how much a connection of pipelines buffers each way: as much as any other. go-redis takes four
// times as much, a quarter of a megabyte a connection, which is more than an importer has of its list.
const pipelineBuffer = 32 << 10

// setPipelineBuffers sets them where the URL does not. A Cluster's nodes have no connections for pipelines alone.
func setPipelineBuffers(read, write *int) {
	*read, *write = cmp.Or(*read, pipelineBuffer), cmp.Or(*write, pipelineBuffer)
}

// String is the address without user and password.
func (a *address) String() string {
	if a.socket != "" {
		return "unix://" + a.socket
	}
	hosts := strings.Join(a.hosts, ",")
	if a.mode == sentinel {
		return hosts + "/" + a.master
	}
	return hosts
}

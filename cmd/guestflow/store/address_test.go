package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/tokencache/secret"
)

func TestEveryFormOfURLThatOtherToolsHaveIsUnderstood(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]address{
		"redis://localhost": {mode: single, hosts: []string{"localhost:6379"}},
		"redis://":          {mode: single, hosts: []string{"localhost:6379"}},
		"redis://ann:s3cret@h:7000/2": {mode: single, user: "ann", password: "s3cret",
			hosts: []string{"h:7000"}, db: 2},
		"redis://:s3cret@h?db=3": {mode: single, password: "s3cret", hosts: []string{"h:6379"}, db: 3},
		"rediss://ann:p%40%2C%2F%23%3F@[::1]/": {mode: single, tls: true, user: "ann", password: "p@,/#?",
			hosts: []string{"[::1]:6379"}},
		"valkeys://h":                         {mode: single, tls: true, hosts: []string{"h:6379"}},
		"valkey://h:1":                        {mode: single, hosts: []string{"h:1"}},
		"REDIS://h":                           {mode: single, hosts: []string{"h:6379"}},
		"unix:///run/redis.sock":              {mode: single, socket: "/run/redis.sock"},
		"unix://:s3cret@/run/redis.sock?db=1": {mode: single, password: "s3cret", socket: "/run/redis.sock", db: 1},

		"redis-sentinel://ann:s3cret@a:1,b,[::1]:3/mymaster/4": {
			mode: sentinel, user: "ann", password: "s3cret", hosts: []string{"a:1", "b:26379", "[::1]:3"},
			master: "mymaster", db: 4},
		"redis+sentinel://a/mymaster": {mode: sentinel, hosts: []string{"a:26379"},
			master: "mymaster"},
		"rediss-sentinel://a/mymaster": {mode: sentinel, tls: true,
			hosts: []string{"a:26379"}, master: "mymaster"},
		"redis-sentinel://a,b/1?master=mymaster": {mode: sentinel,
			hosts: []string{"a:26379", "b:26379"}, master: "mymaster", db: 1},
		"redis-sentinel://a:1?master_name=m&addr=b:2&addr=c:3&db=5": {mode: sentinel,
			hosts: []string{"a:1", "b:2", "c:3"}, master: "m", db: 5},
		"valkey-sentinel://a/my.master_1-2?pool_size=100": {mode: sentinel, hosts: []string{"a:26379"},
			master: "my.master_1-2"},
		"redis-cluster://ann:s3cret@a,b:7001,c": {mode: cluster, user: "ann", password: "s3cret",
			hosts: []string{"a:6379", "b:7001", "c:6379"}},
		"rediss+cluster://a/0": {mode: cluster, tls: true,
			hosts: []string{"a:6379"}},
		"redis-cluster://a?addr=b:2&dial_timeout=3s&read_timeout=2s": {mode: cluster, hosts: []string{"a:6379", "b:2"}},
	} {
		got, err := parseAddress(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got.mode != want.mode || got.tls != want.tls || got.user != want.user || got.password != want.password ||
			got.master != want.master ||
			got.db != want.db || got.socket != want.socket || strings.Join(got.hosts, " ") != strings.Join(want.hosts,
			" ") {
			t.Errorf("%s is read as %+v, want %+v", raw, *got, want)
		}
		if strings.Contains(got.String(), "s3cret") || strings.Contains(got.String(), "ann") {
			t.Errorf("%s is shown as %s", raw, got)
		}
	}
}

func TestAWrongURLIsAnErrorThatSaysWhatToWriteAndShowsNoPassword(t *testing.T) {
	t.Parallel()
	for raw, words := range map[string]string{
		"":                                "",
		"s3cret":                          "is not a URL such as redis://",
		"h:6379":                          "is not a URL such as redis://",
		"http://ann:s3cret@h":             "is not a URL such as redis://",
		"s3cret://h":                      "is not a URL such as redis://",
		"redis-sentinels://h/mymaster":    "is not a URL such as redis://",
		"redis://ann:s3cret@a,b":          "redis-sentinel:// if they are Sentinels and redis-cluster:// if",
		"redis://a?addr=b:1":              "redis-sentinel:// if they are Sentinels and redis-cluster:// if",
		"redis://a?master_name=mymaster":  "redis-sentinel:// if they are Sentinels and redis-cluster:// if",
		"redis-sentinel://ann:s3cret@a,b": "names no master",
		"redis-sentinel://a/my master":    "names no master",
		"redis-sentinel://a/m/x":          "not the number of a database",
		"redis-sentinel://a/m/1/2":        "too long a path",
		"redis-cluster://a/1":             "a Cluster has only the database 0",
		"redis-cluster://a?db=1":          "a Cluster has only the database 0",
		"redis://a/x":                     "not the number of a database",
		"redis://a:b":                     "host:port",
		"redis://a:0":                     "host:port",
		"redis://a:70000":                 "host:port",
		"redis-cluster://a,,b":            "host:port",
		"redis-cluster://a,b:1:2":         "host:port",
		"unix://":                         "names no socket",
		"unix://run/redis.sock":           "names no socket",

		// Passwords that were not escaped.
		"redis://ann:s3c/ret@h":                     "%2F %3F %23 %40",
		"redis://ann:s3c#ret@h":                     "%2F %3F %23 %40",
		"redis://ann:s3c?ret@h":                     "%2F %3F %23 %40",
		"redis://ann:12/s3cret@h":                   "%2F %3F %23 %40",
		"redis-sentinel://ann:12/s3cret@h/mymaster": "%2F %3F %23 %40",
		"redis://ann:s3%cret@h":                     "are written as %XX",
		"redis://h?x=%s3cret":                       "are written as %XX",

		"redis://h?no_such_option=1":                             "unexpected option: no_such_option",
		"redis-cluster://h?pool_size=many":                       "invalid pool_size number",
		"redis-sentinel://h/m?password=s3cret":                   "write it before the @",
		"redis-sentinel://h/m?sentinel_password=s3cret":          "GUESTFLOW_REDIS_SENTINEL_PASSWORD_FILE",
		"redis-cluster://h?read_only=true":                       "reads from masters only",
		"redis-cluster://h?route_by_latency=true":                "reads from masters only",
		"redis-sentinel://h/m?replica_only=true":                 "reads from masters only",
		"redis-sentinel://h/m?route_randomly=1&route_by_latency": "reads from masters only",
	} {
		err := Options{URL: secret.Text(raw)}.Check()
		if raw == "" {
			if err != nil {
				t.Errorf("nothing configured is an error: %v", err)
			}
			continue
		}
		if !errors.Is(err, ErrMisconfigured) || !strings.Contains(err.Error(), words) ||
			!strings.Contains(err.Error(), "GUESTFLOW_REDIS_URL") {
			t.Errorf("%s: %v, want ErrMisconfigured with %q", raw, err, words)
			continue
		}
		for _, part := range []string{"s3c", "ret@", "cret"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error shows a part of the password: %v", raw, err)
			}
		}
	}
}

func TestSettingsThatWouldDoNothingAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o     Options
		words string
	}{
		"two passwords":            {Options{URL: "redis://:a@h", Password: "s3cret"}, "use one"},
		"a password without a URL": {Options{Password: "s3cret"}, "but GUESTFLOW_REDIS_URL is not"},
		"Sentinels' password": {Options{URL: "redis-cluster://h", SentinelPassword: "s3cret"},
			"not a redis-sentinel:// URL"},
		"TLS on a plain URL": {Options{URL: "redis://h", TLS: TLS{CAFile: "ca.pem"}}, "write rediss://"},
		"no CA file": {Options{URL: "rediss://h", TLS: TLS{CAFile: "no-such-file"}},
			"GUESTFLOW_REDIS_CA_FILE"},
		"a certificate with no key": {Options{URL: "rediss://h", TLS: TLS{CertFile: "cert.pem"}}, "one is missing"},
	} {
		if err := c.o.Check(); !errors.Is(err, ErrMisconfigured) || !strings.Contains(err.Error(), c.words) ||
			strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q", name, err, c.words)
		}
	}
}

func TestRefusalsOfRedisAreKnownThroughAsynqToo(t *testing.T) {
	t.Parallel()
	full := redis.Error(refused("OOM command not allowed when used memory > 'maxmemory'."))
	for _, err := range []error{full, errors.Join(errors.New("move rows"), full),
		errors.New("INTERNAL_ERROR: redis eval error: OOM command not allowed")} {
		if text, is := Explain(err); !is || !strings.Contains(text, "Redis is full") {
			t.Errorf("%v is not known: %q", err, text)
		}
	}
	for _, err := range []error{nil, redis.Nil, errors.New("row 7: OOM is a guest's name"), context.Canceled} {
		if text, is := Explain(err); is {
			t.Errorf("%v is taken for a refusal: %s", err, text)
		}
	}
}

type refused string

func (r refused) Error() string { return string(r) }
func (refused) RedisError()     {}

func TestAServerThatIsAwayIsUnreachableByType(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"redis://127.0.0.1:1", "redis-cluster://127.0.0.1:1",
		"redis-sentinel://127.0.0.1:1/mymaster"} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), Options{URL: secret.Text(raw), Log: slog.New(slog.DiscardHandler)})
			if !errors.Is(err, ErrUnreachable) || strings.Count(err.Error(), ErrUnreachable.Error()) != 1 {
				t.Errorf("%s: %v", raw, err)
			}
		})
	}
}

func TestValkeyIsNamedAsWhatItIs(t *testing.T) {
	t.Parallel()
	// The answers of Valkey 8.1 and Redis 7.0; Valkey adds the version of Redis that it is compatible with.
	valkey := "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:cluster\r\n"
	for text, want := range map[string][2]string{
		valkey: {"Valkey 8.1.1", "cluster"},
		"# Server\r\nredis_version:7.0.15\r\nredis_mode:sentinel\r\n": {"Redis 7.0.15", "sentinel"},
		"": {"a server that does not report its version", ""},
	} {
		s := &server{info: fields(text)}
		if got := [2]string{s.product(), s.mode()}; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

package config

import (
	"log/slog"

	"guestflow/cmd/guestflow/store"
	"guestflow/tokencache/secret"
)

// Redis say where the ledger is. All accounts of a process share one Redis.
type Redis struct {
	RedisURL     secret.Text `help:"Redis or Valkey to work on: redis://user:password@host:6379/0 for one server, redis-sentinel://user:password@host1:26379,host2:26379/mymaster/0 for a master by its Sentinels, redis-cluster://user:password@host1:6379,host2:6379 for a Cluster, unix:///path for a socket; rediss in place of redis for TLS. Without it a redis-server is started, or the ledger is kept in memory." group:"Where"`
	RedisURLFile string      `help:"File that holds redis_url." type:"path" group:"Where" keyonly:""`

	RedisPassword     secret.Text `help:"Password for a redis_url without one; better as redis_password_file." group:"Where" keyonly:""`
	RedisPasswordFile string      `help:"File that holds the password." type:"path" group:"Where" keyonly:""`

	RedisSentinelUsername     string      `help:"User name on the Sentinels themselves, where they have users." group:"Where" keyonly:""`
	RedisSentinelPassword     secret.Text `help:"Password of the Sentinels themselves; better as redis_sentinel_password_file." group:"Where" keyonly:""`
	RedisSentinelPasswordFile string      `help:"File that holds the password of the Sentinels." type:"path" group:"Where" keyonly:""`

	RedisCAFile     string `name:"redis-ca-file" help:"PEM file of who has signed the servers' certificates; those that this machine trusts by default." type:"path" group:"Where" keyonly:""`
	RedisCertFile   string `help:"PEM file of a client certificate for Redis." type:"path" group:"Where" keyonly:""`
	RedisKeyFile    string `help:"PEM file of the client certificate's key." type:"path" group:"Where" keyonly:""`
	RedisServerName string `help:"Name that the servers' certificates are for, where it is not the host that is connected to." group:"Where" keyonly:""`
}

func (r Redis) Options(stateDir string, log *slog.Logger) store.Options {
	return store.Options{
		URL: r.RedisURL, Password: r.RedisPassword,
		SentinelUsername: r.RedisSentinelUsername, SentinelPassword: r.RedisSentinelPassword,
		TLS:      store.TLS{CAFile: r.RedisCAFile, CertFile: r.RedisCertFile, KeyFile: r.RedisKeyFile, ServerName: r.RedisServerName},
		StateDir: stateDir, Log: log,
	}
}

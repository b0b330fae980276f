package config

import (
	"log/slog"

	"guestflow/cmd/guestflow/store"
	"guestflow/tokencache/secret"
)

// Redis is where the ledger is. All accounts of a process share one Redis.
type Redis struct {
	RedisURL     secret.Text `help:"Redis or Valkey: redis://user:password@host:6379/0, redis-sentinel://user:password@host1:26379,host2:26379/mymaster/0, redis-cluster://user:password@host1:6379,host2:6379 or unix:///path; rediss in place of redis for TLS. Without it guestflow starts a redis-server, or keeps the ledger in memory." group:"Where"`
	RedisURLFile string      `help:"File that holds redis_url." type:"path" group:"Where" keyonly:""`

	RedisPassword     secret.Text `help:"Password for a redis_url without one; better as redis_password_file." group:"Where" keyonly:""`
	RedisPasswordFile string      `help:"File that holds the password." type:"path" group:"Where" keyonly:""`

	RedisSentinelUsername     string      `help:"User name on the Sentinels themselves." group:"Where" keyonly:""`
	RedisSentinelPassword     secret.Text `help:"Password of the Sentinels themselves; better as redis_sentinel_password_file." group:"Where" keyonly:""`
	RedisSentinelPasswordFile string      `help:"File that holds the password of the Sentinels." type:"path" group:"Where" keyonly:""`

	RedisCAFile     string `name:"redis-ca-file" help:"PEM file of the CA of the servers' certificates; by default the CAs that this machine trusts." type:"path" group:"Where" keyonly:""`
	RedisCertFile   string `help:"PEM file of a client certificate for Redis." type:"path" group:"Where" keyonly:""`
	RedisKeyFile    string `help:"PEM file of the client certificate's key." type:"path" group:"Where" keyonly:""`
	RedisServerName string `help:"Name in the servers' certificates, if it differs from the host." group:"Where" keyonly:""`
}

// Options returns what package store needs to connect.
func (r Redis) Options(stateDir string, log *slog.Logger) store.Options {
	return store.Options{
		URL: r.RedisURL, Password: r.RedisPassword,
		SentinelUsername: r.RedisSentinelUsername, SentinelPassword: r.RedisSentinelPassword,
		TLS: store.TLS{CAFile: r.RedisCAFile, CertFile: r.RedisCertFile, KeyFile: r.RedisKeyFile,
			ServerName: r.RedisServerName},
		StateDir: stateDir, Log: log,
	}
}

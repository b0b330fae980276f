package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// server is a server that takes writes, or should.
type server struct {
	name   string // in findings; "" if it is the only one
	client *redis.Client
	info   map[string]string // INFO; empty if that is forbidden
}

// masters are the servers that hold the ledger: one, or those of a cluster.
func (s *Store) masters(ctx context.Context) ([]*server, error) {
	var list []*server
	var mu sync.Mutex
	add := func(ctx context.Context, client *redis.Client, name string) error {
		info, err := client.Info(ctx).Result()
		if _, answered := errors.AsType[redis.Error](err); err != nil && !answered {
			return fmt.Errorf("ask %s for INFO: %w", cmp.Or(name, s.URL), err)
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, &server{name: name, client: client, info: fields(info)})
		return nil
	}
	var err error
	if cluster, is := s.Client.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			return add(ctx, node, node.Options().Addr)
		})
	} else {
		err = add(ctx, s.Client.(*redis.Client), "")
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: the Cluster names no master", ErrUnreachable)
	}
	slices.SortFunc(list, func(a, b *server) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

// number is a number of INFO.
func (s *server) number(name string) int64 {
	n, _ := strconv.ParseInt(s.info[name], 10, 64)
	return n
}

// product is the server's name and version. Valkey also reports the version of Redis that it is compatible with.
func (s *server) product() string {
	if v := s.info["valkey_version"]; v != "" {
		return "Valkey " + v
	}
	if v := s.info["redis_version"]; v != "" {
		return "Redis " + v
	}
	return "a server that does not report its version"
}

// mode is standalone, sentinel or cluster; Valkey names the field differently.
func (s *server) mode() string { return cmp.Or(s.info["redis_mode"], s.info["server_mode"]) }

// setting reads a setting of the server, which managed ones may refuse.
func (s *server) setting(ctx context.Context, name string) (string, error) {
	values, err := s.client.ConfigGet(ctx, name).Result()
	return values[name], err
}

// fields parses lines of the form name:value.
func fields(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), ":"); is {
			all[name] = value
		}
	}
	return all
}

func field(text, name string) string { return fields(text)[name] }

func of(names []string) string {
	if text := strings.Join(names, ", "); text != "" {
		return " of " + text
	}
	return ""
}

// size formats a number of bytes.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

package store

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"
)

// An import whose other part has failed by the same failover is cancelled, and must still end as one whose Redis is
// away.
func TestAConnectionThatTheServerEndsIsATroubleOfRedisAlsoForACallerThatHasGone(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want bool
	}{
		{"ended by the server", gone, io.EOF, true},
		{"ended by the server, of a caller who waits", t.Context(), io.EOF, true},
		{"the caller has gone", gone, context.Canceled, false},
		{"the client is closed", gone, redis.ErrClosed, false},
		{"an answer", t.Context(), redis.Nil, false},
	} {
		pipeline := errorHook{}.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { return c.err })
		if got := IsUnreachable(pipeline(c.ctx, nil)); got != c.want {
			t.Errorf("%s: trouble of Redis %v, want %v", c.name, got, c.want)
		}
	}
}

// Promise: a pipeline that a node of a Cluster ends, as in a failover, is a trouble of Redis.
func TestAPipelineThatANodeOfAClusterEndsIsATroubleOfRedis(t *testing.T) {
	t.Parallel()
	node, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	go func() {
		for {
			conn, err := node.Accept()
			if err != nil {
				return
			}
			go greet(conn)
		}
	}()
	client := newClusterClient(&redis.ClusterOptions{MaxRedirects: -1, ClusterSlots: func(context.Context) ([]redis.ClusterSlot, error) {
		return []redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: node.Addr().String()}}}}, nil
	}})
	defer client.Close()
	_, err = client.Pipelined(t.Context(), func(p redis.Pipeliner) error { p.Set(t.Context(), "key", "value", 0); return nil })
	if err == nil || !IsUnreachable(err) {
		t.Errorf("it ends with %v, which is no trouble of Redis", err)
	}
}

// greet refuses the commands of a greeting, and ends the connection at a write.
func greet(conn net.Conn) {
	defer conn.Close()
	for buf := make([]byte, 4096); ; {
		n, err := conn.Read(buf)
		if err != nil || bytes.Contains(buf[:n], []byte("value")) {
			return
		}
		for range bytes.Count(append([]byte("\n"), buf[:n]...), []byte("\n*")) {
			_, _ = conn.Write([]byte("-ERR unknown command\r\n"))
		}
	}
}

package importer_test

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
)

// A master that is cut off from its replicas, or demoted without knowing it, forgets what it is given.
func TestNoImportIsDoneThatAFailoverCouldLose(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t, "--repl-diskless-sync-delay", "0")
	host, port, err := net.SplitHostPort(master.Redis().Addr)
	if err != nil {
		t.Fatal(err)
	}
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	behind := redistest.Connect(t, replica)
	testkit.Eventually(t, "the replica is in step", func() bool {
		return strings.Contains(behind.Info(t.Context(), "replication").Val(), "master_link_status:up")
	})
	if err := syscall.Kill(replica.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	b := bundled(t, redistest.Connect(t, master), "main")
	b.Replicas = 1
	path := write(t, numbered(40))
	if _, err := b.run(t.Context(), path, 4); !errors.Is(err, importer.ErrUnconfirmed) {
		t.Fatalf("%v, want ErrUnconfirmed", err)
	}
	if err := syscall.Kill(replica.Pid(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	b.wantComplete(t, b.mustRun(t, path, 4))
}

func TestReplicasOfAClusterConfirmAnImport(t *testing.T) {
	t.Parallel()
	c := redistest.Cluster(t, 3, 1)
	b := bundled(t, redistest.ConnectCluster(t, c), "main")
	b.Replicas = 1
	b.wantComplete(t, b.mustRun(t, write(t, numbered(40)), 4))
	b.Replicas = 2
	if _, err := b.run(t.Context(), write(t, numbered(50)), 4); !errors.Is(err, importer.ErrUnconfirmed) {
		t.Fatalf("%v with one replica of two, want ErrUnconfirmed", err)
	}
}

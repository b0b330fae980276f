package store_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/store"
	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/tokencache/secret"
)

func open(t *testing.T, o store.Options) (*store.Store, error) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), o)
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, err
}

// authority signs certificates, for servers and for clients.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.issue("ca", nil)
	return a
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// issue writes NAME.pem and NAME.key: for the address or the name by which a server is reached.
func (a *authority) issue(name string, ip net.IP, names ...string) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: names, IsCA: a.cert == nil, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip != nil {
		cert.IPAddresses = []net.IP{ip}
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = cert, key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".pem", "CERTIFICATE", der)
	a.write(name+".key", "PRIVATE KEY", secret)
	return cert, key
}

func (a *authority) write(name, kind string, der []byte) {
	a.t.Helper()
	if err := os.WriteFile(a.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// server returns a server's settings for TLS, with client certificates required, and its port.
func (a *authority) server(name string) (args []string, port string) {
	a.t.Helper()
	n, err := redisserver.FreePort()
	if err != nil {
		a.t.Fatal(err)
	}
	port = strconv.Itoa(n)
	return []string{
		"--tls-port", port, "--tls-cert-file", a.path(name + ".pem"), "--tls-key-file", a.path(name + ".key"),
		"--tls-ca-cert-file", a.path("ca.pem"), "--tls-auth-clients", "yes",
	}, port
}

func TestTLSChecksTheServerAndShowsAClientCertificate(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.issue("server", net.IPv4(127, 0, 0, 1))
	a.issue("named", nil, "redis.example")
	a.issue("client", nil)
	args, port := a.server("server")
	redistest.Start(t, args...)
	args, elsewhere := a.server("named")
	redistest.Start(t, args...)
	good := store.TLS{CAFile: a.path("ca.pem"), CertFile: a.path("client.pem"), KeyFile: a.path("client.key")}
	url := secret.Text("rediss://127.0.0.1:" + port)

	if _, err := open(t, store.Options{URL: url, TLS: good}); err != nil {
		t.Errorf("all that is needed is there: %v", err)
	}
	if _, err := open(t, store.Options{URL: url, TLS: store.TLS{CAFile: good.CAFile}}); !errors.Is(err,
		store.ErrUnreachable) {
		t.Errorf("without a client certificate: %v", err)
	}
	if _, err := open(t, store.Options{URL: url, TLS: store.TLS{CertFile: good.CertFile,
		KeyFile: good.KeyFile}}); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("signed by an unknown authority: %v", err)
	}
	if _, err := open(t, store.Options{URL: secret.Text("rediss://127.0.0.1:" + elsewhere), TLS: good}); !errors.Is(err,
		store.ErrUnreachable) {
		t.Errorf("a certificate for another name: %v", err)
	}
	good.ServerName = "redis.example"
	if _, err := open(t, store.Options{URL: secret.Text("rediss://127.0.0.1:" + elsewhere), TLS: good}); err != nil {
		t.Errorf("with that name: %v", err)
	}
}

// A Sentinel and a Cluster name servers that the URL does not.
func TestTLSReachesWhatSentinelsAndClustersName(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.issue("server", net.IPv4(127, 0, 0, 1))
	a.issue("sentinel", nil, "localhost")
	a.issue("client", nil)
	o := store.Options{TLS: store.TLS{CAFile: a.path("ca.pem"), CertFile: a.path("client.pem"),
		KeyFile: a.path("client.key")}}

	master, port := a.server("server")
	redistest.Start(t, append(master, "--requirepass", "s3cret")...)
	sentinel, at := a.server("sentinel")
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	conf := "sentinel monitor mymaster 127.0.0.1 " + port + " 1\nsentinel auth-pass mymaster s3cret\ntls-replication " +
		"yes\n"
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := redisserver.Start(t.Context(), redisserver.Options{Dir: t.TempDir(), Sentinel: file,
		Args: append(sentinel, "--requirepass", "sentinels")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	o.URL, o.Password, o.SentinelPassword = secret.Text("rediss-sentinel://localhost:"+at+"/mymaster"), "s3cret",
		"sentinels"
	by, err := open(t, o)
	if err != nil {
		t.Fatalf("by a Sentinel with a password and a certificate of its own: %v", err)
	}
	for _, r := range by.Diagnose(t.Context(), 0) {
		if r.Check == "sentinels" && (r.Err != nil || !strings.Contains(r.Text,
			"1 of 1 agree on the master 127.0.0.1:"+port)) {
			t.Errorf("%+v", r)
		}
	}
	o.SentinelPassword = "other"
	if _, err := open(t, o); !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("with another password for the Sentinel: %v", err)
	}

	node, at := a.server("server")
	redistest.OneNodeCluster(t, append(node, "--tls-cluster", "yes", "--cluster-announce-ip", "127.0.0.1")...)
	o = store.Options{TLS: o.TLS, URL: secret.Text("rediss-cluster://127.0.0.1:" + at)}
	sharded, err := open(t, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := sharded.Client.Set(t.Context(), "gf:{x}:y", 1, time.Minute).Err(); err != nil {
		t.Errorf("write to a Cluster by TLS: %v", err)
	}
}

func TestAUserOfRedisHasItsPasswordFromTheURLOrBesideIt(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	admin := redistest.Connect(t, server)
	if err := admin.Do(t.Context(), "ACL", "SETUSER", "ann", "on", ">s3cret", "~*", "&*", "+@all").Err(); err != nil {
		t.Fatal(err)
	}
	at := server.Redis().Addr
	for name, c := range map[string]struct {
		o    store.Options
		good bool
	}{
		"in the URL":       {store.Options{URL: secret.Text("redis://ann:s3cret@" + at)}, true},
		"beside it":        {store.Options{URL: secret.Text("redis://ann@" + at), Password: "s3cret"}, true},
		"another password": {store.Options{URL: secret.Text("redis://ann:0ther@" + at)}, false},
		"another user":     {store.Options{URL: secret.Text("redis://bob:s3cret@" + at)}, false},
	} {
		_, err := open(t, c.o)
		if c.good && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !c.good && (!errors.Is(err, store.ErrUnreachable) || !strings.Contains(err.Error(),
			"refuses the user name or the password")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMemoryThatRunsOutIsSeenBeforeItIsGone(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	admin := redistest.Connect(t, server)
	s, err := open(t, store.Options{URL: secret.Text(server.URL())})
	if err != nil {
		t.Fatal(err)
	}
	used := func() int64 {
		n, err := strconv.ParseInt(admin.InfoMap(t.Context(), "memory").Item("Memory", "used_memory"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	memory := func(most int64) store.Finding {
		if err := admin.ConfigSet(t.Context(), "maxmemory", strconv.FormatInt(most, 10)).Err(); err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Diagnose(t.Context(), 0) {
			if r.Check == "memory" {
				return r
			}
		}
		return store.Finding{}
	}
	if r := memory(0); r.Err != nil || r.Warning || !strings.Contains(r.Text, "no limit") {
		t.Errorf("without a limit: %+v", r)
	}
	if r := memory(3 * used()); r.Err != nil || r.Warning || !strings.Contains(r.Text, " %") {
		t.Errorf("a third is used: %+v", r)
	}
	if r := memory(used() * 10 / 9); r.Err != nil || !r.Warning || !strings.Contains(r.Text,
		"importers are paused from 85 %") {
		t.Errorf("nine tenths are used: %+v", r)
	}
	if r := memory(used() / 2); !errors.Is(r.Err, store.ErrUnfit) || !strings.Contains(r.Err.Error(), "it is full") {
		t.Errorf("twice as much as there is is used: %+v", r)
	}
}

func TestARedisThatStopsAnsweringIsKnownByTypeAndThroughAsynq(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, err := open(t, store.Options{URL: secret.Text("redis://" + server.Redis().Addr + "?read_timeout=200ms")})
	if err != nil {
		t.Fatal(err)
	}
	tasks := asynq.NewClientFromRedisClient(s.Client)
	ways := map[string]func() error{
		"a command": func() error { return s.Client.Get(t.Context(), "gf:{x}:y").Err() },
		"a script": func() error {
			return redis.NewScript("return 1").Run(t.Context(), s.Client, []string{"gf:{x}:y"}).Err()
		},
		"a pipeline": func() error {
			_, err := s.Client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
				p.Get(t.Context(),
					"gf:{x}:y")
				return nil
			})
			return err
		},
		"a task": func() error { _, err := tasks.Enqueue(asynq.NewTask("x", nil), asynq.Queue("x")); return err },
	}
	for name, do := range ways {
		if err := do(); store.IsUnreachable(err) {
			t.Errorf("%s is answered: %v", name, err)
		}
	}
	if err := syscall.Kill(server.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for name, do := range ways {
		if err := do(); !store.IsUnreachable(err) {
			t.Errorf("%s in a frozen one: %v", name, err)
		}
	}
	server.Kill()
	for name, do := range ways {
		if err := do(); !store.IsUnreachable(err) {
			t.Errorf("%s in a dead one: %v", name, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Client.Get(ended, "gf:{x}:y").Err(); store.IsUnreachable(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("after its caller has left: %v", err)
	}
}

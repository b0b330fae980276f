package remote_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"guestflow/importer/remote"
)

// A site is a real server on loopback with a folder "lists" on it, and what a source of it needs.
type site struct {
	address string
	options remote.Options
	put     func(t *testing.T, name, content string) // under lists/
	// of all files under lists/, sorted; with their folder if they have one
	names func(t *testing.T) []string
	dir   string // where lists/ is on this host, if it is
}

const password = "correct horse battery staple"

var sites = map[string]func(t *testing.T) site{
	"folder": folderSite, "sftp": sftpSite, "s3": s3Site, "gs": gsSite,
}

// onEverySite runs one test on all kinds of sources, which must not differ.
func onEverySite(t *testing.T, test func(t *testing.T, at site)) {
	t.Helper()
	t.Parallel()
	for name, start := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}

// onDisk is how files get into a folder, an hour ago.
func onDisk(dir string) (put func(*testing.T, string, string), names func(*testing.T) []string) {
	put = func(t *testing.T, name, content string) {
		t.Helper()
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		hourAgo := time.Now().Add(-time.Hour)
		if err := os.Chtimes(to, hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	names = func(t *testing.T) []string {
		t.Helper()
		var list []string
		err := filepath.Walk(dir, func(p string, i os.FileInfo, err error) error {
			if err == nil && !i.IsDir() {
				rel, _ := filepath.Rel(dir, p)
				list = append(list, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	return put, names
}

func folderSite(t *testing.T) site {
	dir := t.TempDir()
	put, names := onDisk(dir)
	return site{address: dir, put: put, names: names, dir: dir}
}

func sftpSite(t *testing.T) site {
	dir := t.TempDir()
	put, names := onDisk(dir)
	server := startSFTP(t)
	return site{
		address: "sftp://guest@" + server.addr + dir,
		options: remote.Options{Secret: password, KnownHosts: server.knownHosts},
		put:     put, names: names, dir: dir,
	}
}

type sftpServer struct {
	addr       string
	knownHosts string
	userKey    string // a private key that it takes
}

// startSFTP runs a real SSH server with two host keys, of which only the second is known.
func startSFTP(t *testing.T) sftpServer {
	t.Helper()
	userPublic, userFile := newKey(t)
	config := &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			if c.User() != "guest" || string(p) != password {
				return nil, fmt.Errorf("no")
			}
			return nil, nil // its way to say yes
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if !bytes.Equal(key.Marshal(), userPublic.Marshal()) {
				return nil, fmt.Errorf("no")
			}
			return nil, nil // its way to say yes
		},
	}
	_, file := newKey(t)
	host := signer(t, file)
	config.AddHostKey(host)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { serveSFTP(conn, config) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	addr := listener.Addr().String()
	known := filepath.Join(t.TempDir(), "known_hosts")
	line := knownhosts.Line([]string{knownhosts.Normalize(addr)}, host.PublicKey())
	if err := os.WriteFile(known, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return sftpServer{addr: addr, knownHosts: known, userKey: userFile}
}

func serveSFTP(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, requests, err := c.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel)
		if err != nil {
			return
		}
		_ = server.Serve()
		_ = server.Close()
	}
}

func newKey(t *testing.T) (ssh.PublicKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key, file
}

func signer(t *testing.T, file string) ssh.Signer {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.ParsePrivateKey(content)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func s3Site(t *testing.T) site { return bucketSite(t, "s3", "&region=eu-west-1") }

func gsSite(t *testing.T) site { return bucketSite(t, "gs", "") }

func bucketSite(t *testing.T, scheme, parameters string) site {
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	if err := backend.CreateBucket("guests"); err != nil {
		t.Fatal(err)
	}
	return site{
		address: scheme + "://guests/lists?endpoint=" + server.URL + parameters,
		options: remote.Options{ID: "AKIDEXAMPLE", Secret: password},
		put: func(t *testing.T, name, content string) {
			t.Helper()
			meta := map[string]string{"Last-Modified": time.Now().UTC().Format(http.TimeFormat)}
			if _, err := backend.PutObject("guests", "lists/"+name, meta, strings.NewReader(content), int64(len(content)),
				nil); err != nil {
				t.Fatal(err)
			}
		},
		names: func(t *testing.T) []string {
			t.Helper()
			prefix := gofakes3.NewPrefix(new("lists/"), nil)
			list, err := backend.ListBucket("guests", &prefix, gofakes3.ListBucketPage{})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, o := range list.Contents {
				names = append(names, strings.TrimPrefix(o.Key, "lists/"))
			}
			return names
		},
	}
}

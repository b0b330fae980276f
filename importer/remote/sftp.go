package remote

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// helloWithin bounds connecting to an SFTP server and signing in.
const helloWithin = 20 * time.Second

// sftpConn is a folder of an SFTP server.
type sftpConn struct {
	client *sftp.Client
	ssh    *ssh.Client
	dir    string
	leave  func() bool // stops waiting for the context's end
}

func (s *Source) dialSFTP(ctx context.Context) (conn, error) {
	config, host, err := s.sshConfig()
	if err != nil {
		return nil, err
	}
	hello, cancel := context.WithTimeout(ctx, helloWithin)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(hello, "tcp", host)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(hello, func() { _ = conn.Close() }) // the handshake knows no context
	c, channels, requests, err := ssh.NewClientConn(conn, host, config)
	if !stop() && err == nil {
		err = context.DeadlineExceeded
	}
	if err != nil {
		_ = conn.Close()
		return nil, refusal(ctx, hello, err)
	}
	client := ssh.NewClient(c, channels, requests)
	files, err := sftp.NewClient(client)
	if err != nil {
		_ = client.Close()
		return nil, err
	}
	dir := s.path
	if dir == "" {
		dir = "."
	}
	leave := context.AfterFunc(ctx, func() { _ = client.Close() })
	return &sftpConn{client: files, ssh: client, dir: dir, leave: leave}, nil
}

// refusal returns our error for a failed handshake; its library has no type for a refused user.
func refusal(ctx, hello context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case hello.Err() != nil:
		return hello.Err()
	case strings.Contains(err.Error(), "unable to authenticate"):
		return errRefused
	}
	return hostKey(err)
}

func (s *Source) sshConfig() (config *ssh.ClientConfig, host string, err error) {
	known, err := knownhosts.New(s.options.KnownHosts)
	if err != nil {
		return nil, "", s.unusable("the file of known hosts", err)
	}
	host = s.host
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "22")
	}
	sign, err := s.signIn()
	if err != nil {
		return nil, "", err
	}
	return &ssh.ClientConfig{
		User: s.user, Auth: []ssh.AuthMethod{sign}, Timeout: helloWithin,
		HostKeyCallback: known, HostKeyAlgorithms: algorithms(known, host),
	}, host, nil
}

func (s *Source) signIn() (ssh.AuthMethod, error) {
	if s.options.KeyFile == "" {
		return ssh.Password(s.options.Secret.Reveal()), nil
	}
	pem, err := os.ReadFile(s.options.KeyFile)
	if err != nil {
		return nil, s.unusable("the key file", err)
	}
	var key ssh.Signer
	if s.options.Secret.Set() {
		key, err = ssh.ParsePrivateKeyWithPassphrase(pem, []byte(s.options.Secret.Reveal()))
	} else {
		key, err = ssh.ParsePrivateKey(pem)
	}
	if err != nil {
		return nil, s.unusable("the key file", err)
	}
	return ssh.PublicKeys(key), nil
}

func (s *Source) unusable(what string, err error) error {
	return &SettingError{
		Source: s.String(), Problem: what + " cannot be used: " + err.Error(),
		Advice: "check its path, its owner and its content",
	}
}

// algorithms are those of the keys that are known of a host. Without them a server that has several keys shows another
// one than the known, which looks like an attack. The known ones can only be read by asking about a key that no host
// has.
func algorithms(known ssh.HostKeyCallback, host string) []string {
	unused, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil
	}
	key, is := errors.AsType[*knownhosts.KeyError](known(host, &net.TCPAddr{}, unused))
	if !is {
		return nil
	}
	var names []string
	for _, k := range key.Want {
		if k.Key.Type() == ssh.KeyAlgoRSA {
			names = append(names, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			continue
		}
		names = append(names, k.Key.Type())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (f *sftpConn) at(name string) string { return path.Join(f.dir, name) }

func (f *sftpConn) list(ctx context.Context, _ string) ([]object, error) {
	infos, err := f.client.ReadDirContext(ctx, f.dir)
	if err != nil {
		return nil, err
	}
	return regular(infos), nil
}

func (f *sftpConn) open(_ context.Context, o object) (io.ReadCloser, error) {
	i, err := f.client.Lstat(f.at(o.name))
	if err := unchanged(i, err, o); err != nil {
		return nil, err
	}
	file, err := f.client.Open(f.at(o.name))
	if err != nil {
		return nil, err
	}
	stat := func() (fs.FileInfo, error) { return f.client.Lstat(f.at(o.name)) }
	return &unchangedReader{ReadCloser: file, stat: stat, object: o}, nil
}

func (f *sftpConn) move(_ context.Context, o object, to string) error {
	i, err := f.client.Lstat(f.at(o.name))
	if err := unchanged(i, err, o); err != nil {
		return err
	}
	if err := f.client.MkdirAll(path.Dir(f.at(to))); err != nil {
		return err
	}
	return f.client.Rename(f.at(o.name), f.at(to))
}

func (f *sftpConn) remove(_ context.Context, o object) error {
	i, err := f.client.Lstat(f.at(o.name))
	if err := unchanged(i, err, o); err != nil {
		return err
	}
	return f.client.Remove(f.at(o.name))
}

func (f *sftpConn) close() {
	f.leave()
	_ = f.client.Close()
	_ = f.ssh.Close()
}

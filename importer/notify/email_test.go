package notify_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

const password = "pass-s3cr3t"

// post is a mail server. It takes mail from ann with her password, or from any client if it asks for none.
type post struct {
	address string
	roots   *tls.Config // that trust it

	login bool
	mails chan string
	clear bool // the last mail came in clear
	to    []string
}

type postOptions struct{ login, starttls, implicit bool }

func newPost(t *testing.T, o postOptions) *post {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate, which is for example.com and 127.0.0.1
	certificates := web.TLS.Certificates
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	web.Close()
	p := &post{login: o.login, mails: make(chan string, 10),
		roots: &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}}
	server := smtp.NewServer(p)
	server.AllowInsecureAuth = true
	if o.starttls {
		server.TLSConfig = &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	if o.implicit {
		listener = tls.NewListener(listener, &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12})
	}
	over := make(chan struct{})
	go func() { defer close(over); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-over })
	return p
}

// dial leads there whatever the name.
func (p *post) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", p.address)
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &session{post: p, clear: !encrypted, known: !p.login}, nil
}

type session struct {
	*post
	clear, known bool
	rcpt         []string
}

func (s *session) AuthMechanisms() []string {
	if !s.login {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "ann" || pass != password {
			return errors.New("wrong")
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpt = append(s.rcpt, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.post.clear, s.to = s.clear, s.rcpt
	s.mails <- string(raw)
	return err
}
func (s *session) Reset()        { s.rcpt = nil }
func (s *session) Logout() error { return nil }

func sendBy(t *testing.T, m notify.Mail, e notify.Event) error {
	t.Helper()
	if m.From == "" {
		m.From, m.To = "guestflow@example.org", []string{"door@example.org", "Desk <desk@example.org>"}
	}
	c, err := m.Channel("email")
	if err != nil {
		return err
	}
	return c.Send(t.Context(), e)
}

var news = notify.Event{
	ID: "main-import-abc-finished-1", Account: "main", At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	Title: "Import abc has finished: Größe", Text: "4 rows accepted.\nNothing to do.\n",
}

func TestAMailIsPlainTextWithAStableID(t *testing.T) {
	p := newPost(t, postOptions{})
	for range 2 {
		if err := sendBy(t, notify.Mail{Server: secret.Text("smtp://" + p.address)}, news); err != nil {
			t.Fatal(err)
		}
	}
	first, again := <-p.mails, <-p.mails
	m, err := mail.ReadMessage(strings.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := mail.ReadMessage(strings.NewReader(again))
	for header, want := range map[string]string{
		"Message-Id": "<main-import-abc-finished-1@example.org>", "X-Guestflow-Event": "main-import-abc-finished-1",
		"Auto-Submitted": "auto-generated", "Date": "Sun, 01 Mar 2026 09:00:00 +0000",
		"Subject": "=?UTF-8?q?guestflow:_Import_abc_has_finished:_Gr=C3=B6=C3=9Fe?=",
	} {
		if got := m.Header.Get(header); got != want || second.Header.Get(header) != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	body, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
	if !bytes.Contains(body, []byte("4 rows accepted.\r\nNothing to do.")) {
		t.Errorf("the text is %q", body)
	}
	if strings.Join(p.to, " ") != "door@example.org desk@example.org" {
		t.Errorf("it went to %q", p.to)
	}
}

func TestAFilesNameCannotWriteAHeader(t *testing.T) {
	p := newPost(t, postOptions{})
	e := news
	e.Title = "list\r\nBcc: everybody@example.org\r\n\r\n.csv"
	if err := sendBy(t, notify.Mail{Server: secret.Text("smtp://" + p.address)}, e); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(<-p.mails))
	if err != nil || m.Header.Get("Bcc") != "" || len(p.to) != 2 {
		t.Errorf("%v, %v, %q", err, m.Header, p.to)
	}
}

func TestMailLeavesThisMachineOnlyEncrypted(t *testing.T) {
	user := "smtp://ann:" + password + "@example.com"
	for name, c := range map[string]struct {
		server  string
		post    postOptions
		sent    bool
		inClear bool
	}{
		"STARTTLS":                   {server: user, post: postOptions{login: true, starttls: true}, sent: true},
		"without STARTTLS":           {server: user, post: postOptions{login: true}},
		"without STARTTLS nor login": {server: "smtp://example.com"},
		"in clear by choice":         {server: "smtp://example.com?tls=none", sent: true, inClear: true},
		"in clear on this machine":   {server: "smtp://127.0.0.1", sent: true, inClear: true},
		"STARTTLS on this machine":   {server: "smtp://127.0.0.1", post: postOptions{starttls: true}, sent: true},
		"implicit TLS": {server: "smtps://ann:" + password + "@ADDRESS",
			post: postOptions{login: true, implicit: true}, sent: true},
		"implicit TLS asked of another": {server: "smtps://ann:" + password + "@ADDRESS", post: postOptions{login: true}},
		"a wrong password": {server: "smtp://ann:wrong-s3cr3t@example.com",
			post: postOptions{login: true, starttls: true}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, c.post)
			m := notify.Mail{Server: secret.Text(c.server)}.Via(p.dial, p.roots)
			if server, real := strings.CutSuffix(c.server, "ADDRESS"); real { // who dials in our stead would have to do the TLS
				m = notify.Mail{Server: secret.Text(server + p.address)}.Via(nil, p.roots)
			}
			err := sendBy(t, m, news)
			if (err == nil) != c.sent || len(p.mails) != map[bool]int{true: 1}[c.sent] {
				t.Fatalf("error %v, %d mails", err, len(p.mails))
			}
			if c.sent && p.clear != c.inClear {
				t.Errorf("in clear: %v", p.clear)
			}
			if err != nil && strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func TestAServerWithAnotherCertificateGetsNoMail(t *testing.T) {
	p := newPost(t, postOptions{login: true, starttls: true})
	strangers := &tls.Config{ServerName: "example.com", MinVersion: tls.VersionTLS12}
	err := sendBy(t, notify.Mail{Server: "smtp://ann@example.com", Password: password}.Via(p.dial, strangers), news)
	if err == nil || len(p.mails) != 0 {
		t.Errorf("error %v, %d mails", err, len(p.mails))
	}
}

func TestWrongMailSettingsAreFoundWithoutANetwork(t *testing.T) {
	from, to := "guestflow@example.org", []string{"door@example.org"}
	for _, m := range []notify.Mail{
		{Server: "s3cr3t", From: from, To: to},
		{Server: "http://u:s3cr3t@example.com", From: from, To: to},
		{Server: "smtp://u:s3cr3t@example.com:port", From: from, To: to},
		{Server: "smtp://u:s3cr3t@example.com:99999", From: from, To: to},
		{Server: "smtp://u:s3cr3t@", From: from, To: to},
		{Server: "smtp://example.com", From: "no address", To: to},
		{Server: "smtp://example.com", From: from},
		{Server: "smtp://example.com", From: from, To: []string{"door@example.org", "no address"}},
	} {
		if _, err := m.Channel("email"); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s, %q to %q: %v", m.Server.Reveal(), m.From, m.To, err)
		}
	}
}

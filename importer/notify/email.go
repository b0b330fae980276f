package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"guestflow/tokencache/secret"
)

// Mail is where emails go and by which server.
type Mail struct {
	// Server is smtp://user@host:587, which must offer STARTTLS, or smtps://user@host:465, which is TLS from the start.
	// In clear goes only what is for this machine, or with ?tls=none. A password may stand in it, or in Password.
	Server   secret.Text
	Password secret.Text
	From     string
	To       []string

	// For tests.
	tls  *tls.Config
	dial mail.DialContextFunc
}

// Channel checks the settings, without a network.
func (m Mail) Channel(name string) (Channel, error) {
	host, options, err := m.options()
	if err != nil {
		return Channel{}, err
	}
	client := func() (*mail.Client, error) { return mail.NewClient(host, options...) }
	if _, err := client(); err != nil {
		return Channel{}, fmt.Errorf("set up the mail server %s: %w", host, err)
	}
	if len(m.To) == 0 {
		return Channel{}, errors.New("emails need an address to go to")
	}
	if _, err := m.message(Event{ID: "check"}); err != nil {
		return Channel{}, err
	}
	return Channel{Name: name, Send: func(ctx context.Context, e Event) error {
		msg, err := m.message(e)
		if err != nil {
			return err
		}
		c, err := client() // one for each: it holds a connection, and mails are days apart
		if err != nil {
			return err
		}
		if err := c.DialAndSendWithContext(ctx, msg); err != nil {
			return fmt.Errorf("send by %s: %w", host, err)
		}
		return nil
	}}, nil
}

func (m Mail) options() (host string, options []mail.Option, err error) {
	u, err := url.Parse(m.Server.Reveal())
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		// err would show a password
		return "", nil, errors.New("the mail server must be a URL such as smtp://user@host:587 or smtps://user@host:465")
	}
	host = u.Hostname()
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return "", nil, fmt.Errorf("the mail server's port %q is not a number", u.Port())
		}
	}
	options = []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout)}
	if m.tls != nil {
		options = append(options, mail.WithTLSConfig(m.tls))
	}
	if m.dial != nil {
		options = append(options, mail.WithDialContextFunc(m.dial))
	}
	switch bare := u.Query().Get("tls") == "none"; {
	case u.Scheme == "smtps":
		options = append(options, mail.WithSSL())
	case bare:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case loopback(host):
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		if m.Password.Set() {
			password = m.Password.Reveal()
		}
		options = append(options,
			mail.WithUsername(user), mail.WithPassword(password), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	return host, options, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (m Mail) message(e Event) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.From(m.From); err != nil {
		return nil, fmt.Errorf("the sender %q is no email address: %w", m.From, err)
	}
	if err := msg.To(m.To...); err != nil {
		return nil, fmt.Errorf("%q are not all email addresses: %w", strings.Join(m.To, ", "), err)
	}
	msg.Subject("guestflow: " + oneLine(e.Title))
	msg.SetDateWithValue(e.At)
	// The same at every try, so that a mail program shows a repeat once.
	domain := m.From[strings.LastIndexByte(m.From, '@')+1:]
	msg.SetMessageIDWithValue(e.ID + "@" + strings.TrimRight(domain, "> "))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that no holiday notice comes back
	msg.SetGenHeader("X-Guestflow-Event", e.ID)
	msg.SetBodyString(mail.TypeTextPlain, e.Text+"\n-- \nAccount "+e.Account+", event "+e.ID+"\n")
	return msg, nil
}

package config

import (
	"net/url"
	"strings"

	"guestflow/importer/notify"
	"guestflow/tokencache/secret"
)

// Notifications is where events go: an import is finished, a file failed or waits for approval, a gate closed or
// opened.
type Notifications struct {
	NotifyURL        secret.Text `help:"URL to which a JSON event is posted when an import finishes, a file fails or waits for approval, or a gate closes or opens." group:"Notifications" keyonly:""`
	NotifyURLFile    string      `help:"File that holds notify_url." type:"path" group:"Notifications" keyonly:""`
	NotifySecret     secret.Text `help:"Signs these events (Standard Webhooks); better as notify_secret_file." group:"Notifications" keyonly:""`
	NotifySecretFile string      `help:"File that holds notify_secret." type:"path" group:"Notifications" keyonly:""`

	NotifyFormat string `help:"Body of these events: json, slack for an incoming webhook of Slack, or teams for a workflow of Microsoft Teams." enum:"json,slack,teams" default:"json" group:"Notifications" keyonly:""`

	SMTPURL          secret.Text `name:"smtp-url" help:"Mail server for the same events: smtp://user@host:587 or smtps://user@host:465." group:"Notifications" keyonly:""`
	SMTPPassword     secret.Text `name:"smtp-password" help:"Its password; better as smtp_password_file." group:"Notifications" keyonly:""`
	SMTPPasswordFile string      `name:"smtp-password-file" help:"File that holds smtp_password." type:"path" group:"Notifications" keyonly:""`
	MailFrom         string      `help:"Sender of the emails." group:"Notifications" keyonly:""`
	MailTo           []string    `help:"Recipients of the emails." group:"Notifications" keyonly:""`

	ConsoleURL string `help:"Address of the console as browsers reach it, such as https://guestflow.example.com; notifications of files that wait for approval link to it." group:"Notifications" keyonly:""`
}

// WaitingURL returns the address of an account's page of files that wait, or "" where the console's is not configured.
func (n Notifications) WaitingURL(account string) string {
	if n.ConsoleURL == "" {
		return ""
	}
	return strings.TrimRight(n.ConsoleURL, "/") + "/a/" + url.PathEscape(account) + "/waiting"
}

// Channels returns the configured channels; it uses no network.
func (n Notifications) Channels() ([]notify.Channel, error) {
	var list []notify.Channel
	if n.NotifyURL.Set() {
		c, err := notify.WebhookIn("webhook", n.NotifyURL, n.NotifySecret, notify.Format(n.NotifyFormat))
		if err != nil {
			return nil, Usagef("notify_url: %v", err)
		}
		list = append(list, c)
	}
	if n.SMTPURL.Set() {
		c, err := notify.Mail{Server: n.SMTPURL, Password: n.SMTPPassword, From: n.MailFrom, To: n.MailTo}.Channel("email")
		if err != nil {
			return nil, Usagef("smtp_url, mail_from and mail_to: %v", err)
		}
		list = append(list, c)
	}
	return list, nil
}

package config

import (
	"time"

	"guestflow/tokencache/secret"
)

// Console is how the console is reached, and by whom.
type Console struct {
	Listen  string `help:"Address of the console, /metrics, /healthz and /readyz; empty for none. Another than this machine's wants a login." default:"127.0.0.1:8088" group:"Console"`
	Metrics string `help:"A second address for /metrics, /healthz and /readyz alone, such as 127.0.0.1:9464, by http and without a login: no load on the console holds up what watches this process there. They stay on --listen, too." name:"metrics-listen" group:"Console"`
	TLSCert string `help:"Certificate for https, with those between." name:"tls-cert" type:"path" group:"Console"`
	TLSKey  string `help:"Its key." name:"tls-key" type:"path" group:"Console"`

	UploadMiB int `help:"Most that a file may have that is uploaded in the browser, in MiB." name:"upload-mib" default:"256" group:"Console" keyonly:""`

	Users          string        `help:"File with those who may log in; see guestflow user." type:"path" group:"Console"`
	SessionKey     secret.Text   `help:"Signs sessions, 32 characters or more, the same in all processes; a random one logs everybody out at a restart. Better as session_key_file." group:"Console" keyonly:""`
	SessionKeyFile string        `help:"File that holds session_key." type:"path" group:"Console" keyonly:""`
	SessionLength  time.Duration `help:"How long a login is good for." default:"12h" group:"Console" keyonly:""`
	Hosts          []string      `help:"Names that browsers reach the console by; others are refused." group:"Console" keyonly:""`
	BehindTLS      bool          `help:"Browsers come by https, which a proxy in front speaks." name:"behind-tls" group:"Console" keyonly:""`

	OIDCIssuer           string      `help:"Identity provider to log in with, such as https://login.example.com." name:"oidc-issuer" group:"Console" keyonly:""`
	OIDCClientID         string      `help:"This console's client id there." name:"oidc-client-id" group:"Console" keyonly:""`
	OIDCClientSecret     secret.Text `help:"Its secret; better as oidc_client_secret_file." name:"oidc-client-secret" group:"Console" keyonly:""`
	OIDCClientSecretFile string      `help:"File that holds oidc_client_secret." name:"oidc-client-secret-file" type:"path" group:"Console" keyonly:""`
	OIDCRedirectURL      string      `help:"This console's address with /login/callback." name:"oidc-redirect-url" group:"Console" keyonly:""`
	OIDCGroupsClaim      string      `help:"Claim with somebody's groups." name:"oidc-groups-claim" default:"groups" group:"Console" keyonly:""`

	ProxyHeader       string   `help:"Header in which a reverse proxy names who is logged in, such as X-Forwarded-User." group:"Console" keyonly:""`
	ProxyFrom         []string `help:"Address of the reverse proxy, or several or a network, such as 10.0.0.5: its X-Forwarded-For says where browsers are, and proxy_header is refused from elsewhere." group:"Console" keyonly:""`
	ProxyGroupsHeader string   `help:"Header in which it names their groups." group:"Console" keyonly:""`

	ViewerGroups   []string `help:"Groups that may look; * is everybody." group:"Console" keyonly:""`
	OperatorGroups []string `help:"Groups that may steer." group:"Console" keyonly:""`
	GuestsGroups   []string `help:"Groups that may see guests' data." group:"Console" keyonly:""`

	AsynqmonWrites bool `help:"Operators may pause queues and run tasks at once in Asynqmon, which only shows them otherwise." group:"Console" keyonly:""`
}

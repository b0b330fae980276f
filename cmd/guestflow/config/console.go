package config

import (
	"time"

	"guestflow/tokencache/secret"
)

// Console is how the console is reached, and who may log in.
type Console struct {
	Listen  string `help:"Address of the console, /metrics, /healthz and /readyz; empty for none. An address that others can reach needs a login." default:"127.0.0.1:8088" group:"Console"`
	Metrics string `help:"A second address for /metrics, /healthz and /readyz only, such as 127.0.0.1:9464, by HTTP without a login. They stay on --listen, too." name:"metrics-listen" group:"Console"`
	TLSCert string `help:"Certificate for HTTPS, with its intermediates." name:"tls-cert" type:"path" group:"Console"`
	TLSKey  string `help:"Private key of the certificate." name:"tls-key" type:"path" group:"Console"`

	Language string `help:"Language of the console's pages: en, de, or auto for what each browser asks for." enum:"en,de,auto" default:"en" group:"Console" keyonly:""`

	UploadMiB int `help:"Largest file that can be uploaded in the browser, in MiB." name:"upload-mib" default:"256" group:"Console" keyonly:""`

	Users          string        `help:"Password file of the console's users; see guestflow user." type:"path" group:"Console"`
	SessionKey     secret.Text   `help:"Signs sessions: 32 characters or more, the same in all processes. By default random, so that a restart ends all sessions. Better as session_key_file." group:"Console" keyonly:""`
	SessionKeyFile string        `help:"File that holds session_key." type:"path" group:"Console" keyonly:""`
	SessionLength  time.Duration `help:"How long a session lasts." default:"12h" group:"Console" keyonly:""`
	Hosts          []string      `help:"Host names of the console; requests for others are refused." group:"Console" keyonly:""`
	BehindTLS      bool          `help:"A proxy in front serves HTTPS to browsers." name:"behind-tls" group:"Console" keyonly:""`

	OIDCIssuer           string      `help:"OpenID Connect provider for logins, such as https://login.example.com." name:"oidc-issuer" group:"Console" keyonly:""`
	OIDCClientID         string      `help:"Client id of the console at the provider." name:"oidc-client-id" group:"Console" keyonly:""`
	OIDCClientSecret     secret.Text `help:"Client secret at the provider; better as oidc_client_secret_file." name:"oidc-client-secret" group:"Console" keyonly:""`
	OIDCClientSecretFile string      `help:"File that holds oidc_client_secret." name:"oidc-client-secret-file" type:"path" group:"Console" keyonly:""`
	OIDCRedirectURL      string      `help:"URL of this console with the path /login/callback." name:"oidc-redirect-url" group:"Console" keyonly:""`
	OIDCGroupsClaim      string      `help:"Claim that lists a user's groups." name:"oidc-groups-claim" default:"groups" group:"Console" keyonly:""`

	ProxyHeader       string   `help:"Header in which a reverse proxy names the user, such as X-Forwarded-User." group:"Console" keyonly:""`
	ProxyFrom         []string `help:"Addresses or networks of the reverse proxy, such as 10.0.0.5. Its X-Forwarded-For is trusted; proxy_header is refused from elsewhere." group:"Console" keyonly:""`
	ProxyGroupsHeader string   `help:"Header in which the proxy lists the user's groups." group:"Console" keyonly:""`

	ViewerGroups   []string `help:"Groups that may view; * is every user." group:"Console" keyonly:""`
	OperatorGroups []string `help:"Groups that may also start, pause, cancel and retry imports and change limits." group:"Console" keyonly:""`
	GuestsGroups   []string `help:"Groups that may see guests' data." group:"Console" keyonly:""`

	AsynqmonWrites bool `help:"Operators may pause queues and run tasks in Asynqmon; otherwise it is read-only." group:"Console" keyonly:""`
}

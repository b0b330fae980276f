package program

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/tracing"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
)

// Connect builds the way to Qflow: the account, its tokens, the client.
func (a *Account) Connect(box *sandbox.Sandbox) error {
	who, err := a.caller(box)
	if err != nil {
		return err
	}
	journal, err := a.journal(&who)
	if err != nil {
		return err
	}
	a.Tokens, err = tokencache.New(a.Store.Client, tokencache.Config{
		Account: a.Settings.AccountName(), Endpoint: who.endpoint, Credentials: who.credentials, Keys: who.keys,
		StateDir: journal, Replicas: a.Settings.RedisReplicas, Logger: a.Log, Observer: a.metrics.Tokens(),
	})
	if err != nil {
		return fmt.Errorf("set up the token cache: %w", err)
	}
	a.closers = append(a.closers, func() { _ = a.Tokens.Close() })
	a.APIURL = who.api
	a.Qflow, err = qflow.New(qflow.Config{
		URL: who.api, CheckinPrefix: a.Settings.CheckinPrefix, CommsPrefix: a.Settings.CommsPrefix,
		KeyHeader: a.Settings.KeyHeader, SubscriptionKey: who.key, Connections: worker.Places(a.Settings.Concurrency),
		Observer: qflow.Observers(a.metrics.Calls(a.Settings.AccountName()), tracing.Calls()),
	}, worker.Tokens{Cache: a.Tokens})
	if err != nil {
		return config.Usagef("%w", err)
	}
	a.closers = append(a.closers, a.Qflow.Close)
	return nil
}

// journal returns the folder of the token journal, "" for none: the tokens of a sandbox in this process end with it.
func (a *Account) journal(who *caller) (dir string, err error) {
	if a.Sandbox == nil {
		return a.Settings.StateDir, nil
	}
	if who.keys.Empty() {
		if who.keys, _, err = tokencache.LoadOrCreateKey(a.Settings.StateDir); err != nil {
			return "", fmt.Errorf("set up the token cache: %w", err)
		}
	}
	return "", nil
}

// caller is where Qflow is, and with which credentials it is called.
type caller struct {
	api         string
	endpoint    tokencache.Endpoint
	credentials tokencache.Credentials
	keys        tokencache.Keyring
	key         secret.Text
}

func (a *Account) caller(box *sandbox.Sandbox) (caller, error) {
	s := a.Settings
	who := caller{api: s.APIURL, endpoint: s.Endpoint(), key: s.SubscriptionKey, credentials: tokencache.Credentials{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, Username: s.Username, Password: s.Password,
		EnterprisePIN: s.EnterprisePin,
	}}
	var err error
	if who.keys, err = s.Keyring(); err != nil {
		return who, err
	}
	if s.Sandboxed() || box != nil {
		if err := a.useSandbox(&who, box); err != nil {
			return who, err
		}
	}
	return who, nil
}

// sealingKeys returns the keys that seal guests' data: those of the tokens, which are generated in the state folder if
// none are configured. They are read when they are needed, for most commands need none and must not create one. A
// process with another key than the fleet's is refused: the others could not open what it seals.
func (a *Account) sealingKeys() func() (tokencache.Keyring, error) {
	var mu sync.Mutex
	var keys tokencache.Keyring
	return func() (tokencache.Keyring, error) {
		mu.Lock()
		defer mu.Unlock()
		if !keys.Empty() {
			return keys, nil
		}
		found, err := a.Settings.Keyring()
		if err == nil && found.Empty() {
			found, _, err = tokencache.LoadOrCreateKey(a.Settings.StateDir)
		}
		if err == nil && a.Tokens != nil {
			ctx, cancel := context.WithTimeout(context.Background(), sealWithin)
			defer cancel()
			err = a.canOpenSeals(ctx)
		}
		if err != nil {
			return tokencache.Keyring{}, err
		}
		keys = found
		return keys, nil
	}
}

// sealWithin is how long Redis may take to return the id of the fleet's key.
const sealWithin = 5 * time.Second

// useSandbox fills in the sandbox's public account. It starts a sandbox in this process unless the settings name one.
func (a *Account) useSandbox(who *caller, box *sandbox.Sandbox) error {
	if box == nil && who.api == "" {
		box = sandbox.New(sandbox.Options{})
	}
	if box != nil {
		at, err := box.Listen("127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("start the sandbox: %w", err)
		}
		a.Sandbox, who.api = box, at
		a.closers = append(a.closers, func() { _ = box.Close() })
	}
	account := sandbox.Defaults()
	if a.Settings.IdentityURL == "" {
		who.endpoint.TokenURL = strings.TrimSuffix(who.api, "/") + "/core/connect/token"
		who.endpoint.AuthURL = config.AuthorizeURL(who.endpoint.TokenURL)
	}
	who.key = secret.Text(account.SubscriptionKey)
	who.credentials = tokencache.Credentials{
		ClientID: account.ClientID, ClientSecret: secret.Text(account.ClientSecret), Username: account.Email,
		Password: secret.Text(account.Password),
	}
	return nil
}

// Live reports whether calls reach real people.
func (a *Account) Live() bool { return !a.Settings.Sandboxed() && !config.Loopback(a.Settings.APIURL) }

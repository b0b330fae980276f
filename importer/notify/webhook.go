package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"guestflow/tokencache/secret"
)

// webhookTimeout suits a receiver that does its work after its answer, as all should.
const webhookTimeout = 10 * time.Second

// Webhook posts events as JSON. The address may itself be a secret, as those of chats are, so it is in no error.
//
// Requests are signed as Standard Webhooks says (standardwebhooks.com), for which receivers find a library in any
// language: the header webhook-signature is "v1," and the base64 of an HMAC-SHA256 over "ID.TIMESTAMP.BODY", with the
// headers webhook-id and webhook-timestamp. The id is the same at every try. A secret that begins with whsec_ is base64
// after that, any other is taken as it stands; without one nothing is signed.
func Webhook(name string, address, signWith secret.Text) (Channel, error) {
	return WebhookIn(name, address, signWith, JSON)
}

// WebhookIn is Webhook with the body that a chat takes.
func WebhookIn(name string, address, signWith secret.Text, format Format) (Channel, error) {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Channel{}, errors.New("the address of a webhook must be a URL such as https://host/path") // err would show it
	}
	signer, err := signerOf(signWith)
	if err != nil {
		return Channel{}, err
	}
	client := &http.Client{
		Timeout: webhookTimeout,
		// A receiver that answers with another address could have events sent anywhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return Channel{Name: name, Send: func(ctx context.Context, e Event) error {
		return post(ctx, client, u, signer, format, e)
	}}, nil
}

func signerOf(signWith secret.Text) (*standardwebhooks.Webhook, error) {
	raw := []byte(signWith.Reveal())
	if encoded, is := strings.CutPrefix(signWith.Reveal(), "whsec_"); is {
		var err error
		if raw, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return nil, errors.New("the secret of a webhook must be base64 after whsec_")
		}
	}
	switch {
	case !signWith.Set():
		return nil, nil
	case len(raw) < 16:
		return nil, errors.New("the secret of a webhook must have at least 16 bytes, or it could be guessed")
	}
	return standardwebhooks.NewWebhookRaw(raw)
}

func post(ctx context.Context, client *http.Client, to *url.URL, signer *standardwebhooks.Webhook, format Format,
	e Event) error {
	body, err := format.body(e)
	if err != nil {
		return fmt.Errorf("encode the event: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the webhook makes no request")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "guestflow")
	r.Header.Set(standardwebhooks.HeaderWebhookID, e.ID)
	if signer != nil {
		now := time.Now()
		signature, err := signer.Sign(e.ID, now, body)
		if err != nil {
			return fmt.Errorf("sign the event: %w", err)
		}
		r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
		r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	}
	answer, err := client.Do(r)
	if err != nil {
		if wrapped, is := errors.AsType[*url.Error](err); is {
			err = wrapped.Err // without the address
		}
		return fmt.Errorf("post to %s: %w", to.Host, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // so that the connection can be used again
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fmt.Errorf("post to %s: it answers %s; set the address that it moved to, redirects are not followed",
			to.Host, answer.Status)
	case answer.StatusCode >= 400:
		return fmt.Errorf("post to %s: it answers %s", to.Host, answer.Status)
	}
	return nil
}

package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

const (
	headersWithin = 30 * time.Second // a server that makes the list on request takes a while
	redirects     = 5
	byTime        = "modified " // begins the version of a file that has a date and no ETag
)

// webConn is one file at a web address. Listing asks for the file itself, on the condition that it is not the one taken
// last: many servers that make lists know neither HEAD nor dates. What comes is kept for open.
type webConn struct {
	client *http.Client
	url    string
	source *Source
	answer *http.Response
}

func (s *Source) dialWeb(context.Context) (conn, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = headersWithin
	transport.DisableKeepAlives = true // one request, hours apart
	if s.options.transport != nil {
		transport = s.options.transport
	}
	return &webConn{url: s.whole, source: s, client: &http.Client{Transport: transport, CheckRedirect: s.redirect}}, nil
}

// redirect follows within a host. To another one it goes only if there are no credentials that it could see, and never
// to an address without encryption. It sends no Referer: the address may have a query that grants access.
func (s *Source) redirect(next *http.Request, via []*http.Request) error {
	next.Header.Del("Referer")
	switch {
	case len(via) >= redirects:
		return errors.New("it redirects again and again")
	case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || !loopback(next.URL)):
		return errPlain
	case next.URL.Scheme != via[0].URL.Scheme && next.URL.Scheme != "https":
		return errPlain
	case (s.options.ID != "" || s.options.Secret.Set()) && next.URL.Host != via[0].URL.Host:
		return errElsewhere
	}
	return nil
}

func (w *webConn) list(ctx context.Context, newest string) ([]object, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	o := w.source.options
	switch {
	case o.ID != "":
		request.SetBasicAuth(o.ID, o.Secret.Reveal())
	case o.Secret.Set():
		request.Header.Set("Authorization", "Bearer "+o.Secret.Reveal())
	}
	if date, is := strings.CutPrefix(newest, byTime); is {
		request.Header.Set("If-Modified-Since", date)
	} else if newest != "" && !strings.HasPrefix(newest, byContent) {
		request.Header.Set("If-None-Match", newest)
	}
	answer, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusNotModified || answer.StatusCode == http.StatusNoContent {
			return nil, nil
		}
		return nil, statusError(answer.StatusCode)
	}
	w.answer = answer
	file := object{name: webName(w.url), size: answer.ContentLength, version: answer.Header.Get("ETag")}
	if date := answer.Header.Get("Last-Modified"); file.version == "" && date != "" {
		file.version = byTime + date
	}
	if answer.Uncompressed {
		file.size = -1
	}
	return []object{file}, nil
}

// webName is the last part of the path; an address without one has a file all the same.
func webName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || path.Base(u.Path) == "." || path.Base(u.Path) == "/" {
		return "download.csv"
	}
	return path.Base(u.Path)
}

func (w *webConn) open(context.Context, object) (io.ReadCloser, error) { return w.answer.Body, nil }

func (w *webConn) move(context.Context, object, string) error { return errors.ErrUnsupported }

func (w *webConn) remove(context.Context, object) error { return errors.ErrUnsupported }

func (w *webConn) close() {
	if w.answer != nil {
		_ = w.answer.Body.Close()
	}
}

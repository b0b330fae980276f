package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// address is a source's URL, taken apart.
type address struct {
	scheme string
	user   string
	host   string // bucket or container for stores
	path   string // without slashes around it for stores, as it is otherwise
	query  url.Values
	whole  string // the URL as it was configured; its query may grant access, so it is never shown
}

// parameters that the schemes know. A web address keeps its query, which belongs to the server.
var parameters = map[string][]string{
	"s3": {"region", "endpoint"}, "gs": {"endpoint"}, "sftp": nil, "file": nil,
}

const (
	addressForms = "write s3://…, gs://…, sftp://…, https://… or /a/folder"

	// azureAdvice is for configurations of versions that had Azure's client: its SDK was a fifth of all modules, and
	// copying into a folder is what Azure's own tool does in one command.
	azureAdvice = "copy the files into the inbox or a folder that is a source, for example by a timer that runs " +
		"rclone copy or az storage blob download-batch"
)

// signed are query parameters that give access by themselves: signed links, and tokens.
var signed = []string{
	"sig", "x-amz-signature", "x-goog-signature", "access_token", "token", "key", "api_key", "apikey",
	"password", "secret",
}

func parse(raw string) (address, error) {
	if !strings.Contains(raw, "://") {
		if !filepath.IsAbs(raw) {
			return address{}, &SettingError{Source: "…", Problem: "neither a URL nor an absolute path", Advice: addressForms}
		}
		return address{scheme: "file", path: filepath.Clean(raw), whole: raw}, nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		if parsing, is := errors.AsType[*url.Error](err); is {
			err = parsing.Err // which does not repeat the URL
		}
		scheme, _, _ := strings.Cut(raw, "://")
		return address{}, &SettingError{
			Source: scheme + "://…", Problem: "not a URL: " + err.Error(), Advice: "write spaces and such as %20",
		}
	}
	a := address{scheme: u.Scheme, host: u.Host, path: u.Path, query: u.Query(), whole: raw}
	if a.scheme == "sftp" { // elsewhere it may be a token
		a.user = u.User.Username()
	}
	if a.scheme == "s3" || a.scheme == "gs" {
		a.path = strings.Trim(u.Path, "/")
	}
	if problem, advice := a.wrong(u); problem != "" {
		return address{}, &SettingError{Source: a.String(), Problem: problem, Advice: advice}
	}
	return a, nil
}

func (a address) wrong(u *url.URL) (problem, advice string) {
	if _, has := u.User.Password(); has {
		return "a password in the URL", "take it out; it has a file of its own, for URLs end up in logs"
	}
	for name := range a.query {
		if slices.Contains(signed, strings.ToLower(name)) {
			return "a credential in the URL: " + name, "take it out; secrets have files of their own, for URLs end up in logs"
		}
	}
	known, is := parameters[a.scheme]
	switch {
	case a.scheme == "azblob" || a.scheme == "azure":
		return "Azure's blob storage is no longer read directly", azureAdvice
	case !is && !a.web():
		return "the scheme " + a.scheme + ":// is unknown", addressForms
	case a.scheme == "file" && a.host != "":
		return "a host in file://", "write file:///a/folder"
	case a.scheme != "file" && u.Hostname() == "":
		return "no host or bucket", "write " + a.scheme + "://name/…"
	case u.Fragment != "":
		return "a fragment (#)", "write # as %23"
	case a.scheme == "sftp" && a.user == "":
		return "no user", "write sftp://user@host/folder"
	case a.scheme != "sftp" && u.User != nil:
		return "a user in the URL", "take it out and give it as the ID"
	}
	for _, name := range slices.Sorted(maps.Keys(a.query)) {
		if !a.web() && !slices.Contains(known, name) {
			return "unknown parameter " + name, "known are: " + strings.Join(known, ", ")
		}
	}
	if a.scheme == "http" && !loopback(u) {
		return "guests' data would be sent unencrypted", "write https://"
	}
	if raw := a.query.Get("endpoint"); raw != "" && !a.web() && !usable(raw) {
		return "the endpoint cannot be used", "write endpoint=https://host:port"
	}
	return "", ""
}

// usable reports whether an endpoint is a host, and encrypted unless it is this one.
func usable(endpoint string) bool {
	e, err := url.Parse(endpoint)
	if err != nil || e.Host == "" || e.User != nil || e.Path != "" && e.Path != "/" {
		return false
	}
	return e.Scheme == "https" || e.Scheme == "http" && loopback(e)
}

// loopback reports whether a URL stays on this host: then it need not be encrypted.
func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func (a address) web() bool { return a.scheme == "https" || a.scheme == "http" }

// String is the address as it is shown: without its query.
func (a address) String() string {
	if a.scheme == "file" {
		return a.path
	}
	u := url.URL{Scheme: a.scheme, Host: a.host, Path: a.path}
	if a.user != "" {
		u.User = url.User(a.user)
	}
	return u.String()
}

// id is the name of a source in Redis.
func (a address) id() string { return short(a.whole) }

// short is a fingerprint: 64 bits are plenty for the files of a source.
func short(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

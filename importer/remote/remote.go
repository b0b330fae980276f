// Package remote fetches files from where other systems leave them: buckets, file servers, a web address, or a folder
// that is mounted. It lists what is there, takes what is new, and hands over a finished local file.
//
//	s3://bucket/prefix?region=eu-west-1            also &endpoint=https://minio.example:9000
//	gs://bucket/prefix                             with an HMAC key
//	sftp://user@host:22/folder                     the host's key must be known
//	https://host/path/list.csv                     one file
//	/mnt/lists                                     a folder
//
// A file is taken once by its version: an ETag, or size and time where there is none. What was taken is on record in
// Redis, for as long as it is listed. Before a file is fetched it is claimed by a lease, so that several processes may
// share a source. Neither is what keeps guests from being created twice: when a process dies between handing a file
// over and recording it, the file is fetched again, and the import finds the same content and does nothing. Record and
// lease save work.
//
// Each store has its own small client instead of one library for all: stripped, the Go CDK with its three drivers adds
// 40 MB to a program, and 78 modules; these add 6 MB and 22. Google's store is reached by the protocol that it shares
// with S3.
package remote

import (
	"context"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"guestflow/importer/listfile"
	"guestflow/tokencache/secret"
)

// After is what is done with a remote file that was taken.
type After string

const (
	Leave  After = "leave"  // it stays; the default
	Move   After = "move"   // it is moved to done/ beside it, under a new name
	Delete After = "delete" // it is deleted
)

const (
	maxBytes = 4 << 30             // far beyond any guest list: a wrong file must not fill the disk
	settle   = 30 * time.Second    // as long as a slow copy may pause
	keep     = 90 * 24 * time.Hour // see Options.Keep
	doneDir  = "done"
)

// Options of a source. Secrets come here and not in the URL, which is shown in logs and lists.
type Options struct {
	Pattern  string // of the files' names, as path.Match has it; all if empty. Hidden and temporary files never fit
	After    After  // Leave if empty
	MaxBytes int64  // a larger file is refused; 4 GiB if 0
	// Settle is how long a file of a folder or SFTP server must be unchanged; 30 s if 0. By the clocks of both hosts, or
	// by ours between two listings.
	Settle time.Duration
	Keep   time.Duration // how long a file stays on record once it is gone; 90 days if 0

	// ID and Secret sign in: access key and its secret (s3, gs), user and password (https, sftp).
	// An https source with a Secret alone sends it as a bearer token. Without them s3 looks where AWS' own tools look.
	ID     string
	Secret secret.Text

	KeyFile    string // sftp: the private key; Secret is its passphrase then
	KnownHosts string // sftp: the hosts' keys, as OpenSSH writes them. No host is trusted without

	transport *http.Transport // trusts a test's server
}

// Source is a configured and checked source of remote files.
type Source struct {
	address
	options Options
	connect func(context.Context) (conn, error)

	mu        sync.Mutex
	firstSeen map[string]time.Time // by fingerprint, for files whose own time does not show that they are finished
}

// object is a remote file.
type object struct {
	name     string // without any folder
	size     int64  // -1 if unknown
	modified time.Time
	version  string // "" if only its content can tell
}

// fingerprint names the file and its version in the fetch log.
func (o object) fingerprint() string { return short(o.name, o.version) }

// conn is an open connection to a source.
type conn interface {
	list(ctx context.Context, newest string) ([]object, error) // newest is the version taken last, "" if none
	open(context.Context, object) (io.ReadCloser, error)       // that version, as far as the store can tell
	move(ctx context.Context, o object, to string) error       // to is a path under the source
	remove(context.Context, object) error
	close()
}

// New checks a source's address and options, without a network. Its error is a *SettingError.
func New(address string, o Options) (*Source, error) {
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	if o.After == "" {
		o.After = Leave
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBytes
	}
	if o.Settle == 0 {
		o.Settle = settle
	}
	if o.Keep == 0 {
		o.Keep = keep
	}
	if err := check(a, o); err != nil {
		return nil, err
	}
	s := &Source{address: a, options: o}
	s.connect = map[string]func(context.Context) (conn, error){
		"s3": s.dialS3, "gs": s.dialS3, "sftp": s.dialSFTP, "https": s.dialWeb, "http": s.dialWeb, "file": s.openFolder,
	}[a.scheme]
	return s, nil
}

func check(a address, o Options) error {
	wrong := func(problem, advice string) error {
		return &SettingError{Source: a.String(), Problem: problem, Advice: advice}
	}
	if _, err := path.Match(o.Pattern, ""); err != nil {
		return wrong("the pattern "+o.Pattern+" cannot be read", "write one such as *.csv")
	}
	switch {
	case o.After != Leave && o.After != Move && o.After != Delete:
		return wrong("after: unknown value "+string(o.After), "choose leave, move or delete")
	case o.After != Leave && a.web():
		return wrong("a file at a web address cannot be moved or deleted", "set after to leave")
	case o.MaxBytes < 0 || o.Settle < 0 || o.Keep < 0:
		return wrong("a negative limit", "leave it out")
	case a.scheme == "gs" && (o.ID == "" || !o.Secret.Set()):
		return wrong("Google's store needs an HMAC key",
			"make one under Cloud Storage, Settings, Interoperability, and set its ID and secret")
	case a.scheme == "sftp" && o.KnownHosts == "":
		return wrong("no file of known hosts", "name one; ssh-keyscan writes it, and the server's owner can confirm the key")
	case a.scheme == "sftp" && o.KeyFile == "" && !o.Secret.Set():
		return wrong("no way to sign in", "give a key file or a password file")
	}
	return nil
}

// wanted reports whether a file is a list to be fetched: it fits the pattern, and the inbox would take one of its name
// too. Names that fit and are left alone all the same are doubtful, which is logged. A web address is one file, named
// as its server likes. A name with a path in it comes from no honest server.
func (s *Source) wanted(name string) (wanted, doubtful bool) {
	if name == "" || strings.ContainsAny(name, "/\\\x00") {
		return false, false
	}
	if s.options.Pattern != "" {
		if match, _ := path.Match(s.options.Pattern, name); !match { // it was checked
			return false, false
		}
	}
	if s.web() {
		return true, false
	}
	if listfile.Hidden(name) || listfile.Temporary(name) {
		return false, false
	}
	return !listfile.PossiblyTemporary(name), listfile.PossiblyTemporary(name)
}

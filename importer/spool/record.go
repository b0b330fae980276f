package spool

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"guestflow/importer/listfile"
	"guestflow/importer/spec"
)

// Record is what is known of an item beside its file.
type Record struct {
	Name   string     `json:"name,omitempty"` // of the file where it came from
	Origin Origin     `json:"origin,omitzero"`
	Spec   *spec.Spec `json:"spec,omitempty"`   // by which it is imported; nil is the spool's
	Import string     `json:"import,omitempty"` // once it is known
	Part   *Part      `json:"part,omitempty"`   // what was imported of it while its other rows wait

	// NoEmail says of an item that waits that no email is sent, whatever its profile says. Spec is what is asked of it
	// until then.
	NoEmail bool `json:"no_email,omitempty"`

	Given time.Time `json:"given,omitzero"`  // when it came, by which it has its place among lists
	Ahead []string  `json:"ahead,omitempty"` // later lists before which a person lets it go (Behind)

	Deaths int `json:"deaths,omitempty"` // of processes that were reading it

	Question string   `json:"question,omitempty"` // why it waits, where its file leaves a doubt
	Held     Held     `json:"held,omitzero"`
	Gate     Gate     `json:"gate,omitzero"`
	Plan     *Plan    `json:"plan,omitempty"` // as it was when it began to wait
	Approved Approval `json:"approved,omitzero"`
	Turn     int      `json:"turn,omitempty"` // of the file that waits, of which it is the record

	// Standing is what its profile said of lists when it was looked at; Spec is made of it. Nil is not known.
	Standing *spec.Spec `json:"standing,omitempty"`

	// AtOrigin says that the file is still where it came from, and is fetched again if it cannot be imported.
	AtOrigin bool `json:"at_origin,omitempty"`
}

// Held is what a file was when its question was asked.
type Held struct {
	Size    int64     `json:"size"`
	Changed time.Time `json:"changed"`
}

// Approval is that of a person, for a file as it was looked at.
type Approval struct {
	By     string    `json:"by"`
	Also   string    `json:"also,omitempty"` // another name of the same person, who has become By by sudo
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256,omitempty"` // of the file; earlier versions did not write it
	Login  bool      `json:"login,omitempty"`  // By has logged in to the console
	Now    bool      `json:"now,omitempty"`    // it starts at once, whatever its start and undo time
}

// Origin is where a file came from.
type Origin struct {
	Door Door   `json:"door"`
	From string `json:"from,omitempty"` // a source's address
	By   string `json:"by,omitempty"`   // a user of the console or of the host; empty: unknown
	Also string `json:"also,omitempty"` // another name of the same person, who has become By by sudo
}

// Door is a way in.
type Door string

// The doors.
const (
	Inbox   Door = "inbox"
	Source  Door = "source"
	Console Door = "console"
	Command Door = "command"
	API     Door = "api"
)

const (
	aside    = ".aside-" // begins the name of a file that is not yet under its own
	mostText = 1 << 20   // bytes of a record, or of a text about a file; those of ours have some hundreds
)

// recordName is that of a record, which is hidden. It is a file of its own because only its owner may touch a file, and
// because the time of a dropped one says when it was last written to.
var recordName = regexp.MustCompile(`^\.(` + idPattern + `)$`)

// IsRecord reports whether a name is that of a record.
func IsRecord(name string) bool { return recordName.MatchString(name) }

func (s *Spool) record(folder string, i item) string { return s.sub(folder, "."+i.id) }

// readRecord returns an item's record. An earlier version, which had one door, wrote the number of deaths alone, or
// nothing; and the record may be gone, or something else in its place.
func readRecord(ctx context.Context, path string) Record {
	r := Record{Origin: Origin{Door: Inbox}}
	text, err := listfile.ReadSmall(ctx, path, mostText)
	if err == nil && json.Unmarshal(text, &r) != nil {
		r = Record{Origin: Origin{Door: Inbox}}
		r.Deaths, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	return r
}

// write makes the folder too, which may have been cleared away.
func (r Record) write(path string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a record: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return listfile.Write(path, text, aside)
}

// touch renews a lease. A record that is gone is made anew.
func touch(path string, r Record) error {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return r.write(path)
	}
	now := time.Now()
	return os.Chtimes(path, now, now)
}

package remote

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	lease    = 2 * time.Minute // of a claim; renewed, so it only counts after a crash
	farewell = 5 * time.Second // for the last word to Redis on the way out
	stale    = 24 * time.Hour  // a half file that was not written to for this long is left from a crash
	halfMade = ".fetching-"    // begins the name of a half file; hidden, so that an inbox leaves it alone

	byContent = "sha256:" // begins the version of a file that the source tells nothing of
)

// File is a fetched file. It belongs to whoever takes it.
type File struct {
	Path   string // its local path
	Name   string // its name at the source
	Source string // where it is from, fit to be shown
	Size   int64
	SHA256 string
}

// Take does something with a fetched file: imports it, or nothing if the folder it lies in is an inbox. A file that is taken
// without an error is not fetched again. After an error it is removed, and fetched again by the next Collect.
type Take func(context.Context, File) error

// Collect fetches every new file into a folder, one after the other, and has each taken. A file appears there under its final
// name when it is whole, readable by this user only. Files of which one fails do not stop the others; all errors are returned
// together, as *Error where the source is at fault. Files that may still be being written are left to the next Collect.
func (s *Source) Collect(ctx context.Context, m *FetchLog, dir string, take Take) (Result, error) {
	found, problems := s.collect(ctx, m, dir, take)
	return found, errors.Join(problems...)
}

func (s *Source) collect(ctx context.Context, m *FetchLog, dir string, take Take) (found Result, problems []error) {
	sweep(dir)
	newest, err := m.newest(ctx, s.id())
	if err != nil {
		return found, []error{err}
	}
	p, err := s.connect(ctx)
	if err != nil {
		return found, []error{s.fail("connect", "", err)}
	}
	defer p.close()
	objects, left, err := s.list(ctx, p, newest)
	if err != nil {
		return found, []error{err}
	}
	found.Skipped = left
	marks := make([]string, len(objects))
	for i, o := range objects {
		marks[i] = short(o.name, o.version)
	}
	known, err := m.known(ctx, s.id(), marks, s.options.Keep)
	if err != nil {
		return found, []error{err}
	}
	ages := s.ages(objects, marks)
	for i, o := range objects {
		if ctx.Err() != nil {
			break
		}
		if known[marks[i]] && o.version != "" {
			problems = append(problems, s.tidy(ctx, p, o)) // in case a process died before it could
			continue
		}
		if ages[i].Wait > 0 {
			found.Unsettled = append(found.Unsettled, ages[i])
			continue
		}
		c := &claim{memory: m, source: s.id(), mark: marks[i], owner: rand.Text()}
		done, err := s.one(ctx, p, c, o, dir, take)
		if done {
			found.Taken++
		}
		problems = append(problems, err)
	}
	return found, append(problems, ctx.Err())
}

// list returns the files that are wanted, and the names of doubtful ones that are left alone.
func (s *Source) list(ctx context.Context, p conn, newest string) (objects []object, left []string, err error) {
	all, err := p.list(ctx, newest)
	if err != nil {
		return nil, nil, s.fail("list", "", err)
	}
	for _, o := range all {
		switch wanted, doubtful := s.wanted(o.name); {
		case wanted:
			objects = append(objects, o)
		case doubtful:
			left = append(left, o.name)
		}
	}
	return objects, left, nil
}

// atomic tells whether a file of this source is there in whole or not at all. Others are being written for a while.
func (s *Source) atomic() bool { return s.scheme != "sftp" && s.scheme != "file" }

// one takes one file all the way. In this order a kill between any two steps leaves a file that is fetched once more, never one
// that is lost.
func (s *Source) one(ctx context.Context, p conn, c *claim, o object, dir string, take Take) (taken bool, err error) {
	if ours, err := c.get(ctx); err != nil || !ours {
		return false, err
	}
	defer c.release(ctx)
	held, stop := c.hold(ctx)
	defer stop()
	file, err := s.fetch(held, p, o, dir)
	if err != nil {
		return false, s.fail("fetch", o.name, err)
	}
	version := o.version
	if version == "" { // only now we know what it is
		version = byContent + file.SHA256
		newest, err := c.memory.newest(ctx, c.source)
		if err != nil || newest == version {
			_ = os.Remove(file.Path)
			return false, err
		}
	}
	if err := take(held, file); err != nil {
		_ = os.Remove(file.Path)
		return false, fmt.Errorf("take %s of %s: %w", o.name, s, err)
	}
	if err := c.taken(ctx, version, short(o.name, version), s.options.Keep); err != nil {
		return true, err
	}
	return true, s.tidy(ctx, p, o)
}

// tidy does with a taken remote file what is to be done with it.
func (s *Source) tidy(ctx context.Context, p conn, o object) error {
	var err error
	switch s.options.After {
	case Leave:
		return nil
	case Move:
		err = p.move(ctx, o, doneDir+"/"+time.Now().UTC().Format("20060102T150405")+"--"+o.name)
	case Delete:
		err = p.remove(ctx, o)
	}
	if kind := classify(err); err == nil || kind == NotFound || kind == Changed { // somebody was faster; or it is a new file
		return nil
	}
	return s.fail(string(s.options.After), o.name, err)
}

// fetch copies a remote file to its place in the folder. The name begins with a fingerprint: two files of one name do not
// overwrite each other, and the same one fetched twice does.
func (s *Source) fetch(ctx context.Context, p conn, o object, dir string) (file File, err error) {
	if o.size > s.options.MaxBytes {
		return File{}, errTooLarge
	}
	in, err := p.open(ctx, o)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	out, err := os.CreateTemp(dir, halfMade+"*") // its mode is 0600
	if err != nil {
		return File{}, ours(err)
	}
	defer os.Remove(out.Name())
	sum := sha256.New()
	size, err := s.copy(out, in, sum)
	if err == nil && o.size >= 0 && size != o.size {
		err = errChanged
	}
	if err == nil {
		err = ours(out.Sync()) // before the remote file may be deleted
	}
	if closing := out.Close(); err == nil {
		err = ours(closing)
	}
	if err != nil {
		return File{}, err
	}
	to := filepath.Join(dir, short(s.whole, o.name, o.version)[:8]+"-"+o.name)
	if err := os.Rename(out.Name(), to); err != nil {
		return File{}, ours(err)
	}
	return File{Path: to, Name: o.name, Source: s.String(), Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func (s *Source) copy(out io.Writer, in io.Reader, sum hash.Hash) (int64, error) {
	n, err := io.Copy(io.MultiWriter(disk{out}, sum), io.LimitReader(in, s.options.MaxBytes+1))
	if err == nil && n > s.options.MaxBytes {
		err = errTooLarge
	}
	return n, err
}

// folderError is an error of the folder that files are fetched into: the source has no part in it.
type folderError struct{ error }

func (e *folderError) Unwrap() error { return e.error }

func ours(err error) error {
	if err == nil {
		return nil
	}
	return &folderError{err}
}

type disk struct{ io.Writer }

func (d disk) Write(b []byte) (int, error) {
	n, err := d.Writer.Write(b)
	return n, ours(err)
}

// sweep removes half files that a crash has left.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the fetch will say so
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), halfMade) && e.Type() == fs.FileMode(0) && time.Since(info.ModTime()) > stale {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// claim is the right to fetch one file.
type claim struct {
	memory              *FetchLog
	source, mark, owner string
}

func (c *claim) get(ctx context.Context) (bool, error) {
	n, err := c.memory.do(ctx, "claim", c.source, c.mark, c.owner, lease.Milliseconds())
	return n == 1, err
}

func (c *claim) taken(ctx context.Context, version, mark string, keep time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	_, err := c.memory.do(ctx, "taken", c.source, c.mark, c.owner, keep.Milliseconds(), version, mark)
	return err
}

func (c *claim) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	_, _ = c.memory.do(ctx, "release", c.source, c.mark, c.owner) // else it lapses
}

// hold keeps the claim by renewing its lease. A claim that is lost all the same does no harm, so nobody is told.
func (c *claim) hold(ctx context.Context) (held context.Context, stop func()) {
	held, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		every := time.NewTicker(lease / 3)
		defer every.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-every.C:
				_, _ = c.memory.do(held, "renew", c.source, c.mark, c.owner, lease.Milliseconds())
			}
		}
	})
	return held, func() {
		cancel()
		renewing.Wait()
	}
}

package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"guestflow/importer/lease"
)

const (
	stale     = 24 * time.Hour // a partial file that was not written to for this long is left from a crash
	partial   = ".fetching-"   // begins the name of a partial file; hidden, so that an inbox leaves it alone
	byContent = "sha256:"      // begins the version of a file to which the source gives none
)

// File is a fetched file. It belongs to the Take that gets it.
type File struct {
	Path   string // its local path
	Name   string // its name at the source
	Source string // where it is from, fit to be shown
	Size   int64
	SHA256 string
}

// Take does something with a fetched file: imports it, or nothing if the folder it lies in is an inbox. A file that is
// taken without an error is not fetched again. After an error it is removed, and fetched again by the next Collect. The
// context ends when another process has taken the file over.
type Take func(context.Context, File) error

// Collect fetches every new file into a folder, one after the other, and has each taken. A file appears there under its
// final name when it is whole, readable by this user only. Files of which one fails do not stop the others; all errors
// are returned together, as *Error where the source is at fault. Files that may still be being written are left to the
// next Collect.
func (s *Source) Collect(ctx context.Context, log *FetchLog, dir string, take Take) (Result, error) {
	r, problems := s.collect(ctx, log, dir, take)
	return r, errors.Join(problems...)
}

func (s *Source) collect(ctx context.Context, log *FetchLog, dir string, take Take) (r Result, problems []error) {
	removeStale(dir)
	newest, err := log.newest(ctx, s.id())
	if err != nil {
		return r, []error{err}
	}
	c, err := s.connect(ctx)
	if err != nil {
		return r, []error{s.fail("connect", "", err)}
	}
	defer c.close()
	objects, skipped, err := s.list(ctx, c, newest)
	if err != nil {
		return r, []error{err}
	}
	r.Skipped = skipped
	known, err := log.known(ctx, s.id(), fingerprints(objects), s.options.Keep)
	if err != nil {
		return r, []error{err}
	}
	unsettled := s.unsettled(objects)
	for i, o := range objects {
		if ctx.Err() != nil {
			break
		}
		if known[o.fingerprint()] && o.version != "" {
			problems = append(problems, s.tidy(ctx, c, o)) // in case a process died before it could
			continue
		}
		if unsettled[i].Wait > 0 {
			r.Unsettled = append(r.Unsettled, unsettled[i])
			continue
		}
		taken, err := s.claimAndTake(ctx, c, log, o, dir, take)
		if taken {
			r.Taken++
		}
		problems = append(problems, err)
	}
	return r, append(problems, ctx.Err())
}

func fingerprints(objects []object) []string {
	list := make([]string, len(objects))
	for i, o := range objects {
		list[i] = o.fingerprint()
	}
	return list
}

// list returns the files that are wanted, and the names of doubtful ones that are left alone.
func (s *Source) list(ctx context.Context, c conn, newest string) (objects []object, left []string, err error) {
	all, err := c.list(ctx, newest)
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

// atomic reports whether a file of this source is there in whole or not at all. Others are being written for a while.
func (s *Source) atomic() bool { return s.scheme != "sftp" && s.scheme != "file" }

// claimAndTake takes a file unless another process has it or has had it.
func (s *Source) claimAndTake(
	ctx context.Context, c conn, log *FetchLog, o object, dir string, take Take,
) (taken bool, err error) {
	claim := log.claim(s.id(), o.fingerprint())
	if ours, err := claim.Acquire(ctx); err != nil || !ours {
		return false, err
	}
	held, release := claim.Hold(ctx)
	defer release()
	if fetched, err := log.has(held, s.id(), o.fingerprint()); err != nil || fetched {
		return false, err
	}
	return s.take(held, c, log, o, dir, take)
}

// take takes one file all the way. In this order a kill between any two steps leaves a file that is fetched once more,
// never one that is lost.
func (s *Source) take(
	ctx context.Context, c conn, log *FetchLog, o object, dir string, take Take,
) (taken bool, err error) {
	file, err := s.fetch(ctx, c, o, dir)
	if err != nil {
		return false, s.fail("fetch", o.name, err)
	}
	if o.version == "" { // only now it is known
		o.version = byContent + file.SHA256
		newest, err := log.newest(ctx, s.id())
		if err != nil || newest == o.version {
			_ = os.Remove(file.Path)
			return false, err
		}
	}
	if err := take(ctx, file); err != nil {
		if errors.Is(context.Cause(ctx), lease.ErrLost) { // the file may be the successor's, which has the same path
			return false, fmt.Errorf("take %s of %s: %w", o.name, s, lease.ErrLost)
		}
		_ = os.Remove(file.Path)
		return false, fmt.Errorf("take %s of %s: %w", o.name, s, err)
	}
	if err := log.record(ctx, s.id(), o.fingerprint(), o.version, s.options.Keep); err != nil {
		return true, err
	}
	return true, s.tidy(ctx, c, o)
}

// tidy does with a taken remote file what is to be done with it.
func (s *Source) tidy(ctx context.Context, c conn, o object) error {
	var err error
	switch s.options.After {
	case Leave:
		return nil
	case Move:
		err = c.move(ctx, o, doneDir+"/"+time.Now().UTC().Format("20060102T150405")+"--"+o.name)
	case Delete:
		err = c.remove(ctx, o)
	}
	if kind := classify(err); err == nil || kind == NotFound || kind == Changed {
		return nil // another process was faster; or it is a new file
	}
	return s.fail(string(s.options.After), o.name, err)
}

// fetch copies a remote file into the folder. The name begins with a fingerprint: two files of one name do not
// overwrite each other, and the same one fetched twice does.
func (s *Source) fetch(ctx context.Context, c conn, o object, dir string) (file File, err error) {
	if o.size > s.options.MaxBytes {
		return File{}, errTooLarge
	}
	in, err := c.open(ctx, o)
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	out, err := os.CreateTemp(dir, partial+"*") // its mode is 0600
	if err != nil {
		return File{}, folderErr(err)
	}
	defer os.Remove(out.Name())
	sum := sha256.New()
	size, err := s.copy(out, in, sum)
	if err == nil && o.size >= 0 && size != o.size {
		err = errChanged
	}
	if err == nil {
		err = folderErr(out.Sync()) // before the remote file may be deleted
	}
	if closing := out.Close(); err == nil {
		err = folderErr(closing)
	}
	if err != nil {
		return File{}, err
	}
	to := filepath.Join(dir, short(s.whole, o.name, o.version)[:8]+"-"+o.name)
	if err := os.Rename(out.Name(), to); err != nil {
		return File{}, folderErr(err)
	}
	return File{Path: to, Name: o.name, Source: s.String(), Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func (s *Source) copy(out io.Writer, in io.Reader, sum hash.Hash) (int64, error) {
	n, err := io.Copy(io.MultiWriter(diskWriter{out}, sum), io.LimitReader(in, s.options.MaxBytes+1))
	if err == nil && n > s.options.MaxBytes {
		err = errTooLarge
	}
	return n, err
}

// folderError is an error of the folder that files are fetched into: the source has no part in it.
type folderError struct{ error }

func (e *folderError) Unwrap() error { return e.error }

func folderErr(err error) error {
	if err == nil {
		return nil
	}
	return &folderError{err}
}

// diskWriter separates errors of the local file from those of the connection that is read.
type diskWriter struct{ io.Writer }

func (d diskWriter) Write(b []byte) (int, error) {
	n, err := d.Writer.Write(b)
	return n, folderErr(err)
}

// removeStale removes partial files that a crash has left.
func removeStale(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the fetch will say so
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), partial) || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > stale {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

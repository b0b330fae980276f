// Package listfile opens files that others put where guestflow reads: dropped lists, those of a folder source, those
// named on a command line. What lies there may be exchanged at any moment, also between a stat and an open, for a FIFO
// whose opening waits for ever, a device, or a link to a file that is not meant. So a file is opened without waiting
// and without following a link, and its mode is checked after it was opened.
//
// A file is read up to the length that it had then, so that one that grows faster than it is read comes to an end too;
// Grown reports it. Reading ends with a context, however large the file is: a list of a terabyte of zeros costs no disk
// space, and must not keep a process from stopping. What hangs in the kernel, as a network share that is gone, no
// program can leave.
package listfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrNotRegular is the error of a path that leads to something else than a file, or through a link.
var ErrNotRegular = errors.New("it is not a regular file")

// File is an open file. It is not safe for concurrent use.
type File struct {
	section *io.SectionReader
	file    *os.File
	info    fs.FileInfo
	ctxErr  func() error // the context's
}

// Open opens a regular file to be read as long as ctx lasts. The error is ErrNotRegular, or that of the system.
func Open(ctx context.Context, path string) (*File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() { // opening a device may do something
		return nil, notRegular(path)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if isLink(err) {
		return nil, notRegular(path)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(path)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &File{section: io.NewSectionReader(file, 0, info.Size()), file: file, info: info, ctxErr: ctx.Err}, nil
}

func notRegular(path string) error {
	return &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
}

// Resolve returns the file that a path leads to through links, for a path that was typed or recorded: there a link is
// meant. What is no link stays as it is spelt.
func Resolve(path string) string {
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// Info returns what the file was when it was opened.
func (f *File) Info() fs.FileInfo { return f.info }

// Size returns how much is read of it at most.
func (f *File) Size() int64 { return f.section.Size() }

// Grown reports whether the file has become longer than what is read of it.
func (f *File) Grown() (bool, error) {
	now, err := f.file.Stat()
	return err == nil && now.Size() > f.Size(), err
}

func (f *File) Read(b []byte) (int, error) {
	if err := f.ctxErr(); err != nil {
		return 0, err
	}
	return f.section.Read(b)
}

// ReadAt is io.ReaderAt.
func (f *File) ReadAt(b []byte, at int64) (int, error) {
	if err := f.ctxErr(); err != nil {
		return 0, err
	}
	return f.section.ReadAt(b, at)
}

// Seek is io.Seeker.
func (f *File) Seek(offset int64, whence int) (int64, error) { return f.section.Seek(offset, whence) }

// Close closes it.
func (f *File) Close() error { return f.file.Close() }

// ReadSmall reads a file of at most so many bytes as a whole.
func ReadSmall(ctx context.Context, path string, most int64) ([]byte, error) {
	f, err := Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() > most {
		return nil, fmt.Errorf("read %s: it has %d bytes, and %d are the most", path, f.Size(), most)
	}
	return io.ReadAll(f)
}

// Write puts a file of our own at a path, for its owner only, in place of whatever lies there: it is written aside,
// under a name that begins with aside, and renamed, so it neither waits for a FIFO nor goes through a link, and is
// there in whole or not at all. Its time is that of this host's clock, also on a share of another.
func Write(path string, content []byte, aside string) error {
	f, err := os.CreateTemp(filepath.Dir(path), aside+"*") // its mode is 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone by then if all is well
	_, err = f.Write(content)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	now := time.Now()
	if err := os.Chtimes(f.Name(), now, now); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// PreferContext returns the context's error for whatever came of a file that was read until ctx ended: that says nothing of the file.
func PreferContext(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

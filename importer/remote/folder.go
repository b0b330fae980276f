package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"guestflow/importer/listfile"
)

// folderConn is a folder of this host, mounted or not.
type folderConn string

func (s *Source) openFolder(context.Context) (conn, error) { return folderConn(s.path), nil }

// fileVersion is a version made of what a file system knows: size and time.
func fileVersion(i fs.FileInfo) string { return fmt.Sprintf("%d %d", i.Size(), i.ModTime().UnixNano()) }

// regular makes objects of regular files. Links are left alone: they could lead anywhere.
func regular(infos []fs.FileInfo) []object {
	var objects []object
	for _, i := range infos {
		if i.Mode().IsRegular() {
			objects = append(objects, object{name: i.Name(), size: i.Size(), modified: i.ModTime(), version: fileVersion(i)})
		}
	}
	return objects
}

// unchanged returns an error unless a file is still the one that was listed.
func unchanged(i fs.FileInfo, err error, o object) error {
	if err == nil && (!i.Mode().IsRegular() || fileVersion(i) != o.version) {
		return errChanged
	}
	return err
}

func (l folderConn) list(context.Context, string) ([]object, error) {
	entries, err := os.ReadDir(string(l))
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		if i, err := e.Info(); err == nil { // else it has just been removed
			infos = append(infos, i)
		}
	}
	return regular(infos), nil
}

func (l folderConn) at(name string) string { return filepath.Join(string(l), name) }

func (l folderConn) open(ctx context.Context, o object) (io.ReadCloser, error) {
	f, err := listfile.Open(ctx, l.at(o.name))
	if errors.Is(err, listfile.ErrNotRegular) {
		return nil, errChanged
	}
	if err != nil {
		return nil, err
	}
	if err := unchanged(f.Info(), nil, o); err != nil {
		_ = f.Close()
		return nil, err
	}
	stat := func() (fs.FileInfo, error) { return os.Lstat(l.at(o.name)) }
	return &unchangedReader{ReadCloser: f, stat: stat, object: o}, nil
}

func (l folderConn) move(_ context.Context, o object, to string) error {
	i, err := os.Lstat(l.at(o.name))
	if err := unchanged(i, err, o); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.at(to)), 0o700); err != nil {
		return err
	}
	return os.Rename(l.at(o.name), l.at(to))
}

func (l folderConn) remove(_ context.Context, o object) error {
	i, err := os.Lstat(l.at(o.name))
	if err := unchanged(i, err, o); err != nil {
		return err
	}
	return os.Remove(l.at(o.name))
}

func (l folderConn) close() {}

// unchangedReader is a file that must be the same at the end as it was at the beginning: file systems hand out what is
// being written.
type unchangedReader struct {
	io.ReadCloser
	stat   func() (fs.FileInfo, error)
	object object
}

func (s *unchangedReader) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	if err == io.EOF {
		i, problem := s.stat()
		if problem := unchanged(i, problem, s.object); problem != nil {
			return n, problem
		}
	}
	return n, err
}

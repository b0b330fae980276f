package remote

import (
	"context"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// Fetch copies one file by its URL into a folder, whether it was fetched before or not: a person asks for it. The file
// stays at its source, and Pattern, After and Settle have no effect. Its error is a *SettingError or an *Error.
func Fetch(ctx context.Context, address string, o Options, dir string) (File, error) {
	folder, name, err := split(address)
	if err != nil {
		return File{}, err
	}
	o.Pattern, o.After = "", Leave
	s, err := New(folder, o)
	if err != nil {
		return File{}, err
	}
	p, err := s.connect(ctx)
	if err != nil {
		return File{}, s.fail("connect", "", err)
	}
	defer p.close()
	objects, err := p.list(ctx, "")
	if err != nil {
		return File{}, s.fail("list", "", err)
	}
	for _, o := range objects {
		if name == "" || o.name == name {
			file, err := s.fetch(ctx, p, o, dir)
			return file, s.fail("fetch", o.name, err)
		}
	}
	return File{}, s.fail("fetch", name, fs.ErrNotExist)
}

// split returns a file's folder and name. A web address is one file as it is, and has no name to look for.
func split(address string) (folder, name string, err error) {
	a, err := parse(address)
	if err != nil || a.web() {
		return address, "", err
	}
	u, err := url.Parse(a.whole)
	if err != nil {
		return "", "", &SettingError{Source: a.String(), Problem: "not a URL", Advice: "write spaces and such as %20"}
	}
	if name = path.Base(u.Path); name == "." || name == "/" || strings.HasSuffix(u.Path, "/") {
		return "", "", &SettingError{Source: a.String(), Problem: "a folder", Advice: "name one file in it"}
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, name), ""
	return u.String(), name, nil
}

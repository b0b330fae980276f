//go:build unix

package remote_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/remote"
)

// A FIFO is exchanged for a file between the listing of its folder and its opening. What opens it would wait for ever.
func TestAFIFOExchangedForAFileOfAFolderFreezesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(path, []byte("First Name,Email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]func() error{
		"a FIFO":   func() error { return syscall.Mkfifo(path, 0o600) },
		"a link":   func() error { return os.Symlink("/etc/hostname", path) },
		"a folder": func() error { return os.Mkdir(path, 0o700) },
	} {
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, []byte("First Name,Email\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		opened := make(chan error, 1)
		go func() {
			opened <- remote.OpenExchanged(t.Context(), dir, func() error { return errors.Join(os.Remove(path), with()) })
		}()
		select {
		case err := <-opened:
			if err == nil {
				t.Errorf("%s was opened in a file's place", name)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("opening %s does not come back", name)
		}
	}
}

// The query of an address may give access by itself, as that of a signed link does.
func TestNoOtherHostHearsWhereARedirectCameFrom(t *testing.T) {
	t.Parallel()
	heard := make(chan http.Header, 4)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard <- r.Header
		fmt.Fprint(w, "First Name,Email\n")
	}))
	t.Cleanup(elsewhere.Close)
	plain := "" // where to, without encryption and off this host
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain.csv":
			http.Redirect(w, r, plain, http.StatusFound)
		case "/twice.csv":
			http.Redirect(w, r, "/list.csv?ticket=hush", http.StatusFound)
		default:
			http.Redirect(w, r, elsewhere.URL+"/list.csv", http.StatusFound)
		}
	}))
	t.Cleanup(here.Close)
	server := redistest.Start(t)
	for _, path := range []string{"/list.csv?ticket=hush", "/twice.csv?ticket=hush"} {
		f := newFetcher(t, server, here.URL+path, remote.Options{})
		f.collect(t)
		for name, values := range <-heard {
			if name == "Referer" || strings.Contains(strings.Join(values, " "), "hush") {
				t.Errorf("%s: the other host hears %s: %s", path, name, values)
			}
		}
	}
	newFetcher(t, server, here.URL+"/list.csv", remote.Options{ID: "only a user"}).fails(t, remote.Denied)
	plain = "http://lists.example.com/list.csv" // nothing is asked of it
	newFetcher(t, server, here.URL+"/plain.csv", remote.Options{}).fails(t, remote.Denied)
	if len(heard) != 0 {
		t.Error("the other host was asked again")
	}
}

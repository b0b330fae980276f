package remote_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"guestflow/importer/remote"
)

// fileURL is the URL of a file in a site's folder.
func (s site) fileURL(name string) string {
	if s.dir != "" && !strings.Contains(s.address, "://") {
		return "file://" + s.address + "/" + name
	}
	base, query, has := strings.Cut(s.address, "?")
	base = strings.TrimSuffix(base, "/") + "/" + name
	if has {
		base += "?" + query
	}
	return base
}

func TestAFileIsFetchedByItsURLAsOftenAsAskedFor(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		at.put(t, "list.csv", "one")
		at.put(t, "other.csv", "two")
		for range 2 {
			file, err := remote.Fetch(t.Context(), at.fileURL("list.csv"), at.options, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if content, err := os.ReadFile(file.Path); err != nil || string(content) != "one" || file.Name != "list.csv" {
				t.Fatalf("fetched %s: %q (%v)", file.Name, content, err)
			}
		}
		if names := at.names(t); len(names) != 2 {
			t.Fatalf("the source has %q", names)
		}
		_, err := remote.Fetch(t.Context(), at.fileURL("none.csv"), at.options, t.TempDir())
		if missing, is := errors.AsType[*remote.Error](err); !is || missing.Kind != remote.NotFound {
			t.Fatalf("a file that is not there: %v", err)
		}
		_, err = remote.Fetch(t.Context(), at.fileURL(""), at.options, t.TempDir())
		if _, is := errors.AsType[*remote.SettingError](err); !is {
			t.Fatalf("a folder: %v", err)
		}
	})
}

func TestAWebAddressIsOneFileWhateverItsName(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.URL.Query().Get("format")))
	}))
	defer server.Close()
	file, err := remote.Fetch(t.Context(), server.URL+"/export?format=csv", remote.Options{}, t.TempDir())
	if err != nil || file.Size != 3 {
		t.Fatalf("%+v, %v", file, err)
	}
}

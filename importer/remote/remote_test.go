package remote_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/lease"
	"guestflow/importer/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// prefix is that of an account's keys.
const prefix = "gf:{main}:"

// fetcher is a process that fetches from a source.
type fetcher struct {
	source *remote.Source
	log    *remote.FetchLog
	dir    string

	mu    sync.Mutex
	taken []string // name and content
	err   error    // what taking ends with
}

func newFetcher(t *testing.T, server *redisserver.Server, address string, o remote.Options) *fetcher {
	t.Helper()
	source, err := remote.New(address, o)
	if err != nil {
		t.Fatal(err)
	}
	client := redistest.Connect(t, server)
	return &fetcher{source: source, log: remote.NewFetchLog(client, prefix), dir: t.TempDir()}
}

func (f *fetcher) take(_ context.Context, file remote.File) error {
	content, err := os.ReadFile(file.Path)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken = append(f.taken, file.Name+"="+string(content))
	return f.err
}

func (f *fetcher) collect(t *testing.T) {
	t.Helper()
	if _, err := f.source.Collect(t.Context(), f.log, f.dir, f.take); err != nil {
		t.Fatal(err)
	}
}

func (f *fetcher) want(t *testing.T, files ...string) {
	t.Helper()
	got := slices.Sorted(slices.Values(f.taken))
	if !slices.Equal(got, files) {
		t.Fatalf("taken: %q, want %q", got, files)
	}
}

// fails collects, and wants an error of a kind that shows neither a secret nor a web address's query.
func (f *fetcher) fails(t *testing.T, kind remote.Kind) string {
	t.Helper()
	_, err := f.source.Collect(t.Context(), f.log, f.dir, f.take)
	problem, is := errors.AsType[*remote.Error](err)
	if !is || problem.Kind != kind || problem.Advice == "" {
		t.Fatalf("%v (%+v), want %q", err, problem, kind)
	}
	if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "event=gala") {
		t.Fatalf("a secret, or a query, shows in: %v", err)
	}
	return err.Error()
}

func TestNewFilesAreTakenOnceAndChangedOnesAgain(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		f := newFetcher(t, redistest.Start(t), at.address, at.options)
		f.collect(t)
		f.want(t)
		at.put(t, "monday.csv", "one")
		at.put(t, "ülker & söhne +1.csv", "two")
		at.put(t, "empty.csv", "")
		f.collect(t)
		f.collect(t)
		f.want(t, "empty.csv=", "monday.csv=one", "ülker & söhne +1.csv=two")
		at.put(t, "monday.csv", "one and more")
		f.collect(t)
		f.collect(t)
		f.want(t, "empty.csv=", "monday.csv=one", "monday.csv=one and more", "ülker & söhne +1.csv=two")

		entries, err := os.ReadDir(f.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if i, err := e.Info(); err != nil || i.Mode() != 0o600 || strings.HasPrefix(e.Name(), ".") {
				t.Errorf("%s is left with mode %v (%v)", e.Name(), i.Mode(), err)
			}
		}
		if len(entries) != 4 {
			t.Errorf("%d files, want 4: two versions of a name must not overwrite each other", len(entries))
		}
		if len(at.names(t)) != 3 {
			t.Errorf("at the source are %q", at.names(t))
		}
	})
}

func TestOnlyFinishedFilesOfTheFolderThatFitThePatternAreTaken(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		at.options.Pattern = "*.csv"
		for _, name := range []string{".hidden.csv", "~$open.csv", "list.csv.part", "notes.txt", "done/old.csv", "list.csv"} {
			at.put(t, name, "x")
		}
		f := newFetcher(t, redistest.Start(t), at.address, at.options)
		f.collect(t)
		f.want(t, "list.csv=x")
	})
}

func TestNoTemporaryFileIsTakenThoughItsNameFitsThePattern(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		at.options.Pattern = "*guests*"
		for _, name := range []string{
			"guests", "guests.csv.partial", "guests.csv~", "guests.csv.download", "guests.csv.temp", "guests.swp",
			"#guests.csv#", "~$guests.xlsx",
			"#1 guests.csv", "~guests.csv", ".guests.csv",
		} {
			at.put(t, name, "x")
		}
		f := newFetcher(t, redistest.Start(t), at.address, at.options)
		found, err := f.source.Collect(t.Context(), f.log, f.dir, f.take)
		if err != nil {
			t.Fatal(err)
		}
		f.want(t, "guests=x")
		slices.Sort(found.Skipped)
		if want := []string{"#1 guests.csv", "~guests.csv"}; !slices.Equal(found.Skipped, want) {
			t.Errorf("%q are said to be left, want %q", found.Skipped, want)
		}
	})
}

func TestAWebAddressIsTakenWhateverItIsCalled(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_,
			_ = w.Write([]byte("x"))
	}))
	defer server.Close()
	f := newFetcher(t, redistest.Start(t), server.URL+"/export.tmp", remote.Options{})
	f.collect(t)
	f.want(t, "export.tmp=x")
}

func TestManyProcessesTakeEachFileOnce(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		server := redistest.Start(t)
		var want []string
		for i := range 15 {
			at.put(t, fmt.Sprintf("%02d.csv", i), "x")
			want = append(want, fmt.Sprintf("%02d.csv=x", i))
		}
		fleet := make([]*fetcher, 4)
		var working sync.WaitGroup
		for i := range fleet {
			fleet[i] = newFetcher(t, server, at.address, at.options)
			working.Go(func() {
				if _, err := fleet[i].source.Collect(t.Context(), fleet[i].log, fleet[i].dir, fleet[i].take); err != nil {
					t.Error(err)
				}
			})
		}
		working.Wait()
		var all fetcher
		for _, f := range fleet {
			all.taken = append(all.taken, f.taken...)
		}
		all.want(t, want...)
	})
}

func TestATakenFileIsMovedOrDeletedByChoice(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		for _, after := range []remote.After{remote.Move, remote.Delete} {
			at.put(t, "list.csv", "content "+string(after))
			at.options.After = after
			f := newFetcher(t, redistest.Start(t), at.address, at.options)
			f.collect(t)
			f.collect(t)
			f.want(t, "list.csv=content "+string(after))
			names := at.names(t)
			moved := len(names) == 1 && strings.HasPrefix(names[0], "done/") && strings.HasSuffix(names[0], "--list.csv")
			if !moved { // Delete leaves what Move has put aside
				t.Fatalf("after %s: %q", after, names)
			}
		}
	})
}

func TestAFileWhoseTakingFailsIsFetchedAgain(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		at.options.After = remote.Delete
		at.put(t, "list.csv", "x")
		f := newFetcher(t, redistest.Start(t), at.address, at.options)
		f.err = errors.New("Redis is full")
		if _, err := f.source.Collect(t.Context(), f.log, f.dir, f.take); !errors.Is(err, f.err) {
			t.Fatalf("%v", err)
		}
		if entries, _ := os.ReadDir(f.dir); len(entries) != 0 || len(at.names(t)) != 1 {
			t.Fatalf("left here: %v, at the source: %q", entries, at.names(t))
		}
		f.err = nil
		f.collect(t)
		f.want(t, "list.csv=x", "list.csv=x")
	})
}

func TestATooLargeFileIsRefusedAndTheOthersGoOn(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		at.options.MaxBytes = 10
		at.put(t, "a.csv", "more than ten bytes")
		at.put(t, "b.csv", "ten bytes!")
		f := newFetcher(t, redistest.Start(t), at.address, at.options)
		f.fails(t, remote.TooLarge)
		f.want(t, "b.csv=ten bytes!")
	})
}

func TestAMissingBucketOrFolderIsNotFound(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		address, query, _ := strings.Cut(at.address, "?")
		if query != "" {
			address = strings.Replace(address, "guests", "gala-guests", 1) + "?" + query
		} else {
			address += "/gone"
		}
		newFetcher(t, redistest.Start(t), address, at.options).fails(t, remote.NotFound)
	})
}

func TestAnAbsentServerIsUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	known := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(known, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := remote.Options{ID: "id", Secret: password, KnownHosts: known}
	for _, address := range []string{
		"s3://guests/lists?region=eu-west-1&endpoint=http://" + closed, "sftp://guest@" + closed + "/lists",
		"http://" + closed + "/list.csv?event=gala",
	} {
		t.Run(address[:4], func(t *testing.T) {
			t.Parallel()
			newFetcher(t, redistest.Start(t), address, o).fails(t, remote.Unreachable)
		})
	}
}

func TestWrongCredentialsAreDenied(t *testing.T) {
	t.Parallel()
	forbidding := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>SignatureDoesNotMatch</Code><Resource>%s</Resource></Error>", r.URL.Path)
	}))
	t.Cleanup(forbidding.Close)
	at := sftpSite(t)
	at.options.Secret = "wrong"
	newFetcher(t, redistest.Start(t), at.address, at.options).fails(t, remote.Denied)
	o := remote.Options{ID: "id", Secret: password}
	newFetcher(t, redistest.Start(t), "s3://guests/lists?region=eu-west-1&endpoint="+forbidding.URL, o).fails(t,
		remote.Denied)
	newFetcher(t, redistest.Start(t), forbidding.URL+"/list.csv", o).fails(t, remote.Denied)
}

func TestOnlyAKnownSFTPHostIsTrusted(t *testing.T) {
	t.Parallel()
	at := sftpSite(t)
	at.put(t, "list.csv", "x")
	server := redistest.Start(t)
	for name, c := range map[string]struct{ known, says string }{
		"unknown": {"", "not among the known"},
		"changed": {sftpSiteLine(t, at), "another key"},
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(c.known), 0o600); err != nil {
			t.Fatal(err)
		}
		o := at.options
		o.KnownHosts = file
		if text := newFetcher(t, server, at.address, o).fails(t, remote.Denied); !strings.Contains(text, c.says) {
			t.Errorf("%s: %s", name, text)
		}
	}
	o := at.options
	o.KnownHosts = filepath.Join(t.TempDir(), "absent")
	f := newFetcher(t, server, at.address, o)
	if _, err := f.source.Collect(t.Context(), f.log, f.dir, f.take); !strings.Contains(fmt.Sprint(err), "known hosts") {
		t.Errorf("without the file: %v", err)
	}
	f.want(t)
}

// sftpSiteLine is a line of known hosts that gives the site's host a key that it does not have.
func sftpSiteLine(t *testing.T, at site) string {
	t.Helper()
	content, err := os.ReadFile(at.options.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := strings.Cut(string(content), " ")
	other, _ := newKey(t)
	return host + " " + other.Type() + " AAAAC3NzaC1lZDI1NTE5AAAAI" + strings.Repeat("A", 43) + "\n"
}

func TestAnSFTPKeyFileSignsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put, _ := onDisk(dir)
	put(t, "list.csv", "x")
	server := startSFTP(t)
	o := remote.Options{KeyFile: server.userKey, KnownHosts: server.knownHosts}
	f := newFetcher(t, redistest.Start(t), "sftp://guest@"+server.addr+dir, o)
	f.collect(t)
	f.want(t, "list.csv=x")
	_, o.KeyFile = newKey(t)
	newFetcher(t, redistest.Start(t), "sftp://guest@"+server.addr+dir, o).fails(t, remote.Denied)
}

func TestAFileThatIsStillBeingWrittenWaits(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) site{"folder": folderSite, "sftp": sftpSite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := start(t)
			if err := os.WriteFile(filepath.Join(at.dir, "list.csv"), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
			f := newFetcher(t, redistest.Start(t), at.address, at.options)
			f.collect(t)
			f.want(t)
			at.put(t, "list.csv", "whole")
			f.collect(t)
			f.want(t, "list.csv=whole")
		})
	}
}

func TestHalfFilesOfACrashAreSweptLater(t *testing.T) {
	t.Parallel()
	at := folderSite(t)
	f := newFetcher(t, redistest.Start(t), at.address, at.options)
	put, names := onDisk(f.dir)
	put(t, ".fetching-young", "half")
	put(t, ".fetching-old", "half")
	longAgo := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(f.dir, ".fetching-old"), longAgo, longAgo); err != nil {
		t.Fatal(err)
	}
	f.collect(t)
	if got := names(t); !slices.Equal(got, []string{".fetching-young"}) {
		t.Fatalf("left: %q", got)
	}
}

func TestAProcessThatDiedBeforeTidyingIsMadeUpFor(t *testing.T) {
	onEverySite(t, func(t *testing.T, at site) {
		server := redistest.Start(t)
		at.put(t, "list.csv", "x")
		newFetcher(t, server, at.address, at.options).collect(t) // it leaves the file
		at.options.After = remote.Delete
		f := newFetcher(t, server, at.address, at.options)
		f.collect(t)
		f.want(t)
		if names := at.names(t); len(names) != 0 {
			t.Fatalf("at the source: %q", names)
		}
	})
}

func TestAWebFileIsFetchedOnlyWhenItHasChanged(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for name, header := range map[string]func(w http.ResponseWriter, version int){
		"by ETag":    func(w http.ResponseWriter, v int) { w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(v))) },
		"by date":    nil,
		"by content": func(http.ResponseWriter, int) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var version, whole atomic.Int64
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if user, pass, _ := r.BasicAuth(); user != "guest" || pass != password {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				v := int(version.Load())
				modified := time.Time{}
				if header == nil {
					modified = date.AddDate(0, 0, v)
				} else {
					header(w, v)
				}
				count := &counting{ResponseWriter: w, whole: &whole}
				http.ServeContent(count, r, "list.csv", modified, strings.NewReader(fmt.Sprintf("list %d", v)))
			}))
			t.Cleanup(server.Close)
			o := remote.Options{ID: "guest", Secret: password}.Trusting(trusting(t, server))
			f := newFetcher(t, redistest.Start(t), server.URL+"/export/list.csv?event=gala", o)
			f.collect(t)
			f.collect(t)
			f.want(t, "list.csv=list 0")
			version.Add(1)
			f.collect(t)
			f.collect(t)
			f.want(t, "list.csv=list 0", "list.csv=list 1")
			if n := whole.Load(); n != 2 && name != "by content" {
				t.Errorf("the file was sent %d times, want 2", n)
			}
		})
	}
}

type counting struct {
	http.ResponseWriter
	whole *atomic.Int64
}

func (c *counting) WriteHeader(status int) {
	if status == http.StatusOK {
		c.whole.Add(1)
	}
	c.ResponseWriter.WriteHeader(status)
}

func trusting(t *testing.T, server *httptest.Server) *http.Transport {
	t.Helper()
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return transport
}

func TestCredentialsDoNotFollowARedirectToAnotherHost(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		fmt.Fprint(w, "elsewhere")
	}))
	t.Cleanup(elsewhere.Close)
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/there.csv":
			http.Redirect(w, r, elsewhere.URL+"/list.csv", http.StatusFound)
		case "/here.csv":
			http.Redirect(w, r, "/list.csv", http.StatusFound)
		default:
			fmt.Fprint(w, r.Header.Get("Authorization"))
		}
	}))
	t.Cleanup(here.Close)
	server := redistest.Start(t)
	o := remote.Options{Secret: password}
	newFetcher(t, server, here.URL+"/there.csv", o).fails(t, remote.Denied)
	if seen.Load() != 0 {
		t.Fatal("the other host was asked")
	}
	f := newFetcher(t, server, here.URL+"/here.csv", o)
	f.collect(t)
	f.want(t, "here.csv=Bearer "+password)
	open := newFetcher(t, server, here.URL+"/there.csv", remote.Options{})
	open.collect(t)
	open.want(t, "there.csv=elsewhere")
}

func TestATruncatedAnswerIsNotTaken(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "half")
	}))
	t.Cleanup(server.Close)
	f := newFetcher(t, redistest.Start(t), server.URL+"/list.csv", remote.Options{})
	f.fails(t, remote.Unreachable)
	f.want(t)
	if entries, _ := os.ReadDir(f.dir); len(entries) != 0 {
		t.Fatalf("left: %v", entries)
	}
}

func TestAWrongAddressIsNamedWithWhatToDoAndNoSecret(t *testing.T) {
	t.Parallel()
	const hush = "hunter2"
	ok := remote.Options{ID: "id", Secret: password, KnownHosts: "/known_hosts"}
	for address, o := range map[string]remote.Options{
		"lists":                                  ok,
		"ftp://host/lists":                       ok,
		"s3:///lists":                            ok,
		"s3://bucket/lists?regoin=x":             ok,
		"s3://key:" + hush + "@bucket/lists":     ok,
		"s3://key@bucket/lists":                  ok,
		"s3://b/l?endpoint=http://minio.example": ok,
		"gs://bucket/lists":                      {},
		"sftp://host/lists":                      ok,
		"sftp://u:" + hush + "@host/lists":       ok,
		"sftp://u@host/lists":                    {Secret: password},
		"sftp://u@host/list":                     {KnownHosts: "/known_hosts"},
		"http://host.example/list.csv":           ok,
		"https://u:" + hush + "@host/list.csv":   ok,
		"https://host/list.csv?sig=" + hush:      ok,
		"https://host/list.csv?Token=" + hush:    ok,
		"https://host/%zz" + hush:                ok,
		"https://host/a.csv":                     {After: remote.Delete},
		"azblob://c/lists?account=a":             ok,
		"/lists":                                 {After: "burn"},
		"/more":                                  {Pattern: "[", Secret: password},
		"/negative":                              {MaxBytes: -1},
	} {
		_, err := remote.New(address, o)
		wrong, is := errors.AsType[*remote.SettingError](err)
		if !is || wrong.Problem == "" || wrong.Advice == "" {
			t.Errorf("%s: %v, want a setting error", address, err)
			continue
		}
		if strings.Contains(err.Error(), hush) {
			t.Errorf("the secret shows in: %v", err)
		}
	}
}

func TestASourceOnAzureIsToldWhatToUseInstead(t *testing.T) {
	t.Parallel()
	_, err := remote.New("azblob://container/lists?account=a", remote.Options{})
	if err == nil || !strings.Contains(err.Error(), "no longer") || !strings.Contains(err.Error(), "rclone") {
		t.Fatal(err)
	}
}

func TestAQueryIsNotShown(t *testing.T) {
	t.Parallel()
	s, err := remote.New("https://host.example/export/list.csv?session=hunter2", remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.String(); got != "https://host.example/export/list.csv" {
		t.Fatal(got)
	}
}

func TestWhatIsListedIsRememberedAndWhatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	at := folderSite(t)
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	f := newFetcher(t, server, at.address, at.options)
	at.put(t, "there.csv", "x")
	at.put(t, "gone.csv", "y")
	f.collect(t)
	key := prefix + "fetched:" + f.source.ID()
	prints, err := client.ZRange(t.Context(), key, 0, -1).Result()
	if err != nil || len(prints) != 2 {
		t.Fatalf("%v %v", prints, err)
	}
	for _, p := range prints { // as if it was a year ago
		client.ZAdd(t.Context(), key, redis.Z{Score: float64(time.Now().AddDate(-1, 0, 0).UnixMilli()), Member: p})
	}
	if err := os.Remove(filepath.Join(at.address, "gone.csv")); err != nil {
		t.Fatal(err)
	}
	f.collect(t)
	f.want(t, "gone.csv=y", "there.csv=x")
	if n := client.ZCard(t.Context(), key).Val(); n != 1 {
		t.Fatalf("%d files are remembered, want the one that is there", n)
	}
}

func TestAFileOfADeadProcessIsFetchedAgainToTheSamePlace(t *testing.T) {
	t.Parallel()
	at := s3Site(t)
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	f := newFetcher(t, server, at.address, at.options)
	at.put(t, "list.csv", "x")
	f.collect(t)
	// As if the process had died after it handed the file over and before it remembered that: its claim is left.
	taken := prefix + "fetched:" + f.source.ID()
	marks := client.ZRange(t.Context(), taken, 0, -1).Val()
	if len(marks) != 1 {
		t.Fatalf("remembered: %q", marks)
	}
	client.Del(t.Context(), taken)
	if err := client.Set(t.Context(), prefix+"fetching:"+f.source.ID()+":"+marks[0], "dead",
		time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	f.collect(t)
	f.want(t, "list.csv=x")                                                // for all that is known, its owner lives
	client.Del(t.Context(), prefix+"fetching:"+f.source.ID()+":"+marks[0]) // as time does
	f.collect(t)
	f.want(t, "list.csv=x", "list.csv=x")
	if entries, err := os.ReadDir(f.dir); err != nil || len(entries) != 1 {
		t.Fatalf("the same version lies there under %d names (%v)", len(entries), err)
	}
}

func TestAFrozenProcessStopsAndLeavesTheFileToItsSuccessor(t *testing.T) {
	t.Parallel()
	at := folderSite(t)
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	f := newFetcher(t, server, at.address, at.options)
	f.log.ClaimFor(2 * time.Second) // a busy machine is to renew it in time
	at.put(t, "list.csv", "x")
	_, err := f.source.Collect(t.Context(), f.log, f.dir, func(ctx context.Context, _ remote.File) error {
		claims := client.Keys(t.Context(), prefix+"fetching:*").Val()
		if len(claims) != 1 {
			return fmt.Errorf("claims: %q", claims)
		}
		// as if the claim had lapsed while this process was frozen
		client.Set(t.Context(), claims[0], "successor", time.Minute)
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, lease.ErrLost) {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(f.dir); err != nil || len(entries) != 1 {
		t.Fatalf("%d files, want the one that may be the successor's by now (%v)", len(entries), err)
	}
	f.collect(t)
	f.want(t) // the successor has it
}

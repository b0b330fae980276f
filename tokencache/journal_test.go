package tokencache_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

func TestRedisAwayAtTheCommitCostsNeitherTokenNorCaller(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	b := newBundleOn(t, redistest.Connect(t, server))
	b.addr = server.Redis().Addr
	c := b.process()
	gen := b.token(c).Generation
	c.SetTestHook(func(point string) {
		if point == tokencache.PointJournaled {
			server.Kill()
		}
	})
	if err := c.Refused(t.Context(), gen); err != nil {
		t.Fatalf("the answer was there, but the caller got %v", err)
	}
	served := b.token(c)
	if served.Generation != gen+1 || b.journals() != 1 {
		t.Fatalf("generation %d, %d journals", served.Generation, b.journals())
	}
	c.SetTestHook(func(string) {})
	server, err := redistest.Restart(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	if got := b.token(b.process()); got.Generation != gen {
		t.Fatalf("generation %d in Redis, want the old one, which is still good", got.Generation)
	}
	fresh := b.process()
	b.token(fresh)
	if err := fresh.Refused(t.Context(), gen); err != nil { // a new start commits what it finds
		t.Fatal(err)
	}
	if got := b.token(fresh); got.Access != served.Access {
		t.Fatal("another token than the journal's")
	}
	testkit.Eventually(t, "the journal is gone", func() bool { return b.journals() == 0 })
	if n := b.idp.count("password"); n != 1 {
		t.Fatalf("%d password grants, want 1", n)
	}
	b.wantOncePresented()
}

func TestForeignJournalIsLeftAloneAndReported(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	c := b.process()
	b.token(c)
	fp := strings.TrimPrefix(recordKey(t, b.rdb), "gf:{demo}:token:")
	path := filepath.Join(b.cfg.StateDir, "token-demo-"+fp+"-0000.journal")
	if err := os.WriteFile(path, []byte("gf1.deadbeef.AAAA"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil || !strings.Contains(b.log.String(), "journal cannot be used") {
		t.Fatalf("the journal is gone (%v) or it was not logged", err)
	}
}

func TestStateFolderThatCannotBeWrittenDoesNotStopARenewal(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.StateDir = b.unwritable()
	c := b.process()
	b.token(c)
	if !strings.Contains(b.log.String(), "not on the disk") {
		t.Fatal("it was not logged")
	}
}

func (b *bundle) journals() int {
	files, _ := filepath.Glob(filepath.Join(b.cfg.StateDir, "*.journal"))
	return len(files)
}

// unwritable is a folder that cannot be made, not even by root: a file is in its way.
func (b *bundle) unwritable() string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return filepath.Join(path, "state")
}

// A fleet that configures its sealing keys has no reason to make the state folder before the first renewal.
func TestKilledBeforeTheCommitAnAccountWithoutAPasswordFindsItsJournalInAFolderThatDidNotExist(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.StateDir = filepath.Join(b.cfg.StateDir, "not", "there", "yet")
	gen := b.token(b.process(func(cfg *tokencache.Config) { cfg.StateDir = t.TempDir() })).Generation
	b.crashAt(tokencache.PointJournaled, gen, true)
	b.cfg.Credentials.Password = ""
	if err := b.refuse(b.process(), gen); err != nil {
		t.Fatalf("the answer of the killed process is lost: %v", err)
	}
	b.wantOncePresented()
}

func TestWithoutAJournalAnAccountWithoutAPasswordKeepsItsRefreshToken(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]func(*bundle) string{
		"no folder": func(*bundle) string { return "" }, "a folder that cannot be made": (*bundle).unwritable,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, _ := newMini(t)
			gen := b.token(b.process()).Generation
			b.cfg.StateDir, b.cfg.Credentials.Password = dir(b), ""
			c := b.process()
			b.token(c)
			err := c.Refused(t.Context(), gen)
			var auth *tokencache.AuthError
			if !errors.As(err, &auth) || auth.Reason != tokencache.ReasonNoJournal ||
				!strings.Contains(auth.Advice(), "--state-dir") {
				t.Fatalf("got %v, want that the journal is missing and what to do", err)
			}
			info, err := c.Inspect(t.Context())
			if _, n := b.idp.mostPresented(); n != 0 || err != nil || !info.HasRefreshToken || info.State != "fresh" {
				t.Fatalf("%d refresh tokens sent; left %+v, %v", n, info, err)
			}
			b.cfg.StateDir = t.TempDir() // and with a folder it goes on
			if err := b.refuse(b.process(), gen); err != nil {
				t.Fatal(err)
			}
			b.wantOncePresented()
		})
	}
}

package tokencache_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/tokencache"
)

func TestRedisAwayAtTheCommitCostsNeitherTokenNorCaller(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	b := newBundleOn(t, redistest.Connect(t, server))
	b.addr = server.Redis().Addr
	c := b.process()
	gen := b.token(c).Generation
	c.OnReach(func(point string) {
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
	c.OnReach(func(string) {})
	server, err := server.Restart(t.Context())
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
	if got := b.token(fresh); got.Access != served.Access || b.journals() != 0 {
		t.Fatalf("another token than the journal's, or %d journals left", b.journals())
	}
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
		t.Fatalf("the journal is gone (%v) or nobody was told", err)
	}
}

func TestStateFolderThatCannotBeWrittenDoesNotStopARenewal(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.StateDir = filepath.Join(b.cfg.StateDir, "missing", "folder")
	c := b.process()
	b.token(c)
	if !strings.Contains(b.log.String(), "not on the disk") {
		t.Fatal("nobody was told")
	}
}

func (b *bundle) journals() int {
	files, _ := filepath.Glob(filepath.Join(b.cfg.StateDir, "*.journal"))
	return len(files)
}

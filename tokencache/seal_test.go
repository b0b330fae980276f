package tokencache_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

func TestKeysRotateWithoutLosingAToken(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	first := b.token(b.process())
	rotated := b.process(func(cfg *tokencache.Config) { cfg.Keys = mustKeys(t, keyB, keyA) })
	if got := b.token(rotated); got.Access != first.Access {
		t.Fatal("the old key does not open any more")
	}
	if _, err := rotated.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	onlyNew := b.process(func(cfg *tokencache.Config) { cfg.Keys = mustKeys(t, keyB) })
	b.token(onlyNew)
	if info, err := onlyNew.Inspect(t.Context()); err != nil || info.KeyID != mustKeys(t, keyB).ID() || !info.KeyKnown {
		t.Fatalf("sealed by %s, want the new key: %v", info.KeyID, err)
	}
	if n := b.idp.count("password"); n != 1 {
		t.Fatalf("%d password grants, want 1", n)
	}
}

func TestSealOfAnotherHostIsAClearErrorAndIsNotOverwritten(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	b.token(b.process())
	stranger := b.process(func(cfg *tokencache.Config) { cfg.Keys, cfg.StateDir = mustKeys(t, keyB), t.TempDir() })
	for range 2 {
		_, err := stranger.Token(t.Context())
		var auth *tokencache.AuthError
		var seal *tokencache.SealError
		if !errors.As(err, &auth) || auth.Reason != tokencache.ReasonSealedElsewhere || !errors.As(err, &seal) {
			t.Fatalf("got %v, want sealed_elsewhere with a SealError", err)
		}
		if !strings.Contains(err.Error(), mustKeys(t, keyA).ID()) || !strings.Contains(auth.Advice(), "same sealing key") {
			t.Errorf("error %q with advice %q names neither key nor way out", err, auth.Advice())
		}
		clock.forward(2 * 3600e9) // expired: still nothing to overwrite
	}
	if n := b.idp.requests; n != 1 {
		t.Fatalf("%d requests, want 1", n)
	}
}

func TestSealedTokenOpensOnlyInItsOwnPlace(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.token(b.process())
	b.cfg.Account = "other"
	b.token(b.process())
	ctx := t.Context()
	from, to := "", ""
	for _, k := range b.rdb.Keys(ctx, "gf:*").Val() {
		if strings.Contains(k, "{demo}") {
			from = k
		} else {
			to = k
		}
	}
	b.rdb.HSet(ctx, to, "at", b.rdb.HGet(ctx, from, "at").Val())
	_, err := b.process().Token(ctx)
	var seal *tokencache.SealError
	if !errors.As(err, &seal) || !strings.Contains(err.Error(), "moved from another account") {
		t.Fatalf("a token moved from another account: %v", err)
	}
}

func TestBadKeysAreRefusedWithoutShowingThem(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "short", keyA + "0", "x" + keyA[1:], keyA + ",nonsense-key"} {
		_, err := tokencache.ParseKeys(secret.Text(value))
		if err == nil {
			t.Errorf("%q was accepted", value)
		} else if value != "" && strings.Contains(err.Error(), value) || strings.Contains(err.Error(), "nonsense") {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestGeneratedKeyIsPrivateAndTheSameForAll(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	var ids sync.Map
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			ring, _, err := tokencache.LoadOrCreateKey(dir)
			if err != nil {
				t.Error(err)
			}
			ids.Store(ring.ID(), true)
		})
	}
	wg.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Fatalf("%d different keys", n)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("files left: %v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, want 0600", info.Mode())
	}
}

func TestGeneratedKeyIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.Keys = tokencache.Keyring{}
	b.token(b.process())
	b.token(b.process())
	if n := b.log.Count("generated a key"); n != 1 {
		t.Fatalf("announced %d times, want once", n)
	}
}

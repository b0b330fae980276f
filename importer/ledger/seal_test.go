package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/reason"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// keyring makes keys of one character each.
func keyring(t testing.TB, keys ...string) func() (tokencache.Keyring, error) {
	t.Helper()
	for i, k := range keys {
		keys[i] = strings.Repeat(k, 64)
	}
	ring, err := tokencache.ParseKeys(secret.Text(strings.Join(keys, " ")))
	if err != nil {
		t.Fatal(err)
	}
	return func() (tokencache.Keyring, error) { return ring, nil }
}

// everything is all that Redis has, as text.
func everything(t *testing.T, client redis.UniversalClient) string {
	t.Helper()
	keys, err := client.Keys(t.Context(), "*").Result()
	ledgertest.Must(t, err)
	var all strings.Builder
	for _, key := range keys {
		fmt.Fprintln(&all, key)
		switch kind := client.Type(t.Context(), key).Val(); kind {
		case "string":
			fmt.Fprintln(&all, client.Get(t.Context(), key).Val())
		case "hash":
			fmt.Fprintln(&all, client.HGetAll(t.Context(), key).Val())
		case "zset":
			fmt.Fprintln(&all, client.ZRange(t.Context(), key, 0, -1).Val())
		case "set":
			fmt.Fprintln(&all, client.SMembers(t.Context(), key).Val())
		default:
			t.Fatalf("%s is a %s", key, kind)
		}
	}
	return all.String()
}

const guestsData = "ann@example.com"

// refused is an import of 60 rows whose first chunk has a row that was refused, in words that quote it.
func refused(t *testing.T, l *ledger.Ledger) (id string) {
	t.Helper()
	id = ledgertest.NewImport(t, l, "refused", 60)
	ledgertest.Must(t, l.Chunks.Commit(t.Context(), id,
		[]ledger.StoredChunk{{N: 0, Data: []byte("\x01" + guestsData)}, {N: 1, Data: []byte("\x01" + guestsData)}},
		[]ledger.Move{{Row: 1, To: ledger.Queued}}))
	ledgertest.Move(t, l, id,
		ledger.Move{Row: 1, To: ledger.Refused,
			Reason: ledger.Reason{Code: "http_422", Text: guestsData + " is no address", Line: 2}})
	ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Refused, Reason: ledger.Reason{Code: guestsData, Line: 3}})
	return id
}

func TestWhatIsKeptOfGuestsOpensOnlyWithTheFleetsKeys(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		l.SealWith(keyring(t, "a"))
		id := refused(t, l)
		if all := everything(t, client); strings.Contains(all, guestsData) {
			t.Fatalf("Redis has a guest in clear: %q", all)
		}
		for name, c := range map[string]struct {
			keys  []string
			opens bool
		}{"the same key": {[]string{"a"}, true}, "a new one in front": {[]string{"b", "a"}, true},
			"another": {[]string{"b"}, false}, "none": {nil, false}} {
			other, err := ledger.For(client, "main")
			ledgertest.Must(t, err)
			if c.keys != nil {
				other.SealWith(keyring(t, c.keys...))
			}
			data, err := other.Chunks.Get(t.Context(), id, 0)
			_, sealed := errors.AsType[*tokencache.SealError](err)
			if c.opens != (string(data) == "\x01"+guestsData) || c.opens == sealed ||
				sealed && !strings.Contains(err.Error(), "token_keys") {
				t.Errorf("%s: %q, %v", name, data, err)
			}
			why, err := other.Reasons(t.Context(), id, []int{1, 2})
			if code := why[1].Code; code != map[bool]string{true: guestsData, false: reason.Other}[c.opens] || why[1].Line != 3 {
				t.Errorf("%s: the code is %q", name, code)
			}
			if err != nil || why[0].Code != "http_422" || why[0].Line != 2 ||
				c.opens != strings.Contains(why[0].Text, guestsData) || !c.opens && !strings.Contains(why[0].Text, "token_keys") {
				t.Errorf("%s: %+v, %v", name, why, err)
			}
		}
		chunk := l.Prefix() + "import:" + id + ":chunk:"
		ledgertest.Must(t, client.Copy(t.Context(), chunk+"1", chunk+"0", 0, true).Err())
		if data, err := l.Chunks.Get(t.Context(), id, 0); err == nil {
			t.Errorf("a chunk opens in the place of another: %q", data)
		}
	})
}

func TestWhatWasKeptBeforeItWasSealedIsRead(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := refused(t, l)
		l.SealWith(keyring(t, "a"))
		if data, err := l.Chunks.Get(t.Context(), id, 0); err != nil || string(data) != "\x01"+guestsData {
			t.Errorf("%q, %v", data, err)
		}
		if why, err := l.Reasons(t.Context(), id, []int{1}); err != nil || why[0].Text != guestsData+" is no address" {
			t.Errorf("%+v, %v", why, err)
		}
	})
}

func TestNothingIsWrittenWhereItCannotBeSealed(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "keyless", 3)
		l.SealWith(func() (tokencache.Keyring, error) { return tokencache.Keyring{}, errors.New("no key") })
		err := l.Chunks.Commit(t.Context(), id, []ledger.StoredChunk{{N: 0, Data: []byte(guestsData)}},
			[]ledger.Move{{Row: 1, To: ledger.Queued}})
		if err == nil || strings.Contains(everything(t, client), guestsData) {
			t.Errorf("it was written all the same: %v", err)
		}
	})
}

func TestGuestsAreForgottenWithTheirFilesAndOnlyOfImportsThatAreOver(t *testing.T) {
	const month = 30 * 24 * time.Hour
	for name, c := range map[string]struct {
		sealed  bool
		prepare func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id, record string)
		gone    bool
	}{
		"over for long": {true, func(t *testing.T, _ *ledger.Ledger, client redis.UniversalClient, _, record string) {
			ledgertest.Must(t, client.HSet(t.Context(), record, "finished", time.Now().Add(-month-time.Hour).UnixMilli()).Err())
		}, true},
		"and kept before it was sealed": {false,
			func(t *testing.T, _ *ledger.Ledger, client redis.UniversalClient, _, record string) {
				ledgertest.Must(t, client.HSet(t.Context(), record, "finished", time.Now().Add(-month-time.Hour).UnixMilli()).Err())
			}, true},
		"over": {false, func(*testing.T, *ledger.Ledger, redis.UniversalClient, string, string) {}, false},
		"over for long, and tried again": {false,
			func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id, record string) {
				ledgertest.Must(t, client.HSet(t.Context(), record, "finished", time.Now().Add(-month-time.Hour).UnixMilli()).Err())
				ledgertest.Must(t, l.Chunks.Extend(t.Context(), id))
			}, false},
		"open": {false, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id, record string) {
			ledgertest.Must(t, client.HSet(t.Context(), record, "started", time.Now().Add(-2*month).UnixMilli()).Err())
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
				if c.sealed {
					l.SealWith(keyring(t, "a"))
				}
				id := refused(t, l)
				for row := 3; row <= 60; row++ {
					ledgertest.Move(t, l, id, ledger.Move{Row: row, To: ledger.Accepted})
				}
				c.prepare(t, l, client, id, l.Prefix()+"import:"+id)
				list, err := l.ForgetGuests(t.Context(), month)
				if err != nil || c.gone != (len(list) == 1) {
					t.Fatalf("%+v, %v", list, err)
				}
				has, err := l.Chunks.Has(t.Context(), id, []int{0, 1})
				ledgertest.Must(t, err)
				why, err := l.Reasons(t.Context(), id, []int{1})
				ledgertest.Must(t, err)
				if has[0] == c.gone || has[1] == c.gone || why[0].Code != "http_422" || why[0].Line != 2 ||
					c.gone != (why[0].Text == "") {
					t.Errorf("chunks %v, reason %+v", has, why)
				}
				if c.gone && strings.Contains(everything(t, client), guestsData) {
					t.Error("Redis has a guest all the same")
				}
				if again, err := l.ForgetGuests(t.Context(), month); err != nil || len(again) > 0 {
					t.Errorf("once more: %+v, %v", again, err)
				}
			})
		})
	}
}

// What sealing costs, by row: a chunk of 200 rows of 150 bytes, and a reason.
func BenchmarkSeal(b *testing.B) {
	ring, _ := keyring(b, "a")()
	chunk, reason := make([]byte, 200*150), make([]byte, 80)
	b.Run("chunk of 200", func(b *testing.B) {
		for b.Loop() {
			ring.SealBytes(chunk, "gf:{main}:import:abcdefgh:chunk:7")
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/row")
	})
	b.Run("reason", func(b *testing.B) {
		for b.Loop() {
			ring.SealBytes(reason, "gf:{main}:import:abcdefgh:reasons")
		}
	})
	sealed := ring.SealBytes(chunk, "x")
	b.Run("open a chunk of 200", func(b *testing.B) {
		for b.Loop() {
			if _, err := ring.OpenBytes(sealed, "x"); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200, "ns/row")
	})
}

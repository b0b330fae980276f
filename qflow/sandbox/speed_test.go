package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

func unlimited(sw *sandbox.Switches) { sw.ZonePerMinute, sw.SendPerMinute = 0, 0 }

// BenchmarkCreate measures POST /guest without sockets: what a call costs beyond net/http.
func BenchmarkCreate(b *testing.B) {
	for name, record := range map[string]func(...any) map[string]any{"guest": guest, "with email": invited} {
		b.Run(name, func(b *testing.B) {
			box := sandbox.New(sandbox.Options{Adjust: unlimited})
			defer box.Close()
			bearer := accessTo(b, box)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					body, _ := json.Marshal(record())
					r := httptest.NewRequest(http.MethodPost, guestPath, bytes.NewReader(body))
					r.Header.Set("Authorization", "Bearer "+bearer)
					r.Header.Set(sandbox.DefaultKeyHeader, account.SubscriptionKey)
					w := httptest.NewRecorder()
					box.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						b.Fatal(w.Code, w.Body)
					}
				}
			})
		})
	}
}

func accessTo(b *testing.B, box *sandbox.Sandbox) string {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, "/core/connect/token", strings.NewReader(passwordForm().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	box.ServeHTTP(w, r)
	var pair struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &pair); err != nil {
		b.Fatal(err)
	}
	return pair.AccessToken
}

// BenchmarkKeepAlive is a whole round trip over loopback, client included, for a call that does little.
func BenchmarkKeepAlive(b *testing.B) {
	box := sandbox.New(sandbox.Options{Adjust: unlimited})
	defer box.Close()
	base, err := box.Listen("")
	if err != nil {
		b.Fatal(err)
	}
	bearer := accessTo(b, box)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, _ := http.NewRequest(http.MethodGet, base+commsPath+"/templates?eventId="+account.EventID, nil)
			r.Header.Set("Authorization", "Bearer "+bearer)
			r.Header.Set(sandbox.DefaultKeyHeader, account.SubscriptionKey)
			answer, err := client.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, answer.Body) // or the connection is not kept
			_ = answer.Body.Close()
		}
	})
}

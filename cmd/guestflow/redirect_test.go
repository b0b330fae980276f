package main

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

func TestACollectorsKeyFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var heard atomic.Int64
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	t.Cleanup(thief.Close)
	collecting := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	t.Cleanup(collecting.Close)
	env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collecting.URL, "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=hush"}
	c, err := newCollector(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if err := c.UploadTraces(t.Context(), nil); err == nil || heard.Load() != 0 {
		t.Errorf("%v, and the other host was asked %d times", err, heard.Load())
	}
	_ = c.Stop(t.Context())
}

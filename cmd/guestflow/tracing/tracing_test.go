package tracing

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestASpoiltCollectorAddressIsToldAtOnce(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "nowhere", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
		"OTEL_EXPORTER_OTLP_HEADERS": "secret-without-a-name",
	} {
		env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", name: value}
		_, err := newCollector(func(key string) string { return env[key] })
		if err == nil || !strings.Contains(err.Error(), "OTEL_EXPORTER_OTLP_") ||
			strings.Contains(err.Error(), "secret-without") {
			t.Errorf("%s=%s gives %v", name, value, err)
		}
	}
	if c, err := newCollector(func(string) string { return "" }); c != nil || err != nil {
		t.Errorf("without a variable: %v, %v", c, err)
	}
}

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

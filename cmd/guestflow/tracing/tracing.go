// Package tracing sends the spans of package importer/trace to an OpenTelemetry collector, over HTTP as protobuf.
//
// OpenTelemetry's own OTLP client would bring gRPC along for one POST, and 7 MB with it.
package tracing

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer/trace"
	"guestflow/qflow"
)

// Calls returns what traces calls of Qflow; nil without a collector, so that a call costs nothing for it.
func Calls() qflow.Observer {
	if !trace.Enabled() {
		return nil
	}
	return trace.Call
}

// flushIn is how long the last spans may take when the process stops.
const flushIn = 2 * time.Second

// Start sends traces to the collector that OpenTelemetry's own variables name, until stop is called; without one there
// are no traces. Sampling follows OTEL_TRACES_SAMPLER, the process is described by OTEL_RESOURCE_ATTRIBUTES.
func Start(log *slog.Logger) (stop func(), err error) {
	c, err := newCollector(os.Getenv)
	if err != nil || c == nil {
		return func() {}, err
	}
	about, err := resource.New(context.Background(),
		resource.WithAttributes(attribute.String("service.name", "guestflow")),
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv())
	if err != nil {
		return nil, config.Usagef("OTEL_RESOURCE_ATTRIBUTES cannot be read: %v", err)
	}
	exporter, err := otlptrace.New(context.Background(), c)
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetErrorHandler(&lossReporter{log: log})
	trace.Enable()
	return func() {
		trace.Disable()
		ctx, cancel := context.WithTimeout(context.Background(), flushIn)
		defer cancel()
		_ = provider.Shutdown(ctx) // a collector that is away was reported by lossReporter
	}, nil
}

// collector receives spans: OTLP over HTTP, as protobuf.
type collector struct {
	url     string
	headers http.Header
	client  *http.Client
}

// newCollector reads OpenTelemetry's variables; nil where they name no collector.
func newCollector(getenv func(string) string) (*collector, error) {
	address := getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	if root := getenv("OTEL_EXPORTER_OTLP_ENDPOINT"); address == "" && root != "" {
		address = strings.TrimRight(root, "/") + "/v1/traces"
	}
	if address == "" || strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") ||
		getenv("OTEL_TRACES_EXPORTER") == "none" {
		return nil, nil // no collector is no mistake
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, config.Usagef("OTEL_EXPORTER_OTLP_ENDPOINT is not a URL such as http://localhost:4318")
	}
	protocol := cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), getenv("OTEL_EXPORTER_OTLP_PROTOCOL"),
		"http/protobuf")
	if protocol != "http/protobuf" {
		return nil, config.Usagef("OTEL_EXPORTER_OTLP_PROTOCOL: traces go by http/protobuf only, which collectors take on port 4318")
	}
	headers, err := parseHeaders(cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_HEADERS"), getenv("OTEL_EXPORTER_OTLP_HEADERS")))
	if err != nil {
		return nil, err
	}
	within := 10 * time.Second // the specification's
	if ms, err := strconv.Atoi(cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
		getenv("OTEL_EXPORTER_OTLP_TIMEOUT"))); err == nil && ms > 0 {
		within = time.Duration(ms) * time.Millisecond
	}
	return &collector{url: address, headers: headers, client: &http.Client{
		Timeout: within,
		// the headers hold a key
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// parseHeaders reads name=value,name=value with the values escaped as in URLs. An error shows none: they hold secrets.
func parseHeaders(list string) (http.Header, error) {
	headers := http.Header{}
	for _, pair := range strings.Split(list, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || name == "" || err != nil {
			return nil, config.Usagef("OTEL_EXPORTER_OTLP_HEADERS is not a list such as name=value,name=value")
		}
		headers.Set(name, value)
	}
	return headers, nil
}

// Start implements otlptrace.Client.
func (c *collector) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client: it closes idle connections.
func (c *collector) Stop(context.Context) error {
	c.client.CloseIdleConnections()
	return nil
}

// UploadTraces implements otlptrace.Client. Spans that the collector does not take are lost: they are not worth memory
// while it is away.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	raw, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans}) // on the wire the same as the request
	if err != nil {
		return fmt.Errorf("encode traces: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("send traces: %w", err)
	}
	req.Header = c.headers.Clone()
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("User-Agent", "guestflow")
	resp, err := c.client.Do(req)
	if u, is := errors.AsType[*url.Error](err); is {
		err = u.Err // its URL may hold a key
	}
	if err != nil {
		return fmt.Errorf("send traces: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // for the connection to be used again
	if resp.StatusCode >= 300 {
		return fmt.Errorf("send traces: the collector answers %s", resp.Status)
	}
	return nil
}

// lossReporter logs once that traces are lost: nothing else depends on them.
type lossReporter struct {
	once sync.Once
	log  *slog.Logger
}

// Handle implements otel.ErrorHandler.
func (r *lossReporter) Handle(err error) {
	r.once.Do(func() {
		r.log.Warn("traces are lost; guestflow works without them, and does not log this again", "error", err)
	})
}

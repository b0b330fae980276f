// Package trace makes the spans of an import: the import, its tasks, the calls of each task to Qflow. They are for
// installations with a collector of OpenTelemetry traces; without one nothing is made, and every function here costs
// the look at one flag.
//
// A task's headers in Asynq carry its place in the trace, so that its payload stays what it is. A short import is one
// trace. The tasks of a long one begin traces of their own, linked to the import's: a trace of a hundred thousand
// spans cannot be opened, and a sampler that keeps one in ten would keep all of an import or nothing.
//
// A span says which import, chunk and endpoint; nothing of a guest.
package trace

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"guestflow/qflow"
)

var on atomic.Bool

// Enable has spans made from now on, by OpenTelemetry's global provider; Off ends that.
func Enable() { on.Store(true) }

// Disable has no more spans made.
func Disable() { on.Store(false) }

// Enabled reports whether spans are made.
func Enabled() bool { return on.Load() }

func tracer() trace.Tracer { return otel.Tracer("guestflow") }

var carrier propagation.TraceContext

// Import begins the span of reading an import's file and enqueueing its chunks.
func Import(ctx context.Context, account, id string, rows int) (context.Context, func(error)) {
	if !on.Load() {
		return ctx, func(error) {}
	}
	ctx, span := tracer().Start(ctx, "import", trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(about(account, id), attribute.Int("guestflow.rows", rows)))
	return ctx, func(err error) { end(span, err != nil) }
}

// Headers returns a task's headers with the place in the trace; nil where there is none.
func Headers(ctx context.Context) map[string]string {
	if !on.Load() || !trace.SpanContextFromContext(ctx).IsValid() {
		return nil
	}
	headers := propagation.MapCarrier{}
	carrier.Inject(ctx, headers)
	return headers
}

// Chunk is what a task is about.
type Chunk struct {
	Account string
	Import  string
	Number  int
	Whole   bool // its span belongs to the import's trace, instead of being linked to it
}

// Task begins the span of a run of a task. The returned function ends it, with the run's error and which errors are
// failures.
func Task(
	ctx context.Context, headers map[string]string, c Chunk,
) (context.Context, func(err error, isFailure func(error) bool)) {
	if !on.Load() {
		return ctx, func(error, func(error) bool) {}
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(about(c.Account, c.Import), attribute.Int("guestflow.chunk", c.Number))}
	from := carrier.Extract(ctx, propagation.MapCarrier(headers))
	if c.Whole {
		ctx = from
	} else {
		options = append(options, trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(from)))
	}
	ctx, span := tracer().Start(ctx, "chunk", options...)
	return ctx, func(err error, isFailure func(error) bool) {
		span.SetAttributes(attribute.Bool("guestflow.again", err != nil))
		end(span, err != nil && isFailure(err))
	}
}

// Call begins the span of a call to Qflow; the returned function ends it.
func Call(ctx context.Context, e qflow.Endpoint) (context.Context, func(qflow.Outcome)) {
	if !on.Load() {
		return ctx, func(qflow.Outcome) {}
	}
	ctx, span := tracer().Start(ctx, "qflow "+string(e), trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(out qflow.Outcome) {
		span.SetAttributes(attribute.String("guestflow.outcome", out.Kind.String()))
		if out.Status != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", out.Status))
		}
		end(span, out.Kind != qflow.Accepted)
	}
}

func about(account, id string) attribute.KeyValue {
	return attribute.String("guestflow.import", account+"/"+id)
}

// end does not say which error: its text may hold a file's name, or what Qflow said of a guest. The log has it, with
// the trace's id beside it.
func end(span trace.Span, failed bool) {
	if failed {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// ErrUnfit means that the Redis answers, and cannot hold the ledger as it is.
var ErrUnfit = errors.New("Redis cannot hold the ledger as it is")

// Finding is the result of one check.
type Finding struct {
	Check   string
	Text    string
	Warning bool
	Err     error // a fault that must be corrected; in place of Text
}

func pass(format string, args ...any) Finding { return Finding{Text: fmt.Sprintf(format, args...)} }

func warn(format string, args ...any) Finding {
	return Finding{Text: fmt.Sprintf(format, args...), Warning: true}
}

func fail(kind error, format string, args ...any) Finding {
	return Finding{Err: fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))}
}

// skip is the finding of a check that does not apply.
func skip() Finding { return Finding{} }

// inspection is what checks are given.
type inspection struct {
	*Store
	masters  []*server
	replicas int // how many must confirm a claim (redis_replicas)
}

// check is one property of a store that can hold the ledger.
type check struct {
	name string
	run  func(context.Context, *inspection) Finding
}

// checks are those of real servers, in the order in which they are reported.
var checks = []check{
	{"store", checkServer},
	{"mode", checkMode},
	{"sentinels", checkSentinels},
	{"cluster", checkSlots},
	{"replicas", checkReplicas},
	{"memory", checkMemory},
	{"eviction", checkEviction},
	{"persistence", checkPersistence},
	{"clock", checkClock},
}

// embeddedChecks are those of the store inside this process, most of whose answers are known.
var embeddedChecks = []check{
	{"store", func(_ context.Context, in *inspection) Finding { return warn("%s", in.Note()) }},
	{"eviction", func(context.Context, *inspection) Finding { return pass("the embedded store evicts nothing") }},
	{"persistence", func(context.Context, *inspection) Finding { return warn("nothing is kept over a restart") }},
	{"clock", checkClock},
}

// Diagnose checks whether the servers can hold the ledger: how they are organised, whether replicas could take over,
// memory, eviction, persistence, clocks. replicas is how many must confirm a claim (redis_replicas).
func (s *Store) Diagnose(ctx context.Context, replicas int) []Finding {
	in, list := &inspection{Store: s, replicas: replicas}, checks
	if s.Kind == Embedded {
		in.masters, list = []*server{{client: s.Client.(*redis.Client)}}, embeddedChecks
	} else {
		var err error
		if in.masters, err = s.masters(ctx); err != nil {
			return []Finding{{Check: "store", Err: err}}
		}
	}
	var findings []Finding
	for _, c := range list {
		f := c.run(ctx, in)
		if f == skip() {
			continue
		}
		f.Check = c.name
		findings = append(findings, f)
	}
	return findings
}

package tokencache

import (
	"fmt"
	"strconv"
	"time"
)

// record is what Redis knows of an account's tokens, and Redis' clock at that moment.
type record struct {
	now int64 // ms by Redis' clock; so are the other times

	gen      uint64
	access   string // sealed
	refresh  string // sealed, "" if there is none or it may be spent
	exp, got int64
	grant    Grant
	by       string
	refusals int
	worked   bool // the API has accepted the access token
	lifespan
	dead Reason // why there is no refresh token
	fp   string

	claim      string // nonce, "" if none holds it
	claimBy    string
	claimAt    int64
	claimGrant Grant
	claims     uint64 // made on this generation, released ones included

	run    string // of the server that the generation was committed on
	server string // the server that was read from

	pauseUntil  int64
	pauseClass  string
	pauseReason Reason

	problem              Problem // why signing in fails since the generation was committed
	problemCode          string
	failedFrom, failedAt int64
	failures             int
}

// recordFields are the fields in the order that parseRecord expects.
var recordFields = []any{
	"gen", "at", "rt", "exp", "got", "grant", "by", "refusals", "dead", "fp",
	"claim", "claim_by", "claim_at", "claim_grant", "claims", "run",
	"worked", "early", "lived", "learned",
	"problem", "problem_code", "failed_from", "failed_at", "failures",
}

func parseRecord(reply any) (record, error) {
	parts, ok := reply.([]any)
	if !ok || len(parts) != 4 {
		return record{}, fmt.Errorf("read token record: unexpected reply of type %T", reply)
	}
	now, okNow := parts[0].(int64)
	f, okFields := parts[1].([]any)
	p, okPause := parts[2].([]any)
	if !okNow || !okFields || !okPause || len(f) != len(recordFields) || len(p) != 3 {
		return record{}, fmt.Errorf("read token record: unexpected shape of the reply")
	}
	return record{
		now: now,
		gen: uint64(max(number(f[0]), 0)), access: text(f[1]), refresh: text(f[2]), exp: number(f[3]), got: number(f[4]),
		grant: Grant(text(f[5])), by: text(f[6]), refusals: int(number(f[7])), dead: Reason(text(f[8])), fp: text(f[9]),
		claim: text(f[10]), claimBy: text(f[11]), claimAt: number(f[12]), claimGrant: Grant(text(f[13])),
		claims: uint64(max(number(f[14]), 0)), run: text(f[15]), server: text(parts[3]),
		worked: text(f[16]) == "1", lifespan: lifespan{int(number(f[17])), number(f[18]), number(f[19])},
		problem: Problem(text(f[20])), problemCode: text(f[21]), failedFrom: number(f[22]), failedAt: number(f[23]),
		failures:   int(number(f[24])),
		pauseUntil: number(p[0]), pauseClass: text(p[1]), pauseReason: Reason(text(p[2])),
	}, nil
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) int64 {
	n, _ := strconv.ParseInt(text(v), 10, 64)
	return max(n, 0)
}

// position is what the record shows; see there.
func (r *record) position() position { return position{r.gen, r.claims, r.claim} }

// restarted reports whether Redis has started anew, or another server taken its place, since this generation was
// committed: the claims on it may be lost.
func (r *record) restarted() bool { return r.run != "" && r.server != "" && r.run != r.server }

// life is the whole span of the access token, as the server granted it.
func (r *record) life() time.Duration { return time.Duration(r.exp-r.got) * time.Millisecond }

// left is what remains of it; never more than the whole, even if Redis' clock has gone back.
func (r *record) left() time.Duration {
	return min(r.life(), time.Duration(r.exp-r.now)*time.Millisecond)
}

func (r *record) claimAge() time.Duration { return time.Duration(r.now-r.claimAt) * time.Millisecond }

func (r *record) pause() time.Duration {
	return max(0, time.Duration(r.pauseUntil-r.now)*time.Millisecond)
}

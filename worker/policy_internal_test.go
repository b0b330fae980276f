package worker

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/tokencache"
)

var hopeless = &tokencache.AuthError{Reason: tokencache.ReasonNoCredentials}

// answers are all kinds of outcomes, with what tells apart those of one kind.
var answers = map[string]qflow.Outcome{
	"accepted":         {Kind: qflow.Accepted, Status: 200},
	"refused":          {Kind: qflow.Refused, Status: 400},
	"not found":        {Kind: qflow.Refused, Status: 404},
	"trust":            {Kind: qflow.GateClosed, Gate: qflow.GateTrust, Status: 403},
	"comms":            {Kind: qflow.GateClosed, Gate: qflow.GateComms, Status: 403},
	"plan":             {Kind: qflow.GateClosed, Gate: qflow.GatePlan, Status: 403},
	"unauthorized":     {Kind: qflow.Unauthorized, Status: 401},
	"key refused":      {Kind: qflow.KeyRefused, Status: 401},
	"rate limited":     {Kind: qflow.RateLimited, Status: 429},
	"transient":        {Kind: qflow.Transient, Cause: errors.New("refused")},
	"ambiguous":        {Kind: qflow.Ambiguous, Status: 500},
	"no token":         {Kind: qflow.NoToken, Cause: errors.New("away")},
	"tokens in vain":   {Kind: qflow.NoToken, Cause: fmt.Errorf("renew: %w", tokencache.ErrEveryTokenRefused)},
	"no way to tokens": {Kind: qflow.NoToken, Cause: hopeless},
}

const (
	queued      = ledger.RowByte(ledger.Queued)
	parkedRow   = ledger.RowByte(ledger.Parked)
	parkedTried = ledger.RowByte(ledger.ParkedTried) | ledger.RowByte(ledger.Tried)
	maybe       = ledger.RowByte(ledger.MaybeSent)
	tried       = ledger.RowByte(ledger.Tried)
)

func TestEveryDecisionIsTheOneWrittenDown(t *testing.T) {
	t.Parallel()
	type want struct {
		to   ledger.State
		next next
		flag string // + set, - cleared: t tried, m maybe sent
	}
	for _, row := range []struct {
		path         string
		before       ledger.RowByte
		unauthorized int
		want         map[string]want
	}{
		{"atomic", queued, 0, map[string]want{
			"accepted":         {ledger.Accepted, done, "-m"},
			"refused":          {ledger.Refused, done, "+t-m"},
			"not found":        {ledger.Refused, done, "+t-m"},
			"trust":            {ledger.ParkedTried, park, "+t-m"},
			"comms":            {ledger.ParkedTried, park, "+t-m"},
			"plan":             {ledger.ParkedTried, park, "+t-m"},
			"unauthorized":     {ledger.Queued, retryNow, "-m"},
			"key refused":      {ledger.Parked, park, "-m"},
			"rate limited":     {ledger.Queued, retryNow, "-m"},
			"transient":        {ledger.Queued, retryLater, "-m"},
			"ambiguous":        {ledger.Queued, retryLater, "+m"},
			"no token":         {ledger.Queued, retryLater, "-m"},
			"no way to tokens": {ledger.Parked, park, "-m"},
			"tokens in vain":   {ledger.Parked, park, "-m"},
		}},
		{"atomic", queued | maybe, 0, map[string]want{ // an attempt is behind it whose answer is unknown
			"accepted":         {ledger.Accepted, done, ""},
			"refused":          {ledger.Refused, done, "+t"},
			"not found":        {ledger.Refused, done, "+t"},
			"trust":            {ledger.Parked, park, ""},
			"comms":            {ledger.Parked, park, ""},
			"plan":             {ledger.Parked, park, ""},
			"unauthorized":     {ledger.Queued, retryNow, ""},
			"key refused":      {ledger.Parked, park, ""},
			"rate limited":     {ledger.Queued, retryNow, ""},
			"transient":        {ledger.Queued, retryLater, ""},
			"ambiguous":        {ledger.Queued, retryLater, "+m"},
			"no token":         {ledger.Queued, retryLater, ""},
			"no way to tokens": {ledger.Parked, park, ""},
			"tokens in vain":   {ledger.Parked, park, ""},
		}},
		{"atomic", parkedRow | maybe, 0, map[string]want{ // ... and then a gate was closed
			"accepted":  {ledger.Unknown, done, ""},
			"refused":   {ledger.Refused, done, "+t"},
			"trust":     {ledger.Parked, park, ""},
			"ambiguous": {ledger.Parked, retryLater, "+m"},
			"transient": {ledger.Parked, retryLater, ""},
		}},
		{"atomic", parkedRow, 0, map[string]want{
			"accepted": {ledger.Accepted, done, "-m"},
			"trust":    {ledger.ParkedTried, park, "+t-m"},
			"plan":     {ledger.ParkedTried, park, "+t-m"},
		}},
		{"atomic", queued, 1, map[string]want{
			"unauthorized": {ledger.Parked, park, "-m"},
		}},
		{"send", parkedTried, 0, map[string]want{
			"accepted":         {ledger.Accepted, done, ""},
			"refused":          {ledger.Refused, done, ""},
			"not found":        {ledger.ParkedTried, retryNow, "-t"},
			"trust":            {ledger.ParkedTried, park, ""},
			"comms":            {ledger.ParkedTried, park, ""},
			"plan":             {ledger.ParkedTried, park, ""},
			"unauthorized":     {ledger.ParkedTried, retryNow, ""},
			"key refused":      {ledger.ParkedTried, park, ""},
			"rate limited":     {ledger.ParkedTried, retryNow, ""},
			"transient":        {ledger.ParkedTried, retryLater, ""},
			"ambiguous":        {ledger.Unknown, done, ""},
			"no token":         {ledger.ParkedTried, retryLater, ""},
			"no way to tokens": {ledger.ParkedTried, park, ""},
			"tokens in vain":   {ledger.ParkedTried, park, ""},
		}},
		{"send", queued | tried, 0, map[string]want{
			"accepted":    {ledger.Accepted, done, ""},
			"not found":   {ledger.Queued, retryNow, "-t"},
			"transient":   {ledger.Queued, retryLater, ""},
			"key refused": {ledger.ParkedTried, park, ""},
		}},
		{"bulk", queued | tried, 0, map[string]want{ // an earlier call may have made the guest
			"accepted":     {ledger.Created, done, "+t"},
			"transient":    {ledger.Queued, retryLater, ""},
			"unauthorized": {ledger.Queued, retryNow, ""},
		}},
		{"bulk", queued, 0, map[string]want{
			"accepted":         {ledger.Created, done, "+t"},
			"refused":          {ledger.Refused, done, "+t"},
			"not found":        {ledger.Refused, done, "+t"},
			"plan":             {ledger.Parked, park, "+t"},
			"unauthorized":     {ledger.Queued, retryNow, "-t"},
			"key refused":      {ledger.Parked, park, "-t"},
			"rate limited":     {ledger.Queued, retryNow, "-t"},
			"transient":        {ledger.Queued, retryLater, "-t"},
			"ambiguous":        {ledger.Queued, retryLater, "+t"},
			"no token":         {ledger.Queued, retryLater, "-t"},
			"no way to tokens": {ledger.Parked, park, "-t"},
			"tokens in vain":   {ledger.Parked, park, "-t"},
		}},
	} {
		for name, want := range row.want {
			d := decide(row.path, rowContext{before: row.before, unauthorized: row.unauthorized}, answers[name])
			if d.to != want.to || d.next != want.next || flags(d) != want.flag {
				t.Errorf("%s of %s %#x, %s: goes to %s, next %d, flags %q; want %s, %d, %q", row.path, row.before.State(),
					uint8(row.before), name, d.to, d.next, flags(d), want.to, want.next, want.flag)
			}
		}
	}
}

func decide(path string, s rowContext, out qflow.Outcome) decision {
	switch path {
	case "atomic":
		return s.atomic(out)
	case "send":
		return s.send(out)
	}
	return s.bulk(out)
}

func flags(d decision) string {
	text := ""
	for _, f := range []struct {
		sign string
		in   ledger.Flag
	}{{"+", d.set}, {"-", d.clear}} {
		if f.in&ledger.Tried != 0 {
			text += f.sign + "t"
		}
		if f.in&ledger.MaybeSent != 0 {
			text += f.sign + "m"
		}
	}
	return text
}

// A decision that the ledger's table forbids would leave a row where it is, without a word.
func TestNoDecisionIsForbiddenByTheLedger(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"atomic", "send", "bulk"} {
		for name, out := range answers {
			forEachContext(func(r rowContext) {
				from := r.before.State()
				if path == "send" {
					from = ledger.Sending // it was moved there before the call
				}
				d := decide(path, r, out)
				at := fmt.Sprintf("%s of %#x after %d tries and %d times 401, %s", path, uint8(r.before), r.tries, r.unauthorized,
					name)
				if d.to != from && !ledger.Allowed(from, d.to) {
					t.Errorf("%s: from %s to %s", at, from, d.to)
				}
				if open := d.to.Class() == ledger.Open; open != (d.next != done) {
					t.Errorf("%s: is %s, and what comes next is %d", at, d.to, d.next)
				}
				if d.next == park && (d.gate == "" || !parked(d.to)) {
					t.Errorf("%s: blocked by %q, and %s", at, d.gate, d.to)
				}
			})
		}
	}
}

func forEachContext(do func(rowContext)) {
	for _, state := range []ledger.State{ledger.Queued, ledger.Parked, ledger.ParkedTried} {
		for _, flags := range []ledger.RowByte{0, maybe, tried, maybe | tried} {
			for _, tries := range []int{0, MaxTries - 1} {
				for unauthorized := range 2 {
					do(rowContext{before: ledger.RowByte(state) | flags, tries: tries, unauthorized: unauthorized})
				}
			}
		}
	}
}

// This is what one guest, one email hangs on: after an answer that is unknown, /comms/send is never chosen.
func TestAnAmbiguousAttemptNeverLeadsToASecondWayOfSending(t *testing.T) {
	t.Parallel()
	for first, out := range answers {
		forEachContext(func(r rowContext) {
			j := &job{mark: r.before}
			if j.viaSend() {
				return
			}
			lost := r.atomic(answers["ambiguous"])
			after := rowContext{before: apply(r.before, lost)}
			d := after.atomic(out)
			if next := (&job{mark: apply(after.before, d)}); d.next != done && next.viaSend() {
				t.Errorf("%#x, ambiguous, then %s: goes on by /comms/send", uint8(r.before), first)
			}
		})
	}
}

// A guest that comes back proves an email only if this row's own call has made it, or an earlier one of ours whose
// answer was lost and which no gate and no refusal can have kept from sending.
func TestAcceptedMeansThatAnEmailWasQueued(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rowContext
		want ledger.State
	}{
		"made by this call": {rowContext{before: queued}, ledger.Accepted},
		"made by another call of ours, which is not known": {rowContext{before: queued, maker: otherRow}, ledger.Unknown},
		"made by others": {rowContext{before: queued, maker: elsewhere},
			ledger.Unknown},
		"made by the call whose answer was lost": {rowContext{before: queued | maybe}, ledger.Accepted},
		"made by another row's call whose answer was lost": {rowContext{before: queued | maybe, maker: otherRow},
			ledger.Accepted},
		"made by others, and an answer was lost": {rowContext{before: queued | maybe, maker: elsewhere},
			ledger.Unknown},
		"a gate has closed since": {rowContext{before: queued | maybe, gateClosedSince: true},
			ledger.Unknown},
		"another row's call, and a gate has closed since": {rowContext{before: queued | maybe, maker: otherRow,
			gateClosedSince: true}, ledger.Unknown},
		"an answer was lost, and another refused the email": {rowContext{before: queued | maybe | tried}, ledger.Unknown},
		"it was parked after an answer was lost":            {rowContext{before: parkedRow | maybe}, ledger.Unknown},
		"it was parked, and no answer was lost, made by it": {rowContext{before: parkedRow}, ledger.Accepted},
		"it was parked, and no answer was lost, made by others": {rowContext{before: parkedRow, maker: elsewhere},
			ledger.Unknown},
	} {
		d := c.atomic(answers["accepted"])
		if d.to != c.want || d.next != done || d.why.IsZero() != (c.want == ledger.Accepted) {
			t.Errorf("%s: %s because of %+v, want %s", name, d.to, d.why, c.want)
		}
	}
}

func TestTheRecordSaysWhoHasMadeAGuest(t *testing.T) {
	t.Parallel()
	mine := ledger.NewCorrelationID("main", "aaaaaaaa", "010203", 7).String()
	j := &job{Row: chunk.Row{Guest: qflow.Guest{TemplateID: "T", CorrelationID: mine}}}
	for name, c := range map[string]struct {
		record qflow.Record
		want   maker
	}{
		"this row": {qflow.Record{TemplateID: "t", CorrelationID: strings.ToUpper(mine)}, thisRow},
		"this row, of a forgotten Redis": {qflow.Record{TemplateID: "T",
			CorrelationID: ledger.NewCorrelationID("main", "aaaaaaaa", "040506", 7).String()}, otherRow},
		"an earlier version's": {qflow.Record{TemplateID: "T",
			CorrelationID: ledger.CorrelationID("main", "bbbbbbbb", 1).String()}, otherRow},
		"another account's": {qflow.Record{TemplateID: "T",
			CorrelationID: ledger.CorrelationID("other", "bbbbbbbb", 1).String()}, elsewhere},
		"another template":  {qflow.Record{TemplateID: "U", CorrelationID: mine}, elsewhere},
		"no template":       {qflow.Record{CorrelationID: mine}, elsewhere},
		"no correlation":    {qflow.Record{TemplateID: "T"}, elsewhere},
		"an operator's own": {qflow.Record{TemplateID: "T", CorrelationID: "import of May"}, elsewhere},
		"nothing":           {qflow.Record{}, elsewhere},
	} {
		if got := j.maker("main", qflow.Outcome{Kind: qflow.Accepted, Record: c.record}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func apply(m ledger.RowByte, d decision) ledger.RowByte {
	return (m & ledger.RowByte(ledger.Tried|ledger.MaybeSent)).With(d.to, d.set, d.clear)
}

func TestTriesEndInExhausted(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"atomic", "send", "bulk"} {
		last := rowContext{before: queued, tries: MaxTries - 1}
		if d := decide(path, last, answers["transient"]); d.to != ledger.Exhausted || d.next != done || !d.failed {
			t.Errorf("%s: the last try ends in %s", path, d.to)
		}
		if d := decide(path, last, answers["rate limited"]); d.to != ledger.Queued && d.to != ledger.ParkedTried || d.failed {
			t.Errorf("%s: a 429 counts as a try", path)
		}
	}
}

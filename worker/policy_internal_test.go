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
		path     string
		before   ledger.RowByte
		refusals int
		want     map[string]want
	}{
		{"atomic", queued, 0, map[string]want{
			"accepted":         {ledger.Accepted, done, "-m"},
			"refused":          {ledger.Refused, done, "+t-m"},
			"not found":        {ledger.Refused, done, "+t-m"},
			"trust":            {ledger.ParkedTried, block, "+t-m"},
			"comms":            {ledger.ParkedTried, block, "+t-m"},
			"plan":             {ledger.ParkedTried, block, "+t-m"},
			"unauthorized":     {ledger.Queued, again, "-m"},
			"key refused":      {ledger.Parked, block, "-m"},
			"rate limited":     {ledger.Queued, again, "-m"},
			"transient":        {ledger.Queued, later, "-m"},
			"ambiguous":        {ledger.Queued, later, "+m"},
			"no token":         {ledger.Queued, later, "-m"},
			"no way to tokens": {ledger.Parked, block, "-m"},
			"tokens in vain":   {ledger.Parked, block, "-m"},
		}},
		{"atomic", queued | maybe, 0, map[string]want{ // an attempt is behind it whose answer nobody knows
			"accepted":         {ledger.Accepted, done, ""},
			"refused":          {ledger.Refused, done, "+t"},
			"not found":        {ledger.Refused, done, "+t"},
			"trust":            {ledger.Parked, block, ""},
			"comms":            {ledger.Parked, block, ""},
			"plan":             {ledger.Parked, block, ""},
			"unauthorized":     {ledger.Queued, again, ""},
			"key refused":      {ledger.Parked, block, ""},
			"rate limited":     {ledger.Queued, again, ""},
			"transient":        {ledger.Queued, later, ""},
			"ambiguous":        {ledger.Queued, later, "+m"},
			"no token":         {ledger.Queued, later, ""},
			"no way to tokens": {ledger.Parked, block, ""},
			"tokens in vain":   {ledger.Parked, block, ""},
		}},
		{"atomic", parkedRow | maybe, 0, map[string]want{ // ... and then a gate was closed
			"accepted":  {ledger.Unknown, done, ""},
			"refused":   {ledger.Refused, done, "+t"},
			"trust":     {ledger.Parked, block, ""},
			"ambiguous": {ledger.Parked, later, "+m"},
			"transient": {ledger.Parked, later, ""},
		}},
		{"atomic", parkedRow, 0, map[string]want{
			"accepted": {ledger.Accepted, done, "-m"},
			"trust":    {ledger.ParkedTried, block, "+t-m"},
			"plan":     {ledger.ParkedTried, block, "+t-m"},
		}},
		{"atomic", queued, 1, map[string]want{
			"unauthorized": {ledger.Parked, block, "-m"},
		}},
		{"send", parkedTried, 0, map[string]want{
			"accepted":         {ledger.Accepted, done, ""},
			"refused":          {ledger.Refused, done, ""},
			"not found":        {ledger.ParkedTried, again, "-t"},
			"trust":            {ledger.ParkedTried, block, ""},
			"comms":            {ledger.ParkedTried, block, ""},
			"plan":             {ledger.ParkedTried, block, ""},
			"unauthorized":     {ledger.ParkedTried, again, ""},
			"key refused":      {ledger.ParkedTried, block, ""},
			"rate limited":     {ledger.ParkedTried, again, ""},
			"transient":        {ledger.ParkedTried, later, ""},
			"ambiguous":        {ledger.Unknown, done, ""},
			"no token":         {ledger.ParkedTried, later, ""},
			"no way to tokens": {ledger.ParkedTried, block, ""},
			"tokens in vain":   {ledger.ParkedTried, block, ""},
		}},
		{"send", queued | tried, 0, map[string]want{
			"accepted":    {ledger.Accepted, done, ""},
			"not found":   {ledger.Queued, again, "-t"},
			"transient":   {ledger.Queued, later, ""},
			"key refused": {ledger.ParkedTried, block, ""},
		}},
		{"bulk", queued | tried, 0, map[string]want{ // an earlier call may have made the guest
			"accepted":     {ledger.Created, done, "+t"},
			"transient":    {ledger.Queued, later, ""},
			"unauthorized": {ledger.Queued, again, ""},
		}},
		{"bulk", queued, 0, map[string]want{
			"accepted":         {ledger.Created, done, "+t"},
			"refused":          {ledger.Refused, done, "+t"},
			"not found":        {ledger.Refused, done, "+t"},
			"plan":             {ledger.Parked, block, "+t"},
			"unauthorized":     {ledger.Queued, again, "-t"},
			"key refused":      {ledger.Parked, block, "-t"},
			"rate limited":     {ledger.Queued, again, "-t"},
			"transient":        {ledger.Queued, later, "-t"},
			"ambiguous":        {ledger.Queued, later, "+t"},
			"no token":         {ledger.Queued, later, "-t"},
			"no way to tokens": {ledger.Parked, block, "-t"},
			"tokens in vain":   {ledger.Parked, block, "-t"},
		}},
	} {
		for name, want := range row.want {
			d := decide(row.path, situation{before: row.before, refusals: row.refusals}, answers[name])
			if d.to != want.to || d.next != want.next || flags(d) != want.flag {
				t.Errorf("%s of %s %#x, %s: goes to %s, next %d, flags %q; want %s, %d, %q", row.path, row.before.State(),
					uint8(row.before), name, d.to, d.next, flags(d), want.to, want.next, want.flag)
			}
		}
	}
}

func decide(path string, s situation, out qflow.Outcome) decision {
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
			forEachSituation(func(s situation) {
				from := s.before.State()
				if path == "send" {
					from = ledger.Sending // it was moved there before the call
				}
				d := decide(path, s, out)
				at := fmt.Sprintf("%s of %#x after %d tries and %d times 401, %s", path, uint8(s.before), s.tries, s.refusals, name)
				if d.to != from && !ledger.Allowed(from, d.to) {
					t.Errorf("%s: from %s to %s", at, from, d.to)
				}
				if open := d.to.Class() == ledger.Open; open != (d.next != done) {
					t.Errorf("%s: is %s, and what comes next is %d", at, d.to, d.next)
				}
				if d.next == block && (d.gate == "" || !parked(d.to)) {
					t.Errorf("%s: blocked by %q, and %s", at, d.gate, d.to)
				}
			})
		}
	}
}

func forEachSituation(do func(situation)) {
	for _, state := range []ledger.State{ledger.Queued, ledger.Parked, ledger.ParkedTried} {
		for _, flags := range []ledger.RowByte{0, maybe, tried, maybe | tried} {
			for _, tries := range []int{0, MaxTries - 1} {
				for refusals := range 2 {
					do(situation{before: ledger.RowByte(state) | flags, tries: tries, refusals: refusals})
				}
			}
		}
	}
}

// This is what one guest, one email hangs on: after an answer that nobody knows, /comms/send is never chosen.
func TestAnAmbiguousAttemptNeverLeadsToASecondWayOfSending(t *testing.T) {
	t.Parallel()
	for first, out := range answers {
		forEachSituation(func(s situation) {
			j := &job{mark: s.before}
			if j.viaSend() {
				return
			}
			lost := s.atomic(answers["ambiguous"])
			after := situation{before: apply(s.before, lost)}
			d := after.atomic(out)
			if next := (&job{mark: apply(after.before, d)}); d.next != done && next.viaSend() {
				t.Errorf("%#x, ambiguous, then %s: goes on by /comms/send", uint8(s.before), first)
			}
		})
	}
}

// A guest that comes back proves an email only if this row's own call has made it, or an earlier one of ours whose answer was lost and
// which no gate and no refusal can have kept from sending.
func TestAcceptedMeansThatAnEmailWasQueued(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		situation
		want ledger.State
	}{
		"made by this call": {situation{before: queued}, ledger.Accepted},
		"made by another call of ours, of which nobody knows": {situation{before: queued, maker: ourCall}, ledger.Unknown},
		"made by others":                                        {situation{before: queued, maker: another}, ledger.Unknown},
		"made by the call whose answer was lost":                {situation{before: queued | maybe}, ledger.Accepted},
		"made by another row's call whose answer was lost":      {situation{before: queued | maybe, maker: ourCall}, ledger.Accepted},
		"made by others, and an answer was lost":                {situation{before: queued | maybe, maker: another}, ledger.Unknown},
		"a gate has closed since":                               {situation{before: queued | maybe, shut: true}, ledger.Unknown},
		"another row's call, and a gate has closed since":       {situation{before: queued | maybe, maker: ourCall, shut: true}, ledger.Unknown},
		"an answer was lost, and another refused the email":     {situation{before: queued | maybe | tried}, ledger.Unknown},
		"it was parked after an answer was lost":                {situation{before: parkedRow | maybe}, ledger.Unknown},
		"it was parked, and no answer was lost, made by it":     {situation{before: parkedRow}, ledger.Accepted},
		"it was parked, and no answer was lost, made by others": {situation{before: parkedRow, maker: another}, ledger.Unknown},
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
		"this row":                       {qflow.Record{TemplateID: "t", CorrelationID: strings.ToUpper(mine)}, thisRow},
		"this row, of a forgotten Redis": {qflow.Record{TemplateID: "T", CorrelationID: ledger.NewCorrelationID("main", "aaaaaaaa", "040506", 7).String()}, ourCall},
		"an earlier version's":           {qflow.Record{TemplateID: "T", CorrelationID: ledger.CorrelationID("main", "bbbbbbbb", 1).String()}, ourCall},
		"another account's":              {qflow.Record{TemplateID: "T", CorrelationID: ledger.CorrelationID("other", "bbbbbbbb", 1).String()}, another},
		"another template":               {qflow.Record{TemplateID: "U", CorrelationID: mine}, another},
		"no template":                    {qflow.Record{CorrelationID: mine}, another},
		"no correlation":                 {qflow.Record{TemplateID: "T"}, another},
		"somebody's own":                 {qflow.Record{TemplateID: "T", CorrelationID: "import of May"}, another},
		"nothing":                        {qflow.Record{}, another},
	} {
		if got := j.maker("main", qflow.Outcome{Kind: qflow.Accepted, Record: c.record}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func apply(m ledger.RowByte, d decision) ledger.RowByte {
	kept := uint8(m) & uint8(ledger.Tried|ledger.MaybeSent)
	return ledger.RowByte(uint8(d.to) | (kept|uint8(d.set))&^uint8(d.clear))
}

func TestTriesEndInExhausted(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"atomic", "send", "bulk"} {
		last := situation{before: queued, tries: MaxTries - 1}
		if d := decide(path, last, answers["transient"]); d.to != ledger.Exhausted || d.next != done || !d.failed {
			t.Errorf("%s: the last try ends in %s", path, d.to)
		}
		if d := decide(path, last, answers["rate limited"]); d.to != ledger.Queued && d.to != ledger.ParkedTried || d.failed {
			t.Errorf("%s: a 429 counts as a try", path)
		}
	}
}

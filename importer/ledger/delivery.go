package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/qflow/webhook"
)

// EmailEvent is one event of a row's email.
type EmailEvent struct {
	Kind       webhook.Kind
	Invitation string    // Qflow's id of the send, if it gave one
	At         time.Time // to the second
	Delivery   string    // names the delivery that told of it; it is told from its repeats by this
}

// Effect is what became of an event: a metric's label, hence a closed set. deliver.lua explains each.
type Effect string

// The fates.
const (
	RowNotFound       Effect = "gone"
	DuplicateDelivery Effect = "repeated"
	CallInFlight      Effect = "busy"
	KnownEvent        Effect = "known"
	Recorded          Effect = "noted"
	StateChanged      Effect = "moved"
)

// EventResult is the answer of Deliver.
type EventResult struct {
	Effect   Effect
	From, To State
	Finished bool // no row of the import is open any more, by this event
}

const (
	// rememberDelivery is for how long a delivery is known again: a little longer than its signature can be good, which is
	// from five minutes before its time to five minutes after it. What comes later is told by the event itself.
	rememberDelivery = 2*webhook.Window + time.Minute

	// eventsPerKey and maxEvents keep the events of an import in Redis' compact encoding, at most 128 entries of 64 bytes:
	// three events of a row take 30 bytes. A row with more than seven costs its neighbours that encoding, and one with more
	// than 14 has them weighed but no longer kept; a kind counts once for an invitation.
	eventsPerKey = 128
	maxEvents    = 14
)

// letters are how kinds are written down. Those that say nothing of a row's email have none.
var letters = map[webhook.Kind]byte{
	webhook.Sent: 's', webhook.Deferred: 'q', webhook.Delivered: 'd', webhook.Opened: 'o', webhook.Clicked: 'c', webhook.Failed: 'f',
	webhook.Bounced: 'b', webhook.Dropped: 'x', webhook.Spam: 'p', webhook.Unsubscribed: 'u',
}

// The reasons of rows whose email did not get through. They are codes of ours alone: what Qflow quotes from another mail
// server holds addresses.
const (
	ReasonBounced      = "bounced"
	ReasonDropped      = "dropped"
	ReasonSpam         = "marked_as_spam"
	ReasonUnsubscribed = "unsubscribed"
	ReasonSendFailed   = "send_failed"
)

// mailReasons are they, by the event that brings them about.
var mailReasons = map[webhook.Kind]Reason{
	webhook.Bounced:      {Code: ReasonBounced, Text: "the email came back: there is no such address, or it takes none"},
	webhook.Dropped:      {Code: ReasonDropped, Text: "not sent: the guest has unsubscribed or complained before"},
	webhook.Spam:         {Code: ReasonSpam, Text: "the guest has marked the email as spam"},
	webhook.Unsubscribed: {Code: ReasonUnsubscribed, Text: "the guest has unsubscribed"},
	webhook.Failed:       {Code: ReasonSendFailed, Text: "Qflow could not send the email; drop the row again to have it sent"},
}

// reasonArgs are the reasons by letter, for the script.
var reasonArgs = func() (args []any) {
	for kind, why := range mailReasons {
		raw, err := json.Marshal(why)
		if err != nil {
			panic(err) // two strings
		}
		args = append(args, string(letters[kind]), raw)
	}
	return args
}()

// eventTransitions are the changes that an event may bring about, apart from the table of state.go: that one is for what we do, this one
// for what has become true meanwhile. An email that is out is out, also if its row was refused, exhausted or cancelled since.
//
// A failed send goes to refused, where a person finds it in rejects.csv: dropping that file sends it again, to a guest that
// exists. It is not held against a row that is on its way anyhow. Undeliverable would keep other imports from sending it.
var eventTransitions = map[State][]State{
	Accepted:      {Queued, Parked, ParkedTried, Sending, Unknown, Exhausted, Refused, Cancelled},
	Delivered:     {Queued, Parked, ParkedTried, Sending, Unknown, Exhausted, Refused, Cancelled, Accepted, Undeliverable},
	Undeliverable: {Queued, Parked, ParkedTried, Sending, Unknown, Exhausted, Refused, Cancelled, Accepted, Delivered},
	Refused:       {Unknown, Accepted},
}

// toldArg is that table for the script.
var toldArg = func() string {
	table := []byte(strings.Repeat("0", 16*16))
	for to, froms := range eventTransitions {
		for _, from := range froms {
			table[int(from)*16+int(to)] = '1'
		}
	}
	return string(table)
}()

var deliverScript = script("deliver")

// Deliver writes down what Qflow tells of a row's email and moves the row, in one step. The same events in any order, any
// number of times, end in the same state.
func (l *Ledger) Deliver(ctx context.Context, of Owner, m EmailEvent) (EventResult, error) {
	told, err := l.deliver(ctx, of, m)
	if err == nil && (told.Effect == Recorded || told.Effect == StateChanged) {
		l.journal.told(of, m)
	}
	return told, err
}

func (l *Ledger) deliver(ctx context.Context, of Owner, m EmailEvent) (EventResult, error) {
	letter, known := letters[m.Kind]
	if !known {
		return EventResult{}, fmt.Errorf("an event of the kind %s is about no row", m.Kind)
	}
	key, field := l.eventsKey(of)
	args := append([]any{
		toldArg, classArg, of.Row, field, m.record(letter), maxEvents * recordSize, rememberDelivery.Milliseconds(),
	}, reasonArgs...)
	out, err := deliverScript.Run(ctx, l.redis, []string{
		l.importKey(of.Import), l.rowsKey(of.Import), l.reasonsKey(of.Import), l.triesKey(of.Import), key, l.deliveryKey(m.Delivery),
	}, args...).Slice()
	if err != nil {
		return EventResult{}, fmt.Errorf("write down an email of import %s: %w", of.Import, err)
	}
	told := EventResult{Effect: Effect(out[0].(string)), From: State(out[1].(int64)), To: State(out[2].(int64)), Finished: out[3].(int64) == 1} //nolint:gosec // states of the script
	if told.Effect == StateChanged {
		why := mailReasons[kindOf(out[4].(string))]
		l.tell(ctx, of.Import, []Move{{Row: of.Row, To: told.To, Reason: why}}, []Moved{{Before: RowByte(told.From), OK: true}}, told.Finished)
	}
	return told, nil
}

// kindOf reads a letter.
func kindOf(letter string) webhook.Kind {
	for kind, l := range letters {
		if string(l) == letter {
			return kind
		}
	}
	return ""
}

// HasChunks tells whose chunks' rows are still kept. An event may turn a row that was fine, and whose chunk was forgotten with
// it, into one that a person wants to try again.
func (l *Ledger) HasChunks(ctx context.Context, id string, chunks []int) (map[int]bool, error) {
	pipe := l.redis.Pipeline()
	there := map[int]*redis.IntCmd{}
	for _, n := range chunks {
		if there[n] == nil {
			there[n] = pipe.Exists(ctx, l.chunkKey(id, n))
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for the chunks of import %s: %w", id, err)
	}
	has := make(map[int]bool, len(there))
	for n, cmd := range there {
		has[n] = cmd.Val() == 1
	}
	return has, nil
}

// recordSize is a letter, four bytes that tell one invitation of a row from another, and the time in seconds since 1970.
const recordSize = 1 + 4 + 4

func (m EmailEvent) record(letter byte) []byte {
	record := append(make([]byte, 0, recordSize), letter)
	sum := sha256.Sum256([]byte(strings.ToLower(m.Invitation)))
	record = append(record, sum[:4]...)
	return binary.BigEndian.AppendUint32(record, uint32(min(max(m.At.Unix(), 0), math.MaxUint32)))
}

func (l *Ledger) eventsKey(of Owner) (key, field string) {
	return fmt.Sprintf("%s:events:%d", l.importKey(of.Import), (of.Row-1)/eventsPerKey), strconv.Itoa((of.Row - 1) % eventsPerKey)
}

// deliveryKey does not hold what came from outside, which may be of any length.
func (l *Ledger) deliveryKey(delivery string) string {
	sum := sha256.Sum256([]byte(delivery))
	return fmt.Sprintf("%swebhook:seen:%x", l.Prefix(), sum[:12])
}

// Events gives what became of a row's email, in the order in which it happened. Delivery and Invitation are not kept.
func (l *Ledger) Events(ctx context.Context, of Owner) ([]EmailEvent, error) {
	key, field := l.eventsKey(of)
	raw, err := l.redis.HGet(ctx, key, field).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read the emails of import %s: %w", of.Import, err)
	}
	var list []EmailEvent
	for ; len(raw) >= recordSize; raw = raw[recordSize:] {
		list = append(list, EmailEvent{Kind: kindOf(string(raw[:1])), At: time.Unix(int64(binary.BigEndian.Uint32(raw[5:])), 0).UTC()})
	}
	slices.SortStableFunc(list, func(a, b EmailEvent) int { return a.At.Compare(b.At) })
	return list, nil
}

// EmailOwner finds the row that owns a guest's email in the guest index: for events that do not echo a correlation id. Without a
// template it must be the guest's only one.
func (l *Ledger) EmailOwner(ctx context.Context, event, guest, template string) (Owner, bool, error) {
	id, is := parseGUID(guest)
	if !is || event == "" {
		return Owner{}, false, nil
	}
	g := Guest{ID: id, Event: canonical(event), Template: canonical(template)}
	record, err := l.redis.HGet(ctx, l.bucketKey(&g), string(id[4:])).Bytes()
	if errors.Is(err, redis.Nil) {
		return Owner{}, false, nil
	}
	if err != nil {
		return Owner{}, false, fmt.Errorf("look a guest up: %w", err)
	}
	owner, found := mailer(record, g.Template)
	return owner, found, nil
}

// mailer reads a record of the guest index, which claim.lua describes.
func mailer(record []byte, template string) (Owner, bool) {
	const head, email = 1 + 8 + 12, 4 + 12
	if len(record) < head+email {
		return Owner{}, false
	}
	emails := record[head:]
	if template == "" {
		return ownerOf(emails[4:email]), len(emails) == email
	}
	sum := sha256.Sum256([]byte(template))
	for ; len(emails) >= email; emails = emails[email:] {
		if bytes.Equal(emails[:4], sum[:4]) {
			return ownerOf(emails[4:email]), true
		}
	}
	return Owner{}, false
}

func ownerOf(raw []byte) Owner {
	return Owner{Import: string(raw[:8]), Row: int(binary.BigEndian.Uint32(raw[8:]))}
}

// canonical is a GUID as the importer writes it.
func canonical(id string) string {
	if u, is := parseGUID(id); is {
		return u.String()
	}
	return id
}

func parseGUID(s string) (uuid.UUID, bool) {
	id, err := uuid.Parse(s)
	return id, err == nil
}

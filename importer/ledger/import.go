package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/filename"
	"guestflow/importer/spec"
)

// ErrNotFound says that no import has this id.
var ErrNotFound = errors.New("no such import")

// ErrExpired says that an id was an import's whose record is no longer kept. Its guests may be, so the id is not used
// again.
var ErrExpired = errors.New("the import has expired")

// Import is the record of one run over one source.
type Import struct {
	ID string `json:"id"`
	spec.Spec
	// Partial records are of a version before, which kept neither mapping, zone, dates nor the splitting of names.
	Partial bool `json:"-"`

	Source string `json:"source"` // the file's path, or where it was moved to
	SHA256 string `json:"sha256"` // of the file's bytes

	// Filled are the fields of guests that rows of its list have, of those that are written empty where a row has none;
	// nil where that is not known, as of imports of a version before.
	Filled []string `json:"-"`

	// ResendMark is any text: emails go also to guests who have had them from an import with another mark.
	ResendMark string `json:"-"`

	Rows     int       `json:"rows"`  // records in the file
	Chunk    int       `json:"chunk"` // rows in one task
	Lane     int       `json:"lane"`  // which of the account's queues its tasks go by
	Given    time.Time `json:"-"`     // when its list came, where it may have waited; the zero time is when it was begun
	Started  time.Time `json:"started"`
	Updated  time.Time `json:"updated"`
	Finished time.Time `json:"finished,omitzero"` // when no row was open any more
	Stopped  string    `json:"stopped,omitempty"` // why a person stopped it
	Enqueued int       `json:"-"`                 // chunks that are certainly enqueued: where a resumed import goes on

	Salt      string `json:"-"` // distinguishes its correlation ids from those of an import that Redis has forgotten
	Successor string `json:"-"` // the import of what its file holds by now, noted while this one was half-way
	GivenUp   bool   `json:"-"` // for its successor's sake: what had not been enqueued never will be

	forgotten time.Time // when its guests were, by ForgetGuests
	place     place     // among the imports of the account
	awaited   bool      // rows of other imports wait for some of its rows, or have
	waitsFor  []string  // imports for whose rows some of its rows wait, or have

	Counts Counts `json:"counts"`

	Gone *Gone `json:"gone,omitempty"` // who of the last import of the same profile is not in its list
}

// Counts is how many rows are in each state.
type Counts [states]int

// Total is the sum over all states: the rows of the file.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// Open is how many rows still move by themselves.
func (c Counts) Open() int { return c.of(func(s State) bool { return s.Class() == Open }) }

// Parked is how many rows wait for a gate.
func (c Counts) Parked() int { return c[Parked] + c[ParkedTried] }

// Filtered is how many rows the import's rule leaves out.
func (c Counts) Filtered() int { return c[Filtered] }

// Attention is how many rows want a person.
func (c Counts) Attention() int {
	return c.of(State.NeedsAttention)
}

func (c Counts) of(which func(State) bool) int {
	n := 0
	for s, v := range c {
		if which(State(s)) {
			n += v
		}
	}
	return n
}

// MarshalJSON names the states; those without rows are left out.
func (c Counts) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for _, s := range AllStates() {
		if c[s] == 0 {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%d", s.String(), c[s])
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// FileName returns the name that the file had when it came.
func (i Import) FileName() string { return filename.Original(i.Source) }

// Done reports whether no row is open any more.
func (i Import) Done() bool { return !i.Finished.IsZero() }

// PartlyEnqueued reports whether some of its rows are not enqueued for certain, and are to be.
func (i Import) PartlyEnqueued() bool {
	if i.Done() || i.GivenUp || i.Stopped == StoppedCancelled || i.Chunk == 0 {
		return false
	}
	return i.Enqueued*i.Chunk < i.Rows || i.Counts[New] > 0
}

// QueuedChunks is about how many chunks have rows that were enqueued and still move.
func (i Import) QueuedChunks() int {
	return (i.Counts.Open() - i.Counts[New] + i.Chunk - 1) / max(i.Chunk, 1)
}

// Create writes a new import, with all its rows in state new, or returns the one that is there under its id;
// ErrExpired if there was one. Of some lanes it gets the first of those by which the fewest imports go that are not
// over, whatever they wait for.
func (l *Ledger) Create(ctx context.Context, i Import, lanes ...int) (Import, bool, error) {
	if len(lanes) == 0 {
		lanes = []int{i.Lane}
	}
	i.Account = l.account
	args := []any{
		i.ID, int(l.retention.Seconds()), i.Rows, HeartbeatTTL.Milliseconds(), strings.Trim(fmt.Sprint(lanes), "[]"),
	}
	window, err := i.windowFields()
	if err != nil {
		return Import{}, false, err
	}
	word, err := l.wordOf(ctx, i)
	if err != nil {
		return Import{}, false, fmt.Errorf("create import %s: %w", i.ID, err)
	}
	placed, err := l.placeOf(ctx, i)
	if err != nil {
		return Import{}, false, fmt.Errorf("create import %s: %w", i.ID, err)
	}
	args = append(append(append(append(args, i.fields()...), window...), word...), placed...)
	keys := []string{l.keys.Import(i.ID), l.keys.imports(), l.keys.importing(), l.keys.known(), l.keys.order()}
	created, err := createScript.Run(ctx, l.redis, keys, args...).Int()
	if err != nil {
		return Import{}, false, fmt.Errorf("create import %s: %w", i.ID, err)
	}
	if created < 0 {
		return Import{}, false, fmt.Errorf("create import %s: %w", i.ID, ErrExpired)
	}
	there, err := l.Import(ctx, i.ID)
	if err != nil {
		return Import{}, false, err
	}
	if there.SHA256 != i.SHA256 || there.Event != i.Event || there.Template != i.Template {
		return Import{}, false, fmt.Errorf("create import %s: another import has the same id", i.ID)
	}
	return there, created > 0, nil
}

var createScript = script("create")

// Import reads one record.
func (l *Ledger) Import(ctx context.Context, id string) (Import, error) {
	fields, err := l.redis.HGetAll(ctx, l.keys.Import(id)).Result()
	if err != nil {
		return Import{}, fmt.Errorf("read import %s: %w", id, err)
	}
	if fields["rows"] == "" { // what is written to one that has just expired is no record
		return Import{}, fmt.Errorf("import %q: %w", id, ErrNotFound)
	}
	return parseImport(id, fields), nil
}

// fields are those of a new record. The spec is there twice: as a whole, and in the fields that scripts and the
// version before read. contacts says that the guest index gets the address and the name of each guest (guestindex).
func (i Import) fields() []any {
	whole, _ := json.Marshal(i.Spec) // texts and switches: it always can
	return []any{
		"spec", whole,
		"account", i.Account, "event", i.Event, "template", i.Template, "profile", i.Profile, "key", i.Key, "again", i.Again,
		"sheet", i.Sheet, "encoding", i.Encoding, "header_row", i.HeaderRow, "hidden", i.Hidden,
		"resend", i.ResendMark, "source", i.Source, "sha256", i.SHA256, "rows", i.Rows, "chunk", i.Chunk,
		"enqueued", 0, "salt", newSalt(), "contacts", 1, "filled", filledText(i.Filled),
		"leaves_known", i.MissingColumns == spec.KeepMissing,
	}
}

// filledText is how a record keeps the filled fields: that there are none is another thing than that they are not known.
func filledText(fields []string) string {
	if fields == nil {
		return ""
	}
	return "=" + strings.Join(fields, ",")
}

func parseFilled(text string) []string {
	list, known := strings.CutPrefix(text, "=")
	switch {
	case !known:
		return nil
	case list == "":
		return []string{}
	}
	return strings.Split(list, ",")
}

// parseSpec reads the spec of a record. One of the version before has only some fields of it.
func parseSpec(f map[string]string) (s spec.Spec, partial bool) {
	if json.Unmarshal([]byte(f["spec"]), &s) == nil {
		return s, false
	}
	return spec.Spec{
		Account: f["account"], Event: f["event"], Template: f["template"], Profile: f["profile"], Key: f["key"],
		Again: f["again"], Resend: f["resend"] != "",
		Reading: spec.Reading{
			Sheet: f["sheet"], Encoding: f["encoding"], HeaderRow: f["header_row"], Hidden: f["hidden"], BlankRows: true,
		},
	}, true
}

func parseImport(id string, f map[string]string) Import {
	i := Import{
		ID: id, ResendMark: f["resend"], Source: f["source"], SHA256: f["sha256"], Stopped: f["stopped"],
		Rows: number(f["rows"]), Chunk: number(f["chunk"]), Lane: number(f["lane"]), Enqueued: number(f["enqueued"]),
		Started: at(f["started"]), Updated: at(f["updated"]), Finished: at(f["finished"]),
		Salt: f["salt"], Successor: f["successor"], GivenUp: f["given_up"] != "", forgotten: at(f["forgotten"]),
	}
	i.Spec, i.Partial = parseSpec(f)
	i.Given, i.Filled = atMillis(f["given"]), parseFilled(f["filled"])
	i.place, i.awaited, i.waitsFor = parsePlace(f), f["awaited"] != "", strings.Fields(f["waits_for"])
	i.SendWindow = f["window"] // which may have been changed
	i.Gone = parseGone(f["gone"])
	for s := range i.Counts {
		i.Counts[s] = number(f[State(s).counter()])
	}
	return i
}

func number(s string) int {
	if s == "" {
		return 0
	}
	n, _ := strconv.Atoi(s) // written by our scripts only
	return n
}

func at(ms string) time.Time {
	n, _ := strconv.ParseInt(ms, 10, 64)
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// SetSource records where the file is now, for the report.
func (l *Ledger) SetSource(ctx context.Context, id, path string) error {
	if err := l.set(ctx, id, "source", path); err != nil {
		return fmt.Errorf("note the source of import %s: %w", id, err)
	}
	return nil
}

// set writes a field of a record that is there.
func (l *Ledger) set(ctx context.Context, id, field string, value any) error {
	err := setScript.Run(ctx, l.redis, []string{l.keys.Import(id)}, field, value).Err()
	if errors.Is(err, redis.Nil) { // the script returns nothing
		return nil
	}
	return err
}

var setScript = script("set")

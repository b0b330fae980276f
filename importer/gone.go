package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"guestflow/importer/filename"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/reread"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/visible"
)

// Gone is who of the last import of the same profile and event is not in a list. Nothing is done about them.
type Gone struct {
	ledger.Gone

	File    string    `json:"file"` // of the earlier import
	Started time.Time `json:"started"`
	First   []GoneRow `json:"first"`             // the first ones
	Unnamed string    `json:"unnamed,omitempty"` // why lines and names are not known

	// Waiting is how many of them wait, so that their emails have not left; WaitingRows are the first ones.
	Waiting     int   `json:"waiting,omitempty"`
	WaitingRows []int `json:"waiting_rows,omitempty"`

	// Rejected is how many rows of the list are rejected: some may be of these guests, who are not gone then.
	Rejected int `json:"rejected,omitempty"`

	rows []byte // a bit for each row of the earlier import
}

// GoneRow is a row of the earlier import whose guest is not in the list.
type GoneRow struct {
	Row    int    `json:"row"`
	Line   int    `json:"line,omitempty"`
	Unsure bool   `json:"unsure,omitempty"` // he may be: a version before has imported him, and another import had him since
	Name   string `json:"name,omitempty"`   // where the settings ask for values
}

const (
	// maxGoneShown is how many a plan lists.
	maxGoneShown = 100
	// maxWaitingRows is how many are named who wait for their emails.
	maxWaitingRows = 50
	// maxMembers is of how many guests, whom another import has had since, it is known that they are in the list: 8 MiB.
	// Beyond that it is not known of the others.
	maxMembers = 1_000_000
	// lastPages and lastPage are in how many imports, the newest first, the last one of a profile is looked for.
	lastPages = 10
	lastPage  = 100
	// namedWithin is how long names are looked for in the file of the earlier import.
	namedWithin = 5 * time.Second
)

// goneFinder notes which guests of an earlier import are in the list that is being read.
type goneFinder struct {
	since   ledger.Import
	here    []byte   // a bit for each of its rows, of guests whose latest row it is
	members []uint64 // the guests of the list whose latest row is of another import
	beyond  bool     // there are more of these than are kept
	met     int      // guests of the list who are of the earlier import by their latest row
}

// findLast begins to look for who is gone, if there is an import to compare with: the last one of the same profile and
// event that was not of this file, not cancelled, and no resend of some rows.
func (p *planner) findLast(ctx context.Context) error {
	s := p.Settings
	if s.ledger == nil || s.Compare == nil || s.Resends != nil {
		return nil
	}
	sum := p.SHA256
	for before, n := "", 0; n < lastPages; n++ {
		page, err := s.ledger.Page(ctx, "", before, lastPage)
		if err != nil {
			return err
		}
		for _, imp := range page.Imports {
			if imp.Event != s.Event || imp.Profile != s.Profile || imp.Resends != nil || imp.GivenUp || imp.Stopped == ledger.StoppedCancelled {
				continue
			}
			if sum == "" { // the hash of the file, which is read to its end later
				if sum, err = hashOf(ctx, p.Path); err != nil {
					return err
				}
			}
			if imp.SHA256 != sum {
				p.gone = &goneFinder{since: imp, here: make([]byte, (imp.Rows+7)/8)}
				return nil
			}
		}
		if before = page.Older; before == "" {
			break
		}
	}
	return nil
}

func hashOf(ctx context.Context, path string) (string, error) {
	f, err := rows.OpenFile(ctx, path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", listfile.PreferContext(ctx, &FileError{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err})
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// meet notes a known guest who is in the list.
func (g *goneFinder) meet(id uuid.UUID, owner ledger.Owner) {
	switch {
	case g == nil || owner.Import == "":
	case owner.Import == g.since.ID && owner.Row >= 1 && owner.Row <= g.since.Rows:
		g.met++
		setBit(g.here, owner.Row)
	case len(g.members) == maxMembers:
		g.beyond = true
	default:
		g.members = append(g.members, memberNumber(memberKey(id)))
	}
}

func setBit(bits []byte, row int) { bits[(row-1)/8] |= 0x80 >> ((row - 1) % 8) }

func hasBit(bits []byte, row int) bool {
	at := (row - 1) / 8
	return at < len(bits) && bits[at]&(0x80>>((row-1)%8)) != 0
}

// memberKey is what is kept of a guest's id by row: bytes that are random in it.
func memberKey(id uuid.UUID) ledger.MemberKey { return ledger.MemberKey(id[10:]) }

func memberNumber(k ledger.MemberKey) (n uint64) {
	for _, b := range k {
		n = n<<8 | uint64(b)
	}
	return n
}

// result compares the rows of the earlier import with the guests of the list; nil where the list does not follow it.
func (g *goneFinder) result(ctx context.Context, l *ledger.Ledger) (*Gone, error) {
	slices.Sort(g.members)
	gone := &Gone{
		Gone: ledger.Gone{Import: g.since.ID}, File: g.since.FileName(), Started: g.since.Started,
		rows: make([]byte, len(g.here)),
	}
	err := l.EachWindow(ctx, g.since.ID, func(first int, bytes []ledger.RowByte) error {
		keys, err := l.Members.Get(ctx, g.since.ID, first, first+len(bytes)-1)
		if err != nil {
			return err
		}
		for i, b := range bytes {
			if b.State() != ledger.New && b.State().Class() != ledger.Released && keys[i] != ledger.ErasedMember {
				gone.Guests++
				if g.compare(gone, first+i, keys[i]) {
					gone.wait(first+i, b)
				}
			}
		}
		return nil
	})
	if errors.Is(err, ledger.ErrNotFound) { // it has just expired
		return nil, nil
	}
	return gone, err
}

// wait notes a row that waits, if nothing of it has begun.
func (g *Gone) wait(row int, b ledger.RowByte) {
	s := b.State()
	if s != ledger.Queued && s != ledger.Parked && s != ledger.ParkedTried || b.HasFlag(ledger.MaybeSent) {
		return
	}
	if g.Waiting++; len(g.WaitingRows) < maxWaitingRows {
		g.WaitingRows = append(g.WaitingRows, row)
	}
}

// compare adds a row whose guest is not in the list, and reports whether that is certain.
func (g *goneFinder) compare(gone *Gone, row int, key ledger.MemberKey) (certain bool) {
	if hasBit(g.here, row) {
		return false
	}
	_, here := slices.BinarySearch(g.members, memberNumber(key))
	unsure := key == ledger.MemberKey{} || g.beyond
	if here && key != (ledger.MemberKey{}) {
		return false
	}
	gone.Rows++
	if unsure {
		gone.Unsure++
	}
	setBit(gone.rows, row)
	if len(gone.First) < maxGoneShown {
		gone.First = append(gone.First, GoneRow{Row: row, Unsure: unsure})
	}
	return !unsure
}

// findGone says who is gone. Lists under no profile come as they like: there it is said only of one that follows the other.
func (p *planner) findGone(ctx context.Context) error {
	if p.gone == nil {
		return nil
	}
	gone, err := p.gone.result(ctx, p.Settings.ledger)
	if err != nil || gone == nil {
		return err
	}
	same := gone.Guests - gone.Rows
	follows := p.Settings.Profile != "" || 2*same >= gone.Guests || 2*same >= p.Guests || gone.File == filename.Original(p.Path)
	if !follows {
		return nil
	}
	p.Gone, gone.Rejected = gone, p.Rejected
	if gone.Rows > 0 && p.Settings.ShowValues {
		p.nameGone(ctx)
	}
	return nil
}

// nameGone looks lines and names up in the file of the earlier import, where it still is.
func (p *planner) nameGone(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, namedWithin)
	defer cancel()
	since, gone := p.gone.since, p.Gone
	path := since.Source
	if p.Settings.Locate != nil {
		path = p.Settings.Locate(path)
	}
	rows := make([]int, len(gone.First))
	for i, r := range gone.First {
		rows[i] = r.Row
	}
	found, err := reread.ReadRows(ctx, path, since.SHA256, since.Spec, rows)
	if err != nil {
		gone.Unnamed = "its file is gone or was changed"
		if ctx.Err() != nil {
			gone.Unnamed = "its file is too long to look for them"
		}
		return
	}
	for i, r := range found.Rows {
		gone.First[i].Line = r.Line
		gone.First[i].Name = visible.Shorten(strings.TrimSpace(r.Guest.FirstName + " " + r.Guest.LastName))
	}
}

// Text says how many guests are gone; "" without any.
func (g *Gone) Text() string {
	if g == nil || g.Rows == 0 {
		return ""
	}
	text := fmt.Sprintf("%s gone: not in this list, of the %d of import %s (%s); nothing is done about that",
		are(g.Rows, "guest"), g.Guests, g.Import, g.File)
	if g.Rejected > 0 {
		text += fmt.Sprintf("; %s may be %s of them",
			plural.Of(g.Rejected, "rejected row of this list", "rejected rows of this list"), plural.Word(g.Rejected, "one", "some"))
	}
	text += g.waitingText()
	if g.Unsure == g.Rows {
		return text + "; an earlier version imported them, so some may be here with changes since"
	}
	if g.Unsure > 0 {
		return fmt.Sprintf("%s; %d of them may be here with changes since", text, g.Unsure)
	}
	return text
}

// waitingText says of how many the email has not left, and what stops it; "" without any.
func (g *Gone) waitingText() string {
	if g.Waiting == 0 {
		return ""
	}
	numbers := make([]string, len(g.WaitingRows))
	for i, row := range g.WaitingRows {
		numbers[i] = strconv.Itoa(row)
	}
	return fmt.Sprintf("; %s in that import, and %s out by: guestflow cancel %s %s",
		plural.Of(g.Waiting, "of them still waits", "of them still wait"), plural.Word(g.Waiting, "is taken", "are taken"),
		g.Import, strings.Join(numbers, ","))
}

// noteGone keeps with an import who is gone from its list, for its report.
func (im *Importer) noteGone(ctx context.Context, p Plan, id string) error {
	if p.Gone == nil || p.Gone.Rows == 0 {
		return nil
	}
	return im.ledger.SetGone(ctx, id, p.Gone.Gone, p.Gone.rows)
}

// members are whose guests the rows of a batch are.
type members struct {
	first int
	keys  []ledger.MemberKey
}

func (s batch) members() members {
	end := s[len(s)-1].rows
	m := members{first: s[0].rows[0].Row.Row}
	m.keys = make([]ledger.MemberKey, end[len(end)-1].Row.Row-m.first+1)
	return m
}

// add notes a row that was claimed, if it is a guest of its import.
func (m members) add(row int, c guestindex.Claimed) {
	if c.Verdict != guestindex.Near && c.Verdict != guestindex.Duplicate {
		m.keys[row-m.first] = memberKey(c.ID)
	}
}

// metNear notes the guests whom a row may be, unless it is decided to be another.
func (p *planner) metNear(r nearRow, choice spec.NearChoice) {
	if choice == spec.NearNew {
		return
	}
	for _, a := range r.left {
		p.gone.meet(a.ID, a.Owner)
	}
}

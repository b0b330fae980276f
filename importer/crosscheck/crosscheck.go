// Package crosscheck compares the guests that Qflow lists of an event with those that imports know of it: who is in
// both, only there, or only here, and whose data differ.
//
// It proves little, on purpose. A list may be a part of the guests (docs/qflow-api.md section 4.5), so that no guest is
// missing there for certain; and a guest who is there proves no email. So it changes nothing. Memory does not grow with
// the list: what was listed is kept as hashes in a temporary file, and the guests themselves are handed on.
package crosscheck

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/seen"
	"guestflow/qflow"
)

// What is what was found of a guest.
type What string

// The findings. Guests who are in both and the same have none.
const (
	ThereOnly  What = "there only" // Qflow lists it, and no import knows it
	HereOnly   What = "here only"  // a row has created it, and Qflow does not list it
	Differs    What = "differs"    // Qflow lists it with other data than its row has written
	Unexpected What = "unexpected" // Qflow lists it, and its row came to nothing
	Evidence   What = "evidence"   // its row's email is unknown, and the record shows the row's call (Settleable)
	Unproven   What = "unproven"   // its row's email is unknown, and the record shows nothing of it
)

// Finding is a guest whose two sides differ.
type Finding struct {
	What   What
	Guest  qflow.Listed // as Qflow lists it; empty where it does not
	Owner  ledger.Owner // its row; empty where there is none
	State  ledger.State // of the row
	Fields []string     // that differ, of Differs, once Name was called
}

// Counts are what was counted.
type Counts struct {
	Pages  int `json:"pages"`
	Listed int `json:"listed"` // guests that Qflow has listed, each once
	Both   int `json:"both"`   // of these, those that an import knows
	Same   int `json:"same"`   // and that are as their row has written them
	Moving int `json:"moving"` // and whose row still moves

	ThereOnly   int `json:"there_only"`
	HereOnly    int `json:"here_only"`
	Differs     int `json:"differs"`
	Unexpected  int `json:"unexpected"`
	Evidence    int `json:"evidence"`
	Unproven    int `json:"unproven"`
	OtherImport int `json:"other_import"` // listed, and of another import than the one that is looked at
	NotCreated  int `json:"not_created"`  // known here, not listed, and not created either
}

// Check compares one event. It is for one goroutine, and must be closed.
type Check struct {
	Counts

	ledger    *ledger.Ledger
	index     guestindex.Index
	event, of string
	found     func(Finding) error
	listed    *seen.Set
	imports   map[string]*ledger.Import // those that were asked for; nil of those that are gone
	batch     []qflow.Listed
	fresh     int // guests of the page that no page before had
	hasher    guest.Hasher
}

// New begins to compare an event's guests with those of one import, or of all for "". found is called with what
// differs.
func New(l *ledger.Ledger, event, of string, found func(Finding) error) *Check {
	return &Check{
		ledger: l, index: guestindex.For(l), event: guest.CanonicalID(event), of: of, found: found, listed: seen.New(),
		imports: map[string]*ledger.Import{},
	}
}

// Close removes the temporary file.
func (c *Check) Close() error { return c.listed.Close() }

// batchSize is how many guests are looked up in one round trip.
const batchSize = 200

// Add adds a guest that Qflow lists.
func (c *Check) Add(ctx context.Context, g qflow.Listed) error {
	if c.batch = append(c.batch, g); len(c.batch) < batchSize {
		return nil
	}
	return c.flush(ctx)
}

// EndPage ends a page, and returns how many of its guests no page before had.
func (c *Check) EndPage(ctx context.Context) (fresh int, err error) {
	err = c.flush(ctx)
	fresh, c.fresh = c.fresh, 0
	c.Pages++
	return fresh, err
}

// flush compares the guests that were added last.
func (c *Check) flush(ctx context.Context) error {
	guests, ids, err := c.firsts()
	if err != nil || len(guests) == 0 {
		return err
	}
	known, err := c.index.Lookup(ctx, c.event, ids)
	if err != nil {
		return err
	}
	sides := make([]side, len(guests))
	for i := range guests {
		sides[i] = side{guest: &guests[i], known: known[i], email: c.emailRow(guests[i])}
	}
	if err := c.readRows(ctx, sides); err != nil {
		return err
	}
	for i := range sides {
		if err := c.compare(ctx, &sides[i]); err != nil {
			return err
		}
	}
	return nil
}

// firsts takes those guests of the batch that were not listed before.
func (c *Check) firsts() (guests []qflow.Listed, ids []uuid.UUID, err error) {
	for _, g := range c.batch {
		id, invalid := uuid.Parse(g.ID)
		if invalid != nil {
			id = uuid.NewSHA1(uuid.NameSpaceOID, []byte(g.ID)) // no guest of ours
		}
		_, twice, err := c.listed.Add(seen.Hash(guestindex.KeyOf(id)), 0)
		if err != nil {
			return nil, nil, err
		}
		if !twice {
			guests, ids = append(guests, g), append(ids, id)
		}
	}
	c.batch = c.batch[:0]
	c.fresh += len(guests)
	c.Listed += len(guests)
	return guests, ids, nil
}

// side is a guest with what is known of it here.
type side struct {
	guest *qflow.Listed
	known guestindex.Known
	email ledger.Owner // the row whose call has made the guest, as its record says

	row, emailRow ledger.RowByte
}

// emailRow returns the row that a guest's record names.
func (c *Check) emailRow(g qflow.Listed) ledger.Owner {
	owner, _ := ledger.ParseCorrelationID(c.ledger.Account(), g.CorrelationID)
	return owner
}

// readRows reads the bytes of the guests' rows.
func (c *Check) readRows(ctx context.Context, sides []side) error {
	owners := make([]ledger.Owner, 0, 2*len(sides))
	for _, s := range sides {
		owners = append(owners, s.known.Owner, s.email)
	}
	bytes, err := c.rowBytes(ctx, owners)
	if err != nil {
		return err
	}
	for i := range sides {
		sides[i].row, sides[i].emailRow = bytes[2*i], bytes[2*i+1]
	}
	return nil
}

// rowBytes reads the bytes of rows of any imports; those of none are new.
func (c *Check) rowBytes(ctx context.Context, owners []ledger.Owner) ([]ledger.RowByte, error) {
	read := make([]*redis.StringCmd, len(owners))
	_, err := c.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, o := range owners {
			if o.Row > 0 {
				read[i] = p.GetRange(ctx, c.ledger.Keys().Rows(o.Import), int64(o.Row-1), int64(o.Row-1))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the rows of guests: %w", err)
	}
	bytes := make([]ledger.RowByte, len(owners))
	for i, cmd := range read {
		if cmd != nil && len(cmd.Val()) == 1 {
			bytes[i] = ledger.RowByte(cmd.Val()[0])
		}
	}
	return bytes, nil
}

// compare counts a guest, and reports it if its two sides differ.
func (c *Check) compare(ctx context.Context, s *side) error {
	owner := s.known.Owner
	switch {
	case owner.Import == "":
		c.ThereOnly++
		return c.found(Finding{What: ThereOnly, Guest: *s.guest})
	case c.of != "" && owner.Import != c.of && s.email.Import != c.of:
		c.OtherImport++
		return nil
	}
	c.Both++
	if s.emailRow.State() == ledger.Unknown {
		return c.compareUnknown(ctx, s, s.email, s.emailRow)
	}
	switch state := s.row.State(); {
	case state == ledger.Unknown:
		return c.compareUnknown(ctx, s, owner, s.row)
	case state.Class() == ledger.Open:
		c.Moving++
	case state.Class() == ledger.Released:
		c.Unexpected++
		return c.found(Finding{What: Unexpected, Guest: *s.guest, Owner: owner, State: state})
	case c.sameContent(s):
		c.Same++
	default:
		c.Differs++
		return c.found(Finding{What: Differs, Guest: *s.guest, Owner: owner, State: state})
	}
	return nil
}

// compareUnknown judges a row whose email is unknown by its guest's record.
func (c *Check) compareUnknown(ctx context.Context, s *side, row ledger.Owner, b ledger.RowByte) error {
	proven, err := c.provesCall(ctx, s, row, b)
	if err != nil {
		return err
	}
	f := Finding{What: Unproven, Guest: *s.guest, Owner: row, State: ledger.Unknown}
	if proven {
		f.What = Evidence
		c.Evidence++
	} else {
		c.Unproven++
	}
	return c.found(f)
}

// provesCall reports whether a guest's record shows that the call of this row has made the guest, with the template of
// its email: then a person may settle the row as accepted. A row that was told no before (Tried) is left out: that call
// may have made the guest and refused the email (docs/design.md section 4).
func (c *Check) provesCall(ctx context.Context, s *side, row ledger.Owner, b ledger.RowByte) (bool, error) {
	if s.email != row || b.HasFlag(ledger.Tried) || s.guest.TemplateID == "" {
		return false, nil
	}
	if owner, is := s.known.EmailOwner(s.guest.TemplateID); !is || owner != row {
		return false, nil
	}
	imp, err := c.importOf(ctx, row.Import)
	if err != nil || imp == nil {
		return false, err
	}
	return strings.EqualFold(imp.CorrelationID(row.Row).String(), s.guest.CorrelationID), nil
}

// importOf returns an import, or nil if it is gone.
func (c *Check) importOf(ctx context.Context, id string) (*ledger.Import, error) {
	if imp, asked := c.imports[id]; asked {
		return imp, nil
	}
	imp, err := c.ledger.Import(ctx, id)
	switch {
	case err == nil:
		c.imports[id] = &imp
	case isNotFound(err):
		c.imports[id] = nil
	default:
		return nil, err
	}
	return c.imports[id], nil
}

// sameContent reports whether a guest is as its row has written it. One who was corrected keeps the id by which he is known,
// and the content of the row that has corrected him was hashed with that row's own.
func (c *Check) sameContent(s *side) bool {
	g := s.guest.Guest
	g.ID, g.EventID = guest.CanonicalID(g.ID), c.event
	if c.isContent(g, s.known.Content) {
		return true
	}
	return slices.ContainsFunc(guest.PossibleIDs(c.ledger.Account(), g), func(id uuid.UUID) bool {
		g.ID = id.String()
		return c.isContent(g, s.known.Content)
	})
}

// isContent reports whether a guest has a content. A barcode that the row has none of was made by Qflow.
func (c *Check) isContent(g qflow.Guest, content [8]byte) bool {
	bare := g
	bare.Barcode = ""
	var with, without [8]byte
	c.hasher.Add(&g, &with)
	c.hasher.Add(&bare, &without)
	c.hasher.Finish()
	return with == content || without == content
}

// Finish looks for those guests of imports that were not listed.
func (c *Check) Finish(ctx context.Context) error {
	return c.index.Each(ctx, c.event, func(known []guestindex.Known) error {
		var missing []ledger.Owner
		for _, k := range known {
			if k.Owner.Import == "" || c.of != "" && k.Owner.Import != c.of {
				continue
			}
			there, err := c.listed.Contains(seen.Hash(k.Key))
			if err != nil {
				return err
			}
			if !there {
				missing = append(missing, k.Owner)
			}
		}
		return c.reportMissing(ctx, missing)
	})
}

func (c *Check) reportMissing(ctx context.Context, missing []ledger.Owner) error {
	bytes, err := c.rowBytes(ctx, missing)
	if err != nil {
		return err
	}
	for i, owner := range missing {
		state := bytes[i].State()
		if state.Class() != ledger.Settled {
			c.NotCreated++
			continue
		}
		c.HereOnly++
		if err := c.found(Finding{What: HereOnly, Owner: owner, State: state}); err != nil {
			return err
		}
	}
	return nil
}

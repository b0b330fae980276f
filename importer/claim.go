package importer

import (
	"context"
	"errors"
	"iter"
	"slices"

	"guestflow/importer/correction"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
)

// claimer finds out whose the guests of a list are.
type claimer struct {
	*guestindex.Claims
	index   guestindex.Index
	id      string // of the import
	near    decisions
	entered rowSet // rows that need no claim any more; nil where all need one

	compared bool // the plan has compared the list with known guests
}

func (im *Importer) claimer(ctx context.Context, p Plan, imp ledger.Import) (*claimer, error) {
	index := guestindex.For(im.ledger)
	c := &claimer{Claims: index.Claims(imp.ID), index: index, id: imp.ID, near: p.decisions, compared: p.Settings.Compare != nil}
	return c, c.enter(ctx, p, imp, func(ctx context.Context) error { return im.waitForRoom(ctx, imp) })
}

// claim claims the guests of some chunks, and returns the answer for each of their rows that is one.
func (c *claimer) claim(ctx context.Context, s batch) ([]guestindex.Claimed, error) {
	all := make([]guestindex.Claimed, 0, len(s)*len(s[0].rows))
	var unclaimed []guestindex.Guest
	var places []int // of them in all
	for _, p := range s {
		for _, r := range p.rows {
			if !r.IsGuest() {
				continue
			}
			if all = append(all, guestindex.Claimed{ID: r.ID, Verdict: guestindex.Create}); c.entered.has(r.Row.Row) {
				continue
			}
			unclaimed, places = append(unclaimed, c.guest(r)), append(places, len(all)-1)
		}
	}
	claimed, err := c.Claim(ctx, unclaimed)
	if err == nil {
		err = c.claimApart(ctx, unclaimed, claimed)
	}
	for i, at := range places[:len(claimed)] {
		all[at] = claimed[i]
	}
	return all, err
}

// claimApart claims rows that the plan has found to be like no known guest, and that are like one by what a row of this
// list had that was held meanwhile: beside that row they are others, as the plan has said. Rows behind them may have been
// held since they were claimed, so they are asked about until nothing more is found.
func (c *claimer) claimApart(ctx context.Context, guests []guestindex.Guest, claimed []guestindex.Claimed) error {
	for range maxApart {
		again, places := c.besideHeld(guests, claimed)
		if len(again) == 0 {
			return nil
		}
		apart, err := c.Claim(ctx, again)
		if err != nil {
			return err
		}
		for i, at := range places {
			claimed[at] = apart[i]
		}
	}
	return nil
}

// besideHeld returns the guests who are like no one but held rows of this list, as others than those, and their places.
func (c *claimer) besideHeld(guests []guestindex.Guest, claimed []guestindex.Claimed) (others []guestindex.Guest, places []int) {
	if !c.compared {
		return nil, nil
	}
	for i, g := range guests {
		_, decided := c.near[g.Row]
		certain := slices.ContainsFunc(claimed[i].Alike, func(a guestindex.Alike) bool { return !a.OfHeld })
		if !decided && claimed[i].Verdict == guestindex.Near && !certain {
			g.Decision = guestindex.Apart(claimed[i].Alike)
			others, places = append(others, g), append(places, i)
		}
	}
	return others, places
}

// maxApart is how often rows are asked about once more: each time more of what held rows have is known.
const maxApart = 5

// guest is the guest of a row, with what was decided about him.
func (c *claimer) guest(r *rows.Row) guestindex.Guest {
	g := r.Indexed()
	said, planned := c.near[g.Row]
	if g.Decision = said.decision; !planned { // what is only looked for was looked for by the plan
		g.Spelled = guest.KeptSpellings(g.Spelled)
	}
	return g
}

// replace has the emails of earlier imports that have not begun go by those rows of some queued chunks that have
// corrected their guests. Workers do the same where this process dies before it, so it is done here only to be first.
func (c *claimer) replace(ctx context.Context, l *ledger.Ledger, s batch, claimed []guestindex.Claimed) error {
	var guests []guestindex.Guest
	var waiting []guestindex.Claimed
	for _, p := range s {
		for _, r := range p.rows {
			if !r.IsGuest() {
				continue
			}
			if claimed[0].Verdict == guestindex.Replace {
				guests, waiting = append(guests, c.guest(r)), append(waiting, claimed[0])
			}
			claimed = claimed[1:]
		}
	}
	_, err := correction.Replace(ctx, l, c.Claims, c.id, guests, waiting)
	return err
}

// rowSet has a bit for each row of a list.
type rowSet []uint64

func newRowSet(rows int) rowSet { return make(rowSet, rows/64+1) }

func (s rowSet) add(row int) { s[row/64] |= 1 << (row % 64) }

func (s rowSet) remove(row int) { s[row/64] &^= 1 << (row % 64) }

// has reports whether a row is in the set; in one that is nil there is none.
func (s rowSet) has(row int) bool { return row/64 < len(s) && s[row/64]&(1<<(row%64)) != 0 }

// enter enters the guests of a list in the guest index before its first chunk, which costs Redis a fraction of claiming
// them chunk by chunk. It does nothing where most are known, and where the plan has not kept them. As with chunks it waits
// for room in between.
func (c *claimer) enter(ctx context.Context, p Plan, imp ledger.Import, room func(context.Context) error) error {
	kept := p.keptGuests(imp)
	if kept == nil {
		return nil
	}
	to, err := c.Enter(ctx, kept.Event)
	if err != nil {
		return err
	}
	n := entering{
		to: to, kept: kept, of: p.Settings.Spec, near: c.near,
		entered: newRowSet(imp.Rows), room: room, sinceRoom: roomEvery,
	}
	err = n.guests(ctx)
	if err == nil {
		err = n.contacts(ctx, kept.EachAddress(), to.Addresses)
	}
	if err == nil {
		err = n.contacts(ctx, kept.EachName(), to.Names)
	}
	if err == nil {
		n.spread()
		err = n.claimOthers(ctx, c.Claims)
	}
	if errors.Is(err, guestindex.ErrNotEntered) {
		return nil
	}
	if err == nil {
		err = to.Finish(ctx, n.others)
	}
	c.entered = n.entered
	return err
}

// entering enters the guests of a list.
type entering struct {
	to      *guestindex.Entering
	kept    *rows.KeptGuests
	of      spec.Spec // by which their rows are read now
	near    decisions // those of whom something was decided are claimed
	entered rowSet
	others  int // of those who were to be entered, those who are known in some way

	room      func(context.Context) error
	sinceRoom int // how much was entered since it was last waited for
}

// roomEvery is how many guests, addresses or names are entered between two looks at the rest of the world: a megabyte.
const roomEvery = 16_384

// waitForRoom waits until there is room for so many more.
func (n *entering) waitForRoom(ctx context.Context, more int) error {
	if n.sinceRoom += more; n.sinceRoom < roomEvery {
		return nil
	}
	n.sinceRoom = 0
	return n.room(ctx)
}

func (n *entering) guests(ctx context.Context) error {
	return enterParts(ctx, n, n.kept.EachGuest(n.of), enteredPart[guestindex.Guest]{
		wanted: func(g guestindex.Guest) bool {
			_, decided := n.near[g.Row]
			return !decided
		},
		enter: n.to.Guests,
		done: func(guests []guestindex.Guest, known []int) {
			for i := range guests {
				n.entered.add(guests[i].Row)
			}
			for _, i := range known {
				n.known(guests[i].Row)
			}
		},
	})
}

func (n *entering) contacts(
	ctx context.Context, kept iter.Seq2[[]guestindex.GuestContact, error],
	enter func(context.Context, []guestindex.GuestContact) ([]int, error),
) error {
	return enterParts(ctx, n, kept, enteredPart[guestindex.GuestContact]{
		wanted: func(c guestindex.GuestContact) bool { return n.entered.has(c.Row) },
		enter:  enter,
		done: func(contacts []guestindex.GuestContact, known []int) {
			for _, i := range known {
				n.known(contacts[i].Row)
			}
		},
	})
}

// enteredPart is what is done with a part of what is entered: guests, addresses or names.
type enteredPart[T any] struct {
	wanted func(T) bool
	enter  func(context.Context, []T) (known []int, err error)
	done   func(list []T, known []int)
}

// enterParts enters one part after the other. The next one is read, and on its way, while Redis has the one before.
func enterParts[T any](ctx context.Context, n *entering, kept iter.Seq2[[]T, error], part enteredPart[T]) error {
	finish := func() error { return nil } // the one before
	for list, err := range kept {
		if err == nil {
			list = slices.DeleteFunc(list, func(t T) bool { return !part.wanted(t) })
			err = n.waitForRoom(ctx, len(list))
		}
		if err != nil {
			_ = finish() // the first error says why
			return err
		}
		next := part.start(ctx, list)
		if err := finish(); err != nil {
			_ = next()
			return err
		}
		finish = next
	}
	return finish()
}

// start begins to enter a list, and returns what waits for its end.
func (p enteredPart[T]) start(ctx context.Context, list []T) (finish func() error) {
	var known []int
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		known, err = p.enter(ctx, list)
	}()
	return func() error {
		if <-ended; err != nil {
			return err
		}
		p.done(list, known)
		return nil
	}
}

// known notes a row whose guest is known in some way.
func (n *entering) known(row int) {
	if n.entered.has(row) {
		n.entered.remove(row)
		n.others++
	}
}

// spread notes also those as known who share an address or a name with one who is: he may be held, and they with him.
func (n *entering) spread() {
	for others := -1; others < n.others; {
		others = n.others
		n.to.EachShared(func(rows []int32) {
			if !slices.ContainsFunc(rows, func(row int32) bool { return !n.entered.has(int(row)) }) {
				return
			}
			for _, row := range rows {
				n.known(int(row))
			}
		})
	}
}

// claimOthers claims those whose record is entered and who are known in another way: until then they are entered
// without having been compared.
func (n *entering) claimOthers(ctx context.Context, claims *guestindex.Claims) error {
	if n.others == 0 {
		return nil
	}
	for guests, err := range n.kept.EachGuest(n.of) {
		if err != nil {
			return err
		}
		guests = slices.DeleteFunc(guests, func(g guestindex.Guest) bool {
			_, decided := n.near[g.Row]
			return decided || n.entered.has(g.Row)
		})
		for some := range slices.Chunk(guests, batchRows) {
			if _, err := claims.Claim(ctx, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish notes that all guests are claimed. It returns errRowsLost if Redis no longer knows that they were entered, and
// so may not have them.
func (c *claimer) finish(ctx context.Context) error {
	known, err := c.index.Compared(ctx, c.id)
	if err == nil && c.entered != nil && !known {
		err = errRowsLost
	}
	return err
}

// keptGuests are the guests of kept rows, where entering them is worth it.
func (p Plan) keptGuests(imp ledger.Import) *rows.KeptGuests {
	known := p.Compared != nil && 2*p.Compared.New < p.Guests
	if known || len(p.Events) != 1 || imp.ResendMark != "" || imp.Counts[ledger.New] < imp.Rows || !p.hasKept(imp) {
		return nil
	}
	return p.kept.Guests
}

package suppression

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Row is a row of an import with its address, or "".
type Row struct {
	Row     int
	Address string

	noted digest // in place of the address, where it is another row's (WrittenBy)
}

func (r Row) hasAddress() bool { return r.Address != "" || r.noted != digest{} }

// WrittenBy returns the row with the address of another one, which has written its guest since: an email for the guest
// goes to that. It reports whether it is known.
func (s *Set) WrittenBy(ctx context.Context, r Row, by ledger.Owner) (Row, bool, error) {
	d, err := s.ofRow(ctx, by)
	if err != nil || d == (digest{}) {
		return r, false, err
	}
	return Row{Row: r.Row, noted: d}, true, nil
}

// Note notes whose address each row of an import has, of rows that are in order.
func (s *Set) Note(ctx context.Context, id string, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	keys := s.ledger.Keys()
	_, _, err := s.run(ctx, screenScript, true, func(h *hasher) ([]string, []any) {
		_, noted, holes := h.ofRows(rows)
		k, a := s.lookups(h.id, nil)
		return append(k, keys.Import(id), keys.Addresses(id)), append(a, rows[0].Row, holes, noted)
	})
	if err != nil {
		return fmt.Errorf("note the addresses of import %s: %w", id, err)
	}
	return nil
}

// CheckRow returns what is kept of the address of a row, and whether that address is known.
func (s *Set) CheckRow(ctx context.Context, of ledger.Owner) (e Entry, known bool, err error) {
	d, err := s.ofRow(ctx, of)
	if err != nil || d == (digest{}) {
		return e, false, err
	}
	out, done, err := s.run(ctx, screenScript, false, func(h *hasher) ([]string, []any) {
		return s.lookups(h.id, []digest{d})
	})
	if err != nil {
		return e, false, fmt.Errorf("look whether the address of a row is suppressed: %w", err)
	}
	entries := make([]Entry, 1)
	if done {
		decodeAll(out.(string), entries)
	}
	return entries[0], true, nil
}

// Screen returns what is kept of the addresses of an import's rows, which are in order, and notes whose address each
// row has. It is one round trip, and while nothing is suppressed no bucket is named, nor looked into.
func (s *Set) Screen(ctx context.Context, id string, rows []Row) ([]Entry, error) {
	entries := make([]Entry, len(rows))
	if len(rows) == 0 {
		return entries, nil
	}
	out, err := s.screen(ctx, id, rows, !s.none.Load())
	if err == nil && out == some {
		out, err = s.screen(ctx, id, rows, true)
	}
	if err != nil {
		return nil, fmt.Errorf("look for suppressed addresses of import %s: %w", id, err)
	}
	s.none.Store(out == "")
	decodeAll(out, entries)
	for i, r := range rows {
		if !r.hasAddress() {
			entries[i] = Entry{}
		}
	}
	return entries, nil
}

// some is what screen.lua answers that was asked about no address, where any is suppressed.
const some = "+"

// screen notes the addresses of rows, and looks for them.
func (s *Set) screen(ctx context.Context, id string, rows []Row, look bool) (string, error) {
	keys := s.ledger.Keys()
	out, _, err := s.run(ctx, screenScript, true, func(h *hasher) ([]string, []any) {
		digests, noted, holes := h.ofRows(rows)
		if !look {
			digests = nil
		}
		k, a := s.lookups(h.id, digests)
		return append(k, keys.Import(id), keys.Addresses(id)), append(a, rows[0].Row, holes, noted)
	})
	if err != nil {
		return "", err
	}
	return out.(string), nil
}

// ofRows returns the digests of rows, and as they are written down: from the first row to the last, of zeros where
// there is no row or no address, of which there are holes then.
func (h *hasher) ofRows(rows []Row) (digests []digest, noted []byte, holes bool) {
	first, last := rows[0].Row, rows[len(rows)-1].Row
	digests, noted = make([]digest, len(rows)), make([]byte, (last-first+1)*len(digest{}))
	n := 0
	for i, r := range rows {
		switch digests[i] = r.noted; {
		case !r.hasAddress():
			continue
		case r.Address != "":
			digests[i] = h.of(r.Address)
		}
		copy(noted[(r.Row-first)*len(digest{}):], digests[i][:])
		n++
	}
	return digests, noted, n <= last-first
}

// ReportRow suppresses the address of a row's email for what was reported of it, and reports whether the address of
// the row is known: not that of one that was emailed by a version that kept none.
func (s *Set) ReportRow(ctx context.Context, of ledger.Owner, why Reason, at time.Time) (known bool, err error) {
	d, err := s.ofRow(ctx, of)
	if err != nil || d == (digest{}) {
		return false, err
	}
	_, err = s.addDigests(ctx, why, at, false, func(*hasher) []digest { return []digest{d} })
	return true, err
}

// ofRow returns the digest that was noted of a row, or zeros.
func (s *Set) ofRow(ctx context.Context, of ledger.Owner) (d digest, err error) {
	if of.Row < 1 {
		return d, nil
	}
	first := int64(of.Row-1) * int64(len(d))
	raw, err := s.ledger.Redis().GetRange(ctx, s.ledger.Keys().Addresses(of.Import), first, first+int64(len(d))-1).Bytes()
	if err != nil && !errors.Is(err, redis.Nil) {
		return d, fmt.Errorf("look for the address of a row of import %s: %w", of.Import, err)
	}
	if len(raw) == len(d) {
		copy(d[:], raw)
	}
	return d, nil
}

// rowsAtOnce is how many rows' digests are read in a round trip, 64 KiB.
const rowsAtOnce = 8192

// RowsOf passes on the rows of an import that were worked on with an address.
func (s *Set) RowsOf(ctx context.Context, id, address string, found func(row int)) error {
	h, err := s.key(ctx, false)
	if err != nil || h == nil {
		return err
	}
	want := h.of(address)
	for first := 0; ; first += rowsAtOnce {
		from, length := int64(first)*int64(len(want)), int64(rowsAtOnce*len(want))
		raw, err := s.ledger.Redis().GetRange(ctx, s.ledger.Keys().Addresses(id), from, from+length-1).Bytes()
		if err != nil {
			return fmt.Errorf("read the digests of import %s: %w", id, err)
		}
		for at := 0; at+len(want) <= len(raw); at += len(want) {
			if [8]byte(raw[at:at+len(want)]) == want {
				found(first + at/len(want) + 1)
			}
		}
		if len(raw) < rowsAtOnce*len(want) {
			return nil
		}
	}
}

// ForgetFormer removes an address from those that the guests of an import's rows had before.
func (s *Set) ForgetFormer(ctx context.Context, id, address string) error {
	h, err := s.key(ctx, false)
	if err != nil || h == nil {
		return err
	}
	key, gone := s.ledger.Keys().Former(id), h.of(address)
	for cursor := uint64(0); ; {
		var some []string
		if some, cursor, err = s.ledger.Redis().HScan(ctx, key, cursor, "", rowsAtOnce).Result(); err != nil {
			return fmt.Errorf("read the former addresses of import %s: %w", id, err)
		}
		for i := 0; i+1 < len(some); i += 2 {
			if err := s.forgetFormerOf(ctx, key, some[i], some[i+1], gone); err != nil {
				return err
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

func (s *Set) forgetFormerOf(ctx context.Context, key, row, all string, gone digest) (err error) {
	kept := ""
	for rest := all; len(rest) >= len(gone); rest = rest[len(gone):] {
		if d := rest[:len(gone)]; d != string(gone[:]) {
			kept += d
		}
	}
	switch kept {
	case all:
		return nil
	case "":
		err = s.ledger.Redis().HDel(ctx, key, row).Err()
	default:
		err = s.ledger.Redis().HSet(ctx, key, row, kept).Err()
	}
	if err != nil {
		return fmt.Errorf("forget a former address: %w", err)
	}
	return nil
}

// ForgetRows removes the digests of rows.
func (s *Set) ForgetRows(ctx context.Context, id string, rows []int) error {
	fields := make([]string, len(rows))
	for i, row := range rows {
		fields[i] = strconv.Itoa(row)
	}
	if len(fields) > 0 {
		if err := s.ledger.Redis().HDel(ctx, s.ledger.Keys().Former(id), fields...).Err(); err != nil {
			return fmt.Errorf("forget the former addresses of rows of import %s: %w", id, err)
		}
	}
	key := s.ledger.Keys().Addresses(id)
	there, err := s.ledger.Redis().Exists(ctx, key).Result()
	if err != nil || there == 0 {
		return err
	}
	for _, row := range rows {
		var none digest
		if err := s.ledger.Redis().SetRange(ctx, key, int64(row-1)*int64(len(none)), string(none[:])).Err(); err != nil {
			return fmt.Errorf("forget the address of row %d of import %s: %w", row, id, err)
		}
	}
	return nil
}

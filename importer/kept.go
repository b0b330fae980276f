package importer

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/sealedfile"
	"guestflow/importer/seen"
	"guestflow/importer/spec"
)

const (
	// keptBlock is how many rows are written together.
	keptBlock = 256
	// keptLimit bounds the file: of longer lists nothing is kept, and their files are read once more.
	keptLimit = 1 << 30
)

// kept is what a plan has made of the rows of its file, so that a run need not make it again. It is an economy only:
// where it cannot be written, or the rows are to be read in another way, the file itself is read once more.
type kept struct {
	file   *sealedfile.File
	rows   []sealedfile.Block
	guests *keptGuests
	of     spec.Spec // how the rows were made

	block   []row       // not written yet
	spaces  []*rowSpace // that these are in
	spare   keptSpace   // of the goroutine that writes
	writing chan error  // of the block that is being written
	closed  bool
}

// keep begins to keep rows, if the settings ask for it and there is room for a temporary file; else it returns nil.
func (s Settings) keep() *kept {
	if !s.Keep {
		return nil
	}
	file, err := sealedfile.Create(keptLimit)
	if err != nil {
		return nil
	}
	return &kept{file: file, guests: &keptGuests{file: file}, of: rowSpec(s.Spec), block: make([]row, 0, keptBlock)}
}

// rowSpec is what of a spec decides what becomes of a row's cells.
func rowSpec(s spec.Spec) spec.Spec {
	s = Settings{Spec: s}.canonicalIDs().Spec
	s.Profile, s.Again, s.Resend, s.Resends = "", "", false, nil
	s.NearMisses, s.MaxRejects, s.Strict, s.SendWindow, s.OutsideWindow = "", "", nil, "", ""
	return s
}

// add keeps a row. It reports whether rows are kept any longer.
func (k *kept) add(r row) bool {
	k.block = append(k.block, r)
	if n := len(k.spaces); n == 0 || k.spaces[n-1] != r.space {
		k.spaces = append(k.spaces, r.space.hold())
	}
	return len(k.block) < keptBlock || k.write() == nil
}

// write has the rows written that were added last, beside the caller's work.
func (k *kept) write() error {
	if err := k.written(); err != nil {
		return err
	}
	block, spaces, writing := k.block, k.spaces, make(chan error, 1)
	k.block, k.spaces, k.writing = make([]row, 0, keptBlock), nil, writing
	go func() {
		err := k.append(block)
		for _, s := range spaces {
			s.release()
		}
		writing <- err
	}()
	return nil
}

// append writes rows, and their guests besides.
func (k *kept) append(rows []row) error {
	data, err := k.spare.encode(rows)
	if err != nil {
		return err
	}
	block, err := k.file.Append(data)
	if err != nil {
		return err
	}
	k.rows = append(k.rows, block)
	return k.guests.add(rows)
}

// written waits for the block that is being written.
func (k *kept) written() error {
	if k.writing == nil {
		return nil
	}
	err := <-k.writing
	k.writing = nil
	return err
}

// finish writes what is left, and returns the rows, or nil where they could not be written.
func (k *kept) finish() *kept {
	if k == nil {
		return nil
	}
	err := k.write()
	if err == nil {
		err = k.written()
	}
	if err == nil {
		err = k.guests.flush()
	}
	if k.block = nil; err != nil {
		k.close()
		return nil
	}
	return k
}

func (k *kept) close() {
	if k == nil {
		return
	}
	if k.closed {
		return
	}
	k.closed = true
	_ = k.written() // it is given up
	_ = k.file.Close()
}

// Close removes what a plan has kept of its rows. Plans that keep nothing need none.
func (p Plan) Close() { p.kept.close() }

// keptRows returns the rows that the plan has kept, where a run would make the same of the file.
func (p Plan) keptRows(imp ledger.Import) *keptReader {
	if !p.hasKept(imp) {
		return nil
	}
	return p.kept.reader(p.Settings.Spec)
}

func (p Plan) hasKept(imp ledger.Import) bool {
	s := p.Settings.Spec
	s.BlankRows = imp.BlankRows // its rows keep their numbers
	return p.kept != nil && p.kept.fits(s)
}

// fits reports whether the rows would be the same if they were made by a spec now; it may have another template for
// those that name none (Plan.WithTemplate), which does not decide how a file is read.
func (k *kept) fits(s spec.Spec) bool {
	now, of := rowSpec(s), k.of
	if now.Template != "" && of.Template != "" {
		now.Template = of.Template
	}
	return !k.closed && reflect.DeepEqual(now, of)
}

// reader returns the rows as a spec that fits has them.
func (k *kept) reader(s spec.Spec) *keptReader {
	return &keptReader{file: k.file, blocks: k.rows, template: rowSpec(s).Template}
}

// keptReader returns kept rows in their order. It is for one goroutine, and decodes a block while the one before is
// worked on.
type keptReader struct {
	file     *sealedfile.File
	blocks   []sealedfile.Block // that are not read yet
	template string             // of rows that name none
	space    []byte             // of the one that is being read
	now      []row
	coming   chan keptResult
}

type keptResult struct {
	rows []row
	err  error
}

func (r *keptReader) next() (row, error) {
	for len(r.now) == 0 {
		if r.coming == nil {
			r.begin()
		}
		got := <-r.coming
		r.coming = nil
		if got.err != nil {
			return row{}, got.err
		}
		r.now = got.rows
		r.begin()
	}
	first := r.now[0]
	r.now = r.now[1:]
	return first, nil
}

// begin reads the next block. The goroutine ends by itself, whether it is waited for or not.
func (r *keptReader) begin() {
	coming := make(chan keptResult, 1)
	r.coming = coming
	if len(r.blocks) == 0 {
		coming <- keptResult{err: io.EOF}
		return
	}
	next := r.blocks[0]
	r.blocks = r.blocks[1:]
	go func() {
		var got keptResult
		if r.space, got.err = r.file.Read(next, r.space); got.err == nil {
			got.rows, got.err = decodeKept(r.space, r.template)
		}
		coming <- got
	}()
}

// close waits for the block that is being read.
func (r *keptReader) close() {
	if r.coming != nil {
		<-r.coming
		r.coming = nil
	}
}

// What is known of a kept row, beside what a chunk has of it.
const (
	keptFiltered = 1 << iota
	keptRejected
	keptLegacy
	keptByColumn
	keptUsualTemplate // the row names none, and has that of the settings
	keptSpelled       // address or name may be written otherwise
)

// keptSpace is what is used again to encode each block.
type keptSpace struct {
	work []chunk.Row
	data []byte
}

// encode writes rows: as a chunk has them, after its length, and then what a run needs besides. The next block is written
// over it.
func (s *keptSpace) encode(rows []row) ([]byte, error) {
	s.work = s.work[:0]
	for _, r := range rows {
		if r.isGuest() {
			s.work = append(s.work, *r.Row)
		} else {
			s.work = append(s.work, chunk.Row{Row: r.Row.Row, Line: r.Line})
		}
	}
	encoded, err := chunk.EncodePlain(s.work)
	clear(s.work)
	if err != nil {
		return nil, err
	}
	s.data = append(binary.AppendUvarint(s.data[:0], uint64(len(encoded))), encoded...)
	for _, r := range rows {
		s.data = r.appendKept(s.data)
	}
	return s.data, nil
}

func (r row) appendKept(data []byte) []byte {
	switch {
	case r.filtered:
		return append(data, keptFiltered)
	case len(r.findings) > 0:
		why := r.reason()
		data = append(data, keptRejected)
		for _, text := range []string{why.Code, why.Column, why.Text} {
			data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
		}
		return data
	}
	flags := r.keptFlags()
	if r.legacyID != [16]byte{} {
		flags |= keptLegacy
	}
	if r.spelled != "" {
		flags |= keptSpelled
	}
	data = append(append(data, flags), r.id[:]...)
	if flags&keptLegacy != 0 {
		data = append(data, r.legacyID[:]...)
	}
	data = append(append(data, r.contact.Address[:]...), r.contact.Name[:]...)
	if flags&keptSpelled != 0 {
		data = append(binary.AppendUvarint(data, uint64(len(r.spelled))), r.spelled...)
	}
	return data
}

// keptFlags are those of a guest.
func (r row) keptFlags() (flags byte) {
	if r.byColumn {
		flags |= keptByColumn
	}
	if r.rec.TemplateID == "" && r.Guest.TemplateID != "" {
		flags |= keptUsualTemplate
	}
	return flags
}

var errKept = errors.New("the rows that were kept of the file are damaged; run the same command again")

// decodeKept returns rows each of which holds its space; where all are released it is used again.
func decodeKept(data []byte, template string) (_ []row, err error) {
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return nil, errKept
	}
	space := rowSpaces.Get().(*rowSpace)
	space.work, err = chunk.DecodeInto(space.work, data[n:n+int(size)]) // within the data
	if err != nil {
		return nil, err
	}
	in := keptBytes{data: data[n+int(size):]}
	space.resize(len(space.work))
	space.holds.Store(int32(len(space.work))) // at most keptBlock
	for i := range space.work {
		o := &space.rows[i]
		o.Row, o.space = &space.work[i], space
		space.list = append(space.list, row{o})
		in.row(o, template)
	}
	if in.bad || len(in.data) > 0 {
		return nil, errKept
	}
	return space.list, nil
}

// keptBytes reads what appendKept has written; zeros after the first error.
type keptBytes struct {
	data []byte
	bad  bool
}

func (in *keptBytes) take(n int) []byte {
	if n < 0 || n > len(in.data) {
		in.data, in.bad = nil, true
		return make([]byte, 16) // as much as any field of fixed size has
	}
	part := in.data[:n]
	in.data = in.data[n:]
	return part
}

// number reads a number that an int can hold.
func (in *keptBytes) number() int {
	number, n := binary.Uvarint(in.data)
	if n <= 0 || number > math.MaxInt32 {
		in.data, in.bad = nil, true
		return 0
	}
	in.take(n)
	return int(number)
}

func (in *keptBytes) text() string { return string(in.take(in.number())) }

func (in *keptBytes) row(r *checked, template string) {
	flags := in.take(1)[0]
	switch {
	case flags&keptFiltered != 0:
		r.filtered = true
		return
	case flags&keptRejected != 0:
		r.findings = []guest.Finding{{Code: guest.Code(in.text()), Column: in.text(), Text: in.text()}}
		return
	}
	if r.byColumn = flags&keptByColumn != 0; flags&keptUsualTemplate != 0 {
		r.Guest.TemplateID = template
	}
	copy(r.id[:], in.take(len(r.id)))
	if flags&keptLegacy != 0 {
		copy(r.legacyID[:], in.take(len(r.legacyID)))
	}
	copy(r.contact.Address[:], in.take(len(r.contact.Address)))
	copy(r.contact.Name[:], in.take(len(r.contact.Name)))
	if flags&keptSpelled != 0 {
		r.spelled = in.text()
	}
}

// besideKept returns the plan compared with what earlier imports have done, from the rows that it has kept.
func (p Plan) besideKept(ctx context.Context, s Settings) (_ Plan, err error) {
	q := newPlanner(p.uncompared(s), nil)
	if err := q.findLast(ctx); err != nil {
		return p, err
	}
	if p.Settings.Compare == nil && p.Settings.Suppressed == nil && p.Near == nil {
		if known, err := q.knowsAny(ctx); err != nil || !known {
			p.Settings, p.Compared = s, &Compared{New: p.Guests}
			return p, err
		}
	}
	here := seen.New()
	defer here.Close() //nolint:errcheck // only temporary files
	q.nearby.here = here
	defer q.close()
	rows := p.kept.reader(s.Spec)
	defer rows.close()
	for ctx.Err() == nil {
		r, err := rows.next()
		if errors.Is(err, io.EOF) {
			err = q.endCompare(ctx)
			return q.Plan, err
		}
		if err == nil && r.isGuest() {
			if _, _, err = here.Add(seen.Hash(r.id), r.Row.Row); err == nil {
				if err = q.addGuest(r); err == nil {
					err = q.startCompare(ctx, compareEvery)
				}
			}
		}
		if err != nil {
			return p, err
		}
		r.space.release()
	}
	return p, ctx.Err()
}

// uncompared is the plan without what a comparison has found, or will.
func (p Plan) uncompared(s Settings) Plan {
	p.Settings = s
	p.Guests, p.Emails, p.Calls, p.Again = 0, 0, 0, 0
	p.Gone, p.Compared, p.Near, p.Namesakes, p.Suppressed, p.Unsent = nil, nil, nil, nil, nil, nil
	p.decisions, p.misnamed, p.begun, p.otherwise = nil, nil, false, ""
	p.takesFrom = nil
	return p
}

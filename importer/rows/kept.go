package rows

import (
	"encoding/binary"
	"io"
	"reflect"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/sealedfile"
	"guestflow/importer/spec"
)

const (
	// keptBlock is how many rows are written together.
	keptBlock = 256
	// keptLimit bounds the file: of longer lists nothing is kept, and their files are read once more.
	keptLimit = 1 << 30
)

// Kept is what a plan has made of the rows of its file, so that a run need not make it again. It is an economy only:
// where it cannot be written, or the rows are to be read in another way, the file itself is read once more.
type Kept struct {
	file   *sealedfile.File
	rows   []sealedfile.Block
	Guests *KeptGuests
	of     spec.Spec // how the rows were made

	block   []*Row      // not written yet
	spaces  []*rowSpace // that these are in
	spare   keptSpace   // of the goroutine that writes
	writing chan error  // of the block that is being written
	closed  bool
}

// Keep begins to keep rows that are made by a spec, if there is room for a temporary file; else it returns nil.
func Keep(s spec.Spec) *Kept {
	file, err := sealedfile.Create(keptLimit)
	if err != nil {
		return nil
	}
	return &Kept{file: file, Guests: &KeptGuests{file: file}, of: rowSpec(s), block: make([]*Row, 0, keptBlock)}
}

// rowSpec is what of a spec decides what becomes of a row's cells.
func rowSpec(s spec.Spec) spec.Spec {
	s = CanonicalIDs(s)
	s.Profile, s.Again, s.Resend, s.Resends = "", "", false, nil
	s.NearMisses, s.MaxRejects, s.Strict, s.SendWindow, s.OutsideWindow = "", "", nil, "", ""
	return s
}

// Add keeps a row. It reports whether rows are kept any longer.
func (k *Kept) Add(r *Row) bool {
	k.block = append(k.block, r)
	if n := len(k.spaces); n == 0 || k.spaces[n-1] != r.space {
		k.spaces = append(k.spaces, r.space.hold())
	}
	return len(k.block) < keptBlock || k.write() == nil
}

// write has the rows written that were added last, beside the caller's work.
func (k *Kept) write() error {
	if err := k.written(); err != nil {
		return err
	}
	block, spaces, writing := k.block, k.spaces, make(chan error, 1)
	k.block, k.spaces, k.writing = make([]*Row, 0, keptBlock), nil, writing
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
func (k *Kept) append(rows []*Row) error {
	data, err := k.spare.encode(rows)
	if err != nil {
		return err
	}
	block, err := k.file.Append(data)
	if err != nil {
		return err
	}
	k.rows = append(k.rows, block)
	return k.Guests.add(rows)
}

// written waits for the block that is being written.
func (k *Kept) written() error {
	if k.writing == nil {
		return nil
	}
	err := <-k.writing
	k.writing = nil
	return err
}

// Finish writes what is left, and returns the rows, or nil where they could not be written.
func (k *Kept) Finish() *Kept {
	if k == nil {
		return nil
	}
	err := k.write()
	if err == nil {
		err = k.written()
	}
	if err == nil {
		err = k.Guests.flush()
	}
	if k.block = nil; err != nil {
		k.Close()
		return nil
	}
	return k
}

// Close removes what was kept.
func (k *Kept) Close() {
	if k == nil || k.closed {
		return
	}
	k.closed = true
	_ = k.written() // it is given up
	_ = k.file.Close()
}

// Fits reports whether the rows would be the same if they were made by a spec now; it may have another template for
// those that name none (Plan.WithTemplate), which does not decide how a file is read.
func (k *Kept) Fits(s spec.Spec) bool {
	now, of := rowSpec(s), k.of
	if now.Template != "" && of.Template != "" {
		now.Template = of.Template
	}
	return !k.closed && reflect.DeepEqual(now, of)
}

// Reader returns the rows as a spec that fits has them.
func (k *Kept) Reader(s spec.Spec) *KeptReader {
	return &KeptReader{file: k.file, blocks: k.rows, template: rowSpec(s).Template}
}

// KeptReader returns kept rows in their order. It is for one goroutine, and decodes a block while the one before is
// worked on.
type KeptReader struct {
	file     *sealedfile.File
	blocks   []sealedfile.Block // that are not read yet
	template string             // of rows that name none
	space    []byte             // of the one that is being read
	now      []*Row
	coming   chan keptResult
}

type keptResult struct {
	rows []*Row
	err  error
}

// Next returns the next row, or io.EOF.
func (r *KeptReader) Next() (*Row, error) {
	for len(r.now) == 0 {
		if r.coming == nil {
			r.begin()
		}
		got := <-r.coming
		r.coming = nil
		if got.err != nil {
			return nil, got.err
		}
		r.now = got.rows
		r.begin()
	}
	first := r.now[0]
	r.now = r.now[1:]
	return first, nil
}

// begin reads the next block. The goroutine ends by itself, whether it is waited for or not.
func (r *KeptReader) begin() {
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

// Close waits for the block that is being read.
func (r *KeptReader) Close() {
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
func (s *keptSpace) encode(rows []*Row) ([]byte, error) {
	s.work = s.work[:0]
	for _, r := range rows {
		if r.IsGuest() {
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

func (r *Row) appendKept(data []byte) []byte {
	switch {
	case r.Filtered:
		return append(data, keptFiltered)
	case len(r.Findings) > 0:
		why := r.Reason()
		data = append(data, keptRejected)
		for _, text := range []string{why.Code, why.Column, why.Text} {
			data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
		}
		return data
	}
	flags := r.keptFlags()
	if r.LegacyID != [16]byte{} {
		flags |= keptLegacy
	}
	if r.Spelled != "" {
		flags |= keptSpelled
	}
	data = append(append(data, flags), r.ID[:]...)
	if flags&keptLegacy != 0 {
		data = append(data, r.LegacyID[:]...)
	}
	data = append(append(data, r.Contact.Address[:]...), r.Contact.Name[:]...)
	if flags&keptSpelled != 0 {
		data = append(binary.AppendUvarint(data, uint64(len(r.Spelled))), r.Spelled...)
	}
	return data
}

// keptFlags are those of a guest.
func (r *Row) keptFlags() (flags byte) {
	if r.ByColumn {
		flags |= keptByColumn
	}
	if r.Record.TemplateID == "" && r.Guest.TemplateID != "" {
		flags |= keptUsualTemplate
	}
	return flags
}

// decodeKept returns rows each of which holds its space; where all are released it is used again.
func decodeKept(data []byte, template string) (_ []*Row, err error) {
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return nil, sealedfile.ErrDamaged
	}
	space := rowSpaces.Get().(*rowSpace)
	space.work, err = chunk.DecodeInto(space.work, data[n:n+int(size)]) // within the data
	if err != nil {
		return nil, err
	}
	in := sealedfile.Fields{Data: data[n+int(size):]}
	space.resize(len(space.work))
	space.holds.Store(int32(len(space.work))) // at most keptBlock
	for i := range space.work {
		o := &space.rows[i]
		o.Row, o.space = &space.work[i], space
		space.list = append(space.list, o)
		o.decodeKept(&in, template)
	}
	if in.Err() != nil || len(in.Data) > 0 {
		return nil, sealedfile.ErrDamaged
	}
	return space.list, nil
}

// decodeKept reads what appendKept has written.
func (r *Row) decodeKept(in *sealedfile.Fields, template string) {
	flags := in.Take(1)[0]
	switch {
	case flags&keptFiltered != 0:
		r.Filtered = true
		return
	case flags&keptRejected != 0:
		r.Findings = []guest.Finding{{Code: guest.Code(in.Text()), Column: in.Text(), Text: in.Text()}}
		return
	}
	if r.ByColumn = flags&keptByColumn != 0; flags&keptUsualTemplate != 0 {
		r.Guest.TemplateID = template
	}
	copy(r.ID[:], in.Take(len(r.ID)))
	if flags&keptLegacy != 0 {
		copy(r.LegacyID[:], in.Take(len(r.LegacyID)))
	}
	copy(r.Contact.Address[:], in.Take(len(r.Contact.Address)))
	copy(r.Contact.Name[:], in.Take(len(r.Contact.Name)))
	if flags&keptSpelled != 0 {
		r.Spelled = in.Text()
	}
}

package table

import (
	"bytes"
	"errors"
	"io"
)

// MaxRecord bounds one record. A quote that is opened and never closed makes the rest of the file one cell; this keeps
// the reader from taking it all into memory, and a guest with more than 1 MiB is no guest.
const MaxRecord = 1 << 20

var errRecordTooLong = errors.New("a row is longer than 1 MiB")

// recordBuffer keeps the bytes of the record that csv.Reader is reading, which does not return them; and it fails the
// read once a record has taken more than left, so that it keeps little.
type recordBuffer struct {
	in   io.Reader
	left int // that the record may still take
	over bool

	kept       []byte // from the offset from on
	from, done int64  // up to done, records were cut off
}

func (b *recordBuffer) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over = true
		return 0, errRecordTooLong
	}
	n, err := b.in.Read(p)
	b.left -= n
	b.kept = append(b.kept[:0], b.kept[b.done-b.from:]...)
	b.kept, b.from = append(b.kept, p[:n]...), b.done
	return n, err
}

// cut returns a record, up to an offset and without the blank lines before it. It is valid until the next read.
func (b *recordBuffer) cut(end int64) []byte {
	raw := b.kept[b.done-b.from : end-b.from]
	b.done = end
	for len(raw) > 0 && (raw[0] == '\n' || raw[0] == '\r') {
		line, rest, more := bytes.Cut(raw, []byte("\n"))
		if !more || !blankLine(line) {
			break
		}
		raw = rest
	}
	return raw
}

// rest returns what was read and not cut off.
func (b *recordBuffer) rest() []byte { return b.kept[b.done-b.from:] }

// blankLine reports whether csv.Reader skips a line.
func blankLine(line []byte) bool { return len(line) == 0 || (len(line) == 1 && line[0] == '\r') }

func isMultiline(raw []byte) bool {
	end := bytes.IndexByte(raw, '\n')
	return end >= 0 && end < len(raw)-1
}

// lineCount counts the lines of a record.
func lineCount(raw []byte) int {
	return bytes.Count(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n")) + 1
}

package table

import (
	"bytes"
	"io"
)

// recordBuffer keeps the bytes of the record that is being read, since csv.Reader does not tell what it has read; and it fails the read
// once a record has taken too much, so that it keeps little.
type recordBuffer struct {
	in   io.Reader
	left int // that the record may still take
	over bool

	kept       []byte // from the offset from on
	from, done int64  // up to done, records were cut off
}

func (t *recordBuffer) Read(p []byte) (int, error) {
	if t.left <= 0 {
		t.over = true
		return 0, errRecordTooLong
	}
	n, err := t.in.Read(p)
	t.left -= n
	t.kept = append(t.kept[:0], t.kept[t.done-t.from:]...)
	t.kept, t.from = append(t.kept, p[:n]...), t.done
	return n, err
}

// cut gives a record, up to an offset and without the blank lines before it. It is good until the next one is read.
func (t *recordBuffer) cut(end int64) []byte {
	raw := t.kept[t.done-t.from : end-t.from]
	t.done = end
	for len(raw) > 0 && (raw[0] == '\n' || raw[0] == '\r') {
		line, rest, more := bytes.Cut(raw, []byte("\n"))
		if !more || !blankLine(line) {
			break
		}
		raw = rest
	}
	return raw
}

// rest is what was read and not cut off.
func (t *recordBuffer) rest() []byte { return t.kept[t.done-t.from:] }

// blankLine tells a line that csv.Reader passes over.
func blankLine(line []byte) bool { return len(line) == 0 || (len(line) == 1 && line[0] == '\r') }

func isMultiline(raw []byte) bool {
	end := bytes.IndexByte(raw, '\n')
	return end >= 0 && end < len(raw)-1
}

// lineCount is how many lines a record has.
func lineCount(raw []byte) int {
	return bytes.Count(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n")) + 1
}

package charset

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// What a record has that no list of one encoding has.
var (
	ErrControlCharacters = errors.New("control characters")
	ErrOtherEncoding     = errors.New("another encoding than the other records")
)

// Check checks a record with foreign letters: they may be of another encoding than the rest, which is an error of this
// record alone, or the first that show how the rest is written, and a *DoubtError of the whole text.
func (d *Text) Check(raw []byte) error {
	if bytes.IndexByte(raw, 0x1b) >= 0 {
		return ErrControlCharacters
	}
	if asciiPrefix(raw) == len(raw) {
		return nil
	}
	for i := bytes.IndexByte(raw, 0xc2); i >= 0 && i+1 < len(raw); i++ {
		if raw[i] == 0xc2 && raw[i+1] < 0xa0 {
			return ErrControlCharacters
		}
	}
	if d.Encoding() == UTF8 {
		return d.checkMostlyUTF8(raw)
	}
	return d.checkEncoding(raw)
}

// checkEncoding checks a record of a file in another encoding than UTF-8.
func (d *Text) checkEncoding(raw []byte) error {
	if d.bytes == nil {
		if d.bytes = bytesBefore(d.Encoding()); d.bytes == nil {
			return nil
		}
	}
	written, is := d.bytes.undo(raw)
	if !is {
		return nil // it has what is no letter, and is rejected for that
	}
	const chance = 5 // by how much UTF-8 must be likelier than the encoding of the other rows
	if utf8.Valid(written) && moreLikelyUTF8([][]byte{written}, candidateNamed(d.Encoding())) > chance {
		return ErrOtherEncoding
	}
	if d.detector == nil || d.detector.page == nil {
		return nil
	}
	return d.detector.recheck(written)
}

// checkMostlyUTF8 asks about a file that began as UTF-8, and most of which is not.
func (d *Text) checkMostlyUTF8(raw []byte) error {
	if d.detector == nil || d.detector.marked {
		return nil
	}
	const few, most = 50, 4
	if utf8.Valid(raw) {
		d.valid++
		return nil
	}
	if len(d.invalid) < maxEvidence {
		d.invalid = append(d.invalid, bytes.Clone(raw))
	}
	if n := len(d.invalid); n < few || n < most*d.valid {
		return nil
	}
	return doubt(d.invalid, rankReadings(d.invalid, candidates))
}

// Remark returns what to say of a text that was misread once, at the first record for which it matters, or "".
func (d *Text) Remark(raw []byte) string {
	if d.detector == nil || asciiPrefix(raw) == len(raw) {
		return ""
	}
	switch _, takenFor := splitMisread(d.detector.is); {
	case len(takenFor) > 0 && !d.remarked:
		d.remarked = true
		return fmt.Sprintf("the file was taken for %s before it was saved as UTF-8 (JÃ¶rg for Jörg), in every name that shows "+
			"it; this was mended, so look at the names; --encoding utf-8 leaves them as they are", takenFor[0])
	case d.detector.is == UTF8 && d.mender.HasMisread(raw):
		return MisreadRow
	}
	return ""
}

// MisreadRow is what to say of a single row that was misread.
const MisreadRow = "this row looks as if it was taken for another encoding once (JÃ¶rg for Jörg), and others are not; " +
	"correct it where names are wrong"

// wordChecks are words with foreign letters that were looked at.
type wordChecks map[string]bool

// once returns what is found out about a word, which is done once for each.
func (c *wordChecks) once(word string, check func(string) bool) bool {
	const most = 20_000
	is, known := (*c)[word]
	if known {
		return is
	}
	if *c == nil || len(*c) >= most {
		*c = wordChecks{}
	}
	is = check(word)
	(*c)[word] = is
	return is
}

// Mender finds words that were misread, in a text whose other words were not.
type Mender struct {
	by      []*letterBytes
	checks  wordChecks
	weighed int // words that were read in other encodings
}

// HasMisread reports whether a word of a line was misread, and becomes a likelier one in UTF-8.
func (m *Mender) HasMisread(line []byte) bool {
	return asciiPrefix(line) < len(line) &&
		slices.ContainsFunc(foreignWords(string(line)), func(word string) bool { return m.checks.once(word, m.isMisread) })
}

func (m *Mender) isMisread(word string) bool {
	if m.by == nil {
		for _, r := range misreaders {
			m.by = append(m.by, bytesBefore(r.as))
		}
	}
	for _, b := range m.by {
		before, is := b.undo([]byte(word))
		if letters, valid := utf8Letters(before); is && valid && letters > 0 &&
			unicodeLikelihood([]string{string(before)}) > unicodeLikelihood([]string{word})+misreadMargin {
			return true
		}
	}
	m.weighed++
	return m.weighed <= maxOtherMisread && isOtherMisread(word)
}

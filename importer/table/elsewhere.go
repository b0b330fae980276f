package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/charset"
)

// guestsElsewhere are the guests of sheets, or of lists in an archive, that are not read and whose names say that their
// guests are not meant: “Do not mail”. A row of one of them is no guest by that alone, so it is asked about. Of each
// only a hash is kept: two that are alike by chance are asked about without need.
type guestsElsewhere struct {
	notMeant func(label string) bool
	seed     maphash.Seed
	lists    []string // their names
	guests   map[uint64]int
}

const (
	maxElsewhere     = 2_000_000 // addresses and names: 60 MB
	maxElsewhereLine = 1 << 20
	maxLabelRows     = 5 // of a sheet that may have a title
)

func newGuestsElsewhere(o Options) *guestsElsewhere {
	if o.NotMeant == nil {
		return nil
	}
	return &guestsElsewhere{notMeant: o.NotMeant, seed: maphash.MakeSeed(), guests: map[uint64]int{}}
}

// addSheets adds the guests of a workbook's sheets that are not among those that are read, hidden ones too.
func (e *guestsElsewhere) addSheets(ctx context.Context, w *workbookReader, read []string) error {
	for _, name := range w.file.GetSheetList() {
		if slices.Contains(read, name) {
			continue
		}
		if _, err := sheetPart(w.zip, w.file, name); err != nil { // a sheet of a chart
			continue
		}
		is, err := e.isOfOthers(w, name)
		if err == nil && is {
			err = e.addSheet(ctx, w, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isOfOthers reports whether a sheet's name or title says that its guests are not meant.
func (e *guestsElsewhere) isOfOthers(w *workbookReader, name string) (bool, error) {
	if e.notMeant(seenName(name)) {
		return true, nil
	}
	rows, _, err := firstRows(w.file, name, maxLabelRows)
	return slices.ContainsFunc(titles(rows), e.notMeant), err
}

func (e *guestsElsewhere) addSheet(ctx context.Context, w *workbookReader, name string) error {
	in, err := w.file.Rows(name)
	if err != nil {
		return damagedWorkbook(err)
	}
	defer in.Close()
	e.lists = append(e.lists, seenName(name))
	for row := 1; in.Next(); row++ {
		if row%everyRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := in.Columns()
		if err != nil {
			return damagedWorkbook(err)
		}
		if err := e.add(cells); err != nil {
			return err
		}
	}
	return nil
}

// addMembers adds the guests of an archive's lists that are called so. They are read as they are written, or else as the
// chosen list is, without asking: addresses are ASCII, and names are only compared.
func (e *guestsElsewhere) addMembers(chosen *zip.File, others []*zip.File, encoding string) error {
	for _, member := range others {
		if !e.notMeant(withoutEnding(member.Name)) {
			continue
		}
		e.lists = append(e.lists, otherList)
		err := e.addMember(member, encoding)
		if _, doubtful := errors.AsType[*charset.DoubtError](err); doubtful {
			err = e.addMember(member, encodingOf(chosen))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// encodingOf returns how a list of an archive is written by its first part; UTF-8 where that is in doubt.
func encodingOf(member *zip.File) string {
	const most = 1 << 20
	packed, err := member.Open()
	if err != nil {
		return string(charset.UTF8)
	}
	defer packed.Close()
	text, err := charset.Decode(bufio.NewReaderSize(io.LimitReader(packed, most), lookAhead), "")
	if err == nil {
		_, err = io.Copy(io.Discard, text)
	}
	if err != nil {
		return string(charset.UTF8)
	}
	return string(text.Encoding())
}

func (e *guestsElsewhere) addMember(member *zip.File, encoding string) error {
	packed, err := member.Open()
	if err != nil {
		return damagedArchive(err)
	}
	defer packed.Close()
	text, err := charset.Decode(bufio.NewReaderSize(&boundedReader{in: packed, left: maxUnpacked}, lookAhead), encoding)
	if err != nil {
		return &Error{Problem: err.Error(), Advice: "correct --encoding"}
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxElsewhereLine)
	lines.Split(splitAnyLine)
	for lines.Scan() {
		if err := e.add(strings.FieldsFunc(strings.ToValidUTF8(lines.Text(), ""),
			func(c rune) bool { return strings.ContainsRune(",;|\t\"", c) })); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		if _, doubtful := errors.AsType[*charset.DoubtError](err); doubtful {
			return err
		}
		known, is := errors.AsType[*Error](err)
		if !is {
			known = &Error{Problem: fmt.Sprintf("the list %q of this archive cannot be read", member.Name),
				Advice: "pack it without it: " + err.Error(), Cause: err}
		}
		return known
	}
	return nil
}

// otherList stands for a list of an archive, whose name may be that of a guest.
const otherList = "another list"

// splitAnyLine splits at line feeds and carriage returns.
func splitAnyLine(data []byte, atEnd bool) (advance int, line []byte, err error) {
	if end := bytes.IndexAny(data, "\r\n"); end >= 0 {
		return end + 1, data[:end], nil
	}
	if atEnd && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// add notes the addresses of a row, and what may be names in it: a cell, or two beside each other.
func (e *guestsElsewhere) add(cells []string) error {
	before := ""
	for _, cell := range cells[:min(len(cells), maxColumns)] {
		for _, key := range []string{nameKey(cell), nameKey(before + " " + cell)} {
			e.note(key)
		}
		for _, address := range AddressesIn(cell) {
			e.note(address)
		}
		before = cell
	}
	if len(e.guests) > maxElsewhere {
		return &Error{
			Problem: fmt.Sprintf("%q, whose name says that its guests are not meant, has too many of them to be compared",
				e.lists[len(e.lists)-1]),
			Advice: "remove it from the file, and have its addresses not mailed: guestflow suppress add",
		}
	}
	return nil
}

func (e *guestsElsewhere) note(key string) {
	if key == "" {
		return
	}
	hash := maphash.String(e.seed, key)
	if _, there := e.guests[hash]; !there {
		e.guests[hash] = len(e.lists) - 1
	}
}

// of returns the list that has a row's guest too, by one of the row's addresses or by the name in some of its columns;
// "" for none.
func (e *guestsElsewhere) of(cells []string, names map[int]bool) string {
	if e == nil || len(e.guests) == 0 {
		return ""
	}
	name := ""
	for i, cell := range cells {
		for _, address := range AddressesIn(cell) {
			if list, is := e.guests[maphash.String(e.seed, address)]; is {
				return e.lists[list]
			}
		}
		if names[i] {
			name += " " + cell
		}
	}
	if key := nameKey(name); key != "" {
		if list, is := e.guests[maphash.String(e.seed, key)]; is {
			return e.lists[list]
		}
	}
	return ""
}

// AddressesIn returns the addresses of a cell, in small letters.
func AddressesIn(cell string) (found []string) {
	if strings.IndexByte(cell, '@') < 0 || len(cell) > maxHeading {
		return nil
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(cell), func(c rune) bool {
		return unicode.IsSpace(c) || strings.ContainsRune(`<>()[],;"'`, c) || unicode.Is(unicode.Cf, c)
	}) {
		if word = strings.TrimPrefix(word, "mailto:"); isAddress(word) {
			found = append(found, word)
		}
	}
	return found
}

// nameKey returns the words of a name in one order and in small letters; "" for what is none: a single word in letters
// that are written with blanks, or more of them than a name has.
func nameKey(text string) string {
	const most, longest = 6, 120
	if len(text) > longest || strings.ContainsAny(text, "@0123456789") {
		return ""
	}
	text = strings.NewReplacer("'", "", "’", "", "`", "").Replace(strings.ToLower(text))
	words := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) > most || len(words) < 2 && (len(words) == 0 || !isEastAsianName(words[0])) {
		return ""
	}
	return strings.Join(words, " ")
}

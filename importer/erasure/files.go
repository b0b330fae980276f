package erasure

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/table"
)

// Folder holds lists and reports. What lies below it in folders named waiting and processing is to be imported still:
// it is named, and not changed.
type Folder struct {
	Path  string
	Waits bool // all that is in it is to be imported still
	Flat  bool // what lies in its folders is not looked at
}

const tempPattern = ".erase-*.tmp"

// eraseFiles takes the person's rows out of the lists and reports of the folders.
func (e *Eraser) eraseFiles(ctx context.Context) error {
	for _, f := range e.Folders {
		err := filepath.WalkDir(f.Path, func(path string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				if !errors.Is(err, fs.ErrNotExist) {
					e.leave(path, "it cannot be looked into: "+err.Error())
				}
				return nil
			}
			if f.Flat && d.IsDir() && path != f.Path {
				return fs.SkipDir
			}
			if d.Type().IsRegular() {
				e.eraseFile(ctx, f, path)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Eraser) eraseFile(ctx context.Context, f Folder, path string) {
	if left, _ := filepath.Match(tempPattern, filepath.Base(path)); left { // by a process that was killed
		_ = os.Remove(path)
		return
	}
	if strings.Contains(strings.ToLower(filepath.Base(path)), strings.ToLower(e.address)) {
		e.leave(path, "its name has the address: rename it")
	}
	plain, holds, err := e.holds(ctx, path)
	switch {
	case err != nil:
		e.leave(path, "it cannot be read, and may hold the address: "+err.Error())
	case !holds:
	case f.waits(path):
		e.leave(path, "it waits to be imported: discard it, or take the person out of it")
	case strings.HasPrefix(filepath.Base(path), "."):
		e.leave(path, "it is a record, which is not changed")
	case !plain:
		e.leave(path, "rows cannot be taken out of a workbook, an archive or this encoding: remove it, or save it without the person")
	default:
		e.rewrite(ctx, path)
	}
}

// waits reports whether a file is still to be imported.
func (f Folder) waits(path string) bool {
	below, err := filepath.Rel(f.Path, path)
	if err != nil {
		return true
	}
	parts := strings.Split(below, string(filepath.Separator))
	dirs := parts[:len(parts)-1]
	return f.Waits || slices.Contains(dirs, "waiting") || slices.Contains(dirs, "processing")
}

// holds reports whether a file has the address, and whether it is a text in which that is found as it is.
func (e *Eraser) holds(ctx context.Context, path string) (plain, holds bool, err error) {
	in, err := listfile.Open(ctx, path)
	if err != nil {
		return false, false, err
	}
	defer in.Close()
	read := bufio.NewReaderSize(in, 64<<10)
	head, _ := read.Peek(4)
	if binary(head) {
		holds, err = e.cellsHold(ctx, path)
		return false, holds, err
	}
	holds, err = contains(read, e.address)
	return true, holds, err
}

// binary reports whether a file begins as zip, gzip, an old workbook or UTF-16 does.
func binary(head []byte) bool {
	for _, begin := range []string{"PK", "\x1f\x8b", "\xd0\xcf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return bytes.IndexByte(head, 0) >= 0
}

// cellsHold reports whether a cell of a list has the address, in any of its sheets, or of an archive's lists.
func (e *Eraser) cellsHold(ctx context.Context, path string) (bool, error) {
	all := table.Options{HeaderRow: "none", Hidden: table.ReadHidden, Sheet: "all"}
	holds, err := e.sheetHolds(ctx, path, all)
	if question, is := errors.AsType[*table.Question](err); is && question.Choices[0].Option == "sheet" {
		for _, list := range question.Choices {
			all.Sheet = list.Value
			if holds, err := e.sheetHolds(ctx, path, all); holds || err != nil {
				return holds, err
			}
		}
		return false, nil
	}
	if err != nil && ctx.Err() == nil { // a text in UTF-16 has no sheets
		all.Sheet = ""
		return e.sheetHolds(ctx, path, all)
	}
	return holds, err
}

func (e *Eraser) sheetHolds(ctx context.Context, path string, as table.Options) (bool, error) {
	in, err := listfile.Open(ctx, path)
	if err != nil {
		return false, err
	}
	defer in.Close()
	r, err := table.Open(ctx, path, in, as)
	if err != nil {
		return false, err
	}
	defer r.Close() //nolint:errcheck // only read
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, cell := range record.Cells {
			if mentions([]byte(cell), e.address, true) {
				return true, nil
			}
		}
	}
}

// contains reports whether a text has an address, in whatever case.
func contains(in io.Reader, address string) (bool, error) {
	buffer, kept := make([]byte, 64<<10+len(address)), 0
	for {
		n, err := in.Read(buffer[kept:])
		end := kept + n
		if mentions(buffer[:end], address, errors.Is(err, io.EOF)) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(buffer, buffer[max(0, end-len(address)-2):end])
	}
}

// mentions reports whether a text has an address, in whatever case, that is not a part of a longer one. whole is
// whether the text ends there: what follows the address would tell.
func mentions(text []byte, address string, whole bool) bool {
	begin, _ := mention(text, address, 0, whole)
	return begin >= 0
}

// mention returns where the first mention of an address is that begins at from or later; -1 for none.
func mention(text []byte, address string, from int, whole bool) (begin, end int) {
	text, want := lower(text), lower([]byte(address))
	for len(want) > 0 && from < len(text) {
		at := bytes.Index(text[from:], want)
		if at < 0 {
			break
		}
		begin, end := from+at, from+at+len(want)
		if !partOfAddress(text[:begin]) && (end+1 < len(text) || whole) && !goesOn(text[end:]) {
			return begin, end
		}
		from = begin + 1
	}
	return -1, -1
}

// lower returns a text with ASCII's letters in lower case, so that all places stay where they are.
func lower(text []byte) []byte {
	low := bytes.Clone(text)
	for i, c := range low {
		if c >= 'A' && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	return low
}

// withoutMentions returns a text with something in place of each mention of an address.
func withoutMentions(text, address, instead string) string {
	for from := 0; ; {
		begin, end := mention([]byte(text), address, from, true)
		if begin < 0 {
			return text
		}
		text, from = text[:begin]+instead+text[end:], begin+len(instead)
	}
}

// partOfAddress reports whether a text ends amid an address.
func partOfAddress(before []byte) bool {
	r, _ := utf8.DecodeLastRune(before)
	return len(before) > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._%+-", r))
}

// goesOn reports whether a text begins amid the name of a host.
func goesOn(behind []byte) bool {
	behind = bytes.TrimLeft(behind, ".-")
	r, _ := utf8.DecodeRune(behind)
	return len(behind) > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// maxRecord bounds a record of a list that is taken out: a quote that is never closed would take the rest with it.
const maxRecord = 1 << 20

var errRecordTooLong = errors.New("one of its records has more than 1 MiB, or a quote that is never closed")

// rewrite writes a list or a report without the person's records, under its own name, in one step.
func (e *Eraser) rewrite(ctx context.Context, path string) {
	removed, err := e.rewriteWithout(ctx, path)
	switch {
	case err != nil:
		e.leave(path, "it could not be written without the address: "+err.Error())
		return
	case removed == 0:
		return
	}
	e.result.Files, e.result.FileRows = e.result.Files+1, e.result.FileRows+removed
}

func (e *Eraser) rewriteWithout(ctx context.Context, path string) (removed int, err error) {
	in, err := listfile.Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	out, err := os.CreateTemp(filepath.Dir(path), tempPattern)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Close(), os.Remove(out.Name()))
		}
	}()
	to := bufio.NewWriter(out)
	if removed, err = copyWithout(to, bufio.NewReaderSize(in, 64<<10), e.address); err != nil {
		return 0, err
	}
	for _, step := range []func() error{
		to.Flush, func() error { return out.Chmod(info.Mode().Perm()) }, out.Sync, out.Close,
		func() error { return os.Rename(out.Name(), path) },
	} {
		if err := step(); err != nil {
			return 0, err
		}
	}
	return removed, nil
}

// copyWithout copies the records of a text that do not have the address. A record goes over several lines while its
// quotes are open.
func copyWithout(out io.Writer, in *bufio.Reader, address string) (removed int, err error) {
	end := byte('\n')
	if head, _ := in.Peek(32 << 10); bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		end = '\r'
	}
	var record []byte
	for {
		line, err := readLine(in, end, maxRecord-len(record))
		record = append(record, line...)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return removed, err
		}
		if bytes.Count(record, []byte{'"'})%2 == 1 && !last {
			continue
		}
		if mentions(record, address, true) {
			removed++
		} else if _, err := out.Write(record); err != nil {
			return removed, err
		}
		if last {
			return removed, nil
		}
		record = record[:0]
	}
}

func readLine(in *bufio.Reader, end byte, most int) (line []byte, err error) {
	for {
		part, err := in.ReadSlice(end)
		line = append(line, part...)
		if len(line) > most {
			return nil, errRecordTooLong
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// sources names lists that have the person and lie where an operator has put them: they are his. All imports are looked
// through, since of rows that came to nothing no address is kept.
func (e *Eraser) sources(ctx context.Context, imports []ledger.Import) {
	by := map[string][]string{} // imports by file
	var paths []string
	for _, imp := range imports {
		if imp.Source == "" || strings.Contains(imp.Source, "://") || e.ours(imp.Source) {
			continue
		}
		if by[imp.Source] == nil {
			paths = append(paths, imp.Source)
		}
		by[imp.Source] = append(by[imp.Source], imp.ID)
	}
	for _, path := range paths {
		if ctx.Err() != nil {
			return
		}
		from := strings.Join(by[path], ", ")
		switch _, holds, err := e.holds(ctx, path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil && e.hasRowsOf(by[path]):
			e.leave(path, "it is your own file, from which import "+from+
				" was read; it cannot be read, and may hold the address: "+err.Error())
		case holds:
			e.leave(path, "it is your own file, from which import "+from+" was read: it has the address")
		}
	}
}

func (e *Eraser) hasRowsOf(imports []string) bool {
	return slices.ContainsFunc(imports, func(id string) bool { return len(e.rows[id]) > 0 })
}

func (e *Eraser) ours(path string) bool {
	for _, f := range e.Folders {
		if below, err := filepath.Rel(f.Path, path); err == nil && filepath.IsLocal(below) {
			return true
		}
	}
	return false
}

// outside is what no program can remove here.
func (e *Eraser) outside() {
	for _, l := range []Left{
		{"Qflow", "the guest, his check-ins and what it knows of his emails are there: delete him in Qflow; a list that brings " +
			"him back with the address of his first list ends as unknown until then, as he is there already and no email is proven"},
		{"emails", "those that were sent are with who received them"},
		{"backups", "of Redis and of folders; and reports that were written to other folders, or downloaded"},
		{"notifications", "with who received them; they name no guest"},
	} {
		e.leave(l.What, l.Why)
	}
}

func notGone(err error) error {
	if errors.Is(err, ledger.ErrNoChunk) {
		return nil
	}
	return fmt.Errorf("read a chunk: %w", err)
}

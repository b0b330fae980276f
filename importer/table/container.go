package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Container is how a table is packed.
type Container string

// The containers.
const (
	Plain    Container = "plain"
	Gzip     Container = "gzip"
	Zip      Container = "zip"
	Workbook Container = "xlsx"
)

const (
	// maxUnpacked bounds what a packed file may unfold to: 15 million guests, and a minute's reading for what is no list.
	maxUnpacked = 2 << 30
	// maxSpool bounds a packed file that must be looked at from its end, as zip must.
	maxSpool   = 512 << 20
	sampleSize = 128 << 10 // how much is weighed to find out an encoding
	lookAhead  = 32 << 10  // how far ahead is looked; a part of what is unchangeable about a pass over a file
)

// unpackedFile is a file's text, or its workbook.
type unpackedFile struct {
	container Container
	member    string
	raw       *bufio.Reader // the file itself, to be read to its end: its hash is over all of it
	text      io.Reader
	spool     *os.File // of a zip or a workbook
	inner     io.Closer
}

func (u *unpackedFile) close() error {
	var all []error
	if u.inner != nil {
		all = append(all, u.inner.Close())
	}
	if u.spool != nil {
		all = append(all, u.spool.Close())
	}
	return errors.Join(all...)
}

// drain reads what is left of the file itself.
func (u *unpackedFile) drain() error {
	_, err := io.Copy(io.Discard, u.raw)
	return err
}

// foreignFormats are files that people drop in good faith, by how they begin.
var foreignFormats = []struct{ magic, what, advice string }{
	{"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls), or one with a password", "save it as .xlsx without a password, or as CSV UTF-8"},
	{"%PDF", "it is a PDF document", "export the list as CSV or .xlsx"},
	{"<!DOCTYPE", "it is a web page", "export the list as CSV or .xlsx"},
	{"<html", "it is a web page", "export the list as CSV or .xlsx"},
	{"{\\rtf", "it is a text document", "export the list as CSV or .xlsx"},
	{"PK\x05\x06", "it is an archive with nothing in it", "pack one CSV file"},
	{"7z\xbc\xaf", "it is a 7z archive", "unpack it, or pack it as zip or gzip"},
	{"Rar!", "it is a RAR archive", "unpack it, or pack it as zip or gzip"},
	{"BZh", "it is packed by bzip2", "unpack it, or pack it as zip or gzip"},
	{"\xfd7zXZ", "it is packed by xz", "unpack it, or pack it as zip or gzip"},
	{"\x28\xb5\x2f\xfd", "it is packed by zstd", "unpack it, or pack it as zip or gzip"},
}

const (
	gzipMagic = "\x1f\x8b"
	zipMagic  = "PK\x03\x04"
)

// unpack finds a file's text.
func unpack(in io.Reader) (*unpackedFile, error) {
	u := &unpackedFile{container: Plain, raw: bufio.NewReaderSize(in, sampleSize)}
	head, err := u.raw.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := refuseForeignFormat(head); err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte(gzipMagic)):
		err = u.openGzip()
	case bytes.HasPrefix(head, []byte(zipMagic)):
		err = u.openZip()
	default:
		u.text, err = u.raw, nil
	}
	return u, err
}

func refuseForeignFormat(head []byte) error {
	for _, s := range foreignFormats {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return &Error{Problem: s.what, Advice: s.advice}
		}
	}
	return nil
}

func (u *unpackedFile) openGzip() error {
	u.container = Gzip
	z, err := gzip.NewReader(u.raw)
	if err != nil {
		return damagedArchive(err)
	}
	u.member = z.Name
	return u.openMember(z)
}

// openMember bounds what is unpacked, and refuses an archive in an archive: who packs one in the other can unpack one.
func (u *unpackedFile) openMember(packed io.ReadCloser) error {
	u.inner = packed
	text := bufio.NewReaderSize(&boundedReader{in: packed, left: maxUnpacked}, sampleSize)
	head, err := text.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, u.close())
	}
	if bytes.HasPrefix(head, []byte(gzipMagic)) || bytes.HasPrefix(head, []byte(zipMagic)) {
		return errors.Join(&Error{Problem: "it is an archive or a workbook packed once more", Advice: "unpack it once"}, u.close())
	}
	if err := refuseForeignFormat(head); err != nil {
		return errors.Join(err, u.close())
	}
	u.text = text
	return nil
}

func damagedArchive(err error) error {
	return &Error{Problem: "it is packed, and cannot be unpacked", Advice: "pack it again: " + withoutPath(err), Cause: err}
}

// withoutPath leaves out the name of a copy that nobody has seen, and that is another one the next time.
func withoutPath(err error) string {
	if at, is := errors.AsType[*fs.PathError](err); is {
		return at.Err.Error()
	}
	return err.Error()
}

// boundedReader fails once more was unpacked than a list of guests can be.
type boundedReader struct {
	in   io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &Error{Problem: fmt.Sprintf("it unfolds to more than %d GiB", maxUnpacked>>30), Advice: "split the list"}
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	if b.left -= int64(n); err != nil && !errors.Is(err, io.EOF) {
		err = damagedArchive(err)
	}
	return n, err
}

// openZip copies the file aside, since a zip's index is at its end and in cannot be read twice.
func (u *unpackedFile) openZip() error {
	u.container = Zip
	size, err := u.copyAside()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(u.spool, size)
	if err != nil {
		return errors.Join(damagedArchive(err), u.close())
	}
	if kind := officeKind(z); kind == ".xlsx" {
		u.container = Workbook
		return nil
	} else if kind != "" {
		return errors.Join(&Error{Problem: "it is a document of the kind " + kind, Advice: "save it as .xlsx or as CSV UTF-8"}, u.close())
	}
	member, err := onlyList(z)
	if err != nil {
		return errors.Join(err, u.close())
	}
	u.member = member.Name
	packed, err := member.Open()
	if err != nil {
		return errors.Join(damagedArchive(err), u.close())
	}
	return u.openMember(packed)
}

// copyAside copies the file to one that has no name, so that nothing of it stays when this process is killed.
func (u *unpackedFile) copyAside() (size int64, err error) {
	if u.spool, err = os.CreateTemp("", "guestflow-*"); err != nil {
		return 0, &TempError{Folder: os.TempDir(), Cause: err}
	}
	_ = os.Remove(u.spool.Name()) // some systems cannot until it is closed
	size, err = io.Copy(u.spool, io.LimitReader(u.raw, maxSpool+1))
	if err == nil && size > maxSpool {
		err = &Error{Problem: fmt.Sprintf("it has more than %d MiB", maxSpool>>20), Advice: "split it, or pack it with gzip"}
	}
	if err != nil {
		return 0, errors.Join(err, u.close())
	}
	return size, nil
}

// officeKind tells a document that is a zip from a zip of lists.
func officeKind(z *zip.Reader) string {
	for _, f := range z.File {
		switch strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")) {
		case "xl/workbook.xml":
			return ".xlsx"
		case "xl/workbook.bin":
			return ".xlsb"
		case "word/document.xml":
			return ".docx"
		case "content.xml":
			return ".ods"
		case "index/document.iwa":
			return ".numbers"
		}
	}
	return ""
}

// onlyList finds the one list of an archive.
func onlyList(z *zip.Reader) (*zip.File, error) {
	var files, lists []*zip.File
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || isLeftover(base) {
			continue
		}
		files = append(files, f)
		switch strings.ToLower(path.Ext(base)) {
		case ".csv", ".tsv", ".txt":
			lists = append(lists, f)
		}
	}
	if len(files) == 1 {
		lists = files
	}
	switch {
	case len(lists) == 0:
		return nil, &Error{Problem: fmt.Sprintf("of the %d files in this archive none is a CSV file", len(files)), Advice: "pack one CSV file"}
	case len(lists) > 1:
		return nil, &Error{Problem: fmt.Sprintf("this archive has %d lists: %s", len(lists), quoteNames(lists)), Advice: "import them one by one"}
	case lists[0].Flags&1 != 0:
		return nil, &Error{Problem: "this archive has a password", Advice: "pack it without one"}
	}
	return lists[0], nil
}

// isLeftover tells whether a name is a hidden file's, or what spreadsheets and file managers leave beside a list.
func isLeftover(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") || strings.EqualFold(base, "thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

// quoteNames lists a few of the files.
func quoteNames(files []*zip.File) string {
	const most = 5
	var all []string
	for _, f := range files[:min(len(files), most)] {
		all = append(all, fmt.Sprintf("%q", f.Name))
	}
	if len(files) > most {
		all = append(all, "and more")
	}
	return strings.Join(all, ", ")
}

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
	// maxUnpacked bounds what a packed file may unfold to: 15 million guests, and a minute's reading for what is no
	// list.
	maxUnpacked = 2 << 30
	// maxSpool bounds a packed file that must be looked at from its end, as zip must.
	maxSpool   = 512 << 20
	sampleSize = 128 << 10 // how much is weighed to detect an encoding
	lookAhead  = 32 << 10  // how much is read to detect a layout; a second pass over a file must have the same
)

// unpackedFile is the text in a file, or its workbook.
type unpackedFile struct {
	container Container
	member    string
	raw       *bufio.Reader // the file itself, to be read to its end: its hash is over all of it
	text      io.Reader
	spool     *os.File // of a zip or a workbook

	otherLists []*zip.File // of a zip of which one is named
	elsewhere  *guestsElsewhere
	inner      io.Closer
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

// drain reads the rest of the file itself.
func (u *unpackedFile) drain() error {
	_, err := io.Copy(io.Discard, u.raw)
	return err
}

const (
	gzipMagic = "\x1f\x8b"
	zipMagic  = "PK\x03\x04"
)

// unpack detects how a file is packed, and opens the text in it.
func unpack(in io.Reader, o Options) (*unpackedFile, error) {
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
		err = u.openZip(o)
	default:
		u.text, err = u.raw, nil
	}
	return u, err
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

// openMember bounds what is unpacked, and refuses an archive in an archive, which can be unpacked once before.
func (u *unpackedFile) openMember(packed io.ReadCloser) error {
	u.inner = packed
	text := bufio.NewReaderSize(&boundedReader{in: packed, left: maxUnpacked}, sampleSize)
	head, err := text.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, u.close())
	}
	if bytes.HasPrefix(head, []byte(gzipMagic)) || bytes.HasPrefix(head, []byte(zipMagic)) {
		return errors.Join(&Error{Problem: "it is an archive or a workbook packed once more", Advice: "unpack it once"},
			u.close())
	}
	if err := refuseForeignFormat(head); err != nil {
		return errors.Join(err, u.close())
	}
	u.text = text
	return nil
}

func damagedArchive(err error) error {
	return &Error{Problem: "it is packed, and cannot be unpacked", Advice: "pack it again: " + withoutPath(err),
		Cause: err}
}

// withoutPath leaves out the name of a temporary copy, which says nothing and is another one the next time.
func withoutPath(err error) string {
	if at, is := errors.AsType[*fs.PathError](err); is {
		return at.Err.Error()
	}
	return err.Error()
}

// boundedReader fails once more was unpacked than a list of guests can have.
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
func (u *unpackedFile) openZip(o Options) error {
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
		return errors.Join(&Error{Problem: "it is a document of the kind " + kind,
			Advice: "save it as .xlsx or as CSV UTF-8"}, u.close())
	}
	member, err := u.chooseList(z, o)
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

// copyAside copies the file to one without a name, so that nothing of it stays when this process is killed.
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

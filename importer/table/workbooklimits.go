package table

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	maxWorkbook = 64 << 20 // packed, and in memory: a list of a million guests has 40 MiB
	maxSheets   = 1 << 30  // unpacked, in a temporary file
	maxParts    = 32 << 20 // all that is no cell, such as styles and pictures: the library unpacks it in memory
	inMemory    = 1 << 20  // a sheet up to here is unpacked in memory

	// maxSheetCount bounds the sheets, hidden ones too: each is looked at, and the library goes through all of them for
	// each, so that a thousand empty ones took more than a minute. A sheet for each table of a gala, or for each week of
	// two years, stays below.
	maxSheetCount = 200

	// maxTexts and maxTextParts bound the texts that cells share, unpacked, and the elements that they are made of, of
	// which a plain text has two. The library holds some hundred bytes for each text, so that these are 120 MB at
	// worst; three hundred thousand guests with three texts of their own stay below.
	maxTexts     = 64 << 20
	maxTextParts = 2_000_000
)

// checkWorkbook refuses what would take too much memory, before any of it is unpacked.
func checkWorkbook(ctx context.Context, spool *os.File) (z *zip.Reader, written *textStyles, err error) {
	info, err := spool.Stat()
	if err != nil {
		return nil, nil, err
	}
	if z, err = zip.NewReader(spool, info.Size()); err != nil {
		return nil, nil, damagedWorkbook(err)
	}
	p := sortParts(z)
	if info.Size() > maxWorkbook || p.cellBytes > maxSheets || p.otherBytes > maxParts {
		return nil, nil, tooLarge("this workbook is too large to be read as one")
	}
	if written, err = checkTexts(ctx, p.texts); err != nil {
		return nil, nil, err
	}
	if err := checkElements(ctx, p.others); err != nil {
		return nil, nil, err
	}
	for _, sheet := range p.sheets {
		if _, err := scanSheet(ctx, sheet); err != nil {
			return nil, nil, err
		}
	}
	return z, written, checkTempSpace(p.tempBytes)
}

// workbookParts is a workbook's parts by what they are, and how much they unfold to.
type workbookParts struct {
	texts, sheets, others []*zip.File
	cellBytes, otherBytes uint64
	tempBytes             uint64 // in temporary files of the library
}

func sortParts(z *zip.Reader) (p workbookParts) {
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")) // as the library looks for them
		switch {
		case name == sharedTexts:
			p.texts = append(p.texts, f)
		case strings.HasPrefix(name, "xl/worksheets/sheet"):
			p.sheets = append(p.sheets, f)
		default:
			if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
				p.others = append(p.others, f)
			}
			p.otherBytes += f.UncompressedSize64
			continue
		}
		p.cellBytes += f.UncompressedSize64
		if f.UncompressedSize64 > inMemory {
			p.tempBytes += f.UncompressedSize64
		}
	}
	return p
}

func tooLarge(problem string) error {
	return &Error{Problem: problem, Advice: "save its list as CSV UTF-8, which may be of any size"}
}

// sharedTexts is the part with the texts of all cells.
const sharedTexts = "xl/sharedstrings.xml"

// checkTexts refuses texts that would take too much memory. A part never unfolds to more than the archive says, but
// what the part says of the number of its texts is worth nothing, so they are counted.
func checkTexts(ctx context.Context, parts []*zip.File) (written *textStyles, err error) {
	size, elements := uint64(0), 0
	written = &textStyles{}
	for _, part := range parts {
		if size += part.UncompressedSize64; size > maxTexts {
			return nil, tooLarge(fmt.Sprintf("this workbook has more than %d MiB of texts", maxTexts>>20))
		}
		err := scanTags(ctx, part, func(tag []byte) error {
			if tag[0] == '/' {
				return nil
			}
			if elements++; elements > maxTextParts {
				return tooLarge(fmt.Sprintf("this workbook has more than %d million texts", maxTextParts/2/1_000_000))
			}
			written.see(tag)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return written, nil
}

// checkElements refuses parts that are no cells and would take too much memory.
func checkElements(ctx context.Context, parts []*zip.File) error {
	n := 0
	for _, part := range parts {
		err := scanElements(ctx, part, func() error {
			if n++; n > maxElements {
				return tooLarge("this workbook has too many styles and other parts beside its cells")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkTempSpace makes sure that the temporary files of the library fit on the disk: when they do not, it returns the
// numbers of texts in place of the texts, and no error.
func checkTempSpace(size uint64) error {
	if size == 0 {
		return nil
	}
	f, err := os.CreateTemp("", "guestflow-*")
	if err != nil {
		return &TempError{Folder: os.TempDir(), Cause: err}
	}
	_ = os.Remove(f.Name())                    // some systems cannot until it is closed
	_, err = io.CopyN(f, zeros{}, int64(size)) // at most maxSheets
	if closed := f.Close(); err == nil {
		err = closed
	}
	_ = os.Remove(f.Name())
	if err != nil {
		return &TempError{Folder: os.TempDir(), Cause: err}
	}
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func damagedWorkbook(err error) error {
	if fault, is := asTempError(err); is {
		return fault
	}
	return &Error{Problem: "this workbook cannot be read", Advice: "save it again, or as CSV UTF-8: " +
		withoutPath(err), Cause: err}
}

package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What a sheet may have. Excel's own bounds are the rows; a list with a thousand columns is none.
const (
	maxRows    = 1_048_576
	maxColumns = 1000
	maxTag     = 64 << 10
	maxText    = 256 << 10 // a cell has 32,767 characters at most
	maxDepth   = 64
	everyTags  = 1000    // between two looks at the context: a millisecond
	maxRuns    = 10_000  // elements of one text
	maxAround  = 200_000 // elements that say something of columns or ranges
	// maxElements bounds the parts that are no cells, such as styles: the library holds some hundred bytes for each
	// element.
	maxElements = 300_000
)

// scanTags calls seen with each tag of an XML part, without its brackets, and fails for what is longer than it may be.
// It does not look for closing brackets in comments and quotes: it errs by counting more.
func scanTags(ctx context.Context, part *zip.File, seen func(tag []byte) error) error {
	return scanTexts(ctx, part, "", nil, seen)
}

// scanTexts is scanTags, and calls text with what stands in the elements of a name.
func scanTexts(ctx context.Context, part *zip.File, element string, text func(string),
	seen func(tag []byte) error) error {
	in, err := part.Open()
	if err != nil {
		return damagedWorkbook(err)
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, maxTag)
	inside := false
	for depth, tags := 0, 1; ; tags++ {
		if tags%everyTags == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var keep func(string)
		if inside {
			keep = text
		}
		tag, err := nextTag(r, keep)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		inside = text != nil && string(tagName(tag)) == element && !bytes.HasSuffix(tag, []byte("/"))
		switch {
		case len(tag) == 0, tag[0] == '?', tag[0] == '!':
			continue
		case tag[0] == '/':
			depth--
		case tag[len(tag)-1] != '/':
			if depth++; depth > maxDepth {
				return tooLarge("the elements of this workbook are nested too deeply")
			}
		}
		if err := seen(tag); err != nil {
			return err
		}
	}
}

// scanElements calls seen with each element of an XML part.
func scanElements(ctx context.Context, part *zip.File, seen func() error) error {
	return scanTags(ctx, part, func(tag []byte) error {
		if tag[0] == '/' {
			return nil
		}
		return seen()
	})
}

// nextTag returns the next tag without its brackets, or io.EOF. keep is called with the text before it, where it is not
// nil.
func nextTag(r *bufio.Reader, keep func(string)) ([]byte, error) {
	for text := 0; ; {
		chunk, err := r.ReadSlice('<')
		if keep != nil && err == nil {
			keep(string(bytes.TrimSuffix(chunk, []byte("<"))))
		}
		if text += len(chunk); text > maxText {
			return nil, tooLarge(fmt.Sprintf("a cell of this workbook has more than %d KiB", maxText>>10))
		}
		if err == nil {
			break
		}
		if errors.Is(err, io.EOF) {
			return nil, err
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, damagedWorkbook(err)
		}
	}
	tag, err := r.ReadSlice('>')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, tooLarge(fmt.Sprintf("an element of this workbook has more than %d KiB", maxTag>>10))
	case errors.Is(err, io.EOF):
		return nil, err
	case err != nil:
		return nil, damagedWorkbook(err)
	}
	return tag[:len(tag)-1], nil
}

// attr returns an attribute of a tag.
func attr(tag []byte, name string) string {
	for rest := tag; ; {
		_, after, is := bytes.Cut(rest, []byte(name+"="))
		if !is {
			return ""
		}
		at := len(tag) - len(after) - len(name) - 1
		if at > 0 && strings.IndexByte(" \t\r\n", tag[at-1]) >= 0 && len(after) > 1 && (after[0] == '"' || after[0] == '\'') {
			value, _, _ := bytes.Cut(after[1:], after[:1])
			return string(value)
		}
		rest = after
	}
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

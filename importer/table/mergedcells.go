package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// mergedRange is a range of cells that are one.
type mergedRange struct {
	name        string
	first, last int // rows
}

// maxMerged bounds what is kept of them: nobody reads as many warnings.
const maxMerged = 10_000

// mergedCells finds the ranges, which stand behind all rows, by the tags' ends: it is a tenth of what reading XML takes.
func mergedCells(part *zip.File) ([]mergedRange, error) {
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all []mergedRange
	for tags := bufio.NewReaderSize(in, lookAhead); len(all) < maxMerged; {
		tag, err := tags.ReadSlice('>')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if _, tail, is := bytes.Cut(tag, []byte(`mergeCell ref="`)); is {
			name, _, _ := bytes.Cut(tail, []byte(`"`))
			if m, is := parseMergedRange(string(name)); is {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mergedRange) int { return a.first - b.first })
	return all, nil
}

func parseMergedRange(name string) (mergedRange, bool) {
	from, to, _ := strings.Cut(name, ":")
	_, first, err := excelize.CellNameToCoordinates(from)
	_, last, errLast := excelize.CellNameToCoordinates(to)
	return mergedRange{name: name, first: first, last: last}, err == nil && errLast == nil
}

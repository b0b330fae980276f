package importer

import (
	"slices"
	"sync/atomic"

	"guestflow/importer/rows"
	"guestflow/importer/table"
)

// Progress is how far the making of a plan is, with what is known of the file from its beginning on.
type Progress struct {
	Bytes int64 // of the file that were read; a little more than its rows had
	Rows  int   // that were looked at

	Header  []string
	Sheets  []string // of a workbook
	Columns Columns
	Format  table.Format // its encoding may turn out to be another one
}

// progressEvery is how many rows pass between two words about them: some hundredths of a second.
const progressEvery = 5000

// progressReporter returns what is called after each row. It reports once before the first one.
func (s Settings) progressReporter(r *rows.Reader, read *byteCounter) func(row int) {
	if s.Progress == nil {
		return func(int) {}
	}
	header, _ := r.File.Header()
	p := Progress{Header: slices.Clone(header), Sheets: r.File.Sheets(), Columns: r.Columns, Format: r.File.Format()}
	tell := func(row int) {
		if row%progressEvery == 0 {
			p.Rows, p.Bytes = row, read.bytes.Load()
			s.Progress(p)
		}
	}
	tell(0)
	return tell
}

// byteCounter counts what is written to it. Files are read ahead.
type byteCounter struct{ bytes atomic.Int64 }

func (c *byteCounter) Write(p []byte) (int, error) {
	c.bytes.Add(int64(len(p)))
	return len(p), nil
}

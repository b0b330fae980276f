package operate

import (
	"slices"

	"guestflow/importer/columns"
	"guestflow/importer/ledger"
)

// otherColumn stands for headers that are no field's: somebody may have mapped a list without a header by its first guest.
const otherColumn = "another column"

// PublicColumn gives a header to whom guests' data may not be shown.
func PublicColumn(header string) string {
	if header == "" || columns.Known(header) {
		return header
	}
	return otherColumn
}

// RedactReasons gives reasons to whom guests' data may not be shown. Those that look the same then are one.
func RedactReasons(lines []ledger.ReasonLine) (public []ledger.ReasonLine) {
	for _, line := range lines {
		line.Code, line.Column = ledger.Code(line.State, line.Code), PublicColumn(line.Column)
		same := slices.IndexFunc(public, func(l ledger.ReasonLine) bool {
			return l.State == line.State && l.Code == line.Code && l.Column == line.Column
		})
		if same < 0 {
			public = append(public, line)
			continue
		}
		public[same].Rows += line.Rows
		public[same].First = append(slices.Clone(public[same].First), line.First...)
	}
	return public
}

// Filterable tells whether a reason says all that is known of it, so that it can be asked for again.
func Filterable(line ledger.ReasonLine) bool {
	return line.Code != ledger.OtherReason && line.Column != otherColumn
}

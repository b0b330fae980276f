package operate

import (
	"slices"

	"guestflow/importer/headers"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/report"
)

// otherColumn stands for headers that name no field: a list without a header may have been mapped by its first guest.
const otherColumn = "another column"

// PublicColumn returns a header as it may be shown without the right to see guests' data.
func PublicColumn(header string) string {
	if header == "" || headers.Known(header) {
		return header
	}
	return otherColumn
}

// PublicReason returns a row's reason as it may be shown with or without the right to see guests' data. A text is our
// own for a rejected row, and else Qflow's, which may quote a guest.
func PublicReason(s ledger.State, why ledger.Reason, guests bool) ledger.Reason {
	if guests {
		return why
	}
	why.Code, why.Column = reason.Public(why.Code, s == ledger.Rejected), PublicColumn(why.Column)
	if s != ledger.Rejected {
		why.Text = ""
	}
	return why
}

// RedactReasons returns reasons as they may be shown without the right to see guests' data. Those that look the same
// then are merged.
func RedactReasons(lines []report.ReasonGroup) (public []report.ReasonGroup) {
	for _, line := range lines {
		line.Code, line.Column = reason.Public(line.Code, line.State == ledger.Rejected), PublicColumn(line.Column)
		same := slices.IndexFunc(public, func(l report.ReasonGroup) bool {
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

// Filterable reports whether a reason is complete, and not redacted, so that its rows can be listed by it.
func Filterable(line report.ReasonGroup) bool {
	return line.Code != reason.Other && line.Column != otherColumn
}

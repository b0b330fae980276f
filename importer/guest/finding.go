package guest

import "fmt"

// Code is why a row is rejected, or what a person should look at. The set is closed: it is in reports, in the ledger
// and in metrics.
type Code string

// The codes of rejected rows.
const (
	BadShape         Code = "wrong_number_of_cells"
	BadQuotes        Code = "broken_quotes"
	EmptyRow         Code = "empty_row"
	TotalsRow        Code = "totals_row"
	NotUTF8          Code = "not_utf8"
	NoName           Code = "no_name"
	BadName          Code = "bad_name"
	NoEmail          Code = "no_email"
	BadEmail         Code = "bad_email"
	BadPlusOnes      Code = "bad_plus_ones"
	BadFlag          Code = "bad_yes_or_no"
	BadDate          Code = "bad_date"
	BadTag           Code = "bad_tag"
	RoundedNumber    Code = "rounded_number"
	BadCode          Code = "bad_code"
	TooLong          Code = "too_long"
	NoEvent          Code = "no_event"
	NoKey            Code = "no_key"
	SpreadsheetError Code = "spreadsheet_error"
	NoValueWritten   Code = "no_value_written"
	DuplicateRow     Code = "duplicate_in_file"
	DuplicateBarcode Code = "duplicate_barcode"
	OtherTable       Code = "other_table"
)

// The codes of warnings.
const (
	EmailSlip Code = "email_slip"
	OddEmail  Code = "odd_email"
	OddTag    Code = "odd_tag"
	OddDates  Code = "odd_dates"
	OddLines  Code = "odd_line_breaks"
	OddText   Code = "odd_encoding"
	OddName   Code = "odd_name"
	OddNumber Code = "odd_number"
	NoValue   Code = "formula_without_value"
	Merged    Code = "merged_cells"
	NoteRow   Code = "note_row"
	OddFormat Code = "odd_format"
	NotAName  Code = "not_a_name"
)

// Finding is what is wrong with a row. Its text holds no value of the row: it goes to logs and pages.
type Finding struct {
	Code   Code
	Column string // header, "" for the whole row
	Text   string

	Field string // whose cell it is about, "" for the whole row
}

var (
	EmptyRowFinding  = Finding{Code: EmptyRow, Text: "the row is empty in every column that is used"}
	TotalsRowFinding = Finding{Code: TotalsRow, Text: "the row has a total and no guest"}
)

// SameGuest is the text of the finding of a row that has the guest of another one.
func SameGuest(row int) string { return fmt.Sprintf("row %d is the same guest", row) }

// Texts are the texts of all findings of a row in one.
func Texts(findings []Finding) string {
	text := findings[0].Text
	for _, f := range findings[1:] {
		text += "; "
		if f.Column != "" {
			text += f.Column + ": "
		}
		text += f.Text
	}
	return text
}

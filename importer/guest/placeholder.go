package guest

import (
	"guestflow/importer/columns"
	"guestflow/importer/pattern"
)

// spreadsheetError is how spreadsheets show that a formula has no value, or that a column is too narrow.
var spreadsheetError = pattern.New(`^(#[¡¿]?[\p{Lu}0-9/_]+[!?]|#N/[A-Z]|#NV|#NOM|#(SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|ERROR|GETTING_DATA)|` +
	`#{3,}|Err:[0-9]{3}|#)$`)

// nulls are what programs write where they have nothing. Null and Nan are names of people; written otherwise they are
// none.
var nulls = map[string]bool{
	"NULL": true, "null": true, "(null)": true, "<null>": true, "[null]": true, `\N`: true, "NaN": true, "nan": true,
	"undefined": true,
	"None":      true, "<NA>": true, "N/A": true, "n/a": true, "NaT": true, "[object Object]": true,
	"Info Requested": true,
	"(blank)":        true, "nil": true, "<nil>": true, "(nil)": true,
}

// optional are fields in which a null says that there is nothing.
var optional = map[string]bool{
	columns.OtherNames: true, columns.Notes: true, columns.Tags: true, columns.PlusOnes: true, columns.PartySize: true,
	columns.IsGroup:   true,
	columns.ValidFrom: true, columns.ValidTo: true, columns.Barcode: true, columns.CustomID: true,
}

// placeholder rejects a cell that a program has written in place of a value. Where a null can only mean that there is
// nothing, it becomes nothing.
func (c *check) placeholder(field string, cell *string) {
	switch (*cell)[0] {
	case '#', 'E':
		if (*cell == "#" && field != columns.FirstName && field != columns.LastName) || !spreadsheetError.MatchString(*cell) {
			return
		}
		if field == columns.Notes {
			c.warn(SpreadsheetError, field, "the cell is an error of a spreadsheet, which would be the guest's note")
			return
		}
		c.add(SpreadsheetError, field,
			"the cell is an error of a spreadsheet and no value; correct it there, and export it again")
	case 'N', 'n', 'u', '(', '<', '[', '\\', 'I':
		switch {
		case !nulls[*cell]:
		case optional[field]:
			*cell = ""
		case field == columns.FirstName, field == columns.LastName, field == columns.Key:
			c.add(NoValueWritten, field,
				"the cell says that there is no value, and is no name; write the name, or leave the cell empty")
		}
	}
}

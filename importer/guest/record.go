package guest

import "guestflow/importer/columns"

// Record is a row as the file has it. Every cell is a string, because gocsv reads numbers in ways that no operator
// means ("010" is 8 to it, and 300 in an int8 is 44); validate reads them in base 10. It has no csv tags, which gocsv
// does not use for a type that takes its cells itself (line).
type Record struct {
	FirstName  string
	LastName   string
	OtherNames string
	Email      string
	PlusOnes   string
	Notes      string
	Tags       string
	Barcode    string
	CustomID   string
	IsGroup    string
	ValidFrom  string
	ValidTo    string
	EventID    string
	TemplateID string
	PartySize  string
	Key        string
}

func (r *Record) Cells() [16]*string {
	return [...]*string{
		&r.FirstName, &r.LastName, &r.OtherNames, &r.Email, &r.PlusOnes, &r.Notes, &r.Tags, &r.Barcode, &r.CustomID,
		&r.IsGroup,
		&r.ValidFrom, &r.ValidTo, &r.EventID, &r.TemplateID, &r.PartySize, &r.Key,
	}
}

// CellFields are the names of cells.
var CellFields = [...]string{
	columns.FirstName, columns.LastName, columns.OtherNames, columns.Email, columns.PlusOnes, columns.Notes, columns.Tags,
	columns.Barcode, columns.CustomID, columns.IsGroup, columns.ValidFrom, columns.ValidTo, columns.EventID,
	columns.TemplateID,
	columns.PartySize, columns.Key,
}

// Cell returns a cell by its field's name.
func (r *Record) Cell(field string) *string {
	switch field {
	case columns.FirstName:
		return &r.FirstName
	case columns.LastName:
		return &r.LastName
	case columns.OtherNames:
		return &r.OtherNames
	case columns.Email:
		return &r.Email
	case columns.PlusOnes:
		return &r.PlusOnes
	case columns.Notes:
		return &r.Notes
	case columns.Tags:
		return &r.Tags
	case columns.Barcode:
		return &r.Barcode
	case columns.CustomID:
		return &r.CustomID
	case columns.IsGroup:
		return &r.IsGroup
	case columns.ValidFrom:
		return &r.ValidFrom
	case columns.ValidTo:
		return &r.ValidTo
	case columns.EventID:
		return &r.EventID
	case columns.TemplateID:
		return &r.TemplateID
	case columns.PartySize:
		return &r.PartySize
	case columns.Key:
		return &r.Key
	}
	return nil
}

func (r *Record) Field(name string) string {
	if cell := r.Cell(name); cell != nil {
		return *cell
	}
	return ""
}

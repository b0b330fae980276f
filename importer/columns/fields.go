package columns

import "guestflow/importer/headers"

// The fields that a column can be taken for, as package headers has them.
const (
	FirstName  = headers.FirstName
	LastName   = headers.LastName
	OtherNames = headers.OtherNames
	Email      = headers.Email
	PlusOnes   = headers.PlusOnes
	Notes      = headers.Notes
	Tags       = headers.Tags
	Barcode    = headers.Barcode
	CustomID   = headers.CustomID
	IsGroup    = headers.IsGroup
	ValidFrom  = headers.ValidFrom
	ValidTo    = headers.ValidTo
	EventID    = headers.EventID
	TemplateID = headers.TemplateID
	FullName   = headers.FullName
	PartySize  = headers.PartySize
	Ignore     = headers.Ignore
	Key        = headers.Key
)

// Fields returns the fields that a source can be chosen for, in the order in which they are listed.
func Fields() []string { return headers.Fields() }

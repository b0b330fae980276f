// Package headers knows what the header of a column says: the field that it names, in the languages of many senders,
// and whose name or address the column has. It knows no cells and no other columns, so what it says may still be wrong
// of a list.
package headers

// The fields that a column can be taken for.
const (
	FirstName  = "first_name"
	LastName   = "last_name"
	OtherNames = "other_names"
	Email      = "email"
	PlusOnes   = "plus_ones"
	Notes      = "notes"
	Tags       = "tags"
	Barcode    = "barcode"
	CustomID   = "custom_id"
	IsGroup    = "is_group"
	ValidFrom  = "valid_from"
	ValidTo    = "valid_to"
	EventID    = "event_id"
	TemplateID = "template_id"
	FullName   = "full_name"  // is split, and no guest's field itself
	PartySize  = "party_size" // how many come, the guest too: one more than its plus ones
	Ignore     = "ignore"     // columns that may say that rows are not meant, and decide nothing all the same
	Key        = "key"        // what identifies guests, where it is no other field
)

// order is how fields are listed.
var order = []string{
	FirstName, LastName, OtherNames, FullName, Email, PlusOnes, PartySize, Notes, Tags, Barcode, CustomID, IsGroup,
	ValidFrom, ValidTo,
	EventID, TemplateID, Ignore, Key,
}

// Fields returns the fields that a source can be chosen for, in the order in which they are listed.
func Fields() []string { return order[:len(order)-1] }

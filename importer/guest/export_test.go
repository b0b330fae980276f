package guest

// Fold is how spellings of one guest become one.
func Fold(s string) string {
	n := NewIdentifier("", "", 0)
	return string(n.fold(nil, s))
}

// ValidEmail reports what is taken for an address.
func ValidEmail(s string) bool { return validEmail(s, "") }

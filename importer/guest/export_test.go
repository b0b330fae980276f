package guest

// Fold is how spellings of one guest become one.
func Fold(s string) string {
	n := NewIdentifier("", "", 0)
	return string(n.fold(nil, s))
}

// ValidEmail reports what is taken for an address.
func ValidEmail(s string) bool { return validEmail(s, "") }

// MonthNames are all that a month is called.
func MonthNames() (all [12][]string) {
	for i := range all {
		all[i] = append(append(all[i], monthNames[i]...), furtherMonths[i]...)
	}
	return all
}

// OtherNamesOf are all first names that have others, with these, and how many of them a guest is looked for by.
func OtherNamesOf() (all map[string][]string, most int) { return otherNames, maxOtherNames }

package table

import "strings"

// Encode writes a text in a single-byte encoding, or returns false for letters that it does not have.
func Encode(name, text string) (string, bool) {
	if name == "utf-8" {
		return text, true
	}
	t, err := encodingNamed(name)
	if err != nil {
		return "", false
	}
	if t.is == nil {
		if t.wide == nil {
			return "", false
		}
		out, err := t.wide.NewEncoder().String(text)
		return out, err == nil
	}
	out, is := t.is.encode([]byte(strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ").Replace(text)))
	return string(out), is
}

package charset

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

// Candidates returns the encodings that the detector knows, with their languages.
func Candidates() map[string][]string {
	all := map[string][]string{}
	for _, c := range candidates {
		all[string(c.name)] = strings.Fields(c.languages)
	}
	return all
}

// Misreaders returns the encodings that texts are taken for.
func Misreaders() (all []string) {
	for _, m := range misreaders {
		all = append(all, string(m.as))
	}
	return all
}

// Misread returns what a text's bytes are in another encoding, or false where that loses some.
func Misread(as, bytes string) (string, bool) {
	b := bytesBefore(Encoding(as))
	if b.page == nil {
		text, err := wideMisreaders[Encoding(as)].NewDecoder().String(bytes)
		return text, err == nil && !strings.Contains(text, "\ufffd")
	}
	var out strings.Builder
	for i := range len(bytes) {
		switch c := bytes[i]; {
		case c < 0x80:
			out.WriteByte(c)
		case b.page.upper[c-0x80] != "\ufffd":
			out.WriteString(b.page.upper[c-0x80])
		case c < 0xa0:
			out.WriteRune(rune(c))
		default:
			return "", false
		}
	}
	return out.String(), true
}

// WeighedWords returns what is weighed of a line in UTF-8.
func WeighedWords(line string) []string { return foreignWords(line) }

package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// parse reads the part of the .po format that the catalogues here have: msgid and msgstr, each of one or more quoted
// lines, and comments.
func parse(text string, messages map[string]string) error {
	var id, of *string
	var value string
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		keyword, quoted, _ := strings.Cut(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case keyword == "msgid":
			if err := put(messages, id, value); err != nil {
				return fmt.Errorf("before line %d: %w", n+1, err)
			}
			id, value = new(string), ""
			of = id
		case keyword == "msgstr" && id != nil:
			of = &value
		default:
			quoted = line
		}
		part, err := strconv.Unquote(quoted)
		if err != nil || of == nil {
			return fmt.Errorf("line %d is not a quoted text", n+1)
		}
		*of += part
	}
	return put(messages, id, value)
}

// put adds a message. The empty one is the catalogue's head.
func put(messages map[string]string, id *string, value string) error {
	if id == nil || *id == "" {
		return nil
	}
	key := normal(*id)
	if _, twice := messages[key]; twice {
		return fmt.Errorf("%q is there twice", key)
	}
	messages[key] = value
	return nil
}

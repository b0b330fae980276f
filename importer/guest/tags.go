package guest

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/nonname"
)

// tagPrefixes mean something to Qflow at the start of a tag (docs/qflow-api.md section 8).
var tagPrefixes = []string{"{tickettype}", "{session}", "{extra}", "{merch}", "{rsvp}"}

// tags trims each tag and refuses what Qflow's tag grammar forbids (docs/qflow-api.md section 8), since it is unknown
// whether a forbidden character is refused or silently dropped there.
func (c *check) tags(s string) string {
	if s == "" {
		return ""
	}
	if s == c.tag.text {
		return c.tag.is
	}
	all, before := s, len(c.findings)+len(c.warnings)
	var out strings.Builder
	out.Grow(len(s) + 4)
	for _, tag := range separateTags(s) {
		if tag = strings.TrimSpace(tag); tag == "" {
			continue
		}
		if tag == "-" || nothing[strings.ToLower(tag)] {
			c.warn(OddTag, columns.Tags, "a tag says that there is none, and is left out")
			continue
		}
		if odd := cmp.Or(oddTag(tag), oddSeparator(tag), oddWord(tag), oddText(tag)); odd != "" {
			c.warn(OddTag, columns.Tags, odd)
		}
		if out.Len() > 0 {
			out.WriteString(", ")
		}
		out.WriteString(tag)
	}
	s = out.String()
	if strings.ContainsAny(s, "#%'\"\n\r") {
		c.add(BadTag, columns.Tags, `a tag may not hold any of # % ' " or a line break`)
	}
	if len(c.findings)+len(c.warnings) == before {
		c.tag = cachedValue{all, s}
	}
	return s
}

// separateTags takes a list of tags apart as senders write them: between commas, each in quotes, as
// programs write lists, or between semicolons or bars where there is no comma. What stands in brackets stays together.
func separateTags(s string) []string {
	var tags []string
	if s[0] == '[' && json.Unmarshal([]byte(s), &tags) == nil {
		return tags
	}
	if inner := listInside(s); inner != "" || strings.Trim(s, "[](){} ") == "" {
		s = inner
	}
	if tags, is := quotedTags(s); is {
		return tags
	}
	if tags, is := partlyQuotedTags(s); is {
		return tags
	}
	if tags = splitOutside(s, ","); len(tags) == 1 {
		tags = splitOutside(s, ";|")
	}
	return tags
}

// listInside returns what stands between the brackets of a list, as Python and databases write it, or "".
func listInside(s string) string {
	for _, around := range []string{"[]", "()", "{}"} {
		if len(s) > 2 && s[0] == around[0] && s[len(s)-1] == around[1] {
			inner := s[1 : len(s)-1]
			if !strings.ContainsAny(inner, around) && (around == "[]" || strings.ContainsAny(inner, `,"'`)) {
				return inner
			}
		}
	}
	return ""
}

// splitOutside splits a text at separators that stand outside of brackets. Where brackets are not closed they are letters.
func splitOutside(s, separators string) (parts []string) {
	depth, from := 0, 0
	closed := strings.Count(s, "(") == strings.Count(s, ")")
	for i, r := range s {
		switch {
		case r == '(' && closed:
			depth++
		case r == ')' && closed:
			depth--
		case depth <= 0 && strings.ContainsRune(separators, r):
			parts, from = append(parts, s[from:i]), i+1
		}
	}
	return append(parts, s[from:])
}

// oddWord says what of a tag looks like another column's cell.
func oddWord(tag string) string {
	if _, is := flags[strings.ToLower(tag)]; is && tag != "是" && tag != "有" && len(tag) > 1 || tag == "0" || switchWords[tag] {
		return "a tag is yes, no or a number, as in a column of switches; see whether it is a tag"
	}
	return ""
}

// oddText says what of a tag looks like another column's text: an address, a link, a sentence.
func oddText(tag string) string {
	switch {
	case strings.IndexByte(tag, '@') > 0 && validEmail(tag, ""):
		return "a tag is an email address; its cells may be in wrong columns"
	case strings.Contains(tag, "://"), strings.HasPrefix(tag, "www."):
		return "a tag is a link; its cells may be in wrong columns"
	case nonname.Likely(tag, "") == nonname.Sentence:
		return "a tag is a sentence, as a note is; see whether it is a tag"
	}
	return ""
}

// oddSeparator says what of a tag looks as if it separated two.
func oddSeparator(tag string) string {
	switch outside := strings.Join(splitOutside(tag, ";|"), ""); {
	case strings.Contains(tag, ","):
		return "a tag has a comma in it, and Qflow takes it for two tags"
	case outside != tag:
		return "a tag has a semicolon or a bar in it, beside commas that separate tags; see whether it is one tag"
	}
	return ""
}

// quotedTags reads tags that are all in quotes of one kind, with commas, semicolons or bars between them.
func quotedTags(s string) (tags []string, is bool) {
	s = strings.TrimSpace(s)
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return nil, false
	}
	quote := s[:1]
	for {
		tag, rest, closed := strings.Cut(s[1:], quote)
		if !closed {
			return nil, false
		}
		tags = append(tags, tag)
		if s = strings.TrimSpace(rest); s == "" {
			return tags, true
		}
		if s = strings.TrimSpace(s[1:]); !strings.ContainsAny(rest[:len(rest)-len(strings.TrimLeft(rest, " ,;|"))], ",;|") || !strings.HasPrefix(s, quote) {
			return nil, false
		}
	}
}

// partlyQuotedTags reads tags of which those with a comma are in quotes, as a row of a CSV file: "A, B",Blog.
func partlyQuotedTags(s string) (tags []string, is bool) {
	if !strings.Contains(s, `"`) {
		return nil, false
	}
	row := csv.NewReader(strings.NewReader(s))
	row.TrimLeadingSpace = true
	tags, err := row.Read()
	return tags, err == nil && row.InputOffset() == int64(len(s))
}

// oddTag says what is odd about a tag that is not forbidden: whether Qflow knows other prefixes, or cares for case, is unknown.
func oddTag(tag string) string {
	if strings.HasPrefix(tag, "::") {
		for segment := range strings.SplitSeq(tag[2:], ":") {
			if strings.TrimSpace(segment) == "" {
				return "a tag tree has an empty segment; it is written ::Sessions:Day 1:Keynote"
			}
		}
		return ""
	}
	open := strings.IndexAny(tag, "{}")
	if open < 0 {
		return ""
	}
	for _, prefix := range tagPrefixes {
		if name, is := strings.CutPrefix(tag, prefix); is && !strings.ContainsAny(name, "{}") {
			if strings.TrimSpace(name) == "" {
				return "a tag has a prefix and no name"
			}
			return ""
		}
	}
	return "a tag has braces and none of the known prefixes at its start: " + strings.Join(tagPrefixes, " ")
}

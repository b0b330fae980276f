package table

import "strings"

// splitLine returns what stands between a line's delimiters, whatever quotes are in it; only a cell that is quoted well
// loses its quotes.
func splitLine(line, comma string) (cells []string) {
	left := strings.TrimRight(line, "\r\n")
	for more := true; more; {
		cell, rest, well := cutQuoted(left, comma)
		if !well {
			end := strings.Index(left, comma)
			if end < 0 {
				end = len(left)
			}
			cell, rest = left[:end], left[end:]
		}
		cells = append(cells, cell)
		left, more = strings.CutPrefix(rest, comma)
	}
	return cells
}

// cutQuoted cuts a cell off a line that is quoted as it should be, up to the delimiter.
func cutQuoted(line, comma string) (cell, rest string, well bool) {
	if line == "" || line[0] != '"' {
		return "", "", false
	}
	for at := 1; ; {
		end := strings.IndexByte(line[at:], '"')
		if end < 0 {
			return "", "", false
		}
		at += end + 1
		if at < len(line) && line[at] == '"' {
			at++
			continue
		}
		cell, rest = strings.ReplaceAll(line[1:at-1], `""`, `"`), line[at:]
		return cell, rest, rest == "" || strings.HasPrefix(rest, comma)
	}
}

// unquoteLine returns what is in a line that is quoted as a whole, as Excel writes the lines of a text it did not
// split.
func unquoteLine(text string) string {
	if inner, rest, well := cutQuoted(text, "\n"); well && rest == "" && strings.ContainsAny(inner, ",;\t|") {
		return inner
	}
	return text
}

// isAddress reports whether a cell holds an email address and nothing else, with quotes around it at most.
func isAddress(cell string) bool {
	name, host, is := strings.Cut(strings.Trim(cell, " \t\r\n\""), "@")
	return is && name != "" && strings.IndexByte(host, '.') > 0 && !strings.ContainsAny(name, " \t") &&
		!strings.ContainsAny(host, " \t@")
}

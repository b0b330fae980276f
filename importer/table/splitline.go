package table

import (
	"bytes"
)

// splitLine appends what stands between a line's delimiters, and takes quotes only off a cell that is quoted well. It copies no
// cell unless it has to: every record of several lines is looked at in this way.
func splitLine(cells [][]byte, line []byte, comma string) [][]byte {
	left := bytes.TrimRight(line, "\r\n")
	for more := true; more; {
		cell, rest, well := cutQuoted(left, comma)
		if !well {
			end := bytes.Index(left, []byte(comma))
			if end < 0 {
				end = len(left)
			}
			cell, rest = left[:end], left[end:]
		}
		cells = append(cells, cell)
		left, more = bytes.CutPrefix(rest, []byte(comma))
	}
	return cells
}

// cutQuoted takes a cell that is quoted as it should be off a line, up to the delimiter.
func cutQuoted(line []byte, comma string) (cell, rest []byte, well bool) {
	if len(line) == 0 || line[0] != '"' {
		return nil, nil, false
	}
	for at, twice := 1, false; ; twice = true {
		end := bytes.IndexByte(line[at:], '"')
		if end < 0 {
			return nil, nil, false
		}
		at += end + 1
		if at < len(line) && line[at] == '"' {
			at++
			continue
		}
		if cell, rest = line[1:at-1], line[at:]; twice {
			cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
		}
		return cell, rest, len(rest) == 0 || bytes.HasPrefix(rest, []byte(comma))
	}
}

// unquoteLine gives what is in a line that is quoted as a whole, as Excel writes the lines of a text it did not take apart.
func unquoteLine(text []byte) []byte {
	if inner, rest, well := cutQuoted(text, "\n"); well && len(rest) == 0 && bytes.ContainsAny(inner, ",;\t|") {
		return inner
	}
	return text
}

// isAddress knows one that has its cell to itself, with a quote at most.
func isAddress(cell []byte) bool {
	name, host, is := bytes.Cut(bytes.Trim(cell, " \t\r\n\""), []byte("@"))
	return is && len(name) > 0 && bytes.IndexByte(host, '.') > 0 && !bytes.ContainsAny(name, " \t") && !bytes.ContainsAny(host, " \t@")
}

package table

import "io"

// usesLoneCR reports whether the first line ends in a lone carriage return, as old Macs and some of their programs
// write it. A lone one in a file of other lines is a part of its cell.
func usesLoneCR(head []byte) bool {
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return false
		case c == '\r' && !quoted && i+1 < len(head):
			return head[i+1] != '\n'
		}
	}
	return false
}

// crReader makes every line end a line feed.
type crReader struct {
	in     io.Reader
	skipLF bool // the byte before was a carriage return
}

func (l *crReader) Read(p []byte) (int, error) {
	for {
		n, err := l.in.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			skip := c == '\n' && l.skipLF
			if l.skipLF = c == '\r'; l.skipLF {
				c = '\n'
			}
			if !skip {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

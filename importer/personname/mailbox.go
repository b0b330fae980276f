package personname

import (
	"strings"
)

// HasAddress reports whether a cell has an email address, and maybe a name with it.
func HasAddress(cell string) bool {
	name, host, is := strings.Cut(strings.TrimSpace(cell), "@")
	return is && name != "" && strings.Contains(host, ".") && !strings.Contains(host, "@")
}

// OfMailbox returns what stands before the address in Ida Holm <ida@example.org>, and any other cell as it is.
func OfMailbox(cell string) string {
	cell = strings.TrimSpace(cell)
	name, address, is := strings.Cut(cell, "<")
	name = strings.Trim(name, ` "'`)
	if !is || name == "" || !strings.HasSuffix(address, ">") || !strings.Contains(address, "@") ||
		strings.Count(address, "@") > 1 {
		return cell
	}
	return name
}

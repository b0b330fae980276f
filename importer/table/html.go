package table

import (
	"html"
	"regexp"
	"strings"
)

// unescapeHTML decodes a cell whose characters are written as in HTML, such as O&#039;Hara. One with an & that begins
// no such character is left alone.
func unescapeHTML(cell string) string {
	if !strings.Contains(cell, ";") || len(htmlEntity.FindAllStringIndex(cell, -1)) != strings.Count(cell, "&") {
		return cell
	}
	return html.UnescapeString(cell)
}

// htmlEntity is how HTML writes a character.
var htmlEntity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});`)

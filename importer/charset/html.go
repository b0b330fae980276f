package charset

import (
	"html"
	"regexp"
	"strings"
)

// timesEscaped is how often a cell may have been written as HTML: by a form, by its export, and by one more program.
const timesEscaped = 3

// unescapeHTML decodes a cell whose characters are written as in HTML, such as O&#039;Hara, also if that was done
// again, as in O&amp;#039;Hara. One with an & that begins no such character is left alone.
func unescapeHTML(cell string) string {
	if bare := bareEntity.FindAllString(cell, -1); len(bare) > 0 && len(bare) == strings.Count(cell, "&") {
		return decodeBare(cell)
	}
	for range timesEscaped {
		if !strings.Contains(cell, ";") || len(htmlEntity.FindAllStringIndex(cell, -1)) != strings.Count(cell, "&") {
			break
		}
		cell = html.UnescapeString(cell)
	}
	return cell
}

// htmlEntity is how HTML writes a character.
var htmlEntity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});`)

// bareEntity is one without the semicolon at its end, which programs have cut.
var bareEntity = regexp.MustCompile(`&(#[0-9]{3,4}|[AEIOUYNaeiouyn](?:uml|acute|grave|circ|tilde|ring)|[AEae]Elig|[Oo]slash|[Cc]cedil|szlig)(?:[^;0-9]|$)`)

// decodeBare decodes letters that are written without the semicolon: J&#246rg, M&uumlller.
func decodeBare(cell string) string {
	text := html.UnescapeString(cell)
	if isASCII(text) || strings.ContainsFunc(text, isControl) {
		return cell
	}
	return text
}

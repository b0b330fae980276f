package importer

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// field names are the csv tags of record; aliases are the headers that people write for them, as headerKey reduces them.
var aliases = map[string][]string{
	"first_name":  {"firstname", "forename", "givenname", "first"},
	"last_name":   {"lastname", "surname", "familyname", "last"},
	"other_names": {"othernames", "middlename", "middlenames"},
	"email":       {"email", "emailaddress", "mail", "guestemail"},
	"plus_ones":   {"plus1s", "plus1", "plusones", "plusone", "additionalguests"},
	"notes":       {"notes", "note", "guestnotes", "additionalinfo", "comments", "comment"},
	"tags":        {"tags", "tag"},
	"barcode":     {"barcode", "ticketbarcode"},
	"custom_id":   {"customid", "externalid"},
	"is_group":    {"isgroup", "group"},
	"valid_from":  {"validfrom"},
	"valid_to":    {"validto", "validuntil"},
	"event_id":    {"eventid"},
	"template_id": {"templateid", "commstemplateid"},
}

var fieldOf = func() map[string]string {
	m := map[string]string{}
	for field, names := range aliases {
		for _, name := range names {
			m[name] = field
		}
	}
	return m
}()

// headerKey reduces a header to its letters and digits, without case and accents: "Plus 1's" is plus1s, "E-Mail" is email.
func headerKey(header string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(header) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Columns tells what each column of a file is taken for.
type Columns struct {
	Header  []string          `json:"header"` // as it stands in the file
	Fields  []string          `json:"fields"` // per column: field name, "" when the column is not used
	Headers map[string]string `json:"-"`      // field name to header, for messages
	Unused  []string          `json:"unused"` // headers that nothing is taken from
}

// mapColumns matches a header by aliases; key is the header of the column that identifies a row, "" for the default. The
// error tells what is wrong, and its path and line are for the caller to add.
func mapColumns(header []string, key string) (Columns, *FileError) {
	c := Columns{Header: header, Fields: make([]string, len(header)), Headers: map[string]string{}}
	for i, h := range header {
		field := fieldOf[headerKey(h)]
		if field == "" && sameHeader(h, key) {
			field = "key"
		}
		if first, taken := c.Headers[field]; taken && field != "" {
			return c, &FileError{
				Problem: fmt.Sprintf("the columns %q and %q both look like %s", first, h, field), Advice: "rename or remove one of them",
			}
		}
		c.Fields[i] = field
		if field == "" {
			c.Unused = append(c.Unused, h)
			continue
		}
		c.Headers[field] = h
	}
	return c, c.check(key)
}

// sameHeader lets a person write a header's letters alone, and takes one without letters or digits as it stands.
func sameHeader(header, key string) bool {
	if k := headerKey(key); k != "" {
		return headerKey(header) == k
	}
	return key != "" && header == key
}

// check does not show the line that is no header: a file without a header has a guest there.
func (c Columns) check(key string) *FileError {
	if !c.has("first_name") && !c.has("last_name") {
		return &FileError{
			Problem: fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name", len(c.Header)),
			Advice:  "the first line must name the columns, such as First Name,Last Name,Email",
		}
	}
	if key != "" && c.keyField(key) == "" {
		return &FileError{Problem: fmt.Sprintf("there is no column %q to tell rows apart", key), Advice: "correct --key, or leave it out to use email and name"}
	}
	return nil
}

func (c Columns) has(field string) bool { return c.Headers[field] != "" }

// keyField is the field that holds the chosen key column.
func (c Columns) keyField(key string) string {
	for i, h := range c.Header {
		if sameHeader(h, key) {
			return c.Fields[i]
		}
	}
	return ""
}

package emailpreview

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/columns"
	"guestflow/qflow"
)

// token is a merge token of Qflow's.
type token struct {
	fields []string                 // of a list, any of which fills it; none: no list does
	value  func(qflow.Guest) string // nil: only Qflow knows it
	made   bool                     // Qflow fills it where the guest has nothing
}

// tokens are those of docs/qflow-api.md section 5.1, but for those of custom fields.
var tokens = map[string]token{
	"firstname": {fields: []string{columns.FirstName, columns.FullName},
		value: func(g qflow.Guest) string { return g.FirstName }},
	"lastname": {fields: []string{columns.LastName, columns.FullName},
		value: func(g qflow.Guest) string { return g.LastName }},
	"othernames": {fields: []string{columns.OtherNames}, value: func(g qflow.Guest) string { return g.OtherNames }},
	"fullname": {fields: []string{columns.FirstName, columns.LastName, columns.FullName},
		value: func(g qflow.Guest) string { return strings.TrimSpace(g.FirstName + " " + g.LastName) }},
	"email":      {fields: []string{columns.Email}, value: func(g qflow.Guest) string { return g.Email }},
	"plusones":   {fields: []string{columns.PlusOnes, columns.PartySize}, value: plusOnes},
	"guestnotes": {fields: []string{columns.Notes}, value: func(g qflow.Guest) string { return g.Notes }},
	"tags":       {fields: []string{columns.Tags}, value: tagged("")},
	"tickets":    {fields: []string{columns.Tags}, value: tagged("{tickettype}")},
	"sessions":   {fields: []string{columns.Tags}, value: tagged("{session}")},
	"barcode":    {made: true, value: func(g qflow.Guest) string { return g.Barcode }},
	"barcode_qr": {made: true}, "event": {made: true}, "date": {made: true}, "starttime": {made: true},
	"endtime":     {made: true},
	"companyname": {made: true}, "rsvplink_yes": {made: true}, "rsvplink_no": {made: true},
}

// plusOnes is empty for none, as Qflow's is.
func plusOnes(g qflow.Guest) string {
	if g.PlusOnes == 0 {
		return ""
	}
	return strconv.Itoa(g.PlusOnes)
}

// tagPrefix begins a tag of one of Qflow's groups (docs/qflow-api.md section 8).
var tagPrefix = regexp.MustCompile(`^\{[a-z]+\}`)

// tagged returns the tags with a prefix, one per line; "" is those without any.
func tagged(prefix string) func(qflow.Guest) string {
	return func(g qflow.Guest) string {
		var lines []string
		for tag := range strings.SplitSeq(g.Tags, ",") {
			tag = strings.TrimSpace(tag)
			if has := tagPrefix.FindString(tag); tag != "" && has == prefix {
				lines = append(lines, strings.TrimPrefix(tag, prefix))
			}
		}
		return strings.Join(lines, "\n")
	}
}

// customField is the name of a token of a custom field, which no call of Qflow's sets (docs/qflow-api.md section 4.1).
var customField = regexp.MustCompile(`^v_[0-9]+$`)

// maxDoubts is how many are listed of one template.
const maxDoubts = 20

// Doubts returns what is doubtful about a template's tokens for a list: tokens that no column of it fills, that are not
// known to be Qflow's, or that are written in another way than Qflow writes them. filled reports whether a list has a
// field.
func Doubts(t qflow.Template, filled func(field string) bool) []string {
	list := []string{}
	for _, as := range tokenShape.FindAllString(t.Subject+" "+t.HTML, -1) {
		if doubt := doubtOf(as, filled); doubt != "" && !slices.Contains(list, doubt) {
			if list = append(list, doubt); len(list) == maxDoubts {
				break
			}
		}
	}
	return list
}

func doubtOf(as string, filled func(string) bool) string {
	name := nameOf(as)
	t, known := tokens[name]
	switch {
	case customField.MatchString(name):
		return as + " is a custom field, which no column of a list can fill"
	case !known:
		return as + " is not one of Qflow's tokens, as far as they are known"
	case !t.made && !slices.ContainsFunc(t.fields, filled):
		return as + " is filled by no column of this list"
	case as != "{{"+name+"}}":
		return fmt.Sprintf("%s is written {{%s}} by Qflow; whether it is filled as it stands is not known", as, name)
	}
	return ""
}

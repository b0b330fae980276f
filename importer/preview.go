package importer

import (
	"fmt"
	"strconv"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
)

func (r row) preview() PreviewRow {
	p := PreviewRow{Row: r.Row.Row, Line: r.Line, Filtered: r.filtered, Cells: make([]string, len(r.raw))}
	for i, cell := range r.raw {
		p.Cells[i] = shorten(cell)
	}
	if r.rec != nil {
		p.Fields = map[string]string{}
		for i, cell := range r.rec.Cells() {
			if *cell != "" {
				p.Fields[guest.CellFields[i]] = shorten(r.understood(guest.CellFields[i], *cell))
			}
		}
	}
	for _, f := range append(r.findings[:len(r.findings):len(r.findings)], r.warnings...) {
		p.Codes = append(p.Codes, f.Code)
	}
	return p
}

// understood returns what is sent of a cell; of a row that is not, the cell itself.
func (r row) understood(field, cell string) string {
	if r.filtered || len(r.findings) > 0 {
		return cell
	}
	g := r.Guest
	switch field {
	case columns.FirstName:
		return g.FirstName
	case columns.LastName:
		return g.LastName
	case columns.OtherNames:
		return g.OtherNames
	case columns.Email:
		return g.Email
	case columns.PlusOnes:
		return strconv.Itoa(g.PlusOnes)
	case columns.PartySize:
		return fmt.Sprintf("%d, so %d beside the guest", g.PlusOnes+1, g.PlusOnes)
	case columns.Notes:
		return g.Notes
	case columns.Tags:
		return g.Tags
	case columns.Barcode:
		return g.Barcode
	case columns.CustomID:
		return g.CustomID
	case columns.IsGroup:
		return map[bool]string{true: "yes", false: "no"}[g.IsGroup]
	case columns.ValidFrom:
		return dateText(g.ValidFrom)
	case columns.ValidTo:
		return dateText(g.ValidTo)
	case columns.EventID:
		return g.EventID
	case columns.TemplateID:
		return g.TemplateID
	}
	return cell // the key
}

func dateText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

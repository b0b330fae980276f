package importer

import (
	"fmt"
	"strconv"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/rows"
	"guestflow/importer/visible"
)

func previewOf(r *rows.Row) PreviewRow {
	p := PreviewRow{Row: r.Row.Row, Line: r.Line, Filtered: r.Filtered, Cells: make([]string, len(r.Cells))}
	for i, cell := range r.Cells {
		p.Cells[i] = visible.Shorten(cell)
	}
	if r.Record != nil {
		p.Fields = map[string]string{}
		for i, cell := range r.Record.Cells() {
			if *cell != "" {
				p.Fields[guest.CellFields[i]] = visible.Shorten(understood(r, guest.CellFields[i], *cell))
			}
		}
	}
	for _, f := range append(r.Findings[:len(r.Findings):len(r.Findings)], r.Warnings...) {
		p.Codes = append(p.Codes, f.Code)
	}
	return p
}

// understood returns what is sent of a cell; of a row that is not, the cell itself.
func understood(r *rows.Row, field, cell string) string {
	if r.Filtered || len(r.Findings) > 0 {
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

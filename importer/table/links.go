package table

import (
	"archive/zip"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxLinks bounds the links of a sheet that are looked at.
const maxLinks = 100_000

// cellLink is a link that a sheet has at a cell, by the name of its relationship.
type cellLink struct {
	column int
	id     string
}

// addLink notes the link of a cell.
func (s *sheetScan) addLink(tag []byte) {
	column, row, err := excelize.CellNameToCoordinates(attr(tag, "ref"))
	if id := attr(tag, "r:id"); err == nil && id != "" && s.linkCount < maxLinks {
		if s.links == nil {
			s.links = map[int][]cellLink{}
		}
		s.links[row] = append(s.links[row], cellLink{column - 1, id})
		s.linkCount++
	}
}

// linkedAddresses returns the addresses to which links of a sheet write, by the names of their relationships.
func linkedAddresses(z *zip.Reader, sheet *zip.File) map[string]string {
	addresses := map[string]string{}
	all, _ := relationships(z, sheet.Name) // the sheet can be read without them
	for _, r := range all {
		if scheme, to, is := strings.Cut(r.Target, ":"); is && strings.EqualFold(scheme, "mailto") {
			to, _, _ = strings.Cut(to, "?")
			addresses[r.ID] = strings.TrimSpace(to)
		}
	}
	return addresses
}

// otherLink returns what is said of the row that was read last where a shown address has a link to another one, or "".
func (s *sheetReader) otherLink(cells []string) string {
	for _, link := range s.stats.links[s.row] {
		to := s.addresses[link.id]
		if link.column < len(cells) && isAddress(to) && isAddress(cells[link.column]) &&
			!strings.Contains(strings.ToLower(cells[link.column]), strings.ToLower(to)) {
			return "(the address shown links to another one)"
		}
	}
	return ""
}

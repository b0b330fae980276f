package table

import (
	"archive/zip"
	"encoding/xml"
	"path"
	"strings"
)

// relationship is what a part of a workbook refers to: another part, or an address outside.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:",attr"`
	Target string `xml:",attr"`
}

// relationships returns those of a part; a part without any has no list of them.
func relationships(z *zip.Reader, part string) ([]relationship, error) {
	part = strings.ReplaceAll(part, `\`, "/")
	list := findPart(z, path.Join(path.Dir(part), "_rels", path.Base(part)+".rels"))
	if list == nil {
		return nil, nil
	}
	in, err := list.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all struct{ Relationship []relationship }
	if err := xml.NewDecoder(in).Decode(&all); err != nil {
		return nil, err
	}
	return all.Relationship, nil
}

// part returns the part to which the relationship of another one leads, or nil.
func (r relationship) part(z *zip.Reader, of string) *zip.File {
	target := r.Target
	if !strings.HasPrefix(target, "/") {
		target = path.Join(path.Dir(strings.ReplaceAll(of, `\`, "/")), target)
	}
	return findPart(z, strings.TrimPrefix(target, "/"))
}

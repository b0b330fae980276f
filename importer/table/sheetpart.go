package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// findPart returns a part by its name, whose case and slashes differ from program to program.
func findPart(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

// sheetPart returns the part of a sheet by its name: the workbook maps it to an id, and another part the id to a part.
func sheetPart(z *zip.Reader, book *excelize.File, name string) (*zip.File, error) {
	id := ""
	for _, sheet := range book.WorkBook.Sheets.Sheet {
		if sheet.Name == name {
			id = sheet.ID
		}
	}
	places := findPart(z, "xl/_rels/workbook.xml.rels")
	if places == nil {
		return nil, errors.New("it does not say where its sheets are")
	}
	in, err := places.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	if err := xml.NewDecoder(in).Decode(&all); err != nil {
		return nil, err
	}
	for _, r := range all.Relationship {
		if r.ID != id {
			continue
		}
		target := r.Target
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		if p := findPart(z, strings.TrimPrefix(target, "/")); p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("the sheet %q is not in it", name)
}

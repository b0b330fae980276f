package table

import (
	"archive/zip"
	"errors"
	"fmt"
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

const workbookPart = "xl/workbook.xml"

// sheetPart returns the part of a sheet by its name: the workbook maps it to an id, and another part the id to a part.
func sheetPart(z *zip.Reader, book *excelize.File, name string) (*zip.File, error) {
	id := ""
	for _, sheet := range book.WorkBook.Sheets.Sheet {
		if sheet.Name == name {
			id = sheet.ID
		}
	}
	all, err := relationships(z, workbookPart)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("it does not say where its sheets are")
	}
	for _, r := range all {
		if r.ID != id {
			continue
		}
		if p := r.part(z, workbookPart); p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("the sheet %q is not in it", name)
}

package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbookReader reads a workbook's sheet, or several with the same columns one after the other.
type workbookReader struct {
	spool        *os.File
	zip          *zip.Reader
	file         *excelize.File
	ctxErr       func() error
	texts        chan struct{} // closed once the library has loaded the texts of all cells
	dated        map[int]bool  // by style: whether numbers are shown as dates
	since1904    bool
	hidden       string              // what becomes of hidden rows and columns
	written      *textStyles         // the texts that cells share
	struckStyles map[int]bool        // by style: whether it strikes its text through
	colours      map[int]cellColours // by style
	legend       map[string]string   // what colours mean
	changing     map[int]bool        // numbers of formats that hide or change what is stored
	changes      map[int]bool        // by style: whether it has one of them

	sheets []*sheetReader // that are read
	now    int            // the one that is being read
}

func openWorkbook(ctx context.Context, spool *os.File, o Options, elsewhere *guestsElsewhere) (*workbookReader, error) {
	z, written, err := checkWorkbook(ctx, spool)
	if err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(spool, 0, maxWorkbook),
		excelize.Options{UnzipSizeLimit: maxSheets, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	if len(file.GetSheetList()) > maxSheetCount {
		return nil, errors.Join(tooLarge(fmt.Sprintf("this workbook has more than %d sheets", maxSheetCount)), file.Close())
	}
	w := &workbookReader{zip: z, file: file, ctxErr: ctx.Err, texts: make(chan struct{}), dated: map[int]bool{},
		hidden: o.Hidden, written: written, struckStyles: map[int]bool{}, colours: map[int]cellColours{},
		legend: map[string]string{}}
	if err := w.open(ctx, o, elsewhere); err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.spool = spool // until here it is closed by the caller
	return w, nil
}

func (w *workbookReader) open(ctx context.Context, o Options, elsewhere *guestsElsewhere) error {
	props, err := w.file.GetWorkbookProps()
	if err != nil {
		close(w.texts)
		return damagedWorkbook(err)
	}
	w.since1904 = props.Date1904 != nil && *props.Date1904
	if err := w.loadTexts(ctx); err != nil {
		return err
	}
	w.readStored()
	names, err := w.chooseSheets(o)
	if err != nil {
		return err
	}
	for _, name := range names {
		s, err := w.openSheet(ctx, name, o)
		if err != nil {
			return headerlessSheet(err, name, names)
		}
		w.sheets = append(w.sheets, s)
	}
	if err := w.alignColumns(o.Field); err != nil {
		return err
	}
	if elsewhere != nil {
		if err := elsewhere.addSheets(ctx, w, names); err != nil {
			return err
		}
	}
	return w.sheets[0].start()
}

// loadTexts has the library load the texts of all cells, which takes seconds for a million of them and minds no
// context. So it does that beside the caller, which leaves when the context ends.
func (w *workbookReader) loadTexts(ctx context.Context) error {
	go func() {
		defer close(w.texts)
		for _, name := range w.file.GetSheetList() {
			_, _, _ = firstRows(w.file, name, 1) // an error comes back with the next read
		}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.texts:
		return nil
	}
}

func (w *workbookReader) read() (Record, error) {
	for {
		rec, err := w.sheets[w.now].read()
		if len(w.sheets) > 1 {
			rec.Sheet = w.sheets[w.now].name
		}
		if !errors.Is(err, io.EOF) || w.now+1 == len(w.sheets) {
			return rec, err
		}
		if err := w.nextSheet(); err != nil {
			return Record{}, err
		}
	}
}

// nextSheet goes on with the next sheet, behind its header.
func (w *workbookReader) nextSheet() error {
	err := w.sheets[w.now].close()
	w.now++
	if err != nil {
		return damagedWorkbook(err)
	}
	next := w.sheets[w.now]
	if err := next.start(); err != nil {
		return err
	}
	if next.unnamedColumns > 0 {
		return nil
	}
	if _, err := next.read(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (w *workbookReader) describe(f *Format) {
	names := make([]string, len(w.sheets))
	for i, s := range w.sheets {
		names[i] = s.name
	}
	f.Member = strings.Join(names, ", ")
}

func (w *workbookReader) habits() rowHabits {
	s := w.sheets[0]
	return rowHabits{sample: s.sample, fillsCells: fillsCells(sample{rows: s.sample}),
		mostlySingle: mostlySingle(s.sample)}
}

func (w *workbookReader) columnsWithoutHeader() int {
	columns := 0
	for _, s := range w.sheets {
		columns = max(columns, s.unnamedColumns)
	}
	return columns
}

// visibleSheets returns the names of the sheets that are not hidden, in the workbook's order.
func (w *workbookReader) visibleSheets() []string {
	return slices.DeleteFunc(w.file.GetSheetList(), func(name string) bool {
		visible, err := w.file.GetSheetVisible(name)
		return err == nil && !visible
	})
}

// close returns at once, also while texts are still being loaded; the files are closed after that.
func (w *workbookReader) close() error {
	select {
	case <-w.texts:
		return w.closeFiles()
	default:
		go func() {
			<-w.texts
			_ = w.closeFiles() // of a file that was given up
		}()
		return nil
	}
}

func (w *workbookReader) closeFiles() error {
	var all []error
	for _, s := range w.sheets {
		all = append(all, s.close())
	}
	all = append(all, w.file.Close())
	if w.spool != nil {
		all = append(all, w.spool.Close())
	}
	return errors.Join(all...)
}

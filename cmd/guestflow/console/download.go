package console

import (
	"net/http"
	"os"
	"path/filepath"
)

// reports are what can be downloaded of an import, by name.
var reports = map[string]struct {
	file   func(Report) string
	kind   string
	guests bool // it holds guests' data
}{
	"result.csv":   {func(r Report) string { return r.Result }, "text/csv; charset=utf-8", true},
	"rejects.csv":  {func(r Report) string { return r.Rejects }, "text/csv; charset=utf-8", true},
	"summary.html": {func(r Report) string { return r.Summary }, "text/html; charset=utf-8", false},
}

// download makes an import's report and sends a file of it. The name in the path only picks one of three.
func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	if err != nil {
		s.fail(w, r, req, err)
		return
	}
	if err := s.sendReport(w, req); err != nil {
		s.fail(w, r, req, err)
	}
}

func (s *Site) sendReport(w http.ResponseWriter, r *request) error {
	want, known := reports[r.PathValue("report")]
	if !known {
		return errNoPage
	}
	if want.guests && !r.User.Guests {
		return errGuests
	}
	imp, err := r.Ledger.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "guestflow")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // guests' data
	report, err := r.Report(r.Context(), imp, folder)
	if err != nil {
		return err
	}
	file, err := os.Open(want.file(report))
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	w.Header().Set("Content-Type", want.kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+filepath.Base(file.Name())+`"`)
	http.ServeContent(w, r.Request, "", imp.Updated, file)
	return nil
}

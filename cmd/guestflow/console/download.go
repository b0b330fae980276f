package console

import (
	"bytes"
	"net/http"
	"os"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/report"
)

// download sends a report of an import. The name in the path only selects one of four.
func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	req, err := s.request(r)
	if err == nil {
		switch r.PathValue("report") {
		case "summary.html":
			err = sendSummary(w, req)
		case "result.csv":
			err = s.sendFile(w, req, "result", func(r Report) string { return r.Result })
		case "rejects.csv":
			err = s.sendFile(w, req, "rejects", func(r Report) string { return r.Rejects })
		case "gone.csv":
			err = s.sendFile(w, req, "gone", func(r Report) string { return r.Gone })
		default:
			err = errNoPage
		}
	}
	if err != nil {
		s.writeError(w, r, req, err)
	}
}

// sendSummary sends the summary, which has no guests' data and needs no file.
func sendSummary(w http.ResponseWriter, r *request) error {
	summary, err := report.Summarise(r.Context(), r.Ledger, r.PathValue("id"), time.Now())
	if err != nil {
		return err
	}
	summary.Reasons = operate.RedactReasons(summary.Reasons)
	var b bytes.Buffer
	if err := summary.HTML(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	attach(w, summary.Import.ID+"-summary.html")
	_, _ = w.Write(b.Bytes()) // the client is gone
	return nil
}

// sendFile writes a report, which holds guests' data, and sends one of its files. The download is audited.
func (s *Site) sendFile(w http.ResponseWriter, r *request, name string, of func(Report) string) error {
	if !r.User.Guests {
		return errGuests
	}
	if limited := s.guard.CountAction(r.Request, r.User); limited != nil {
		return limited
	}
	imp, err := r.Ledger.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "guestflow")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var report Report
	err = r.Audited(r.Context(), r.actor(), "download", imp.ID, "", func() (string, error) {
		report, err = r.Report(r.Context(), imp, folder)
		return name + ".csv", err
	})
	if err != nil {
		return err
	}
	if of(report) == "" {
		return errNoPage
	}
	file, err := os.Open(of(report))
	if err != nil {
		return err
	}
	defer file.Close()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	attach(w, imp.ID+"-"+name+".csv")
	http.ServeContent(w, r.Request, "", imp.Updated, file)
	return nil
}

func attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

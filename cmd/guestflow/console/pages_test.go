package console_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
)

// evil is what people put into cells, by accident or not.
const (
	script  = `<script>alert(1)</script>`
	formula = `=HYPERLINK("http://evil.example","x")`
)

// evilImport has one sound row and two rejected ones, with evil in each cell and in the header.
func (d *testConsole) evilImport() ledger.Import {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), script[1:7]+"&.csv")
	header := "First name,Last name,Email,Barcode,Tags," + script
	rows := []string{
		script + `,Lee,ann@example.com,B-1,"` + script + `",x`,
		`"` + strings.ReplaceAll(formula, `"`, `""`) + `",Ray,bob-is-secret,B-2,VIP,"` + script + `"`,
		`Cy,,` + script + `,B-3,VIP,y`,
	}
	return d.imported(path, header+"\n"+strings.Join(rows, "\n")+"\n", spec.Spec{})
}

// imported writes a list, imports it and returns the import once it is enqueued.
func (d *testConsole) imported(path, list string, to spec.Spec) ledger.Import {
	d.t.Helper()
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		d.t.Fatal(err)
	}
	settings, err := d.account.Settings(to)
	if err != nil {
		d.t.Fatal(err)
	}
	plan, err := importer.MakePlan(d.t.Context(), path, settings)
	if err != nil {
		d.t.Fatal(err)
	}
	imp, _, err := d.account.Importer.Begin(d.t.Context(), plan)
	if err == nil {
		err = d.account.Importer.Run(d.t.Context(), plan, imp)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return d.enqueued(imp.ID)
}

// everyPage lists what can be looked at.
func everyPage(imp ledger.Import) []string {
	of := "/a/main/imports/" + imp.ID
	return []string{
		"/a/main/", "/a/main/imports", "/a/main/inbox", "/a/main/waiting", "/a/main/guests", "/a/main/parked",
		"/a/main/schedules", "/a/main/suppressed", "/a/main/settings",
		"/a/main/help", "/a/main/new", of,
		of + "/qflow", of + "/rows?state=rejected", of + "/rows?state=queued", of + "/rows/1", of + "/rows/2", of + "/rows/3",
	}
}

func withReports(a *console.Account) {
	a.Schedules = func(context.Context) ([]console.Schedule, error) { return nil, nil }
	a.Config = func() map[string]any { return map[string]any{"redis_url": "[hidden]", "concurrency": 32} }
	a.Report = func(ctx context.Context, imp ledger.Import, folder string) (r console.Report, err error) {
		r = console.Report{Result: filepath.Join(folder, "result.csv"), Rejects: filepath.Join(folder, "rejects.csv")}
		header, rows, done, err := reread.SourceSheet(ctx, imp.Source, imp.SHA256, imp.Reading)
		if err != nil {
			return r, err
		}
		defer done()
		result, _ := os.Create(r.Result)
		rejects, _ := os.Create(r.Rejects)
		_, err = report.Write(ctx, a.Ledger, imp.ID, header, rows, csv.NewWriter(result), csv.NewWriter(rejects))
		return r, err
	}
}

func TestNoPageRunsWhatACellOrAFileNameHolds(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	imp := d.evilImport()
	pages := everyPage(imp)
	for _, path := range pages {
		if a := d.get(path); strings.Contains(a.body, "<script>alert") || a.status != http.StatusOK {
			t.Errorf("%s answers %d with the script, or not at all", path, a.status)
		}
	}
	found := d.post("/a/main/guests", url.Values{"q": {script}})
	d.wants(found, http.StatusOK, "&lt;script&gt;alert", "3 rows found")
	if strings.Contains(found.body, "<script>alert") {
		t.Error("the search runs the script")
	}
	row := d.get("/a/main/imports/" + imp.ID + "/rows/1")
	d.wants(row, http.StatusOK, "&lt;script&gt;alert(1)&lt;/script&gt;", "ann@example.com", "Guest id", "queued")
	id := regexp.MustCompile(`Guest id</dt><dd><code>([0-9a-f-]{36})`).FindStringSubmatch(row.body)
	if id == nil {
		t.Fatal("the row's page tells no guest id")
	}
	d.wants(d.post("/a/main/guests", url.Values{"q": {id[1]}}), http.StatusOK, "1 row found", "/rows/1")
}

func TestAViewerSeesNothingOfAGuestAndSteersNothing(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("vera")
	imp := d.evilImport()
	for _, path := range everyPage(imp) {
		a := d.get(path)
		for _, secret := range []string{"ann@example.com", "bob-is-secret", "B-1", "Lee", "alert(1)"} {
			if strings.Contains(a.body, secret) && !strings.Contains(secret, "alert") {
				t.Errorf("%s shows a viewer %q", path, secret)
			}
		}
		if strings.Contains(a.body, `method="post" action="/a/`) {
			t.Errorf("%s offers a viewer to steer", path)
		}
	}
	of := "/a/main/imports/" + imp.ID
	for _, path := range []string{of + "/report/result.csv", of + "/report/rejects.csv", of + "/steer/cancel",
		of + "/window"} {
		d.wants(d.get(path), http.StatusForbidden)
	}
	d.wants(d.post("/a/main/guests", url.Values{"q": {"ann@example.com"}}), http.StatusForbidden)
	for _, path := range []string{of + "/steer/cancel", of + "/steer/pause", of + "/window", "/a/main/gates/trust/open",
		"/a/main/settings/limits", "/a/main/suppressed/add", "/a/main/suppressed/lift", "/a/main/erase",
		"/a/main/tokens"} {
		d.wants(d.post(path, url.Values{"calls": {"1"}}), http.StatusForbidden)
	}
	if now := d.enqueued(imp.ID); now.Stopped != "" {
		t.Errorf("a viewer has left the import %s", now.Stopped)
	}
	if _, _, err := d.account.Ledger.Move(t.Context(), imp.ID, []ledger.Move{{Row: 1, To: ledger.Refused,
		Reason: ledger.Reason{Code: "Leakname", Column: "Leakhead", Text: "Leaktext"}}}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{of + "/rows?state=refused", of + "/rows/1", of + "/report/summary.html"} {
		if a := d.get(path); strings.Contains(a.body, "Leak") || !strings.Contains(a.body, "other") ||
			a.status != http.StatusOK {
			t.Errorf("%s shows a viewer what Qflow said: %s", path, a.body)
		}
	}
	if fresh := operate.RedactReasons([]report.ReasonGroup{{State: ledger.Refused, Code: "Leakname"},
		{State: ledger.Refused, Code: "Leak2"}}); len(fresh) != 1 || fresh[0].Code != "other" {
		t.Errorf("the page of the import would show %+v", fresh)
	}
	d.wants(d.get(of+"/report/summary.html"), http.StatusOK, "3 rows by state", "bad_email") // nothing of a guest
}

func TestDownloadsAreTheImportsReportsAndNothingElse(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	imp := d.evilImport()
	of := "/a/main/imports/" + imp.ID + "/report/"
	rejects := d.get(of + "rejects.csv")
	d.wants(rejects, http.StatusOK, "bob-is-secret", "'=HYPERLINK")
	// who took guests' data along
	d.wants(d.get("/a/main/imports/"+imp.ID), http.StatusOK, "<td>download</td>", "rejects.csv")
	for _, name := range []string{"..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/users", "result.csv%00", "passwd", "..",
		"result.csv/.."} {
		if a := d.get(of + name); strings.Contains(a.body, "root:") || strings.Contains(a.body, "$2a$") ||
			strings.Contains(a.body, "guestflow_row") {
			t.Errorf("%s gives %s", name, a.body)
		}
	}
	d.wants(d.get("/a/main/imports/..%2f..%2fx/report/result.csv"), http.StatusNotFound)
}

func TestAnActThroughTheConsoleNamesWhoDidIt(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("otto")
	imp := d.evilImport()
	of := "/a/main/imports/" + imp.ID
	d.wants(d.get(of+"/steer/pause"), http.StatusOK, "1 row")
	d.wants(d.post(of+"/steer/pause", url.Values{"rows": {"1"}}), http.StatusOK, "1 row waits", "otto",
		"running, 1 row open")
	d.wants(d.post("/a/main/settings/limits", url.Values{"calls": {"77"}}), http.StatusOK,
		"The new limits apply to all workers", "77")
	d.wants(d.post("/a/main/settings/limits", url.Values{"calls": {"-5"}}), http.StatusUnprocessableEntity)
	d.wants(d.post("/a/main/settings/limits", nil), http.StatusUnprocessableEntity)
	d.wants(d.get(of+"/window"), http.StatusOK, "at any time")
	d.wants(d.post(of+"/window", url.Values{"hours": {"9-18"}}), http.StatusConflict, "is not hours such as 09:00-18:00")
	d.wants(d.post(of+"/window", url.Values{"hours": {"09:00-18:00 Mon-Fri, Europe/London"}}), http.StatusOK,
		"Its emails leave 09:00-18:00 Mon-Fri, Europe/London", "otto")
	d.wants(d.post(of+"/window", url.Values{"hours": {"09:00-18:00"}, "none": {"yes"}}), http.StatusOK, "at any time")
	d.wants(d.post(of+"/steer/explode", nil), http.StatusNotFound)
	d.wants(d.post(of+"/steer/cancel", nil), http.StatusUnprocessableEntity)
	d.wants(d.post(of+"/steer/cancel", url.Values{"rows": {"0"}}), http.StatusConflict, "1 row now")
	d.wants(d.post("/a/main/gates/nothing/open", nil), http.StatusNotFound)
	d.wants(d.post(of+"/steer/pause", url.Values{"rows": {"1"}}), http.StatusOK)
	d.wants(d.post(of+"/steer/resume", url.Values{"rows": {"1"}}), http.StatusOK, "1 row goes on")
	d.wants(d.post(of+"/steer/resume", url.Values{"rows": {"1"}}), http.StatusConflict, "is not paused")
	if n := strings.Count(d.log.String(), "who=otto"); n != 5 { // pausing it twice is once
		t.Errorf("the log names otto %d times", n)
	}
}

func TestALivingPageSendsWhatHasChangedAndOnlyThat(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	imp := d.evilImport()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+"/a/main/imports/"+imp.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := d.browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("it is %s", kind)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	await := func(text string) {
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("the stream ended before it said %q: %v", text, lines.Err())
	}
	await("1 queued")
	if err := d.account.Ledger.Pause(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	await("it is paused")
	if _, err := d.account.Ledger.Cancel(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	await("1 cancelled")
}

func TestAPageOfWhatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	for path, status := range map[string]int{
		"/a/main/imports/nothere1": 404, "/a/unknown/": 404, "/nowhere": 404,
		"/a/main/imports/nothere1/rows?state=rejected": 404,
		"/a/main/imports/nothere1/rows/1":              404, "/a/main/imports/nothere1/rows/x": 404,
		"/static/../console.go": 404,
		"/static/":              404,
	} {
		if a := d.get(path); a.status != status {
			t.Errorf("%s answers %d, not %d", path, a.status, status)
		}
	}
}

func TestAPageThatIsAwayTriesAgainUnlessThatDidSomethingTwice(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	imp := d.evilImport()
	_ = d.account.Redis.ShutdownNoSave(t.Context()) // its error is that the connection is gone
	page := d.get("/a/main/imports?after=" + imp.ID)
	d.wants(page, http.StatusServiceUnavailable, "Redis cannot be reached", "data-again",
		`href="/a/main/imports?after=`+imp.ID+`">Reload</a>`)
	act := d.post("/a/main/imports/"+imp.ID+"/steer/pause", url.Values{"rows": {"1"}})
	d.wants(act, http.StatusServiceUnavailable, "Redis cannot be reached")
	if strings.Contains(act.body, "data-again") || strings.Contains(act.body, "by itself") ||
		strings.Contains(page.body, "by itself.<") {
		t.Errorf("it says that it tries again: %s", act.body)
	}
}

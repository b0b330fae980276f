package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/schedule"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// listed reports which of some imports a page of them names.
func (d *testConsole) listed(path string, ids ...string) (found []string) {
	d.t.Helper()
	a := d.get(path)
	d.wants(a, http.StatusOK)
	for _, id := range ids {
		if strings.Contains(a.body, `imports/`+id+`"`) {
			found = append(found, id)
		}
	}
	return found
}

func TestImportsAreFoundByStateAndName(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	dir, to := t.TempDir(), spec.Spec{Account: "main", Event: sandbox.Defaults().EventID}
	good := d.imported(filepath.Join(dir, "gala.csv"), "First name,Last name,Email\nIda,Holm,ida@filter.example\n", to).ID
	bad := d.imported(filepath.Join(dir, "expo & more.csv"),
		"First name,Last name,Email\nAnn,Lee,ann@@filter.example\nBo,Ek,bo@filter.example\n", to).ID
	gone := d.imported(filepath.Join(dir, "early.csv"), "First name,Last name,Email\nCy,Roe,cy@filter.example\n", to).ID
	who := operate.Actor{Name: "otto", Via: "console"}
	for verb, id := range map[operate.Verb]string{operate.Cancel: gone, operate.Pause: good} {
		if _, err := d.account.Steer(t.Context(), who, verb, id, 9); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string][]string{
		"":                            {good, bad, gone},
		"?state=attention":            {bad},
		"?state=paused":               {good},
		"?state=running":              {bad},
		"?state=cancelled":            {gone},
		"?state=finished":             nil,
		"?q=GALA":                     {good},
		"?q=" + bad:                   {bad},
		"?q=expo+%26":                 {bad},
		"?q=gala&state=cancelled":     nil,
		"?q=%3Cscript%3E":             nil,
		"?before=" + gone + "&state=": {good, bad},
	} {
		if got := d.listed("/a/main/imports"+query, good, bad, gone); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	d.wants(d.get("/a/main/imports"), http.StatusOK, "Need attention", `aria-current="page">3 all`, ">1 paused<",
		">1 cancelled<")
	d.wants(d.get("/a/main/imports?state=nonsense"), http.StatusNotFound)
	d.wants(d.get("/a/main/imports?q="+strings.Repeat("x", 201)), http.StatusNotFound)
}

func TestAScheduleIsRunNowByOperators(t *testing.T) {
	t.Parallel()
	looks := 0
	d := newTestConsole(t, func(a *console.Account) {
		withReports(a)
		a.Schedules = func(context.Context) ([]console.Schedule, error) {
			return []console.Schedule{{Status: schedule.Status{Profile: "gala"}}}, nil
		}
		a.Look = func(_ context.Context, profile string) (int, error) {
			if looks++; looks > 2 {
				return 0, errors.New("no answer from files.example.com")
			}
			return 2 - looks, nil
		}
	})
	run := "/a/main/schedules/gala/run"
	d.wants(d.as("vera").post(run, nil), http.StatusForbidden)
	d.as("otto").wants(d.get("/a/main/schedules"), http.StatusOK, run)
	d.wants(d.post(run, nil), http.StatusOK, "source of gala: 1 file")
	d.wants(d.post(run, nil), http.StatusOK, "Nothing is new")
	d.wants(d.post(run, nil), http.StatusBadGateway, "No answer from files.example.com")
	d.wants(d.post("/a/main/schedules/other/run", nil), http.StatusNotFound)
	d.account.Live = true
	d.wants(d.post(run, nil), http.StatusConflict, "real people")
	d.wants(d.post(run, url.Values{"sure": {"1"}}), http.StatusBadGateway)
	if looks != 4 {
		t.Errorf("%d looks", looks)
	}
}

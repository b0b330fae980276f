package console_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/lang"
	"guestflow/importer/spec"
)

// asks returns a page as a browser gets it that wants a language.
func (d *testConsole) asks(language, path string) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", language)
	return d.do(req)
}

func TestPagesAreInTheLanguageThatIsSetOrThatTheBrowserWants(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	imp := d.imported(filepath.Join(d.t.TempDir(), "gala.csv"), "First name,Email\nAnn,ann@example.com\nBo,nope\n", spec.Spec{})
	d.wants(d.asks("de", "/a/main/"), http.StatusOK, `<html lang="en">`, "Overview")
	d.site.Language = lang.Auto
	d.wants(d.asks("en", "/a/main/"), http.StatusOK, `<html lang="en">`, "Overview")
	for path, says := range map[string][]string{
		"/a/main/":                   {`<html lang="de">`, "<h1>Übersicht</h1>", "Neuer Import", "Nichts bewegt sich:", "Zeilen warten", "höchstens pro Minute", `aria-label="1 in der Schlange, 1 abgelehnt"`},
		"/a/main/new":                {"<h1>Neuer Import</h1>", "Eine Gästeliste", "Vorschau", `name="file" required`},
		"/a/main/imports":            {"<h1>Importe</h1>", "1 Import.", "laufend", "Zu prüfen"},
		"/a/main/imports/" + imp.ID:  {"in der Schlange", "1 von 2 Zeilen erledigt", "Herunterladen:", "Import abbrechen", "1 Zeile</span>", "abgelehnt"},
		"/a/main/schedules":          {`<html lang="de">`, `<main id="main" tabindex="-1" lang="en" data-live>`, "Zeitpläne</a>", "<h1>Schedules</h1>"},
		"/a/main/imports?state=none": {`<html lang="de">`},
	} {
		a := d.asks("de-AT,de;q=0.9,en;q=0.5", path)
		for _, text := range says {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s does not say %q: %s", path, text, a.body)
			}
		}
	}
	if a := d.asks("de", "/a/main/new"); strings.Contains(a.body, `<main id="main" tabindex="-1" lang`) || strings.Contains(a.body, "A list of guests") {
		t.Errorf("a translated page is still English: %s", a.body)
	}
	d.site.Language = "de"
	d.wants(d.asks("en", "/a/main/new"), http.StatusOK, "Eine Gästeliste")
}

func TestEveryTextThatGoCodeMakesOfATranslatedPageHasATranslation(t *testing.T) {
	t.Parallel()
	for _, l := range lang.Languages[1:] {
		for _, text := range console.GoTexts() {
			if l.Text(text) == text {
				t.Errorf("%s has no %q", l.Name, text)
			}
		}
	}
}

package console_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
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
	imp := d.imported(filepath.Join(d.t.TempDir(), "gala.csv"), "First name,Email\nAnn,ann@example.com\nBo,nope\n",
		spec.Spec{})
	d.wants(d.asks("de", "/a/main/"), http.StatusOK, `<html lang="en">`, "Overview")
	d.site.Language = lang.Auto
	d.wants(d.asks("en", "/a/main/"), http.StatusOK, `<html lang="en">`, "Overview")
	for path, says := range map[string][]string{
		"/a/main/": {`<html lang="de">`, "<h1>Übersicht</h1>", "Neuer Import", "Nichts bewegt sich:",
			"Zeilen warten", "höchstens pro Minute", `aria-label="1 in der Schlange, 1 abgelehnt"`},
		"/a/main/new":     {"<h1>Neuer Import</h1>", "Eine Gästeliste", "Vorschau", `name="file" required`},
		"/a/main/imports": {"<h1>Importe</h1>", "1 Import.", "laufend", "Zu prüfen"},
		"/a/main/imports/" + imp.ID: {"in der Schlange", "1 von 2 Zeilen erledigt", "Herunterladen:", "Import abbrechen",
			"1 Zeile</span>", "abgelehnt"},
		"/a/main/schedules":          {`<html lang="de">`, "<h1>Zeitpläne</h1>", "Keine Zeitpläne."},
		"/a/main/nowhere":            {"<h1>Seite nicht gefunden</h1>", "Vielleicht ist die Adresse unvollständig."},
		"/a/main/imports?state=none": {`<html lang="de">`},
	} {
		a := d.asks("de-AT,de;q=0.9,en;q=0.5", path)
		for _, text := range says {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s does not say %q: %s", path, text, a.body)
			}
		}
	}
	if a := d.asks("de", "/a/main/new"); strings.Contains(a.body, "A list of guests") {
		t.Errorf("a translated page is still English: %s", a.body)
	}
	d.site.Language = "de"
	d.wants(d.asks("en", "/a/main/new"), http.StatusOK, "Eine Gästeliste")
}

// english finds words that sentences of English have and those of German have not.
var english = regexp.MustCompile(`(?i)(^|[ (])(the|of|is|are|has|have|and|not|with|this|it|its|be|been|for|from|by|to|no|or|if|that|which)[ .,;:]`)

// notText is what is left as it is in every language: commands, what stands in files and settings, and what no reader
// sees.
var notText = regexp.MustCompile(`(?s)<code.*?</code>|<option.*?</option>|<pre.*?</pre>|<script.*?</script>|<!--.*?-->`)

// texts are those of a page, between its tags and in the attributes that people read.
func texts(page string) []string {
	page = notText.ReplaceAllString(page, "")
	list := regexp.MustCompile(`<[^>]*>`).Split(page, -1)
	for _, at := range regexp.MustCompile(`(?:aria-label|placeholder|title|alt|data-of)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		list = append(list, at[1])
	}
	return list
}

func TestNoGermanPageHasAnEnglishSentence(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports)
	d.site.Language = "de"
	d.as("gina")
	list := "First name,Last name,Email,Barcode\nAnn,Lee,ann@example.com,1\nBo,Ray,nope,2\nCy,Bo,cy@example.com,1\n"
	imp := d.imported(filepath.Join(d.t.TempDir(), "gala.csv"), list, spec.Spec{})
	of := "/a/main/imports/" + imp.ID
	d.post(of+"/steer/pause", url.Values{"rows": {"1"}})
	plan := d.upload("neu.csv", []byte("Vorname,Status,Email\nIda,cancelled,ida@example.com\nBo,ok,nope\n"))
	d.post("/a/main/guests", url.Values{"q": {"ann@example.com"}})
	for _, path := range append(everyPage(imp), plan.at, of+"/steer/cancel", of+"/steer/resume", of+"/steer/explode",
		of+"/window", "/a/main/imports?state=paused",
		"/a/main/sign-in", "/a/main/imports/00000000", "/a/main/new/00000000", "/a/other/", "/login", of+"/report/x",
		of+"/resend/1") {
		a := d.asks("de", path)
		for _, text := range texts(a.body) {
			if text = strings.Join(strings.Fields(text), " "); english.MatchString(text) {
				t.Errorf("%s says in English: %s", path, text)
			}
		}
		if !strings.Contains(a.body, `<html lang="de">`) {
			t.Errorf("%s is not in German: %d", path, a.status)
		}
	}
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

func TestThePlanPageSaysWhereItHasFoundTheHeader(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports)
	d.as("gina")
	plan := d.upload("titled.csv", []byte("Our guests,,\n,,\nFirst name,Last name,Email\nIda,Holm,ida@example.com\n"))
	for language, want := range map[string]string{"en": "header in line 3", "de": "Zellen zwischen Kommas; Kopfzeile in Zeile 3"} {
		d.site.Language = language
		if page := d.asks(language, plan.at).body; !strings.Contains(page, want) {
			t.Errorf("the page says nothing of %q: %v", want, texts(page))
		}
	}
}

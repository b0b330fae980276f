package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// formOf is the form of a preview as a browser would send it.
func formOf(page string) url.Values {
	form := url.Values{}
	hidden := regexp.MustCompile(`<input type="hidden" name="([a-z]+\.\d+)" value="([^"]*)">`)
	for _, field := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(field[1], field[2])
	}
	list := regexp.MustCompile(`(?s)<select name="(is\.\d+)".*?</select>`)
	chosen := regexp.MustCompile(`<option value="([a-z_]+)" selected>`)
	for _, of := range list.FindAllStringSubmatch(page, -1) {
		form.Set(of[1], "")
		if option := chosen.FindStringSubmatch(of[0]); option != nil {
			form.Set(of[1], option[1])
		}
	}
	return form
}

// sent is what a preview says of where a field comes from.
func sent(page string) map[string]string {
	fields := map[string]string{}
	line := regexp.MustCompile(`<th scope="row">([^<]+)</th><td data-of="Comes from">(.*?) <span`)
	for _, row := range line.FindAllStringSubmatch(page, -1) {
		fields[row[1]] = row[2]
	}
	return fields
}

func TestEachColumnOfAFileHasOneChoice(t *testing.T) {
	t.Parallel()
	const list = "First Name,Last Name,Email,Mail at work,Zuk,,Zuk,{{x}},=y\nAda,Lee,ada@home.example,ada@work.example,a,b,c,d,e\n"
	for name, c := range map[string]struct {
		choose, want map[string]string // by column; by field, "" for from nowhere
		says         string
	}{
		"another column": {map[string]string{"3": "email"}, map[string]string{"Email": "Mail at work"}, ""},
		"not used":       {map[string]string{"2": "none"}, map[string]string{"Email": ""}, ""},
		"moved":          {map[string]string{"2": "none", "3": "email"}, map[string]string{"Email": "Mail at work"}, ""},
		"swapped": {map[string]string{"0": "last_name", "1": "first_name"},
			map[string]string{"First name": "Last Name", "Last name": "First Name"}, ""},
		"without a header":   {map[string]string{"5": "tags"}, map[string]string{"Tags": "#6"}, ""},
		"of two of one name": {map[string]string{"6": "tags"}, map[string]string{"Tags": "#7"}, ""},
		"with braces": {map[string]string{"7": "tags", "8": "notes"},
			map[string]string{"Tags": "#8", "Notes": "#9"}, ""},
		"two for one":           {map[string]string{"3": "notes", "5": "notes"}, nil, "Two columns are one field"},
		"no field of that name": {map[string]string{"3": "password"}, map[string]string{"Email": "Email"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newTestConsole(t, nil).as("gina")
			preview := d.upload("list.csv", []byte(list))
			form := formOf(preview.body)
			if len(form) < 7 {
				t.Fatalf("the form has %v", form)
			}
			for n, field := range c.choose {
				form.Set("is."+n, field)
			}
			after := d.post(preview.at, form)
			if c.says != "" {
				d.wants(after, http.StatusUnprocessableEntity, c.says)
				return
			}
			// Read once more as it is shown, everything stays; also with a text beside.
			again := d.post(preview.at, formOf(after.body))
			for _, page := range []string{after.body, again.body} {
				for field, from := range c.want {
					if got := sent(page)[field]; got != from {
						t.Errorf("%s comes from %q, not from %q", field, got, from)
					}
				}
			}
			back := formOf(again.body)
			for n := range c.choose {
				back.Set("is."+n, "")
			}
			if _, off := c.choose["2"]; !off {
				if got := sent(d.post(preview.at, back).body)["Email"]; got != "Email" {
					t.Errorf("as recognised, the email comes from %q", got)
				}
			}
		})
	}
}

func TestCorrectedRowsAreImportedAsTheOthersWere(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	const head = "First Name,Last Name,Mail at work,Table\n"
	preview := d.upload("list.csv", []byte(head+"Ada,Lee,ada@work.example,1\nBo,Ray,bo@@work.example,2\n"))
	preview = d.post(preview.at, url.Values{"template": {sandbox.Defaults().TemplateID},
		"from.email": {"in:Mail at work"}, "text.tags": {"Table {{Table}}"}})
	first := d.enqueued(idOf(d.start(preview)))
	page := d.get("/a/main/imports/" + first.ID)
	d.wants(page, http.StatusOK, "Bring corrected rows back", `Rows to correct <span class="count">1</span>`,
		`name="of" value="`+first.ID+`"`)

	back := d.uploadOf(first.ID, "rejects.csv",
		[]byte("guestflow_line,guestflow_reason,"+head+"3,x,Bo,Ray,bo@work.example,2\n"))
	d.wants(back, http.StatusOK, "Start: 1 guest, 1 email", "Table 2")
	second := d.enqueued(idOf(d.start(back)))
	if second.Event != first.Event || second.Template != first.Template || second.Counts[ledger.Queued] != 1 ||
		second.Mapping["tags"] != first.Mapping["tags"] {
		t.Errorf("imported was %+v", second)
	}
	for _, unknown := range []string{"aaaaaaaa", "../etc", "x"} {
		d.wants(d.uploadOf(unknown, "rejects.csv", guestList(1)), http.StatusNotFound, "Import not found")
	}

	silent := d.enqueued(idOf(d.start(d.upload("silent.csv",
		[]byte("First Name,Email\nCy,cy@work.example\nDi,di@@work.example\n")))))
	d.wants(d.uploadOf(silent.ID, "rejects.csv", []byte("First Name,Email\nDi,di@work.example\n")), http.StatusOK,
		"sends no email", "Start: 1 guest, 0 emails")
	if strings.Contains(d.get("/a/main/imports/"+second.ID).body, "Bring corrected rows back") {
		t.Error("an import without such rows asks for them")
	}
}

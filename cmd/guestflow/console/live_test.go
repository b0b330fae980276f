package console_test

import (
	"io"
	"net/url"
	"strings"
	"testing"
)

// events reads a stream to its end, as a browser takes it: lines end at \r, \n, or both.
func (d *testConsole) events(path string) (list []string) {
	d.t.Helper()
	body := d.stream(path)
	defer body.Close()
	raw, err := io.ReadAll(body)
	if err != nil {
		d.t.Fatal(err)
	}
	var data []string
	for _, line := range strings.Split(asInHTML(string(raw)), "\n") {
		field, value, _ := strings.Cut(line, ":")
		switch {
		case line == "" && data != nil:
			list, data = append(list, strings.Join(data, "\n")), nil
		case field == "data":
			data = append(data, strings.TrimPrefix(value, " "))
		}
	}
	return list
}

// asInHTML is a text as a browser takes it from a page.
func asInHTML(text string) string { return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text) }

func TestACellArrivesOnALivingPageAsOnOneThatIsLoaded(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	up := d.upload("list.csv", []byte("First name,Last name,Email\nAnn,\"last\r\rname\",ann@example.com\n"+
		"Bob,\"note\rdata: X\r\n\r\nevent: over\n\nid: 7\",bob@example.com\n"))
	imp := d.enqueued(idOf(d.start(d.post(up.at, url.Values{"note_rows": {"read"}}))))
	for row, cell := range map[string]string{"1": "<td>last\n\nname</td>",
		"2": "<td>note\ndata: X\n\nevent: over\n\nid: 7</td>"} {
		path := "/a/main/imports/" + imp.ID + "/rows/" + row
		if page := d.get(path); !strings.Contains(asInHTML(page.body), cell) {
			t.Fatalf("the page does not show %q: %s", cell, page.body)
		}
		pictures := d.events(path)
		if len(pictures) == 0 || !strings.Contains(pictures[len(pictures)-1], cell) {
			t.Errorf("the stream does not bring %q: %q", cell, pictures)
		}
	}
}

func TestTheStreamOfARowEndsOnceTheRowIsFound(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	imp := d.list("Ann,Lee,ann@example.com", "Bob,Ray,bob@example.com")
	pictures := d.events("/a/main/imports/" + imp.ID + "/rows/2") // comes back only because it ends
	last := pictures[len(pictures)-1]
	if !strings.Contains(last, "bob@example.com") || !strings.Contains(last, "data-over") {
		t.Errorf("the last picture is %s", last)
	}
	for _, p := range pictures[:len(pictures)-1] {
		if strings.Contains(p, "data-over") {
			t.Errorf("it tells browsers to go while the row is looked for: %s", p)
		}
	}
}

package emailpreview_test

import (
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/emailpreview"
	"guestflow/qflow"
)

var ida = qflow.Guest{FirstName: "Ida", LastName: "Holm & <b>Co</b>", Email: "ida@example.com", Notes: "first\nsecond",
	Tags: "VIP, {tickettype}Main Entry, {session}Keynote, {session}Dinner"}

func TestAnEmailShowsWhatARowFillsInAndNamesWhatItDoesNot(t *testing.T) {
	t.Parallel()
	e := emailpreview.Of(qflow.Template{
		Subject: "{{firstname}}, come to {{event}}",
		HTML: "<p>Dear {{fullname}},</p><p>{{guestnotes}}</p><p>{{tags}} / {{tickets}} / {{sessions}} / {{plusones}} / {{othernames}}</p>" +
			"<p>{{barcode}} {{V_1}} {{nonsense}}</p>",
	}, ida)
	if e.Subject != "Ida, come to [event]" {
		t.Errorf("the subject is %q", e.Subject)
	}
	want := "Dear Ida Holm & <b>Co</b>,\n\nfirst\nsecond\n\nVIP / Main Entry / Keynote\nDinner / /\n\n[barcode] {{V_1}} {{nonsense}}"
	if e.Text != want {
		t.Errorf("the text is %q\nwant %q", e.Text, want)
	}
	if !strings.Contains(e.HTML, "Ida Holm &amp; &lt;b&gt;Co&lt;/b&gt;") {
		t.Errorf("a cell is markup: %s", e.HTML)
	}
	if got := strings.Join(e.Empty, " ") + " | " +
		strings.Join(e.ByQflow, " "); got != "plusones othernames | event barcode" {
		t.Errorf("empty and by Qflow: %s", got)
	}
	known := ida
	known.Barcode, known.PlusOnes = "B-1", 2
	if e := emailpreview.Of(qflow.Template{HTML: "{{barcode}} {{plusones}}"}, known); e.Text != "B-1 2" ||
		len(e.ByQflow) != 0 {
		t.Errorf("what the row has itself: %+v", e)
	}
}

func TestNothingOfATemplateRunsLoadsOrLeadsAway(t *testing.T) {
	t.Parallel()
	ugly := qflow.Guest{FirstName: `"><script>alert(1)</script>`, LastName: "x' onmouseover='alert(1)",
		Notes: "</style><img>"}
	for name, html := range map[string]string{
		"a script":              `a<script>alert(1)</script>b`,
		"a script in a script":  `a<script><script>alert(1)</script></script>b`,
		"one that does not end": `a<b>b</b><script>alert(1)`,
		"images":                `a<img src="https://x.example/i.png" srcset="https://x.example/2 2x" onerror=alert(1) alt=b>`,
		"a link and a base":     `a<base href=https://x.example><link rel=preconnect href=https://x.example><a href="https://x.example" ping=//x.example>b</a>`,
		"frames and objects":    `a<iframe srcdoc="<script>alert(1)</script>">x</iframe><object data=x></object><embed src=x>b`,
		"a form":                `a<form action=https://x.example><input name=q autofocus onfocus=alert(1)><button>b</button></form>`,
		"svg":                   `a<svg onload=alert(1)><script>alert(1)</script><a xlink:href=javascript:alert(1)>x</a></svg>b`,
		"a refresh":             `a<meta http-equiv=refresh content="0;url=https://x.example">b`,
		"a comment":             `a<!--[if mso]><script>alert(1)</script><![endif]-->b`,
		"cells in attributes":   `a<p title="{{firstname}}" align={{lastname}} style='{{lastname}}'>b</p>`,
		"a cell in a style":     `a<style>p{color:red}{{guestnotes}}</style>b`,
		"broken tags":           "a<p<script>alert(1)</script>b<\x00script>alert(1)</script>",
		"tags in capitals":      `a<SCRIPT>alert(1)</SCRIPT><IMG SRC=x ONERROR=alert(1)>b`,
	} {
		e := emailpreview.Of(qflow.Template{HTML: html}, ugly)
		low := strings.ToLower(e.HTML)
		for _, bad := range []string{"<script", "<img", "<iframe", "<object", "<embed", "<form", "<input", "<svg", "<meta",
			"<link", "<base",
			"src=", "href", "onerror=", "onload=", "onfocus=", "<!--"} {
			if strings.Contains(low, bad) {
				t.Errorf("%s: %q stands in %s", name, bad, e.HTML)
			}
		}
		if strings.Contains(low, " onmouseover=") && !strings.Contains(low, `"x&#39; onmouseover=&#39;alert(1)"`) &&
			!strings.Contains(low, `&#39;`) {
			t.Errorf("%s: a cell became an attribute: %s", name, e.HTML)
		}
		if !strings.HasPrefix(e.Text, "a") {
			t.Errorf("%s: its text is %q", name, e.Text)
		}
	}
}

// Of an element that has no end only its tag is left out.
func TestWhatFollowsAnElementWithoutAnEndIsShown(t *testing.T) {
	t.Parallel()
	for _, element := range []string{"embed", "img", "input", "link", "meta", "base", "source", "wbr", "area"} {
		e := emailpreview.Of(qflow.Template{HTML: "<p>a<" + element + " src=x>b</p>"}, qflow.Guest{})
		if !strings.HasSuffix(e.Text, "b") || strings.Contains(e.HTML, "<"+element) {
			t.Errorf("%s: %q, %s", element, e.Text, e.HTML)
		}
	}
}

func TestAnEmailThatGrowsBeyondMeasureIsCut(t *testing.T) {
	t.Parallel()
	g := qflow.Guest{Notes: strings.Repeat("n", 4000)}
	e := emailpreview.Of(qflow.Template{HTML: strings.Repeat("{{guestnotes}}", 100_000)}, g)
	if !e.Cut || len(e.HTML) > 2*emailpreview.MaxShown {
		t.Errorf("cut: %v, at %d bytes", e.Cut, len(e.HTML))
	}
	if e := emailpreview.Of(qflow.Template{HTML: strings.Repeat("ä", emailpreview.MaxShown)}, g); !e.Cut ||
		strings.Contains(e.Text, "\ufffd") {
		t.Errorf("a long template: cut: %v", e.Cut)
	}
}

func TestATokenThatNoColumnFillsIsNamed(t *testing.T) {
	t.Parallel()
	has := func(fields ...string) func(string) bool {
		return func(field string) bool {
			for _, f := range fields {
				if f == field {
					return true
				}
			}
			return false
		}
	}
	for _, c := range []struct {
		html string
		has  []string
		want []string
	}{
		{"{{firstname}} {{email}} {{event}} {{barcode_qr}} {{rsvplink_yes}} {{barcode}}",
			[]string{columns.FirstName, columns.Email}, nil},
		{"{{firstname}} {{lastname}} {{fullname}}", []string{columns.FullName}, nil},
		{"{{fullname}}", []string{columns.LastName}, nil},
		{"{{guestnotes}} {{guestnotes}}", []string{columns.Email},
			[]string{"{{guestnotes}} is filled by no column of this list"}},
		{"{{plusones}}", []string{columns.PartySize}, nil},
		{"{{tickets}}", nil, []string{"{{tickets}} is filled by no column"}},
		{"{{V_1}} {{v_12}}", nil, []string{"{{V_1}} is a custom field", "{{v_12}} is a custom field"}},
		{"{{first_name}}", []string{columns.FirstName}, []string{"{{first_name}} is not one of Qflow's tokens"}},
		{"{{FirstName}}", []string{columns.FirstName}, []string{"{{FirstName}} is written {{firstname}} by Qflow"}},
		{"{{ firstname }}", []string{columns.FirstName}, []string{"{{ firstname }} is written {{firstname}} by Qflow"}},
		{"{firstname} {{}} {{ }", nil, nil},
	} {
		got := emailpreview.Doubts(qflow.Template{HTML: c.html}, has(c.has...))
		if len(got) != len(c.want) {
			t.Errorf("%s with %v: %q", c.html, c.has, got)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("%s with %v: %q, want %q", c.html, c.has, got[i], c.want[i])
			}
		}
	}
	if n := len(emailpreview.Doubts(qflow.Template{Subject: strings.Repeat("{{V_1}}{{V_2}}", 1000)}, has())); n != 2 {
		t.Errorf("%d doubts about two tokens", n)
	}
}

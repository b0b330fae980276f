package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer/spec"
)

// disagreeing are lists in which a row imports Ida and another says that she is not meant; Bo is.
var disagreeing = []string{
	",RSVP|Ida,Holm,ida@x.example,Yes|Ida,Holm,ida@x.example,No|Bo,Lund,bo@x.example,Yes",
	",RSVP|Ida,Holm,ida@x.example,No|Ida,Holm,ida@x.example,Yes|Bo,Lund,bo@x.example,Yes",
	",RSVP|Ida,Holm,ida@x.example,Yes|Ida,Holm,ida@x.example,No|Ida,Holm,ida@x.example,No|Bo,Lund,bo@x.example,Yes",
	",RSVP|Ida,Holm,ida@x.example,Yes|Ida,Holm,ida@x.example,we will see|Bo,Lund,bo@x.example,Yes",
	",Status|Ida,Holm,ida@x.example,paid|IDA,Holm,Ida@x.example,refunded|Bo,Lund,bo@x.example,paid",
	",Notes|Ida,Holm,ida@x.example,vegan|Ida,Holm,ida@x.example,cancelled|Bo,Lund,bo@x.example,",
	",Notes|Ida,Holm,ida@x.example,cancelled|Ida,Holm,ida@x.example,|Bo,Lund,bo@x.example,",
	"|Ida,Holm,ida@x.example|Bo,Lund,bo@x.example|Declined,,|Ida,Holm,ida@x.example",
	",RSVP,Plus Ones|Ida,Holm,ida@x.example,Yes,1|Ida,Holm,ida@x.example,No,many|Bo,Lund,bo@x.example,Yes,1",
	",RSVP,Plus Ones|Ida,Holm,ida@x.example,No,many|Ida,Holm,ida@x.example,Yes,1|Bo,Lund,bo@x.example,Yes,1",
}

// Promise: a guest whom one row imports and another calls off is asked about, whichever answers have been given to
// other questions.
func TestAGuestWhoseRowsDisagreeIsImportedByNoAnswerButTheOneThatSaysSo(t *testing.T) {
	t.Parallel()
	for _, text := range disagreeing {
		path := write(t, "First Name,Last Name,Email"+strings.ReplaceAll(text, "|", "\n")+"\n")
		answerAll(t, text, path, spec.Reading{}, false, 0)
	}
	for _, text := range []string{
		",RSVP|Ida,Holm,ida@x.example,Yes|Ida,Holm,ida@x.example,Yes|Bo,Lund,bo@x.example,Yes",
		",Notes|Ida,Holm,ida@x.example,vegan|Ida,Holm,ida@x.example,nuts|Bo,Lund,bo@x.example,",
		",Status|Ida,Holm,ida@x.example,paid|Ida,Holm,ida@x.example,|Bo,Lund,bo@x.example,paid",
	} {
		path := write(t, "First Name,Last Name,Email"+strings.ReplaceAll(text, "|", "\n")+"\n")
		if _, err := planOf(t, path, spec.Reading{}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// answerAll tries each answer to each question in turn, until the list would be imported. said is true once an answer
// was that all are meant, or that Ida is by another row.
func answerAll(t *testing.T, text, path string, r spec.Reading, said bool, depth int) {
	t.Helper()
	plan, err := planOf(t, path, r)
	q, _ := questionOf(t, path, r)
	switch {
	case err != nil && (q == nil || depth > 3):
		t.Errorf("%s, with %q: %v", text, r.Where, err)
	case err != nil:
		for _, c := range q.Choices {
			if c.Option == "where" {
				answerAll(t, text, path, chosen(c), said || c.Value == "all" || strings.HasPrefix(c.Label, "Import them by"),
					depth+1)
			}
		}
	case plan.Guests != 1 && !said || plan.Guests != 2 && said:
		t.Errorf("%s, with %q: %d guests", text, r.Where, plan.Guests)
	case depth == 0:
		t.Errorf("%s: it is imported without a question", text)
	}
}

func TestAListOfSeveralEventsIsAskedAboutWhereOneIsChosenForAllRows(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Event", "Event Name", "Event Date", "Veranstaltung"} {
		path := write(t, "First Name,Last Name,Email,"+header+"\nIda,Holm,ida@x.example,1 May\nUna,Vik,una@x.example,2 May\n")
		if q, err := questionOf(t, path, spec.Reading{}); q == nil || !strings.Contains(q.Text, "several events") {
			t.Errorf("%s: %v", header, err)
		}
		for r, guests := range map[string]int{header + " = 1 May": 1, "all": 2} {
			if plan, err := planOf(t, path, spec.Reading{Where: r}); err != nil || plan.Guests != guests {
				t.Errorf("%s, with %s: %d guests, %v", header, r, plan.Guests, err)
			}
		}
	}
}

func TestAStateThatMayBeMeantForTheRowsBelowItIsAskedAboutWithBothAnswers(t *testing.T) {
	t.Parallel()
	const list = "First Name,Last Name,Email,Status\nIda,Holm,ida@x.example,Cancelled\nUna,Vik,una@x.example,\nOla,Ek,ola@x.example,\n" +
		"Bo,Lund,bo@x.example,Confirmed\nAda,Dahl,ada@x.example,\nEva,Berg,eva@x.example,\n"
	q, err := questionOf(t, write(t, list), spec.Reading{})
	if q == nil || !strings.Contains(q.Text, "the rows below it too (rows 2, 3)") {
		t.Fatal(err)
	}
	guests := map[int]bool{}
	for _, c := range q.Choices {
		plan, err := planOf(t, write(t, list), chosen(c))
		if guests[plan.Guests] = true; err != nil {
			t.Errorf("%s: %v", c.Flag(), err)
		}
	}
	if !guests[3] || !guests[5] {
		t.Errorf("the answers leave %v guests: %v", guests, q.Choices)
	}
}

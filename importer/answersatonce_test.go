package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// listsOfManyQuestions are lists with several questions, and how many of their rows become guests by the first answers.
var listsOfManyQuestions = map[string]struct {
	list   string
	guests int
}{
	"orders of Eventbrite": {"Order ID,Order Date,Buyer First Name,Buyer Last Name,Buyer Email,Event Name,Event ID,Order Type,Ticket Quantity,Payment Status\n" +
		"1001,2026-01-01,Ida,Holm,ida.holm@example.org,Gala,123456,Eventbrite Completed,2,Paid\n" +
		"1002,2026-01-02,Bo,Lund,bo.lund@example.org,Gala,123456,Free Order,1,Paid\n" +
		"1003,2026-01-03,Una,Berg,una.berg@example.org,Gala,123456,Refunded,1,Refunded\n", 2},
	"payments of Stripe": {"id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Description,Mode,Status,Customer ID,Customer Description,Customer Email,Card Name\n" +
		"ch_1,2026-01-01 10:00:00,20.00,0.00,eur,true,Gala,Live,Paid,cus_1,Ida Holm,ida.holm@example.org,Ida Holm\n" +
		"ch_2,2026-01-01 10:00:00,20.00,0.00,eur,true,Gala,Live,Paid,cus_2,Bo Lund,bo.lund@example.org,Bo Lund\n" +
		"ch_3,2026-01-01 10:00:00,20.00,20.00,eur,true,Gala,Live,Refunded,cus_3,Una Berg,una.berg@example.org,Una Berg\n", 2},
	"customers of Stripe": {"id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Refunded Volume\n" +
		"cus_1,,ida.holm@example.org,Ida Holm,2026-01-01 10:00,false,,,0.00\ncus_2,,bo.lund@example.org,Bo Lund,2026-01-01 10:00,false,,,0.00\n" +
		"cus_3,,una.berg@example.org,Una Berg,2026-01-01 10:00,true,,,20.00\n", 2},
	"a contact, and answers": {"Firma,Ansprechpartner,E-Mail,Zusage,Bemerkung\nAcme,Ida Holm,ida@example.org,ja,\nBeta,Bo Lund,bo@example.org,nein,\nGamma,Una Berg,una@example.org,ja,hat abgesagt\n", 1},
	"two addresses":          {"First Name,Last Name,\"E-mail\n(private)\",\"E-mail\n(work)\",RSVP\nIda,Holm,ida@example.org,holm@acme.example,Yes\nBo,Lund,bo@example.org,lund@beta.example,No\n", 1},
	"notes in both names":    {"First Name,Last Name,Email,Coming?\n- Ida,* Holm,holm@example.org,yes\nBo (declined),Lund (declined),lund@example.org,yes\nUna,Berg,berg@example.org,yes\nTor,Vik,vik@example.org,no\n", 1},
}

// Promise: the first question of a list names one command line that settles all of them, and that line goes through.
func TestOneCommandLineSettlesAllQuestionsOfAList(t *testing.T) {
	t.Parallel()
	for name, l := range listsOfManyQuestions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mailed := gala
			mailed.Template = "welcome"
			path := write(t, l.list)
			_, err := planned(t, path, mailed)
			fault, is := errors.AsType[*importer.FileError](err)
			if !is || !strings.Contains(fault.Advice, "with the first answer to each, ") {
				t.Fatalf("it says %v", err)
			}
			_, text, _ := strings.Cut(fault.Advice, "with the first answer to each, ")
			with, problem := typed(t, mailed, typedCommands(text)[0])
			if problem != nil {
				t.Fatalf("%v: %v", err, problem)
			}
			if plan, after := planned(t, path, with); after != nil || plan.Guests != l.guests {
				t.Errorf("%v\nis answered, and then %d rows become guests: %v", err, plan.Guests, after)
			}
		})
	}
}

// listsToChooseOf are lists with a question of which no answer is likelier, and others.
var listsToChooseOf = map[string]string{
	"dates":            "First Name,Last Name,Email,Status,Valid From\nIda,Holm,ida@example.org,confirmed,01/02/2026\nBo,Lund,bo@example.org,cancelled,03/04/2026\n",
	"names of several": "First Name,Last Name,Email,Status\nIda and Bo,Holm,ida@example.org,confirmed\nBo,Lund,bo@example.org,cancelled\n",
	"full names":       "Name,Email,RSVP\nAnna Maria Schmidt,ams@example.org,yes\nBo Lund,bo@example.org,no\n",
	"people":           "Buyer Name,Buyer Email,Attendee Name,Attendee Email,Status\nIda Holm,ida@example.org,Bo Lund,bo@example.org,confirmed\nUna Berg,una@example.org,Tor Vik,tor@example.org,cancelled\n",
	"moved addresses":  "First Name,Last Name,Email,RSVP\nIda,Holm,bo.lund@example.org,yes\nBo,Lund,una.berg@example.org,no\nUna,Berg,tor.vik@example.org,yes\nTor,Vik,ida.holm@example.org,yes\n",
	"letters":          "First Name,Last Name,Email,Host decision,Status\nIda,Holm,ida@example.org,A,confirmed\nBo,Lund,bo@example.org,D,confirmed\nUna,Berg,una@example.org,A,cancelled\n",
	"exchanged names":  "First Name,Last Name,Email,RSVP\nHolm,Ida,ida.holm@example.org,yes\nLund,Bo,bo.lund@example.org,yes\nBerg,Una,una.berg@example.org,yes\nVik,Tor,tor.vik@example.org,no\n",
}

// Promise: what only a person can decide is in the one command line with all its values, and that line is no answer until one is chosen.
func TestALineWithValuesToChooseIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, list := range listsToChooseOf {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mailed := gala
			mailed.Template = "welcome"
			path := write(t, list)
			_, err := planned(t, path, mailed)
			_, line, offered := strings.Cut(fmt.Sprint(err), importer.ToBeChosen)
			if !offered {
				t.Fatalf("it says %v", err)
			}
			words := typedCommands(line)[0]
			for i, word := range words {
				if before, after, several := strings.Cut(word, "|"); several {
					alone := []string{words[i-1], word}
					with, problem := typed(t, mailed, alone)
					if plan, after := planned(t, path, with); problem == nil && after == nil {
						t.Errorf("%q is taken as it stands: %d guests", alone, plan.Guests)
					}
					_, rule, _ := strings.Cut(after, " and ")
					words[i] = where.And(strings.Trim(before, "()"), rule)
				}
			}
			with, problem := typed(t, mailed, words)
			plan, after := planned(t, path, with)
			if problem != nil || after != nil {
				t.Errorf("%v\nis answered by %q with %v, %v", err, words, problem, after)
			}
			if want := fmt.Sprintf("%d of %d rows become guests", plan.Guests, plan.Rows); !strings.Contains(line, want) {
				t.Errorf("%v\nis answered, and then %s", err, want)
			}
		})
	}
}

// Promise: the line names every answer to a question of which a person has to choose one, by whatever option it is.
func TestALineWithValuesToChooseNamesEachAnswer(t *testing.T) {
	t.Parallel()
	for name, list := range listsToChooseOf {
		_, err := planned(t, write(t, list), gala)
		asked, is := errors.AsType[*table.Question](err)
		_, line, offered := strings.Cut(fmt.Sprint(err), importer.ToBeChosen)
		if !is || !offered {
			t.Fatalf("%s: it says %v", name, err)
		}
		for _, q := range asked.Together {
			for _, c := range q.Choices {
				if !q.Proposes() && !strings.Contains(line, c.Flag()) && !strings.Contains(line, c.Value+"|") &&
					!strings.Contains(line, "|"+c.Value) && !strings.Contains(line, "("+c.Value+")") {
					t.Errorf("%s: %s is not named by %s", name, c.Flag(), line)
				}
			}
		}
	}
}

// Promise: what is asked about which table is read comes first, and it is said that more may be asked then.
func TestWhatIsAskedBehindTheChoiceOfATableIsNamed(t *testing.T) {
	t.Parallel()
	path := write(t, "First Name,Last Name,Email,Status\nAda,K\xfc,ada@party.example,confirmed\nPetr,\x8e,petr@party.example,cancelled\nAva,\x8e,ava@party.example,confirmed\n")
	_, err := planned(t, path, gala)
	if text := fmt.Sprint(err); !strings.Contains(text, "; more may be asked then: the column \"Status\"") || strings.Contains(text, "--where") {
		t.Errorf("it says %v", err)
	}
}

// Promise: a large list is asked about as a small one, as a whole in the end.
func TestTheQuestionsOfALargeListAreAnsweredByOneLine(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	var list strings.Builder
	list.WriteString("First Name,Last Name,Email,Status,RSVP\n")
	filler := strings.Repeat("x", 800)
	for i := range 6_000 {
		status, answer := "confirmed", "yes"
		if i%5 == 0 {
			status = "cancelled"
		}
		if i == 5_500 {
			answer = "no"
		}
		fmt.Fprintf(&list, "Ida,Holm,g%d@example.org,%s,%s,%s\n", i, status, answer, filler)
	}
	path := write(t, strings.Replace(list.String(), "RSVP", "RSVP,More", 1))
	_, err := planned(t, path, gala)
	_, text, _ := strings.Cut(fmt.Sprint(err), "with the first answer to each, ")
	if !strings.Contains(text, "with 4800 of 6000 rows as guests") && !strings.Contains(text, "with 4799 of 6000 rows as guests") {
		t.Fatalf("it says %v", err)
	}
	with, problem := typed(t, gala, typedCommands(text)[0])
	if _, after := planned(t, path, with); problem != nil || after != nil {
		t.Errorf("%v\nis answered, and then %v, %v", err, problem, after)
	}
}

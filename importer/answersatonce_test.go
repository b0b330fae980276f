package importer_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer"
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

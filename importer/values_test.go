package importer_test

import (
	"path/filepath"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/qflow"
)

// guestsOf are the good rows of a list.
func guestsOf(t *testing.T, list string) (good []qflow.Guest) {
	t.Helper()
	_, rows, err := importer.ReadAll(strings.NewReader(list), gala)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if len(r.Findings) == 0 {
			good = append(good, r.Guest)
		}
	}
	return good
}

func TestWhatAProgramWritesInPlaceOfANameIsNoName(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#N/D", "#NV", "#WERT!", "#¡REF!",
		"########", "Err:502",
		"NULL", "null", "NaN", "undefined", "None", `\N`, "N/A", "[object Object]", "\u200b", "\u3164",
	} {
		for _, list := range []string{cell + ",,i@guests.example", "," + cell + ",i@guests.example"} {
			if got := guestsOf(t, "First Name,Last Name,Email\n"+list+"\n"); len(got) != 0 {
				t.Errorf("%q makes the guest %q %q", cell, got[0].FirstName, got[0].LastName)
			}
		}
	}
	for _, name := range []string{"Null", "Nan", "Nil", "Na", "None-Smith", "Errol"} {
		if got := guestsOf(t, "First Name,Last Name\nIda,"+name+"\n"); len(got) != 1 {
			t.Errorf("%s is a name", name)
		}
	}
}

func TestTagsAreTakenApartAsSendersWriteThem(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		`"""VIP"",""Blog"""`: "VIP, Blog", `"""VIP"", ""Blog"""`: "VIP, Blog", `"[""VIP"",""Speaker""]"`: "VIP, Speaker",
		`"['VIP', 'A, B']"`: "VIP, A, B",
		"VIP;Speaker":       "VIP, Speaker", "VIP | Speaker": "VIP, Speaker", `"VIP, Speaker"`: "VIP, Speaker",
		"::Sessions:Day 1:Keynote": "::Sessions:Day 1:Keynote",
		`"{session}A;{session}B"`:  "{session}A, {session}B", "[]": "",
	} {
		got := guestsOf(t, "First Name,Tags\nIda,"+cell+"\n")
		if len(got) != 1 || got[0].Tags != want {
			t.Errorf("%s becomes %+v, want %q", cell, got, want)
		}
	}
	if got := guestsOf(t, "First Name,Tags\nIda,\"\"\"VIP\"\n"); len(got) != 0 {
		t.Errorf("half a pair of quotes becomes %q", got[0].Tags)
	}
}

// A date is read where its numbers, or those of all the others, leave one reading; else a person is asked.
func TestTheOrderOfADateIsKnownOrAskedFor(t *testing.T) {
	t.Parallel()
	for dates, want := range map[string]string{
		"4/15/2027 7:00 PM|15 Apr 2027":     "2027-04-15T19:00Z 2027-04-15T00:00Z",
		"04/05/2027|30/05/2027":             "2027-05-04T00:00Z 2027-05-30T00:00Z",
		"04/05/2027|05/30/2027":             "2027-04-05T00:00Z 2027-05-30T00:00Z",
		"04/05/2027|06/07/2027":             "asked",
		"01.02.2027 18:30|2027/02/03":       "2027-02-01T18:30Z 2027-02-03T00:00Z",
		"15-Apr-27|April 15, 2027 12:05 am": "2027-04-15T00:00Z 2027-04-15T00:05Z",
		"15 avril 2027|15. März 2027":       "2027-04-15T00:00Z 2027-03-15T00:00Z",
		"31/12/2027|12/31/2027":             "rejected",
		"27/04/15|27/05/30":                 "asked",
		"10/11/12|soon":                     "asked",
	} {
		list := "First Name,Email,Valid From\n"
		for i, date := range strings.Split(dates, "|") {
			list += "Ida,i" + string(rune('a'+i)) + "@guests.example,\"" + date + "\"\n"
		}
		plan, err := importer.MakePlan(t.Context(), write(t, list), gala)
		if err != nil {
			t.Fatal(err)
		}
		got, err := "", plan.Refused()
		switch {
		case err != nil && strings.Contains(err.Error(), "--dates DMY or --dates"):
			got = "asked"
		case err != nil:
			got = "rejected"
		default:
			_, rows, _ := importer.ReadAll(strings.NewReader(list), plan.Settings)
			for _, r := range rows {
				if r.Guest.ValidFrom != nil {
					got += r.Guest.ValidFrom.Format("2006-01-02T15:04Z") + " "
				}
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", dates, got, want)
		}
	}
}

func TestALayoutOfDatesThatCanMatchNothingIsRefused(t *testing.T) {
	t.Parallel()
	for layout, date := range map[string]string{
		"DD.MM.YYYY": "15.04.2027", "dd/mm/yyyy HH:mm": "15/04/2027 19:00", "M/D/YYYY h:mm A": "4/15/2027 7:00 PM",
		"D MMM YYYY":   "15 Apr 2027",
		"MMMM D, YYYY": "April 15, 2027", "YYYY-MM-DD'T'HH:mm": "2027-04-15T19:00", "02/01/2006": "15/04/2027",
		"DD.MM.YYYY HH:MM": "15.04.2027 19:00",
		"mdy":              "4/15/27",
	} {
		s := gala
		s.Dates = layout
		_, rows, err := importer.ReadAll(strings.NewReader("First Name,Valid From\nIda,\""+date+"\"\n"), s)
		if err != nil || len(rows[0].Findings) != 0 || rows[0].Guest.ValidFrom.Format("2006-01-02") != "2027-04-15" {
			t.Errorf("%s does not read %s: %+v, %v", layout, date, rows, err)
		}
	}
	for _, layout := range []string{"DD.MM.YYYY hh:mm", "DD.MM", "foo", "DD.MM.YYYY Q", "XX/YYYY"} {
		if err := guest.CheckDateLayout(layout); err == nil {
			t.Errorf("%s is taken", layout)
		}
	}
}

// A column that nothing is taken from may say who is not meant. No email is sent until a person has said whether it
// counts.
func TestAListThatSaysWhoIsNotMeantWaitsForAPerson(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, c := range []struct {
		header, a, b string
		asked        bool
	}{
		{"Attendee Status", "Attending", "Not Attending", true}, {"Order Status", "paid", "Cancelled by attendee", true},
		{"RSVP", "Yes", "No", true},
		{"Will you attend?", "Yes", "\"No, sorry\"", true}, {"Zusage", "ja", "nein", true},
		{"Unsubscribed", "", "2027-01-01", true},
		{"Email opt out", "0", "1", true}, {"Refunded amount", "0.00", "12.50", true},
		{"approval_status", "approved", "pending_approval", true},
		{"Email Subscriber Status", "Subscribed", "Never subscribed", true}, {"Anything", "x", "storniert", true},
		{"Marketing consent", "true", "FALSE", true}, {"UNSUB_TIME", "", "2027-01-01", true},
		{"RSVP", "✅ Yes", "❌ Not going", true},
		{"Anything", "x", "(Cancelled!)", true}, {"Status", "ok", "de\u200bclined", true},
		{"Rückmeldung", "ja", "nein", true}, {"Going", "yes", "no", true}, {"Status", "Zusage", "Absage", true},
		{"Asiste", "sí", "no", true},
		{"Participe", "oui", "non", true}, {"Risposta", "sì", "no", true}, {"Udział", "tak", "nie", true},
		{"Gesperrt", "nein", "ja", true},
		{"Status", "Bekräftad", "Avbokad", true}, {"Svar", "ja", "nej", true}, {"Anything", "x", "peruttu", true},
		{"Stav", "zaplaceno", "čeká", true},
		{"Állapot", "fizetve", "lemondva", true}, {"Durum", "onaylandı", "iptal", true},
		{"Статус", "оплачено", "отменено", true}, {"Участие", "да", "нет", true},
		{"الحالة", "مؤكد", "ملغى", true}, {"סטטוס", "מגיע", "לא מגיע", true}, {"出欠", "出席", "欠席", true},
		{"状态", "已支付", "已取消", true}, {"상태", "확정", "취소", true},
		{"Order Status", "paid", "Completed", false}, {"RSVP", "Yes", "yes", false}, {"Unsubscribed", "", "no", false},
		{"Refunded amount", "0.00", "0", false},
		{"Ticket Type", "VIP", "No", false}, {"State", "NY", "OR", false}, {"Check-in status", "Not checked in", "no", false},
		{"Attendee notes", "\"No nuts, please\"", "", false}, {"Company", "No Limits", "Pending Ltd", false},
		{"Unsubscribed at", "NULL", "0000-00-00", false}, {"RSVP", "yes!", "-", true},
	} {
		list := "First Name,Last Name,Email," + c.header + "\nIda,Holm,i@guests.example," + c.a +
			"\nOle,Vik,o@guests.example," + c.b + "\n"
		plan, err := importer.MakePlan(t.Context(), write(t, list), gala)
		if err != nil {
			t.Fatal(err)
		}
		err = plan.Refused()
		if asked := err != nil && strings.Contains(err.Error(), "--map 'ignore="+c.header+"'"); asked != c.asked {
			t.Errorf("%s with %s and %s: %v", c.header, c.a, c.b, err)
		}
		s := gala
		s.MaxRejects, s.Mapping = "", map[string]string{"ignore": c.header}
		if plan, err = importer.MakePlan(t.Context(), write(t, list), s); err != nil || plan.Refused() != nil ||
			plan.Guests != 2 {
			t.Errorf("%s, ignored: %v, %v", c.header, err, plan.Refused())
		}
	}
}

// Words of a column that is not known may be a guest's: none of them is in a message.
func TestAQuestionShowsNoWordThatMayBeAGuests(t *testing.T) {
	t.Parallel()
	plan, err := importer.MakePlan(t.Context(),
		write(t, "First Name,Email,RSVP\nIda,i@guests.example,\"No, Lovelace is ill\"\n"), gala)
	if err != nil || plan.Refused() == nil || strings.Contains(plan.Refused().Error(), "Lovelace") {
		t.Errorf("%v, %v", err, plan.Refused())
	}
	_, err = importer.MakePlan(t.Context(), filepath.Join("testdata", "no_header.csv"), gala)
	if err == nil || strings.Contains(err.Error(), "Lovelace") {
		t.Errorf("%v shows the first line of a list without a header", err)
	}
}

package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

// refused returns the parameter that a problem names, or "" for none.
func refused(err error) string {
	p, is := errors.AsType[*access.Problem](err)
	if !is {
		return ""
	}
	return p.Parameter
}

func TestAWrongParameterIsNamed(t *testing.T) {
	t.Parallel()
	for query, parameter := range map[string]string{
		"evnt=x": "evnt", "event=a&event=b": "event", "dry_run=perhaps": "dry_run",
		"where=" + strings.Repeat("x", 5000): "where",
		"strict=":                            "strict", "map.email=A&map.email=B": "map.email", "guests=1": "guests",
		"mapping=x": "mapping",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := orderOfURL(q); refused(err) != parameter {
			t.Errorf("%.40s: %v", query, err)
		}
	}
	o, err := orderOfURL(url.Values{"map.tags": {"VIP, {{Session}}"}, "strict": {"true"}, "max_rejects": {"5%"},
		"hold": {"1"}})
	if err != nil || o.Mapping["tags"] != "VIP, {{Session}}" || !o.IsStrict() || o.MaxRejects != "5%" || !o.Hold {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestAWrongBodyIsRefusedWithoutItsValues(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "{", "null{}", `{"guests":[{"email":"hunter2"}`, `{"guests":{"email":"hunter2"}}`, `{"guests":["hunter2"]}`, `{"guest":[]}`,
		`{"event":1,"guests":[]}`, `{"guests":[]}{"hunter2":1}`, "First name\nhunter2", "\xff\xfe{\x00}\x00", `{"event":"hunter2","dry_run":"yes"}`,
	} {
		_, err := orderOfJSON([]byte(body))
		if refused(err) != "body" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestAListHasAllFieldsOfItsGuests(t *testing.T) {
	t.Parallel()
	o, err := orderOfJSON([]byte(`{"guests":[
		{"email":"a@example.com","last_name":"O'Hara, \"Ann\"","Seat":"=1+1","plus_ones":12345678901234567890,"vip":true},
		{"first_name":"Zoë\n","email":null,"tags":["VIP","Press, radio"],"vip":false,"":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := listOf(o.Guests)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	want := [][]string{
		{"first_name", "last_name", "email", "tags", "plus_ones", "", "Seat", "vip"},
		{"", `O'Hara, "Ann"`, "a@example.com", "", "12345678901234567890", "", "=1+1", "yes"},
		{"Zoë\n", "", "", `["VIP","Press, radio"]`, "", "x", "", "no"},
	}
	if err != nil || fmt.Sprintf("%q", rows[1:]) == "" || len(rows) != 3 {
		t.Fatalf("%q, %v", rows, err)
	}
	for n, row := range want {
		for at, field := range rows[0] {
			for i, name := range want[0] {
				if name == field && rows[n][at] != row[i] {
					t.Errorf("row %d, %s: %q", n, field, rows[n][at])
				}
			}
		}
	}
}

func TestGuestsThatAreNoRowsAreRefusedByNumberAndField(t *testing.T) {
	t.Parallel()
	many := make([]map[string]any, maxGuests+1)
	wide := map[string]any{}
	for n := range maxFields + 1 {
		wide[fmt.Sprint("field ", n)] = "x"
	}
	for want, guests := range map[string][]map[string]any{
		"guests":            nil,
		"guests[1].address": {{"email": "a@example.com"}, {"address": map[string]any{"street": "x"}}},
		"guests[0].tags":    {{"tags": []any{"a", []any{"b"}}}},
	} {
		if _, err := listOf(guests); refused(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, guests := range [][]map[string]any{many, {wide}} {
		if _, err := listOf(guests); refused(err) != "guests" {
			t.Error(err)
		}
	}
}

func TestAListHasANameThatAFileCanHave(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "list.csv", "gala": "gala.csv", "gala.xlsx": "gala.xlsx",
		"Gäste 2026": "Gäste 2026.csv"} {
		o := order{Name: name}
		if err := o.checkName(".csv"); err != nil || o.Name != want {
			t.Errorf("%q is %q, %v", name, o.Name, err)
		}
	}
	for _, name := range []string{"../etc/passwd", `a\b`, ".hidden", "a\x00b", "a\x1b[2Jb", strings.Repeat("x", 181),
		"a\u202eb"} {
		o := order{Name: name}
		if err := o.checkName(".csv"); refused(err) != "name" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Whatever a program sends is a list or a problem.
func FuzzGuestsInJSON(f *testing.F) {
	for _, body := range []string{`{"guests":[{"email":"a@example.com","tags":["a",1]}]}`, `{"guests":[{"a":1e999}]}`, `{"guests":[{"\u0000":"\ud800"}]}`, "[[[["} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := orderOfJSON(body)
		var list []byte
		if err == nil {
			list, err = listOf(o.Guests)
		}
		if err != nil {
			if refused(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		rows, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
		if err != nil || len(rows) > len(o.Guests)+1 {
			t.Fatalf("%d guests are %d rows, %v", len(o.Guests), len(rows), err)
		}
	})
}

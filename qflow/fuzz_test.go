package qflow_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"guestflow/qflow"
)

var someBodies = []string{
	``, `null`, `{}`, `[]`, `[{}]`, `{"error":{"error":{"error":{"code":"x"}}}}`, `{"message":{"message":"x"}}`, `{"errors":[{"index":-1}]}`,
	`{"errors":[{"id":"` + ada.ID + `","success":false}]}`, `{"id":"` + ada.ID + `"}`, `{"templates":[{"id":"a"}]}`, keyMissing, blocked,
	`{"error":"trust_required"}`, `a@b`, "<a@b", "\xff\xfe@", strings.Repeat(`{"error":`, 300), strings.Repeat("<", 5000) + "a@b",
}

var addressLike = regexp.MustCompile(`[a-z]@[a-z]`)

func FuzzNoAnswerBreaksTheReaders(f *testing.F) {
	for _, body := range someBodies {
		f.Add(403, "60", body)
		f.Add(200, "", body)
	}
	guests := []qflow.Guest{ada, {ID: "b"}, {ID: "c"}}
	f.Fuzz(func(t *testing.T, status int, retryAfter, body string) {
		out := qflow.Classify(status, retryAfter, []byte(body))
		if (out.Kind == qflow.Accepted) != (status >= 200 && status < 300) {
			t.Fatalf("%d is %s", status, out.Kind)
		}
		if out.Wait < 0 || out.Wait > time.Hour {
			t.Fatalf("wait %v", out.Wait)
		}
		wantShort(t, out.Code, 64)
		wantShort(t, out.Text, 200)
		for _, n := range []int{1, 2, 3} {
			bad, placed := qflow.RowErrors([]byte(body), guests[:n])
			if !placed && len(bad) > 0 {
				t.Fatalf("%d of the lost failures are placed", len(bad))
			}
			for _, e := range bad {
				if e.Index < 0 || e.Index >= n || e.Code == "" {
					t.Fatalf("%+v of %d records", e, n)
				}
				wantShort(t, e.Code, 64)
				wantShort(t, e.Text, 200)
			}
		}
		if list, ok := qflow.TemplateList([]byte(body)); !ok && list != nil {
			t.Fatal("a list that is none")
		}
		if qflow.IsGuest([]byte(body), ada.ID) && !strings.Contains(body, "{") {
			t.Fatal("a guest that is no object")
		}
	})
}

func wantShort(t *testing.T, s string, most int) {
	t.Helper()
	if utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\x00") ||
		addressLike.MatchString(s) {
		t.Fatalf("%q is no short line without addresses", s)
	}
}

// The fields of a body are read only where one of them may hold an error.
func FuzzNoErrorIsOverlookedWhereFieldsAreNotRead(f *testing.F) {
	for _, body := range []string{
		`{"id":"x","barcode":"error"}`, `{"Error":"trust_required"}`, `{"ERRORCODE":"rate_limit"}`, `{"cOdE":"spam_check_failed"}`,
		`{"\u0065rror":"rate_limit"}`, `{"error":{"code":"x"}}`, `{"error":null}`, `{"error":false}`, `[{"error":"x"}]`, `{`, ``,
		`{"firstName":"\"error\""}`, `{"code" :"x"}`, "\xff", `{"co\u0064e":"x_y"}`, `{"Kode":"x"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if found, read := qflow.ErrorIn(body); !reflect.DeepEqual(found, read) {
			t.Errorf("%q: %+v is found, %+v when it is read", body, found, read)
		}
	})
}

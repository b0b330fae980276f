package spec_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"guestflow/importer/spec"
)

// The id is what makes one import of a list that is brought again. Those of the version before are known to people and
// to Redis.
func TestAnImportKeepsTheIDThatTheVersionBeforeGaveIt(t *testing.T) {
	t.Parallel()
	plain := spec.Spec{Account: "main", Event: "gala", Template: "welcome"}
	all := spec.Spec{
		Account: "main", Event: "gala", Template: "welcome", Profile: "p", Key: "Email", Again: "x",
		Reading: spec.Reading{
			Mapping: map[string]string{"tags": "VIP", "email": "Mail"}, SplitNames: new(true), Dates: "DMY", Sheet: "Guests",
			Encoding: "gbk", HeaderRow: "3", Hidden: "skip",
		},
	}
	for want, s := range map[string]spec.Spec{"5ov4rqys": plain, "ilml36yp": all} {
		if got := s.ImportID("sum"); got != want {
			t.Errorf("%+v is %s, want %s", s, got, want)
		}
	}
}

func TestWhatOnlyRefusesAFileItsZoneAndItsWindowMakeNoOtherImport(t *testing.T) {
	t.Parallel()
	s := spec.Spec{Account: "main", Event: "gala"}
	other := s
	other.Zone, other.Strict, other.MaxRejects, other.SplitNames, other.AnySheet = "Europe/London", new(true), "5%",
		new(false), true
	other.SendWindow, other.OutsideWindow = "09:00-18:00 Mon-Fri", "create"
	if s.ImportID("sum") != other.ImportID("sum") {
		t.Error("they are two imports")
	}
	other.Where = "all"
	if s.ImportID("sum") == other.ImportID("sum") {
		t.Error("a rule makes no other import")
	}
	other.Where, other.SplitNames = "", new(true)
	if s.ImportID("sum") == other.ImportID("sum") {
		t.Error("split names make no other import")
	}
}

// Each field is set, so that a field that is added and forgotten in Over or in its tags is found.
func TestAReadingIsLaidOverAnotherAndKeptInARecordWhole(t *testing.T) {
	t.Parallel()
	full := spec.Reading{
		Mapping: map[string]string{"tags": "VIP"}, SplitNames: new(false), Surname: "last", JointNames: "keep", MissingColumns: "keep", Dates: "DMY",
		Sheet: "Guests", Encoding: "gbk", HeaderRow: "3", Hidden: "skip", NoteRows: "read", BlankRows: true, Where: "a = 1",
		Strict: new(false), MaxRejects: "5%", NearMisses: "update", SendWindow: "09:00-18:00 Mon-Fri",
		OutsideWindow: "create",
	}
	v := reflect.ValueOf(full)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("%s is not tried", v.Type().Field(i).Name)
		}
	}
	if got := full.Over(spec.Reading{}); !reflect.DeepEqual(got, full) {
		t.Errorf("over nothing it is %+v", got)
	}
	if got := (spec.Reading{}).Over(full); !reflect.DeepEqual(got, full) {
		t.Errorf("under nothing it is %+v", got)
	}
	both := spec.Reading{Mapping: map[string]string{"email": "Mail"}, Dates: "MDY", SplitNames: new(true)}.Over(full)
	if both.Dates != "MDY" || !both.SplitsNames() || both.Mapping["tags"] != "VIP" || both.Mapping["email"] != "Mail" ||
		len(full.Mapping) != 1 {
		t.Errorf("over all it is %+v, and that is %+v", both, full)
	}
	whole := spec.Spec{Account: "main", Event: "gala", Zone: "Europe/London", Again: "x", Resend: true, AnySheet: true,
		Reading: full}
	raw, err := json.Marshal(whole)
	var back spec.Spec
	if err == nil {
		err = json.Unmarshal(raw, &back)
	}
	if err != nil || !reflect.DeepEqual(back, whole) {
		t.Errorf("%v: a record gives %+v", err, back)
	}
}

package spec_test

import (
	"reflect"
	"testing"

	"guestflow/importer/spec"
)

// A field that is added to a spec has to be decided here: whether the corrected rows of an import keep it.
func TestCorrectedRowsGoWhereTheOthersWentAndAreReadAsTheFileTheyComeIn(t *testing.T) {
	t.Parallel()
	full := spec.Spec{
		Account: "main", Event: "e", Template: "t", Profile: "gala", Key: "Member", Zone: "Europe/London", Again: "x",
		Resend: true, ResendUnsent: true,
		Resends: &spec.Resends{}, AnySheet: true,
		Reading: spec.Reading{
			Mapping: map[string]string{"email": "Mail"}, SplitNames: new(true), Surname: "last", JointNames: "keep", MissingColumns: "keep",
			Dates: "DMY", Sheet: "Guests",
			Encoding: "gbk", HeaderRow: "3", Hidden: "skip", NoteRows: "skip", Where: "status = yes", Strict: new(true),
			BlankRows:  true,
			NearMisses: "hold", MaxRejects: "5%", SendWindow: "09:00-18:00", OutsideWindow: "create",
		},
	}
	for _, v := range []reflect.Value{reflect.ValueOf(full), reflect.ValueOf(full.Reading)} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("the test leaves %s empty", v.Type().Field(i).Name)
			}
		}
	}
	want := spec.Spec{
		Event: "e", Template: "t", Profile: "gala", Key: "Member",
		Reading: spec.Reading{
			Mapping: map[string]string{"email": "Mail"}, SplitNames: new(true), Surname: "last", JointNames: "keep", MissingColumns: "keep",
			Dates: "DMY", Where: "status = yes",
			NearMisses: "hold", SendWindow: "09:00-18:00", OutsideWindow: "create",
		},
	}
	if got := full.Corrected(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

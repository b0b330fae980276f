package spec_test

import (
	"strings"
	"testing"

	"guestflow/importer/spec"
)

func TestNearMissesAreDecidedForAllByKindAndByRow(t *testing.T) {
	t.Parallel()
	const said = spec.NearMisses(" New, key=update ,address=HOLD,12=skip")
	if err := said.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text spec.NearMisses
		row  int
		kind string
		most bool
		want spec.NearChoice
	}{
		{"", 1, spec.NearName, false, spec.NearHold},
		{said, 1, spec.NearName, false, spec.NearNew}, {said, 1, spec.NearKey, false, spec.NearUpdate},
		{said, 1, spec.NearAddress, false, spec.NearHold}, {said, 12, spec.NearKey, false, spec.NearSkip},
		{said, 1, spec.NearName, true, spec.NearHold}, {said, 1, spec.NearKey, true, spec.NearUpdate},
		{"new,most=update", 1, spec.NearName, true, spec.NearUpdate},
		{"new,most=update", 1, spec.NearName, false, spec.NearNew},
		{"skip,1=update:2jzb6whi/7", 1, spec.NearName, false, spec.NearUpdate},
		{"nonsense", 1, spec.NearName, false, spec.NearHold},
	} {
		if got := c.text.Of(c.row, c.kind, c.most); got != c.want {
			t.Errorf("%q of row %d, %s, most %t: %s, want %s", c.text, c.row, c.kind, c.most, got, c.want)
		}
	}
	if got := said.With("3", spec.NearUpdate).With("12", ""); got != "new,3=update,key=update,address=hold" {
		t.Errorf("with another row it is %q", got)
	}
}

func TestNearMissesThatCannotBeUnderstoodAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []spec.NearMisses{
		"yes", ",", "update,", "update new", "row=new", "0=new", "3=new,3=new", "3=new, 03=skip", "new,update",
		"key=new,key=hold", "-1=new", "name=", "=new", "name=new=new", "1.5=new", "name",
		"update:2jzb6whi/1", "name=update:2jzb6whi/1", "1=update:2jzb6whi", "1=update:2jzb6whi/0", "1=new:2jzb6whi/1",
		"1=update:2JZ 6whi/1", "1=update:../1", "most=update:2jzb6whi/1",
		spec.NearMisses(strings.Repeat("1=new,", 2000) + "new"),
	} {
		if bad.Check() == nil {
			t.Errorf("%.40q is understood", bad)
		}
	}
	for text, ok := range map[spec.NearMisses]bool{"": true, "update": true, "name=new,hold": true, "most=update": false,
		"3=new": false, "x": false} {
		if err := text.CheckStanding(); (err == nil) != ok {
			t.Errorf("in a profile %q: %v", text, err)
		}
	}
}

func TestOnlyADecisionOnNearMissesMakesAnotherImport(t *testing.T) {
	t.Parallel()
	id := func(n spec.NearMisses) string {
		return spec.Spec{Account: "main", Reading: spec.Reading{NearMisses: n}}.ImportID("sum")
	}
	if id("") != id("hold") || id("") != id(" hold,most=hold ") || id("new,key=update") != id("key=update, New") {
		t.Error("the same choices are two imports")
	}
	if id("") == id("update") || id("update") == id("new") || id("update") == id("update,address=hold") {
		t.Error("other choices are the same import")
	}
}

package guest_test

import (
	"testing"

	"guestflow/importer/guest"
	"guestflow/qflow"
)

func TestAGuestIsRecognisedByHisAddressAndByHisNamesInAnyOrder(t *testing.T) {
	t.Parallel()
	ids := guest.NewIdentifier("main", "", 1)
	base := qflow.Guest{EventID: "e", FirstName: "José", LastName: "de la Cruz", Email: "Jose@X.example"}
	address, name := ids.Contact(&base)
	for what, c := range map[string]struct {
		guest              qflow.Guest
		sameAddr, sameName bool
	}{
		"split otherwise": {qflow.Guest{EventID: "e", FirstName: "José de la", LastName: "Cruz", Email: "jose@x.example"},
			true, true},
		"in one field": {qflow.Guest{EventID: "e", FirstName: "JOSE\u0301 DE LA CRUZ", Email: " jose@x.example "}, true,
			true},
		"last name first": {qflow.Guest{EventID: "e", FirstName: "de la Cruz,", LastName: "José", Email: "jose@y.example"},
			false, true},
		"another name": {qflow.Guest{EventID: "e", FirstName: "Pepe", LastName: "de la Cruz", Email: "jose@x.example"},
			true, false},
		"another event": {qflow.Guest{EventID: "f", FirstName: "José", LastName: "de la Cruz", Email: "jose@x.example"},
			false, false},
		"words run together": {qflow.Guest{EventID: "e", FirstName: "José", LastName: "dela Cruz"}, false, false},
	} {
		a, n := ids.Contact(&c.guest)
		if (a == address) != c.sameAddr || (n == name) != c.sameName {
			t.Errorf("%s: same address %t, same name %t", what, a == address, n == name)
		}
	}
	german, english := qflow.Guest{EventID: "e", Email: "jm@münchen.example"},
		qflow.Guest{EventID: "e", Email: "JM@xn--mnchen-3ya.example"}
	a, _ := ids.Contact(&german)
	if b, _ := ids.Contact(&english); a != b {
		t.Error("the two spellings of an international domain are two addresses")
	}
	if a, n := ids.Contact(&qflow.Guest{EventID: "e", FirstName: " . "}); a != [7]byte{} || n != [7]byte{} {
		t.Errorf("a guest without both has %x, %x", a, n)
	}
}

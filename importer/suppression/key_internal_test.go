package suppression

import (
	"testing"

	"guestflow/tokencache"
)

// One random key in a few hundred looked sealed, and no import of its account could go on.
func TestANewKeyIsNeverTakenForASealedOne(t *testing.T) {
	t.Parallel()
	for range 10_000 {
		if key := newKey(); tokencache.IsSealed(key) {
			t.Fatalf("the key %x is taken for a sealed one", key)
		}
	}
}

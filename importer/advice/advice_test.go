package advice_test

import (
	"testing"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
)

func TestEveryStateHasItsWords(t *testing.T) {
	t.Parallel()
	for _, s := range ledger.AllStates() {
		if advice.Meaning(s) == s.String() || advice.Meaning(s) == "" {
			t.Errorf("%s has no meaning", s)
		}
		if s.NeedsAttention() && advice.ToDo(s, "id") == "" {
			t.Errorf("%s wants a person and does not say what to do", s)
		}
	}
}

package columns

import (
	"testing"

	"guestflow/importer/personname"
	"guestflow/importer/wordset"
)

// Below a header of a language in which last names may come first, no order of two words is certain.
func TestWhereLastNamesMayComeFirstANameIsInDoubt(t *testing.T) {
	t.Parallel()
	for full, header := range map[string]string{"Nagy Anna": "Név", "Иванов Иван": "ФИО", "Schmidt Anna": "Name, Vorname",
		"Yamada Taro": "氏名"} {
		s := personname.Splitter{FamilyFirst: familyFirst[wordset.Letters(header)]}
		if s.Split(full).Doubt != personname.SeveralWays {
			t.Errorf("%q below %q is in no doubt", full, header)
		}
	}
}

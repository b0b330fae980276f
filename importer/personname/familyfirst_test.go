package personname_test

import (
	"strings"
	"testing"

	"guestflow/importer/personname"
)

// A name of two words that may begin with the last name is in doubt, in each language that writes it so; one that
// begins with a first name is split.
func TestTheOrderOfANameOfTwoWordsIsInDoubtWhereItsWordsShowAnother(t *testing.T) {
	t.Parallel()
	for name := range strings.SplitSeq(`Wang Xiaoming|Zhang San|Li Wei|Kim Min-su|Kim Minsu|Park Ji-sung|Nguyen An|Nguyễn An|Nagy Péter|Kovács Anna|Tanaka Hiroshi|Ivanov Ivan|Иванов Иван|Ivanova Anna|
		Papadopoulos Giorgos|Popescu Ion|Horvat Ivan|Müller Anna|Hansen Ida|Kowalski Jan|Rossi Luca|Santos Maria|Taylor James|Шевченко Тарас`, "|") {
		if got := (personname.Splitter{}).Split(strings.TrimSpace(name)); got.Doubt != personname.SeveralWays {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name := range strings.SplitSeq(`Péter Nagy|Hiroshi Tanaka|Xiaoming Wang|Wei Chen|Ji-sung Park|Иван Иванов|Anna Müller|Thomas Martin|Martin Thomas|Kim Jones|Lee Harper|Lee Ann|Long John|Jordan Peter|Murphy Thomas|
		Simon Anna|Lin Dahl|Mai Linh|Bo Li|Song Berg|Mohammed Ali|Ali Hassan|Abu Bakr|Ian Wang|Min Park|Ha Kim|Yu Zhang|Lu Chen|Luca Rossi|Maria Santos|Ida Holm|Bo Lund|Una Vik|Sofía Gil|Zoë Smit|Aoife Byrne|
		Aarav Sharma|Chidi Okafor|Kofi Mensah|Priya Patel|Nguyễn|Jean-Luc Roy|Lars Holm|Ana Silva|Ebru Yılmaz|Tarik Demir|Élodie Petit`, "|") {
		words := strings.Fields(name)
		if got := (personname.Splitter{}).Split(strings.TrimSpace(name)); got.Doubt != personname.NoDoubt ||
			got.First != words[0] {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What stands behind a name and a comma is a first name only where it is known as one, or the list has such names; a
// name of birth is left out; a company is no last name.
func TestACompanyBesideANameIsNoPartOfIt(t *testing.T) {
	t.Parallel()
	for name := range strings.SplitSeq(`Ida Holm, Acme|Ida Maria Holm, Acme|Ida Holm - Acme|Ida Holm / Acme|Ida Holm bei Acme|Ida Holm from Acme|Acme GmbH Ida Holm|Ida Holm c/o Acme|Ida Holm, Nordwind Labs AG`, "|") {
		for _, surname := range []string{"", personname.SurnameLast, personname.SurnameFirst} {
			if got := (personname.Splitter{Surname: surname}).Split(name); got.Doubt != personname.SeveralNames {
				t.Errorf("%s, surname %q: %+v", name, surname, got)
			}
		}
	}
	for name, want := range map[string]personname.Parts{
		"Holm, Ida": {First: "Ida", Last: "Holm"}, "García López, María": {First: "María", Last: "García López"},
		"Holm Vik, Ida":         {First: "Ida", Last: "Holm Vik"},
		"van der Berg, Xochitl": {First: "Xochitl", Last: "van der Berg"},
		"Ida Holm née Vik":      {First: "Ida", Last: "Holm", Doubt: personname.LeftOut},
		"Ida Holm geb. Vik":     {First: "Ida", Last: "Holm", Doubt: personname.LeftOut},
		"Holm Vik, I.":          {First: "I.", Last: "Holm Vik"},
	} {
		if got := (personname.Splitter{}).Split(name); got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	list := personname.Splitter{List: personname.ListOrder{CommaFirst: true}}
	if got := list.Split("Sánchez Ruiz, Xochitl"); got.Last != "Sánchez Ruiz" || got.Doubt != personname.NoDoubt {
		t.Errorf("in a list of such names: %+v", got)
	}
}

// In a list of both orders the setting first is for the names that are in doubt.
func TestTheFirstWordIsTheLastNameOnlyWhereAMixedListLeavesItInDoubt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list       personname.ListOrder
		name, last string
	}{
		{personname.ListOrder{MixedGiven: true}, "Wang Xiaoming", "Wang"},
		{personname.ListOrder{MixedGiven: true}, "Bo Lund", "Lund"},
		{personname.ListOrder{MixedGiven: true}, "Ida Holm", "Holm"},
		{personname.ListOrder{MixedFamily: true}, "Nagy Péter", "Nagy"},
		{personname.ListOrder{MixedFamily: true}, "Vincze Lotti", "Vincze"},
		{personname.ListOrder{MixedFamily: true}, "Ida Lund", "Lund"},
		{personname.ListOrder{}, "Ana Ruiz", "Ana"},
	} {
		if got := (personname.Splitter{Surname: personname.SurnameFirst, List: c.list}).Split(c.name); got.Last != c.last {
			t.Errorf("%s in %+v: %+v", c.name, c.list, got)
		}
	}
}

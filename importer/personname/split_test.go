package personname_test

import (
	"testing"

	"guestflow/importer/personname"
)

// split takes a full name apart by a setting.
func split(full, surname string) (first, last string, doubt personname.Doubt) {
	n := personname.Splitter{Surname: surname}.Split(full)
	return n.First, n.Last, n.Doubt
}

// A person has said that the last word is the last name.
func TestNamesAreSplitAsTheyAreMostlyMeant(t *testing.T) {
	t.Parallel()
	for full, want := range map[string][2]string{
		"Ada Lovelace":            {"Ada", "Lovelace"},
		"Lovelace, Ada":           {"Ada", "Lovelace"},
		"Ada  Augusta King":       {"Ada Augusta", "King"},
		"Ludwig van Beethoven":    {"Ludwig", "van Beethoven"},
		"Jan van der Berg":        {"Jan", "van der Berg"},
		"Charles de la Vallée":    {"Charles", "de la Vallée"},
		"de la Vallée, Charles":   {"Charles", "de la Vallée"},
		"Van Morrison":            {"Van", "Morrison"},
		"Cher":                    {"Cher", ""},
		"":                        {"", ""},
		" , ":                     {"", ""},
		"José García Márquez":     {"José García", "Márquez"}, // wrong, and why it has to be asked for
		"Annette von Droste, Dr.": {"Annette", "von Droste"},
	} {
		if first, last, doubt := split(full, personname.SurnameLast); [2]string{first, last} != want ||
			doubt > personname.LeftOut {
			t.Errorf("%q is split into %q and %q, want %q; doubt %d", full, first, last, want, doubt)
		}
	}
}

// Where one reading is usual it is taken; any other name is in doubt, and the file waits for an answer.
func TestANameIsSplitWhereItShowsItsLastName(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{
		// suffixes, degrees, titles and what stands in brackets
		"Martin King Jr.": "Martin|King Jr.", "Sammy Davis, Jr.": "Sammy|Davis Jr.", "Ken Griffey Sr": "Ken|Griffey Sr",
		"Davis, Sammy, Jr.": "Sammy|Davis Jr.",
		"John Smith III":    "John|Smith III", "Neymar Jr.": "Neymar Jr.|", "John Smith PhD": "John|Smith",
		"John Smith, Ph.D., MBA": "John|Smith",
		"John Smith, MD":         "John|Smith", "Anna Schmidt (VIP)": "Anna|Schmidt", "Robert (Bob) Smith": "Robert|Smith",
		"Dr. Anna Schmidt":            "Anna|Schmidt",
		"Prof. Dr. med. Anna Schmidt": "Anna|Schmidt", "Dr. Schmidt": "|Schmidt", "Frau Anna Schmidt": "Anna|Schmidt",
		"Mme Anne Petit":    "Anne|Petit",
		"Schmidt, Dr. Anna": "Anna|Schmidt", "Sra. Ana Ruiz": "Ana|Ruiz", "山田 太郎 様": "太郎|山田", "Md Rahman": "Md|Rahman",
		// particles
		"Vincent van Gogh": "Vincent|van Gogh", "Anna Maria van den Berg": "Anna Maria|van den Berg",
		"Ana de la Cruz":    "Ana|de la Cruz",
		"Leonardo da Vinci": "Leonardo|da Vinci", "Mohammed bin Salman": "Mohammed|bin Salman",
		"Omar al-Bashir": "Omar|al-Bashir", "Omar al Bashir": "Omar|al Bashir",
		"Sean O'Brien": "Sean|O'Brien", "Sean O' Brien": "Sean|O' Brien", "Ian Mac Donald": "Ian|Mac Donald",
		"João da Silva": "João|da Silva",
		"van Gogh":      "|van Gogh", "Al Gore": "Al|Gore", "Jan 't Hooft": "Jan|'t Hooft",
		// other orders
		"山田 太郎": "太郎|山田", "김 민수": "민수|김", "山田　花子": "花子|山田", "山田太郎": "山田太郎|", "アンナ・シュミット": "アンナ|シュミット",
		"SCHMIDT Anna": "Anna|SCHMIDT", "Anna Maria SCHMIDT": "Anna Maria|SCHMIDT", "DE LA CRUZ Ana": "Ana|DE LA CRUZ",
		"ANNA SCHMIDT":         "ANNA|SCHMIDT",
		"Иванов Иван Иванович": "Иван Иванович|Иванов", "Анна Ивановна Петрова": "Анна Ивановна|Петрова",
		"Анна Петрова":            "Анна|Петрова",
		"García Márquez, Gabriel": "Gabriel|García Márquez", "Kennedy, John F.": "John F.|Kennedy",
		"John F. Kennedy":  "John F.|Kennedy",
		"J. R. R. Tolkien": "J. R. R.|Tolkien", "Anna-Lena Müller-Lüdenscheidt": "Anna-Lena|Müller-Lüdenscheidt",
		// in doubt
		"José García Márquez": "?", "Juan Carlos García López": "?", "María del Carmen García": "?",
		"María García de la Torre": "?", "Anna Maria Schmidt": "?",
		"José Ortega y Gasset": "?", "JJ Abrams": "?", "LI Wei": "?", "van der Berg Jan": "?", "Anna Schmidt, Bob Smith": "?",
		"Nguyen Van An": "?",
		// several people, or more than a name
		"Anna & Bob Smith": "!", "Anna and Bob": "!", "Anna und Bob Schmidt": "!", "Anna et Bob": "!", "Ana y Luis": "!",
		"Anna e Luca": "!", "Anna i Jan Nowak": "!",
		"Anna en Bob": "!", "Anna og Bob": "!", "Анна и Борис": "!", "Anna + 1": "!", "Anna/Bob Smith": "!",
		"Familie Schmidt": "!", "The Smith Family": "!",
		"Mr. and Mrs. Smith": "!", "Anna Schmidt - Acme": "!", "Smith, Anna, Berlin": "!", "Anna mit Begleitung": "!",
		"Anna Smith; Bob Smith": "!",
	} {
		first, last, doubt := split(full, "")
		got := first + "|" + last
		switch doubt {
		case personname.SeveralWays:
			got = "?"
		case personname.SeveralNames:
			got = "!"
		}
		if got != want {
			t.Errorf("%q is split into %s, want %s", full, got, want)
		}
	}
	for full, want := range map[[2]string]string{
		{"Nagy Anna", "first"}: "Anna|Nagy", {"van der Berg Jan", "first"}: "Jan|van der Berg",
		{"José García Márquez", "last-two"}:      "José|García Márquez",
		{"Juan Carlos García López", "last-two"}: "Juan Carlos|García López", {"Ana Ruiz", "last-two"}: "Ana|Ruiz",
		{"José Ortega y Gasset", "last-two"}: "José|Ortega y Gasset",
		{"José García Márquez", "none"}:      "José García Márquez|", {"Ana Ruiz", "none"}: "Ana|Ruiz",
		{"García, Ana", "first"}:                     "Ana|García",
		{"José Luis García de la Torre", "last-two"}: "José Luis|García de la Torre",
	} {
		first, last, doubt := split(full[0], full[1])
		if first+"|"+last != want || doubt != personname.NoDoubt {
			t.Errorf("%q is split into %q and %q, want %s", full, first, last, want)
		}
	}
}

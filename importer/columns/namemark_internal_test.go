package columns

import "testing"

func TestANoteInANameIsFoundAndANameIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Holm — CANCELLED", "Bo (declined)", "~~Una~~", "† Ida Holm", "Ida Holm †", "Holm *VEGAN*", "Ida [abgesagt]", "CANCELLED: Ida Holm", "Ida Holm cancelled",
		"Ida Holm, no show", "Ida Holm / annulé", "Ida Holm (waitlist)", "Ida Holm - kommt nicht", "Ida (DO NOT INVITE)", "Ольга (отказ)", "DECLINED", "Ida - passed away",
		"x Ida", "xx Ida", "Ida x", "(Ida)", "[Ida Holm]", "*Ida", "Ida*", "** Ida", "Ida!", "!Ida", "✗ Ida", "Ida ❌", "✓ Ida", "☑ Ida Holm", "- Ida", "+ Ida", "> Ida", "• Ida",
		"NEIN Ida", "NO Ida", "NON Luc", "NEJ Ida", "NEIN - Ida", "Ida (nein)", "Ida (NO)", "⚠️ Ida", "Ida ⚠️", "[x] Ida", "Ida (x)", "[ ] Ida", "Ida [!]", "Ida ✔️ confirmed",
		"DO NOT INVITE", "do not email", "Warteliste", "Waiting List", "dito", "s.o.", "siehe oben", "nein", "Holm (left)", "Holm (ehem.)", "Holm (ex)", "Holm DELETE", "Holm (duplicate)",
		"Holm OLD", "Holm TEST", "Holm - old", "Holm (doppelt)", "Reserved Seat", "Reserviert", "frei",
	} {
		if mark, _ := nameMark(name); mark == "" {
			t.Errorf("%s has no note", name)
		}
	}
	for _, name := range []string{
		"Ida", "Ida Holm", "O'Neil", "van der Berg", "Ida-Marie", "Holm, Ida", "Dr. Ida Holm (Bo)", "Nie Wang", "Hold", "Ida Void", "Maybe Baby", "Ne Yo", "Ida Holm Jr.", "S.", "So", "Frei", "Dito", "Alt, Anna", "ALT, ANNA", "Old, Bo", "Frei, Ida", "Alt", "Old", "Left", "Test", "HOLM ALT", "Bo Alt", "Ex",
		"Robert (Bob)", "Li Na", "Ida/Bo", "Absalon", "Lemonda", "Storn", "Regretti", "Mori, Ana", "Anna K.",
		"X Æ", "Xavier", "Max", "Alex X", "No, Min-ji", "No Min-ji", "NO MIN", "JA Smith", "Nei Ling", "-Lovelace", "+Ada", "Ida (Bo) Holm", "Robert (Bob) (Rob)", "👩‍🚀 Ida", "Ida ❤", "R.", "(",
	} {
		if mark, _ := nameMark(name); mark != "" {
			t.Errorf("%s has the note %q", name, mark)
		}
	}
}

func TestMarksOfAListAreTakenOffNames(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"- Ida Holm", "- Mia Berg", "Ida Holm"}, {"• Ida Holm", "•Mia Berg", "Ida Holm"}, {"* Ida", "Mia", "Ida"}, {"1. Ida Holm", "2. Mia Berg", "Ida Holm"},
		{"1) Ida", "2) Mia", "Ida"}, {"(1) Ida", "(2) Mia", "Ida"}, {"1. Ida", "Mia", "1. Ida"}, {"1. Ida", "1. Mia", "1. Ida"}, {"-Ida", "-Mia", "-Ida"}, {"50 Cent", "2 Chainz", "50 Cent"},
		{"x Ida", "x Mia", "x Ida"}, {"Ida", "Mia", "Ida"},
	} {
		rows := [][]string{{test[0], "ida@example.org"}, {test[1], "mia@example.org"}}
		c, problem := Map([]string{"First Name", "Email"}, Options{Rows: rows})
		if problem != nil {
			t.Fatal(problem)
		}
		if got := c.WithoutListMark(0, test[0]); got != test[2] {
			t.Errorf("%q beside %q is %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

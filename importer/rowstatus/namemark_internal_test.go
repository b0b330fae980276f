package rowstatus

import (
	"testing"
)

func TestANoteInANameIsFoundAndANameIsNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Holm — CANCELLED", "Bo (declined)", "~~Una~~", "† Ida Holm", "Ida Holm †", "Holm *VEGAN*", "Ida [abgesagt]",
		"CANCELLED: Ida Holm", "Ida Holm cancelled",
		"Ida Holm, no show", "Ida Holm / annulé", "Ida Holm (waitlist)", "Ida Holm - kommt nicht", "Ida (DO NOT INVITE)",
		"Ольга (отказ)", "DECLINED", "Ida - passed away",
		"x Ida", "xx Ida", "Ida x", "(Ida)", "[Ida Holm]", "*Ida", "Ida*", "** Ida", "Ida!", "!Ida", "✗ Ida", "Ida ❌",
		"✓ Ida", "☑ Ida Holm", "- Ida", "+ Ida", "> Ida", "• Ida",
		"NEIN Ida", "NO Ida", "NON Luc", "NEJ Ida", "NEIN - Ida", "Ida (nein)", "Ida (NO)", "⚠️ Ida", "Ida ⚠️", "[x] Ida",
		"Ida (x)", "[ ] Ida", "Ida [!]", "Ida ✔️ confirmed",
		"DO NOT INVITE", "do not email", "Warteliste", "Waiting List", "dito", "s.o.", "siehe oben", "nein", "Holm (left)",
		"Holm (ehem.)", "Holm (ex)", "Holm DELETE", "Holm (duplicate)",
		"Holm OLD", "Holm TEST", "Holm - old", "Holm (doppelt)", "Reserved Seat", "Reserviert", "frei",
		"<s>Ida</s>", "<del>Holm</del>", "zzBo", "xxIda", "XBo", "Zz Bo", "Holm ~", "Holm ...", "Holm…", "Holm #", "Holm --", "Holm -", "Holm =", "Holm :(", "Holm <-", "Holm 1)", "Holm¹",
	} {
		if mark, _ := nameMark(name); mark == "" {
			t.Errorf("%s has no note", name)
		}
	}
	for _, name := range []string{
		"Ida", "Ida Holm", "O'Neil", "van der Berg", "Ida-Marie", "Holm, Ida", "Dr. Ida Holm (Bo)", "Nie Wang", "Hold",
		"Ida Void", "Maybe Baby", "Ne Yo", "Ida Holm Jr.", "S.", "So", "Frei", "Dito", "Alt, Anna", "ALT, ANNA", "Old, Bo",
		"Frei, Ida", "Alt", "Old", "Left", "Test", "HOLM ALT", "Bo Alt", "Ex",
		"Robert (Bob)", "Li Na", "Ida/Bo", "Absalon", "Lemonda", "Storn", "Regretti", "Mori, Ana", "Anna K.",
		"X Æ", "Xavier", "Max", "Alex X", "No, Min-ji", "No Min-ji", "NO MIN", "JA Smith", "Nei Ling", "-Lovelace", "+Ada",
		"Ida (Bo) Holm", "Robert (Bob) (Rob)", "👩‍🚀 Ida", "Ida ❤", "R.", "(", "<b>Ida</b>", "Xu", "XU", "Zoë", "Zhang", "XXL", "Xochitl", "ZZ", "Holm .", "Holm ,", "Anne-", "Xi Zhao",
	} {
		if mark, _ := nameMark(name); mark != "" {
			t.Errorf("%s has the note %q", name, mark)
		}
	}
}

package rowstatus_test

import (
	"strings"
	"testing"

	"guestflow/importer/rowstatus"
)

// Promise: a note that says that its guest is not meant, not yet, not by email or not at this address is not passed
// over.
func TestNotesThatSayNoOrNotYetAreSeen(t *testing.T) {
	t.Parallel()
	for note := range strings.SplitSeq(`TEST - delete|delete|skip|hold off for now|wait before sending|call instead of email|ill - not attending|I wont be there|
		I won’t be there|on holiday that week|only invite if space|duplicate of row 2|replaced by Tom Falk|please delete this row|sick|invite by phone only|
		nicht mehr im Amt|ist raus|unbekannt verzogen|nur per Post einladen|vertreten durch Tom Falk|schafft es nicht|bin leider im Urlaub|krank|doppelt|
		noch nicht einladen|wird durch Bo Ek ersetzt - nicht dabei|wrong email - use bo@y.example|new address ida@new.example|Adresse falsch|E-Mail kommt zurück|neue Mailadresse: x@y.example|
		en vacances|malade|remplacée par Tom Falk|mauvaise adresse|n'est plus en poste|supprimer|de vacaciones|correo incorrecto|en su lugar viene Bo|eliminar|
		in ferie|indirizzo sbagliato|sostituita da Bo|de férias|e-mail errado|op vakantie|verkeerd adres|vervangen door Tom|ziek|på semester|fel mejl|ersatt av Bo|
		på ferie|forkert mail|feil e-post|erstattet af Bo|na urlopie|zły adres|duplikat|na dovolené|špatný email|szabadságon|hibás cím|în concediu|lomalla|
		väärä osoite|в отпуске|неверный адрес|дубль|у відпустці|λάθος email|yanlış e-posta`, "|") {
		if note = strings.TrimSpace(note); !rowstatus.NoteSaysNotMeant(note) {
			t.Errorf("%s is passed over", note)
		}
	}
	for note := range strings.SplitSeq(`He is not attending the dinner|not joining for lunch|vegan, no nuts|tofu instead of meat|not yet paid|skip dessert|arrives only after 8 pm|
		hasta las 8|ist aus Berlin|noch nicht bezahlt|kommt erst nach 20 Uhr|bringt Tom mit|möchte nicht neben Bo sitzen|wird nicht fotografiert|nicht beim Abendessen|ne mange pas de porc|
		arrive plus tard|no puede comer gluten|non può mangiare glutine|nog niet betaald|nie może jeść orzechów|не ест мясо|lives abroad|retired|sits beside Anna|
		old friend of Ida|needs a new badge|wants the window seat|Please call on arrival|VIP|speaker|test kitchen|in row 2`, "|") {
		if note = strings.TrimSpace(note); rowstatus.NoteSaysNotMeant(note) {
			t.Errorf("%s is taken for a no", note)
		}
	}
}

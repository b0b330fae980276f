package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// A note often says it in a part of its own, or with words between those of a phrase: “maybe, will tell us in May”,
// “duplicate, see above”, “nicht automatisch anschreiben”.

// saysInPart returns the part of a note, between signs, that says by itself that a guest may not be meant.
func saysInPart(note string) (part string) {
	if len(note) > maxSentence || !strings.ContainsAny(note, ",;.:()/–—\n") && !strings.Contains(note, " - ") {
		return ""
	}
	note = strings.NewReplacer(" - ", ",", "–", ",", "—", ",").Replace(note)
	for part := range strings.FieldsFuncSeq(note, func(r rune) bool { return strings.ContainsRune(",;.:()/\n", r) }) {
		if part = strings.TrimSpace(part); part == "" || len(part) > maxLabel {
			continue
		}
		folded := where.Fold(part)
		class, _ := classOf(folded)
		if class == excludedWord || class == doubtfulWord && !quietDoubts[wordKey(folded)] || isBriefPhrase(part) {
			return part
		}
	}
	return ""
}

// forbidsContact reports whether the words of a note say not to write to a guest, with words between: “please do not
// ever send”.
func forbidsContact(words []string) bool {
	for i, word := range words {
		if !denials[word] && !negators[word] && !neverWords[word] {
			continue
		}
		unknown := 0
		for _, next := range words[i+1 : min(i+2+maxBetween, len(words))] {
			if contactVerbs[next] {
				return true
			}
			if !betweenWords[next] {
				unknown++
			}
			if unknown > 1 {
				break
			}
		}
	}
	return false
}

// notContacted is what a question shows of such a note.
const notContacted = "not to be contacted"

// maxBetween is how many words stand between a no and what is not to be done.
const maxBetween = 3

// isOfOpposites reports whether a column of which nothing is known has two texts of which one takes the other back:
// “drawn” and “not drawn”.
func (c *ColumnCounts) isOfOpposites() bool {
	different := len(c.plainTexts) + len(c.Values)
	if c.of.meaning != unhinted || c.of.ofThing || c.Others > 0 || len(c.of.tests) > 0 || different < 2 ||
		different > maxCodes {
		return false
	}
	texts := c.allTexts()
	keys := make([]string, len(texts))
	for i, v := range texts {
		if keys[i] = wordKey(where.Fold(v.Text)); hasAny(strings.Fields(where.Fold(v.Text)), guestKinds) {
			return false
		}
	}
	return slices.ContainsFunc(keys, func(key string) bool {
		hasOpposite := func(no string) bool { return slices.Contains(keys, no+key) }
		return len(key) > maxCode && slices.ContainsFunc(opposites, hasOpposite)
	})
}

var (
	neverWords   = wordset.Words(`never niemals jamais nunca mai`)
	contactVerbs = wordset.Words(`contattata contactado contactada contactée invitata invitada invitée gecontacteerd
		gemaild invite invited inviting contact contacted contacting email emailed emailing mail mailed mailing
		write written send sent inform informed
		einladen eingeladen anschreiben angeschrieben kontaktieren kontaktiert mailen anmailen versenden verschicken
		schicken senden informieren benachrichtigen
		inviter invité contacter contacté écrire envoyer invitar invitado contactar escribir enviar invitare
		invitato contattare scrivere inviare convidar
		contatar escrever uitnodigen benaderen contacteren schrijven versturen bjuda bjudas kontakta kontaktas
		skicka skickas maila invitere inviteres kontakte
		kontaktes sende sendes kutsua kutsuta lähettää zapraszać zaprosić kontaktować wysyłać pisać zvát pozvat
		kontaktovat posílat psát hívni meghívni küldeni invita
		contacta trimite zvati slati pisati приглашать звать писать отправлять запрошувати надсилати`)
	betweenWords = wordset.Words(`to be yet any more mehr ever longer anymore by per via with mail email emails an
		automatically automatisch please bitte him her them us noch direkt directly
		directement direkte again wieder plus más più mais meer längre lenger længere jamais auch the this you se le
		la les lo ihn sie`)
	opposites = wordset.List(`un in im ir dis not non nicht kein keine un pas ne no nie não niet on inte ej ikke u
		ei ne nem nu не`)
)

package rowstatus

import (
	"strings"

	"guestflow/importer/wordset"
)

var (
	// remarks stand behind a name in brackets or behind a dash, and say that the guest may not be meant any more.
	remarks = wordset.Words(`left ehem ehemalig ehemals ehemalige ehemaliger ex former formerly old alt duplicate duplikat
		doppelt doublon duplicado duplicato dup dupe delete löschen gelöscht deleted remove removed test obsolete ungültig
		invalid inactive inaktiv retired resigned fired ausgeschieden ausgetreten verzogen wrong falsch supprimer doppio
		dubbel double ancien ancienne anciennement exmitglied eliminar borrar verwijderen usunąć radera slet slett poista
		smazat törölni удалить dublett duplikaatti dublet kopia kopie bývalý były była oud före tidigare tidligere бывший
		копия дубль`)
	// capitalRemarks are those that count behind a name without a sign, in capitals beside a name that is not.
	capitalRemarks = wordset.Of(`DELETE DELETED REMOVE REMOVED DUPLICATE DUPE DUP OLD TEST LÖSCHEN GELÖSCHT DOPPELT
		DUPLIKAT ALT INVALID INACTIVE OBSOLETE LEFT DOUBLON SUPPRIMER ELIMINAR BORRAR DUPLICADO DUPLICATO VERWIJDEREN DUBBEL
		USUNĄĆ УДАЛИТЬ`)
	// wholeNotes are notes in place of a name.
	wholeNotes = wordset.Of(`warteliste waitlist wartelisten nachrückerliste wachtlijst várólista väntelista venteliste
		reserviert reserved réservé reservado riservato gereserveerd`)
	// lowerNotes are those that with a capital are names too: Frei, Dito.
	lowerNotes   = wordset.Of(`nein löschen ditto dito idem siehe dto desgl desgleichen frei vacant`)
	phrasesAlone = wordset.Phrases(`waiting list|wait list|liste d'attente|lista de espera|lista d'attesa|lista rezerwowa|
		lista oczekujących|s.o.|s. o.|see above|siehe oben|wie oben|as above|same as above|voir ci-dessus|ver arriba|
		vedi sopra|zie boven|zie hierboven|reserved seat|reservierter platz|freier platz|free seat|empty seat|place libre|
		place réservée|asiento reservado|posto riservato|leerer platz|лист ожидания|см. выше|jak wyżej|j.w.|se ovan|
		se ovenfor`)
)

// noteStarts are the first words of phrasesAlone: most names are compared no further.
var noteStarts = wordset.Of(`waiting wait liste lista s.o. s. see siehe wie as same voir ver vedi zie reserved
	reservierter freier free empty place asiento posto leerer лист см. jak j.w. se`)

// isRemark reports whether a part of a name is a remark, such as (ehem.), - old or (duplicate). Alt, Anna is a name.
func isRemark(part, cell string) bool {
	if part = strings.TrimSpace(part); len(part) > maxWord || !remarks[wordset.Letters(part)] {
		return false
	}
	return strings.ContainsAny(cell, "([") || part == strings.ToLower(part) || part == strings.ToUpper(part) && cell != strings.ToUpper(cell)
}

// noteAlone reports whether the cell of a name has a note and no name: DO NOT INVITE, Waiting list, s.o.
func noteAlone(cell string) bool {
	if len(cell) > maxWord || !strings.ContainsAny(cell, " .") {
		return false
	}
	if first, _, _ := strings.Cut(cell, " "); noteStarts[strings.ToLower(first)] && phrasesAlone[wordset.Letters(cell)] {
		return true
	}
	whole, _ := classOf(cell)
	return whole == excludedWord
}

// endsInRemark reports whether the last word of a name is a remark in capitals: Holm DELETE.
func endsInRemark(cell string) bool {
	at := strings.LastIndexByte(cell, ' ')
	return at >= 0 && capitalRemarks[cell[at+1:]] && strings.ToUpper(cell[:at]) != cell[:at]
}

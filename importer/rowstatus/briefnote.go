package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/where"
)

// briefNotes are whole notes that say it, beside words such as "by phone", and that say other things within longer ones:
// "kan inte" is a refusal, and "kan inte äta nötter" is a diet. A phrase that says it wherever it stands is in noteTexts alone,
// unless it is a state too, as "on hold" is.
var briefNotes = keys(`can not|cannot|can't|not available|unavailable|no longer available|not interested|
	no longer interested|no interest|excused|apologies|conflict|double booked|abroad|
	remove|delete|drop|do not use|don't use|on hold|hold|banned|barred|bounced|undeliverable|out|absent|quit|
	resigned|retracted|rescinded|dropped|dropped out|unable|stop|cancel|decline|rejected|refused|excluded|exclude|blocked|
	verhindert|entschuldigt|absage|abwesend|kann nicht|können nicht|nicht verfügbar|kein interesse|keine zeit|
	verreist|löschen|entfernen|streichen|gesperrt|nicht dabei|raus|abgelehnt|
	empêché|empêchée|absent|absente|excusé|excusée|excusés|pas dispo|pas disponible|indisponible|non disponible|
	ne peut pas|ne peuvent pas|pas intéressé|pas intéressée|supprimer|désistement|bloqué|
	rechazó|rechaza|baja|no puede|no pueden|no podrá|no disponible|ausente|canceló|declinó|desistió|no interesado|
	no interesada|eliminar|borrar|não pode|não podem|não disponível|indisponível|ausente|desiste|
	sem interesse|remover|apagar|recusa|non può|non possono|disdetto|disdetta|disdice|rinuncia|assente|assenti|
	indisponibile|non disponibile|non interessato|rifiuta|eliminare|verhinderd|afwezig|
	niet beschikbaar|geen interesse|verwijderen|
	forhindret|kan ikke|afbud|avbud|ikke interesseret|slet|slett|
	förhinder|förhindrad|avbokat|avbokad|kan inte|ej intresserad|frånvarande|
	este|ei voi|ei pysty|ei kiinnostunut|matkoilla|poissa|poista|
	nie może|nie mogą|odwołane|odwołał|odwołała|rezygnuje|nieobecny|nieobecna|niedostępny|usunąć|nie będzie|
	nemůže|nemohou|nemôže|nemôžu|omluva|nepřítomen|smazat|zruší|
	nem tud|akadályoztatva|távol|törölni|nu poate|nu pot|absentă|indisponibil|renunță|
	ne može|ne mogu|spriječen|spriječena|odsutan|odsutna|odustao|odustala|ne more|zadržan|
	не может|не могут|не будет|в командировке|отсутствует|занят|занята|удалить|недоступен|
	недоступна|не може|не можуть|не буде|відсутній|відсутня|зайнятий|зайнята|видалити|
	απών|απούσα|μη διαθέσιμος|müsait değil|mazeretli|uygun değil|izinde|berhalangan|tidak bisa|bận|معتذر|לא יכול|לא יכולה|
	negali|nevar|ei saa`)

// isBriefNote reports whether a note is one of briefNotes, and nothing but words that stand beside them.
func isBriefNote(text string) bool {
	if len(text) > maxLabel {
		return false
	}
	if exactNotes[wordKey(where.Fold(text))] {
		return true
	}
	words := strings.Fields(string(normalize(nil, text)))
	for i := range words {
		for n := 1; n <= maxBriefNoteWords && i+n <= len(words); n++ {
			if briefNotes[strings.Join(words[i:i+n], "")] && standBeside(words[:i]) && standBeside(words[i+n:]) {
				return true
			}
		}
	}
	return false
}

const maxBriefNoteWords = 4

// exactNotes are notes that say it by themselves: with a number, "DNI" is that of a passport, and in Polish "dni" are days.
var exactNotes = keys("dni|d.n.i.")

// standBeside reports whether words say nothing of it, so that a known one beside them is what a note says.
func standBeside(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		isFiller := fillerWords[w] || noteFillers[w] || briefNoteFillers[w] || isDigits(w)
		return !isFiller || negators[w] || w == "guest" || w == "guests"
	})
}

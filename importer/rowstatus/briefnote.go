package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/where"
)

// briefNotes are whole notes that say it, beside words such as "by phone", and that say other things within longer ones:
// "kan inte" is a refusal, and "kan inte äta nötter" is a diet.
var briefNotes = keys(`can not|cannot|can't|not available|unavailable|no longer available|not interested|
	no longer interested|no interest|excused|apologies|conflict|double booked|out of town|on vacation|on holiday|abroad|
	to confirm|to be confirmed|zu bestätigen|noch zu klären|zu klären|in klärung|à confirmer|a confirmar|
	por confirmar|da confermare|da verificare|nog te bevestigen|te bevestigen|att bekräfta|skal bekræftes|
	må bekreftes|vahvistettava|do potwierdzenia|k potvrzení|ověřit|megerősítendő|de confirmat|za potvrdu|уточнить|
	на подтверждении|уточнити|προς επιβεβαίωση|onay bekliyor|
	remove|delete|drop|do not use|don't use|on hold|hold|banned|barred|bounces|bounced|undeliverable|out|absent|quit|
	resigned|retracted|rescinded|dropped|dropped out|unable|stop|cancel|decline|rejected|refused|excluded|exclude|blocked|
	verhindert|entschuldigt|absage|abwesend|kann nicht|können nicht|nicht verfügbar|kein interesse|keine zeit|im urlaub|
	verreist|löschen|entfernen|streichen|gesperrt|unzustellbar|nicht dabei|raus|abgelehnt|unbekannt verzogen|
	empêché|empêchée|absent|absente|excusé|excusée|excusés|pas dispo|pas disponible|indisponible|non disponible|
	ne peut pas|ne peuvent pas|pas intéressé|pas intéressée|en vacances|supprimer|désistement|bloqué|
	rechazó|rechaza|baja|no puede|no pueden|no podrá|no disponible|ausente|canceló|declinó|desistió|no interesado|
	no interesada|de vacaciones|de viaje|eliminar|borrar|não pode|não podem|não disponível|indisponível|ausente|desiste|
	sem interesse|de férias|remover|apagar|recusa|non può|non possono|disdetto|disdetta|disdice|rinuncia|assente|assenti|
	indisponibile|non disponibile|non interessato|in vacanza|in ferie|rifiuta|eliminare|verhinderd|afwezig|
	niet beschikbaar|geen interesse|op vakantie|verwijderen|kan niet|
	forhindret|forhindra|kan ikke|afbud|avbud|ikke interesseret|bortrejst|bortreist|på ferie|slet|slett|
	förhinder|förhindrad|avbokat|avbokad|kan inte|kan ej|ej intresserad|bortrest|på semester|frånvarande|
	estynyt|este|ei voi|ei pysty|ei kiinnostunut|lomalla|matkoilla|poissa|poista|
	nie może|nie mogą|odwołane|odwołał|odwołała|rezygnuje|nieobecny|nieobecna|niedostępny|na urlopie|usunąć|nie będzie|
	nemůže|nemohou|nemôže|nemôžu|omluva|nepřítomen|na dovolené|smazat|zruší|
	nem tud|nem ér rá|akadályoztatva|távol|szabadságon|törölni|nu poate|nu pot|absentă|indisponibil|renunță|în concediu|
	ne može|ne mogu|spriječen|spriječena|odsutan|odsutna|odustao|odustala|ne more|zadržan|
	не может|не могут|не будет|не идет|не идёт|в отпуске|в командировке|отсутствует|занят|занята|удалить|недоступен|
	недоступна|не може|не можуть|не буде|у відпустці|відсутній|відсутня|зайнятий|зайнята|видалити|
	απών|απούσα|μη διαθέσιμος|müsait değil|mazeretli|uygun değil|izinde|berhalangan|tidak bisa|bận|معتذر|לא יכול|לא יכולה|
	negali|nevar|ei saa|
	duplicate|dup|dupe|declined|fake|bot|spam|junk|tentative|maybe|tbc|unsure|not sure|probably not|
	not this year|not this time|next year|next time|undecided|unconfirmed|waiting|refund|vielleicht|vllt|evtl|
	eventuell|unklar|fraglich|erstmal nicht|nächstes jahr|nächstes mal|urlaub|krank|verstorben|gestorben|gelöscht|
	peut-être|pas sûr|pas sûre|l'année prochaine|la prochaine fois|doublon|quizás|quizá|tal vez|
	el año que viene|la próxima vez|duplicado|forse|l'anno prossimo|la prossima volta|doppione|talvez|
	no próximo ano|misschien|volgend jaar|volgende keer|kanske|nästa år|nästa gång|dubblett|kanskje|måske|
	neste år|næste år|næste gang|neste gang|ehkä|ensi vuonna|ensi kerralla|może|za rok|następnym razem|możná|
	příští rok|příště|možno|budúci rok|nabudúce|talán|jövőre|legközelebb|poate|la anul|data viitoare|možda|dogodine|
	sljedeći put|возможно|может быть|в следующем году|в следующий раз|можливо|наступного року|ίσως|του χρόνου|belki|
	seneye|gelecek yıl`)

// isBriefNote reports whether a note says it by itself.
func isBriefNote(text string) bool {
	return len(text) <= maxLabel && exactNotes[wordKey(where.Fold(text))] || isBriefPhrase(text)
}

// isBriefPhrase reports whether a text is one of briefNotes, and nothing but words that stand beside them.
func isBriefPhrase(text string) bool {
	if len(text) > maxLabel {
		return false
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
var exactNotes = keys(`ex|former|ehemalig|ehemaliger|ehemalige|ancien|ancienne|antiguo|dni|d.n.i.|left|old|dead|test|
	testing|later|later on|?|??|???|erst später|später|alt|plus tard|más tarde|
	più tardi|mais tarde|senere|senare|myöhemmin|później|později|neskôr|később|mai târziu|kasnije|позже|пізніше|sonra`)

// ageWords are those of exactNotes that a thing is as well: a table, a side, a voice.
var ageWords = keys(`left|old|alt|ex`)

// standBeside reports whether words say nothing of it, so that a known one beside them is what a note says.
func standBeside(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		isFiller := fillerWords[w] || noteFillers[w] || briefNoteFillers[w] || isDigits(w)
		return !isFiller || negators[w] || w == "guest" || w == "guests"
	})
}

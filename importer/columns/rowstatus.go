package columns

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/where"
)

// A list often says, in a column that nothing is taken from, that a row is not meant: cancelled, refunded, declined,
// unsubscribed. Whether such a row is a guest is for its sender to say, so the words are found here, and the file is
// held until it is said (statuses.go).

// columnMeaning is what a header says of its column's words.
type columnMeaning int

const (
	anything columnMeaning = iota // only words that cannot be missed count
	status                        // of an order, a ticket, an answer: "pending" counts too
	consent                       // a question to which no means no: "RSVP", "Newsletter"
	refusal                       // a question to which anything but no means no: "Unsubscribed", "Cancelled at"
)

// statusColumn is a column that nothing is taken from.
type statusColumn struct {
	column  int
	name    string // by which a mapping finds it
	meaning columnMeaning
	tests   []*where.Test // of the rule of the rows that are meant
	// required are those of tests that every row has to pass.
	required []*where.Test
}

// Parts of headers, as reduce leaves them.
var (
	refusalParts = strings.Fields(`unsub cleantime cleancampaign optout optedout donotmail donotemail donotcontact noemail noshow
		cancelledat canceledat cancelledon
		canceledon cancellationdate cancelationdate iscancelled iscanceled refundedat refundedon isrefunded isrefund
		refundamount refundedamount amountrefunded
		deletedat isdeleted blacklist blocklist suppressed hardbounce bounced isblocked isvoid voidedat
		abgemeldet storniertam widerruf werbesperre gesperrt desinscri desabonn annulele canceladoel afgemeld geannuleerdop wypisan anulowano
		disiscri cancellatoil`)
	refusalNames = set(`cancelled canceled refunded refund declined deleted void voided bounced blocked unsubscribed
		removed excluded archived
		storniert abgesagt geloscht annule rembourse cancelado reembolsado geannuleerd verwijderd annullato rimborsato
		anulowany`)
	consentParts = headerParts(furtherConsents + ` rsvp attending attendance willattend youattend toattend willcome coming areyougoing
		consent optin optedin subscribed subscription newsletter marketing gdpr dsgvo
		permission emailok mayweemail confirmed accepted approved zusage teilnahme anwesend einwilligung kommt nimmtteil
		presence presente consentement participera asistencia asistira consentimiento aanwezig toestemming komt obecnosc zgoda
		presenza consenso partecipa presenca confirmado going ruckmeldung rueckmeldung participe participation vient asiste confirma
		conferma risposta deelname confirmacao comparece potwierdzenie odpowiedz udzial`)
	statusParts = headerParts(furtherStates + ` status state response reply answer decision outcome antwort reponse estado respuesta
		stato stan etat antwoord
		resposta approval subscriber lifecycle`)
)

func meaningOf(header string) columnMeaning {
	if len(header) > maxHeader {
		return anything
	}
	name := reduce(header)
	if strings.Contains(name, "checkin") || strings.Contains(name, "checkedin") {
		return anything // no guest is, before the event
	}
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
	}
	switch {
	case refusalNames[name], has(refusalParts):
		return refusal
	case has(statusParts):
		return status
	case has(consentParts):
		return consent
	}
	return anything
}

// words are phrases between bars, in lower case.
func words(phrases string) map[string]bool {
	m := map[string]bool{}
	for phrase := range strings.SplitSeq(phrases, "|") {
		m[strings.Join(strings.Fields(phrase), " ")] = true
	}
	return m
}

// as above
var (
	// excludedWords are of rows that are not meant, whatever the column is called.
	excludedWords = words(furtherExcluded + `cancelled|canceled|cancelled by organiser|cancelled by organizer|canceled by organizer|order
		cancelled|order canceled|
		wc-cancelled|refunded|wc-refunded|fully refunded|partially refunded|partial refund|refund requested|chargeback|
		charged back|declined|
		not attending|not going|not coming|unsubscribed|opted out|opted-out|opt-out|do not email|do not contact|regrets|no
		show|no-show|voided|
		blacklisted|blocklisted|hard bounce|hard bounced|won't attend|cannot attend|can't attend|will not attend|can't come|
		can't make it|
		won't come|will not come|attending: no|rsvp: no|
		storniert|abgesagt|abgelehnt|abgemeldet|erstattet|nimmt nicht teil|kommt nicht|zurückgezogen|
		annulé|annulée|remboursé|remboursée|refusé|refusée|désinscrit|désabonné|ne participe pas|ne vient pas|
		cancelado|cancelada|reembolsado|reembolsada|rechazado|rechazada|no asiste|no asistirá|dado de baja|
		geannuleerd|terugbetaald|afgewezen|afgemeld|komt niet|uitgeschreven|
		anulowane|anulowany|anulowana|zwrócone|odrzucone|odrzucony|wypisany|
		annullato|annullata|rimborsato|rimborsata|rifiutato|rifiutata|non partecipa|disiscritto|recusado|recusada|não vai`)
	// doubtfulWords are of rows that may not be meant, in a column of a state or an answer.
	doubtfulWords = words(furtherDoubtful + `no|n|false|0|never|none|nein|falsch|nej|non|faux|nee|onwaar|nie|fałsz|não|falso|
		pending|pending approval|pending_approval|pending payment|awaiting payment|awaiting approval|waiting|waitlist|
		waitlisted|waiting list|
		wait list|on hold|on-hold|wc-pending|wc-on-hold|wc-failed|unpaid|overdue|expired|failed|abandoned|incomplete|
		invalid|void|
		inactive|disabled|deleted|removed|trashed|trash|spam|blocked|bounced|cleaned|suppressed|excluded|rejected|denied|
		refused|reject|decline|
		cancel|refund|transferred|reserved|draft|maybe|tentative|undecided|unconfirmed|awaiting reply|awaiting response|
		never subscribed|non-subscribed|unsubscribe|nonsubscribed|non-marketing contact|regret|withdrawn|absent|
		abwesend|absage|unsicher|offen|ausstehend|unbezahlt|warteliste|vielleicht|gelöscht|abgelaufen|ungültig|nicht bestätigt|keine antwort|
		en attente|liste d'attente|peut-être|supprimé|expiré|impayé|pendiente|lista de espera|quizás|quizá|eliminado|
		caducado|impagado|
		in afwachting|wachtlijst|misschien|verwijderd|verlopen|niet betaald|oczekujące|oczekuje|lista rezerwowa|może|usunięty|
		in attesa|lista d'attesa|disdetto|disdetta|forse|eliminato|scaduto|pendente|talvez`)
	// includedWords are of rows that are meant. They decide nothing, and are counted beside the others.
	includedWords = words(`yes|y|true|1|x|✓|attending|going|coming|confirmed|accepted|approved|paid|completed|complete|
		active|valid|checked in|subscribed|
		registered|ok|booked|sent|delivered|wc-completed|wc-processing|ja|zusage|zugesagt|bestätigt|bezahlt|oui|confirmé|payé|si|
		sí|confirmado|pagado|
		bevestigd|betaald|tak|potwierdzone|opłacone|confermato|pagato|sim`)
	// notRefusedWords are what a column of refusals has for rows that are meant.
	notRefusedWords = words(`no|n|false|-|--|never|none|nein|falsch|nej|non|faux|nee|onwaar|nie|fałsz|não|falso|null|n/a|off|subscribed|active`)
	// negativeWords are words that say it in a sentence, in a column of a state or an answer.
	negativeWords = words(`cancelled|canceled|refunded|declined|unsubscribed|can't|cant|cannot|won't|storniert|abgesagt|
		abgemeldet|annulé|annulée|
		remboursé|désinscrit|cancelado|cancelada|geannuleerd|afgemeld|anulowane|annullato`)
	// negativeFirstWords are words that say it at the beginning of a sentence there.
	negativeFirstWords = words("no|not|nein|nicht|non|nee|niet|nie|não")
)

const (
	maxWord     = 40 // bytes of the longest that is known
	maxSentence = 200
)

// RowStatus is a cell that says, in a column that nothing is taken from, whether its row is meant.
type RowStatus struct {
	Header string // or #5 for the fifth column
	Text   string // the cell
	Known  bool   // it is a word that is known here; any other may be a guest's
	Out    bool   // the row may not be meant

	of    *statusColumn
	named bool // the rule of the rows that are meant names this text, so that a row that it leaves in is meant
}

// RowStatuses appends what a record's cells say of whether it is meant.
func (c *Columns) RowStatuses(cells []string, out []RowStatus) []RowStatus {
	for i := range c.statusColumns {
		w := &c.statusColumns[i]
		cell := cells[w.column]
		if cell == "" || w.meaning == anything && len(cell) > maxWord {
			continue
		}
		if s, says := w.statusOf(strings.TrimSpace(cell)); says {
			s.Header, s.of = w.name, w
			s.named = slices.ContainsFunc(w.tests, func(t *where.Test) bool { return t.Has(s.Text) })
			out = append(out, s)
		}
	}
	return out
}

// statusOf judges a cell. A column that may have anything says nothing but what cannot be missed.
func (w *statusColumn) statusOf(cell string) (s RowStatus, says bool) {
	word := withoutMarks(where.Fold(cell))
	if excludedWords[word] {
		return RowStatus{Text: cell, Known: true, Out: true}, true
	}
	if w.meaning == anything || where.IsEmpty(cell) {
		return RowStatus{}, false
	}
	s = RowStatus{Text: cell, Known: doubtfulWords[word] || includedWords[word] || notRefusedWords[word]}
	if w.meaning == refusal {
		zero := strings.ContainsRune(word, '0') && !strings.ContainsAny(word, "123456789")
		s.Out = !notRefusedWords[word] && !zero
		s.Known = s.Known || zero && !strings.ContainsFunc(word, unicode.IsLetter)
	} else {
		s.Out = doubtfulWords[word] || !includedWords[word] && saysNo(word)
	}
	return s, true
}

// withoutMarks returns a word without the signs around it: "❌ Not going" and "(cancelled)" are words that are known.
func withoutMarks(word string) string {
	bare := strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if bare == "" {
		return word
	}
	return bare
}

// saysNo reports whether a sentence says no.
func saysNo(sentence string) bool {
	if len(sentence) > maxSentence {
		return false
	}
	sentence = strings.ReplaceAll(sentence, "’", "'")
	words := strings.FieldsFunc(sentence, func(r rune) bool { return r != '\'' && r != '-' && !unicode.IsLetter(r) })
	return len(words) > 0 && (negativeFirstWords[words[0]] ||
		slices.ContainsFunc(words, func(word string) bool { return negativeWords[word] }))
}

package rowstatus

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// A note may say that a guest is no longer what he was invited for, or does not come, in any words between: “ne fait
// plus partie de l'association”, “will probably not attend”. What he no longer eats or needs says nothing.

// noLongerMeant is what a question shows of such a note.
const noLongerMeant = "no longer, or does not come"

// noteSays returns what a question shows of a note that says in words of its own that its guest may not be meant; ""
// for any other.
func noteSays(note string) string {
	if len(note) > maxSentence {
		return ""
	}
	var space [256]byte
	words := strings.Fields(string(normalize(space[:0], note)))
	triggers := noteTriggers()
	switch {
	case len(words) > 1 && len(words) <= maxAskWords && onlyIfs[words[0]+words[1]]:
		return askFirst
	case !slices.ContainsFunc(words, func(w string) bool { return triggers[w] }):
		return ""
	case len(note) <= maxLabel && asksFirst(words):
		return askFirst
	case saysGone(words):
		return noLongerMeant
	case forbidsContact(words):
		return notContacted
	}
	return ""
}

// saysGone reports whether the words of a note say so.
func saysGone(words []string) bool {
	isOfThing := func(w string) bool { return w != "plus" && (ownWords[w] || hasOwnStem(w)) }
	if slices.ContainsFunc(words, func(w string) bool { return eventParts[w] || spanWords[w] }) {
		return false
	}
	if perhapsComes(words) || slices.ContainsFunc(words, func(w string) bool { return sureWords[w] }) {
		return true
	}
	for i, word := range words {
		if (negators[word] || denials[word] || noneWords[word]) && takesBackRelation(words[i+1:]) {
			return true
		}
		if !negators[word] && !denials[word] && !noLongerAlone[word] {
			continue
		}
		for _, next := range words[i+1 : min(i+2+maxBetween, len(words))] {
			if attendVerbs[next] && (word != "no" || next != "come") && !noLongerAlone[word] {
				return true
			}
		}
		if i+1 < len(words) && noLonger[word+words[i+1]] || i+2 < len(words) && noLonger[word+words[i+2]] {
			return !slices.ContainsFunc(words, isOfThing)
		}
	}
	return false
}

// takesBackRelation reports whether one of the words behind a no is of what makes a guest one: mail, a membership, an
// answer.
func takesBackRelation(behind []string) bool {
	for _, word := range behind[:min(maxBetween+1, len(behind))] {
		if relationWords[word] || contactVerbs[word] {
			return true
		}
		if word != "plus" && (ownWords[word] || hasOwnStem(word)) {
			return false
		}
	}
	return false
}

// perhapsComes reports whether a short note says that a guest may come: “kommt vielleicht”.
func perhapsComes(words []string) bool {
	return len(words) <= maxPerhaps && hasAny(words, perhapsWords) && slices.ContainsFunc(words, func(w string) bool {
		return attendVerbs[w] || comingWords[w] || goingWords[w] || hasStem(w, comingStems)
	}) && !slices.ContainsFunc(words, func(w string) bool { return ownWords[w] || hasOwnStem(w) })
}

// maxPerhaps is how many words such a note has at most.
const maxPerhaps = 4

var (
	perhapsWords = keys(`maybe|perhaps|possibly|vielleicht|evtl|eventuell|vllt|peut-être|quizás|quizá|forse|talvez|
		misschien|kanske|måske|kanskje|ehkä|może|možná|možno|
		talán|poate|možda|может|возможно|можливо|ίσως|belki|unsicher|unsure|uncertain|unclear|unklar|fraglich|
		incertain|incertaine|incerto|incerta|onzeker|osäker|usikker|
		epävarma|niepewny|niepewna|nejistý|nejistá|bizonytalan|nesigur|nesiguran`)
	// sureWords say it wherever they stand in a note.
	sureWords = keys(`died|deceased|verstorben|gestorben|décédé|décédée|fallecido|fallecida|falleció|deceduto|
		deceduta|falecido|falecida|faleceu|overleden|avliden|avdød|
		afdød|kuollut|zmarł|zmarła|zemřel|zemřela|zomrel|zomrela|elhunyt|meghalt|decedat|decedată|preminuo|preminula|
		умер|умерла|скончался|скончалась|помер|померла|vefat|
		refund|refunded|unsubscribed|unsubscribe|uninvited|disinvited`)
	noneWords = keys(`kein|keine|keinen|keinerlei|geen|aucun|aucune|ningún|ninguna|nessun|nessuna|nenhum|nenhuma|
		ingen|inga|inget|intet|žádný|žádné|žádnou|brak|není|nejsou|neni`)
	relationWords = keys(`nhabite|list|liste|lista|lijst|mailing|mailings|mails|emails|e-mails|correos|correo|
		courriel|courriels|mejl|utskick|nyhetsbrev|newsletter|invitation|invitations|
		einladung|einladungen|invitación|invitaciones|inviti|invito|convite|convites|uitnodiging|uitnodigingen|
		inbjudan|invitasjon|kutsu|zaproszenia|pozvánky|
		member|members|mitglied|membre|socio|sócio|lid|medlem|jäsen|członkiem|členem|členom|tag|membru|član|членом|
		gemeldet|geantwortet|reagiert|reply|response|replied|responded|answered|answer|répondu|réponse|contestado|
		respondido|respuesta|risposto|risposta|resposta|geantwoord|
		gereageerd|svarat|svart|svaret|vastannut|odpowiedział|odpowiedzi|odpověděl|válaszolt|răspuns|odgovorio|ответил|
		habite|wohnt|wohnhaft|lives|live|vive|woont|bor|mieszka|bydlí|works|work|arbeitet|beschäftigt|tätig|
		travaille|trabaja|lavora|trabalha|werkt|werkzaam|jobbar|arbejder|jobber|
		pracuje|dolgozik|lucrează|radi|работает|pertenece|appartient|fa|fait`)
	// noteTriggers has the words without which no note says such things: others are looked at no further.
	noteTriggers = sync.OnceValue(func() map[string]bool {
		all := map[string]bool{}
		for _, set := range []map[string]bool{negators, denials, neverWords, noneWords, perhapsWords, sureWords, askVerbs,
			waitVerbs, noLongerAlone} {
			maps.Copy(all, set)
		}
		return all
	})
	// noLonger are words that take back what was, beside each other or with one between: “ne fait plus”, “non fa più”.
	noLonger = keys(`no longer|not anymore|nicht mehr|nicht länger|ne plus|n'est plus|ya no|no más|non più|já não|
		não mais|niet meer|niet langer|inte längre|ikke længere|
		ikke lenger|ikke mer|ikke mere|ei enää|eivät enää|już nie|nie już|už ne|už není|már nem|nu mai|više ne|
		ne više|больше не|не больше|більше не|δεν πλέον|artık değil`)
	// noLongerAlone begin such words, and are no negation.
	noLongerAlone = keys(`ya|ja|já|nhabite|już|už|már|više|больше|більше|artık|nest`)
	attendVerbs   = keys(`kommt|comes|teilnahme|attendance|participation|nimmt|komt|kommer|tulee|viene|vient|vem|
		attend|attending|come|coming|join|joining|participate|kommen|teilnehmen|dabei|venir|viendra|participer|
		assister|participera|asistir|asistirá|
		vendrá|venire|verrà|partecipare|partecipa|vir|participar|comparecer|komen|deelnemen|komma|delta|deltar|komme|
		deltage|deltager|tulla|osallistua|przyjść|przyjdzie|
		uczestniczyć|przyjechać|přijít|přijde|dorazit|zúčastnit|jönni|eljönni|veni|participa|doći|prisustvovati|
		прийти|придет|приехать|участвовать|прийде|gelemiyor`)
	// spanWords say when or how a guest comes, or for what.
	spanWords = keys(`before|until|till|vor|bis|avant|antes|prima|voor|före|før|ennen|przed|před|до|alone|allein|
		seul|solo|with|mit|avec|con|com|met|med|by|sooner|earlier|früher|later|table|
		seat|tisch|photo|photos|foto`)
)

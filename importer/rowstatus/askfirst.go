package rowstatus

import (
	"slices"

	"guestflow/importer/wordset"
)

// A note may say that a guest is to be invited once another person has been asked: “ask Anna first”, “check with Tom”.

// askFirst is what a question shows of such a note, which names a person.
const askFirst = "ask first"

// asksFirst reports whether a note's words, as normalize leaves them, say so: a verb of asking with a word for first,
// or with nothing but a name behind it.
func asksFirst(words []string) bool {
	if len(words) < 2 || len(words) > maxAskWords {
		return false
	}
	asks := func(w string) bool { return askVerbs[w] || waitVerbs[w] }
	at := slices.IndexFunc(words, asks)
	if at < 0 {
		return false
	}
	if hasAny(words, firstWords) || waitVerbs[words[at]] && hasAny(words, consentsWords) {
		return true
	}
	if waitVerbs[words[at]] {
		return false
	}
	return at == 0 && len(words) <= maxAskedName && slices.ContainsFunc(words[1:], func(w string) bool { return askedWords[w] })
}

const (
	maxAskWords  = 7
	maxAskedName = 4 // words: check with Anna Kern
)

var (
	askVerbs = wordset.Words(`anrufen telefonieren rufen appeler téléphoner llamar chiamare telefonare ligar bellen
		ringa ringe soittaa zadzwonić zavolat zavolať suna звонить позвонить ask check confirm clear consult verify
		talk speak clarify discuss align call fragen rücksprache rückfrage abklären
		klären absprechen abstimmen nachfragen rückfragen rückversichern abgesprochen demander voir vérifier
		consulter confirmer parler
		preguntar consultar hablar confirmar verificar chiedere sentire verificare consultare confermare parlare
		perguntar
		falar vragen navragen overleggen checken afstemmen fråga kolla stäm spør spørg sjekk tjek tjekk avklar
		afklar kysy tarkista zapytać
		uzgodnić sprawdzić skonsultować zeptat ověřit opýtať overiť kérdezd kérdezni egyeztetni întreabă întreba
		verifica pitati provjeriti
		спросить уточнить согласовать запитати уточнити узгодити ρωτήστε sor danış`)
	firstWords = wordset.Words(`first before beforehand erst zuerst vorher zunächst noch abord avant préalable
		primero antes previamente prima
		primeiro eerst vooraf först innan først før ensin najpierw wcześniej nejdřív nejprve předem najprv najskôr
		előbb először întâi
		mai prvo prije сначала сперва прежде спочатку πρώτα önce`)
	// waitVerbs ask for an answer of consentsWords.
	waitVerbs = wordset.Words(`attente pendiente pendente attesa pending ausstehend oczekuje čeká wait waiting
		await awaiting warten abwarten wartet attendre attend esperar espera aspettare attendere aguardar wachten
		wacht vänta avvakta vent vente afvent odota czekać čekat čakať várni așteptăm čekati ждать жду чекати`)
	consentsWords = wordset.Words(`confirm confirmar confirmer confermare decision entscheidung décision decisión
		decisione feedback ok okay okey approval answer reply response confirmation antwort zusage freigabe
		bestätigung rückmeldung accord réponse confirmation validation
		respuesta confirmación aprobación risposta conferma approvazione resposta confirmação antwoord bevestiging
		akkoord svar besked bekräftelse bekreftelse vastausta
		odpowiedź odpověď potvrzení odpoveď válasz răspuns odgovor ответ ответа відповідь`)
	// onlyIfs begin notes of guests who are meant under a condition.
	onlyIfs = wordset.Words(`onlyif onlywhen nurwenn nurfalls seulementsi uniquementsi solosi sólosi solose sóse
		apenasse alleenals baraom endastom kunhvis vainjos tylkojeśli tylkogdy jenpokud poudepokud ibaak
		csakha doardacă samoako толькоесли лишеякщо тількиякщо μόνοαν`)
	askedWords = wordset.Words(`with mit bei avec con com met bij med hos fra z u s cu sa у с со з із ile`)
)

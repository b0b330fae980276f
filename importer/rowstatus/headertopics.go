package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// A header may have a word of states or answers, and be about something else: the id of an answer, the state of a visa, a part of
// the event, a newsletter. Or it has none, and its column is of answers: it names them, explains its codes, or says who signs.

// isOfRecord reports whether a header is of what a program or person notes beside an answer: “Response ID”, “Reply language”.
func isOfRecord(header string) bool {
	words := headers.Words(header)
	return header == "OPTIN_TIME" || len(words) > 1 && recordWords[words[len(words)-1]] && !hasAny(words, stateWords)
}

// isOfOtherState reports whether a header is of a state of something else: “Visa status”, “State/Province”, “Billing state”.
func isOfOtherState(header string) bool { return hasAny(headers.Words(header), otherStateWords) }

// isOfPart reports whether the words of a question whether a guest comes name a part of the event. They are asked about where no
// other column says who comes: the event may be that dinner.
func isOfPart(words []string) bool { return hasAny(words, eventParts) }

// isOfNews reports whether a header is of a permission for other mail than an invitation: a newsletter, marketing.
func isOfNews(header string) bool {
	name := wordset.Letters(header)
	return slices.ContainsFunc(newsParts, func(part string) bool { return strings.Contains(name, part) }) && !hasAny(headers.Words(header), protectionWords)
}

// isSignature reports whether a header is of who has approved a guest: “Approved by”. Without a name, none has.
func isSignature(header string) bool {
	words := headers.Words(header)
	return len(words) == 2 && signedWords[words[0]] && byWords[words[1]]
}

// isOfColours reports whether a header is of nothing but a colour, as that of a traffic light is.
func isOfColours(header string) bool {
	words := headers.Words(header)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !colourWords[w] })
}

// legend is a part of a header that says what a code means: 1=yes, A = attending.
var legend = pattern.New(`(?:^|[^\p{L}\p{N}])[\p{L}\p{N}]{1,2} ?[=:)] ?\p{L}{2,}`)

// isLegend reports whether a header says what the codes below it mean, and one of them says no.
func isLegend(header string) bool {
	parts := legend.FindAllStringIndex(header, -1)
	if len(parts) < 2 {
		return false
	}
	for i, at := range parts {
		end := len(header)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		_, meaning, _ := strings.Cut(signsOfLegends.Replace(header[at[0]:end]), "=")
		if isNo(strings.Trim(meaning, " ,;/()[]?.")) {
			return true
		}
	}
	return false
}

// signsOfLegends stand between a code and its meaning.
var signsOfLegends = strings.NewReplacer(":", "=", ")", "=")

// isOfPayment reports whether the words of a header ask whether a guest has paid: “Beitrag bezahlt”. An amount that is paid, and
// who has paid it, are none.
func isOfPayment(words []string) bool {
	return hasAny(words, paidParticiples) && !slices.ContainsFunc(words, func(w string) bool {
		return byWords[w] || topicWords[w] || amountWords[w] && !duesWords[w] || headers.IsThingWord(w) && !duesWords[w] && !paidParticiples[w] || hasOwnStem(w) && !duesWords[w]
	})
}

// namesAlternatives reports whether a header is two or three answers, of which one says no: “VIP/No”, “Yes / Maybe / No”.
func namesAlternatives(header string) bool {
	text := " " + strings.Trim(where.Fold(header), " ?()[]:") + " "
	for _, sign := range alternatives {
		answers := strings.Split(text, sign)
		if len(answers) < 2 || len(answers) > maxAlternatives || slices.ContainsFunc(answers, func(a string) bool {
			return strings.TrimSpace(a) == "" || len(strings.Fields(a)) > maxReply
		}) {
			continue
		}
		return slices.ContainsFunc(answers, func(a string) bool { return isNo(strings.TrimSpace(a)) }) &&
			!slices.ContainsFunc(headers.Words(header), hasOwnStem)
	}
	return false
}

// maxAlternatives is how many answers a header names at most.
const maxAlternatives = 4

// alternatives stand between two answers.
var alternatives = []string{"/", "|", " or ", " oder ", " ou ", " o ", " of ", " eller ", " tai ", " lub ", " nebo ", " alebo ", " vagy ", " sau ", " ili ", " или ", " або ", " ή ", " veya "}

// isYesNoOfGuest reports whether a header is of something that a guest is, has or needs, and says that it is a yes or a no:
// “Vegetarian (Y/N)”.
func isYesNoOfGuest(header string) bool {
	if !namesTwoAnswers(header) {
		return false
	}
	rest := slices.DeleteFunc(strings.Fields(header), func(word string) bool { return strings.Contains(word, "/") })
	return len(rest) > 0 && isOfGuest(strings.Join(rest, " "))
}

// isNo reports whether an answer, as a header has it, says no.
func isNo(folded string) bool {
	class, _ := classOf(folded)
	if class == unknownWord && !quietDoubts[wordKey(folded)] && !colourAnswers[wordKey(folded)] {
		class = openWords[wordKey(folded)]
	}
	if len([]rune(folded)) == 1 && class == negativeWord && folded != "n" { // M/F
		return false
	}
	if class != unknownWord {
		return !class.included()
	}
	m, _ := meaningOfLabel(folded)
	return m == notMeantLabel
}

// isOfAvailability reports whether a phrase may be of a thing as well: “not available”.
func isOfAvailability(text string) bool { return availability[wordKey(where.Fold(text))] }

var (
	// recordWords end headers of what is noted beside an answer.
	recordWords = wordset.Words(`id ids uuid guid ip code nr number num ref reference token hash key language locale
		sprache langue idioma lingua taal språk sprog kieli
		język jazyk jezik limba nyelv язык мова γλώσσα dil 言語 语言 fee gebühr frais with mit avec con com med z s с
		comment comments kommentar commentaire comentario
		commento opmerking note notes notiz notizen notas deadline frist by count history
		rate to from source manager level limit currency maker seats rank`)
	stateWords      = wordset.Words(`status state statut stato estado stav stan tila`)
	otherStateWords = wordset.Words(`job military work occupation professional marital civil relationship employment
		student visa vaccination immigration citizenship residence residency tax health veteran disability
		flyer smoking dietary parking housing passport tenure insurance family familien beschäftigung aufenthalt
		impf steuer vaccinal matrimonial familial
		province provinz provincia region county billing shipping mailing home address country us birth`)
	// newsParts are of mail that is sent to many and invites to nothing.
	newsParts = wordset.List(`newsletter marketing mailinglist infolettre lettredinformation boletín rundbrief
		nieuwsbrief nyhetsbrev nyhedsbrev uutiskirje newslettera zpravodaj hírlevél рассылк розсилк
		новостн bülten ニュースレター メルマガ 通讯 뉴스레터 promotion promotional productupdates`)
	protectionWords = wordset.Words(`gdpr dsgvo rgpd permission permissions`)
	signedWords     = wordset.Words(`approved confirmed accepted cleared signed ok okay okayed authorised authorized
		released genehmigt freigegeben bestätigt abgezeichnet
		approuvé validé confirmé aprobado autorizado confirmado approvato autorizzato confermato aprovado
		goedgekeurd akkoord bevestigd godkänd godkjent godkendt hyväksynyt
		zatwierdził zatwierdzone schválil schváleno jóváhagyta aprobat odobrio утвердил одобрил одобрено затвердив onaylayan`)
	byWords     = wordset.Words(`by von durch par por da door av af przez`)
	colourWords = wordset.Words(`colour color colours colors code farbe farben couleur color colore cor kleur färg
		farge farve väri kolor barva farba szín culoare boja цвет колір χρώμα renk 色 颜色 顏色 색 traffic light
		lights rag ampel ampelstatus feu semáforo semaforo stoplicht trafikljus trafikklys liikennevalo światło
		semafor светофор светофора mark marker markierung`)
	codeNames = wordset.Words(`code kz kennz kennzeichen flag mark st stat s r k a c f`)
	// paidWords are of payments, and notOwed is written where there is none to make.
	// colourAnswers are answers that a pair of colours in a header is none by: “Red/White”.
	colourAnswers = keys(`red|rot|rouge|rojo|rosso|rood|yellow|gelb|jaune|giallo|amarillo|vermelho|röd|rød|punainen|czerwony|красный`)
	// modeWords are of how a guest takes part.
	modeWords   = wordset.Words(`person persona persönlich vor présence virtual virtually online remote remotely hybrid livestream digital zoom`)
	onlineWords = wordset.Words(`virtual virtually online remote remotely hybrid livestream`)
	// guestKinds are states of a list that are kinds of guests.
	guestKinds = wordset.Of(`vip vips press presse media speaker speakers staff crew sponsor sponsors member members
		guest guests gold silver bronze premium platinum
		standard regular basic student students partner partners host hosts volunteer volunteers exhibitor artist
		artists friend friends family colleague colleagues
		gast gäste referent referentin mitglied mitglieder ehrengast mitarbeiter invité intervenant presse socio ponente relatore ospite`)
	paidWords = wordset.Words(`paid payment bezahlt zahlung payé payée paiement pagado pago pagato pagamento betaald
		betaling betald betalt maksettu zapłacone zaplaceno fizetve plătit оплачено`)
	notOwed = keys(`n/a|na|n.a.|not applicable|not needed|none needed|not required|entfällt|nicht nötig|
		nicht erforderlich|sans objet|no aplica|non necessario|não aplicável|n.v.t.|nvt|ej aktuellt|ikke relevant`)
	// paidParticiples say that something is paid, and duesWords what a member or guest pays.
	paidParticiples = wordset.Words(`settled beglichen paid bezahlt gezahlt payé payée payés réglé réglée pagado
		pagada pagato pagata pago paga betaald betald betalt maksettu
		zapłacone zapłacona opłacone opłacona zaplaceno zaplacena zaplatené fizetve befizetve plătit plătită plaćeno
		оплачено оплачен сплачено ödendi`)
	duesWords = wordset.Words(`invoice invoices rechnung facture factura fattura faktura dues fee fees membership
		member members subscription contribution beitrag beiträge jahresbeitrag mitgliedsbeitrag mitglied gebühr
		teilnahmegebühr
		cotisation cotisations adhésion cuota cuotas quota quote iscrizione contributie lidmaatschap avgift
		medlemsavgift kontingent kontingentet jäsenmaksu składka
		příspěvek příspěvky členský příspevok tagdíj cotizație članarina взнос взносы внесок`)
	// sentWords are of what the sender does, in which all guests are alike before it is done.
	sentWords = wordset.Words(`sent mailed verschickt versendet gesendet versandt envoyé envoyée envoyés enviado
		enviada inviato inviata verzonden verstuurd skickad skickat sendt lähetetty wysłane wysłano odesláno
		elküldve trimis poslano отправлено отправлен надіслано gönderildi 送信済み 已发送 발송`)
	arrivedWords = wordset.Words(`attended admitted scanned erschienen eingecheckt gescannt kontrolliert contrôlé
		contrôlée scanné scannée escaneado controllato gescand skannad skannet`)
	// reasonWords ask for a reason.
	reasonWords = wordset.Words(`reason reasons why grund gründe warum weshalb motif raison pourquoi motivo razón
		porqué perché reden waarom orsak anledning varför årsag hvorfor grunn syy miksi powód dlaczego důvod proč dôvod
		prečo ok miért motiv motivul razlog zašto причина почему чому λόγος γιατί sebep neden 理由 原因 사유 סיבה سبب`)
	// townPeople are guests who come from elsewhere: “out of town guests”.
	townPeople = wordset.Words(`guest guests visitor visitors friend friends family families relative relatives
		attendee attendees client clients colleague colleagues participant participants`)
	availability = keys(`not available|unavailable|no longer available|nicht verfügbar|pas disponible|
		pas disponibles|indisponible|no disponible|non disponible|não disponível|indisponível|
		niet beschikbaar|er niet bij`)
)

package rowstatus

import (
	"maps"
	"sync"

	"guestflow/importer/wordset"
)

// noteTexts are phrases by which notes beside a guest, and no heading or header, say that the guest is not meant, not yet,
// not by email, or is another person or has another address. A star stands for the rest of a word; behind a phrase with a
// tilde no part of an event may be named: “not attending the dinner”.
const noteTexts = `in hospital|im krankenhaus|hospitalisé|hospitalisée|está ingresado|está ingresada|è ricoverato|è ricoverata|está internado|está internada|
	in het ziekenhuis|w szpitalu|på sjukhus|på sygehus|has to work|must work|muss arbeiten|moet werken|doit travailler|tiene que trabajar|deve lavorare|
	musi pracować|måste jobba|nachtdienst|nachtschicht|bereitschaftsdienst|on duty|night shift|will decide|to decide|überlegt noch|
	entscheidet sich|gibt noch bescheid|prefers a letter|by letter|bekommt brief|brief schicken|per brief|entered twice|listed twice|doppelt drin|
	steht doppelt|wurde entlassen|has quit|he quit|she quit|be left alone|not welcome|zur kur|evtl nicht|eventuell nicht|vielleicht nicht|maybe not|perhaps not|peut-être pas|quizás no|tal vez no|
	forse non|forse no|talvez não|misschien niet|kanske inte|måske ikke|kanskje ikke|ehkä ei|może nie|možná ne|možno nie|
	talán nem|poate nu|možda ne|может не|можливо не|ίσως όχι|belki gelmez|nur nach freigabe|nur nach rücksprache|nur nach ok|
	nur mit freigabe|nur mit ok|erst nach freigabe|only after approval|only with approval|only after ok|subject to approval|
	sous réserve d'accord|now at a|now with|jetzt bei|wont be there~|wont be here~|not be there~|cant be there~|
	cannot be there~|not available~|unavailable~|not make it~|on holiday|on holidays|on vacation|on maternity|on paternity|
	maternity leave|parental leave|on sick leave|is ill|is sick|in hospital|on sabbatical|out of town|out of the country|
	away that|away until|away then|travelling that|traveling that|otherwise engaged|has another commitment|
	no longer in office|hold off|on hold|wait until|please wait|not yet approved|awaiting approval|pending approval|
	needs approval|send later|invite later|only invite|invite only if|if space|if theres space|if there is space|
	if there is room|if theres room|if room|space permitting|if someone cancels|if somebody cancels|backup guest|second wave|
	second round|b list|reserve list|call instead|phone instead|instead of email|instead of e mail|instead of emailing|
	by post only|by mail only|by letter only|by phone only|only by post|only by phone|only by letter|only by mail|
	invite by phone|invite by post|prefers post|prefers letter|prefers paper|invite in person only|paper invitation only|
	duplicate of|duplicate entry|duplicate row|dupe of|double entry|same as row|same person as|already in row|listed twice|
	see row|replaced by|substituted by|represented by|will send a colleague|sends a colleague|sending a colleague|
	sends a substitute|sends a deputy|goes instead|comes instead|coming instead|will come instead|in his place|in her place|
	gave up his|gave up her|ticket transferred|delete this|delete row|delete me|please delete|to be deleted|skip this|
	ignore this|please ignore|please skip|strike this|test entry|test row|test record|wrong mail|email wrong|mail wrong|
	email is wrong|mail is wrong|address wrong|address is wrong|email incorrect|mail is incorrect|email is incorrect|
	email invalid|email is invalid|old email|old address|outdated email|outdated address|email bounce*|mail bounce*|
	address bounce*|mails bounce*|emails bounce*|bounces|bounced|mail returned|email returned|undeliverable|new email|
	new e mail|new mail|new address|email changed|mail changed|address changed|changed email|email has changed|
	mail has changed|use this email|use this address|use instead|check email|check address|email missing|typo in email|
	typo in address|nicht mehr im amt|nicht mehr im dienst|nicht mehr da|nicht mehr zuständig|nicht mehr aktiv|ist raus|
	verzogen|nur per post|nur postalisch|nur per brief|nur telefonisch|nur telefon|per post einladen|telefonisch einladen|
	persönlich einladen|lieber anrufen|anrufen statt|statt mail|statt e mail|statt email|bitte anrufen|vertreten durch|
	vertretung durch|vertritt ihn|vertritt sie|lässt sich vertreten|wird vertreten|wird ersetzt|ersetzt durch|
	kommt stattdessen|statt dessen|an seiner stelle|an ihrer stelle|schickt vertretung|schickt einen vertreter|
	schafft es nicht|schaffe es nicht|schaffen es nicht|im urlaub|in urlaub|auf urlaub|in elternzeit|im mutterschutz|
	im krankenhaus|ist krank|leider krank|erkrankt|krankgeschrieben|auf dienstreise|nicht anwesend~|nicht da~|
	nicht verfügbar~|verhindert~|bitte warten|abwarten|zurückstellen|zurückgestellt|vorerst nicht|erstmal nicht|
	erst mal nicht|später einladen|falls platz|wenn platz|wenn noch platz|falls noch platz|bei platz|nachrücker|
	nur bei absage|siehe zeile|doppelt mit|doppelter eintrag|doppelt vorhanden|doppelt zu|dublette|duplikat|bitte ignorieren|
	bitte überspringen|zu löschen|kann gelöscht|kann raus|löschen bitte|testeintrag|testdatensatz|adresse ist falsch|
	adresse stimmt nicht|adresse veraltet|adresse existiert nicht|adresse geändert|adresse unbekannt|falsche email|
	mail falsch|email falsch|mail ist falsch|mail stimmt nicht|email stimmt nicht|mail ungültig|email ungültig|mail veraltet|
	mail kommt zurück|email kommt zurück|mails kommen zurück|mail kam zurück|mail zurück|email kam zurück|
	adresse kommt zurück|unzustellbar|nicht zustellbar|neue adresse|neue mail|neue email|neue e mail|alte adresse|alte mail|
	alte e mail|mail geändert|mailadresse falsch|mailadresse ist falsch|neue mailadresse|absent~|absente~|pas disponible~|
	indisponible~|empêché~|empêchée~|en vacances|en congé|en congés|en arrêt maladie|est malade|ne sera pas|
	ne sont pas disponibles|ne pas encore|s il reste|sil reste|si place|si de la place|sous réserve de place|
	par courrier uniquement|uniquement par|appeler plutôt|téléphoner plutôt|doublon|en double|remplacé par|remplacée par|
	représenté par|représentée par|sera remplacé*|à sa place|nest plus là|plus en poste|plus en fonction|mauvais mail|
	mauvais e mail|mauvais email|adresse fausse|adresse invalide|mail invalide|email invalide|mail erroné|email erroné|
	mail incorrect|mail faux|nouvelle adresse|nouveau mail|nouvel email|nouvel e mail|nouveau courriel|ancienne adresse|
	ancien mail|mail revient|mail revenu|non distribué|à effacer|à retirer|à ignorer|no estará~|no disponible~|de vacaciones|
	está enfermo|está enferma|de viaje|si hay sitio|si hay lugar|si hay espacio|si queda*|por correo postal|solo por teléfono|
	llamar en vez|llamar en lugar|duplicado de|duplicada de|repetido|reemplazado por|reemplazada por|sustituido por|
	sustituida por|representado por|representada por|en su lugar|ya no ocupa|se ha mudado|correo erróneo|email incorrecto|
	mail incorrecto|correo equivocado|dirección errónea|dirección equivocada|correo inválido|email inválido|correo no válido|
	email no válido|nuevo correo|nueva dirección|nuevo email|nuevo mail|correo devuelto|correo rebotado|email rebotado|
	por favor borrar|para borrar|non disponibile~|in ferie|in vacanza|è malato|è malata|in malattia|in maternità|se cè posto|
	se c è posto|se ci sono posti|solo per posta|per posta ordinaria|solo per telefono|chiamare invece|telefonare invece|
	doppione|duplicato di|sostituito da|sostituita da|rappresentato da|rappresentata da|al suo posto|indirizzo sbagliato|
	mail errata|email sbagliata|mail sbagliata|indirizzo non valido|email non valida|nuovo indirizzo|nuova mail|nuova email|
	nuova e mail|vecchio indirizzo|mail respinta|da eliminare|da cancellare|não estará~|não disponível~|indisponível~|
	de férias|está doente|está de baixa|em viagem|aguardar aprovação|se houver lugar|se houver vaga|se houver espaço|
	apenas por correio|só por correio|só por telefone|ligar em vez|substituído por|substituída por|no seu lugar|já não está|
	não está mais|email errado|mail errado|endereço incorreto|email incorreto|e mail inválido|novo email|novo e mail|
	novo endereço|email devolvido|mail voltou|para apagar|niet aanwezig~|niet beschikbaar~|er niet bij~|verhinderd~|afwezig~|
	op vakantie|met vakantie|met verlof|met zwangerschapsverlof|is ziek|lukt niet|redt het niet|wachten met|even wachten|
	alleen uitnodigen als|als er plek|als er plaats|indien plaats|indien plek|alleen per post|per post uitnodigen|
	alleen telefonisch|liever bellen|bellen in plaats|dubbele invoer|dubbel met|duplicaat van|zie rij|vervangen door|
	vertegenwoordigd door|komt in plaats|stuurt vervanger|niet meer in functie|niet meer in dienst|verkeerde mail|
	verkeerde email|verkeerde e mail|adres klopt niet|mail klopt niet|email klopt niet|adres onjuist|onjuist adres|
	mail onjuist|ongeldig adres|ongeldige email|nieuw adres|nieuwe mail|nieuwe email|nieuwe e mail|oud adres|mail komt terug|
	email komt terug|onbestelbaar|graag verwijderen|inte närvarande~|deltar inte~|deltar ej~|förhindrad~|på semester|är sjuk|
	sjukskriven|föräldraledig|vänta med|avvakta|om det finns plats|i mån av plats|bara per post|endast per post|ring istället|
	ring i stället|dubblett|ersatt av|ersätts av|representeras av|kommer istället|kommer i stället|i hans ställe|
	i hennes ställe|fel mejl|fel mail|fel e post|fel epost|felaktig adress|felaktig e post|ogiltig adress|ny adress|ny mejl|
	ny mail|ny e post|ny epost|gammal adress|studsar|deltager ikke~|deltar ikke~|ikke til stede~|forhindret~|forhindra|
	på ferie|er syg|er syk|sygemeldt|sykemeldt|på barsel|i permisjon|bortreist|vent med|afvent|avvent|vente med|
	hvis der er plads|hvis det er plass|ved plads|kun per post|kun pr post|ring i stedet|dublet|erstattet af|erstattet av|
	erstattes af|erstattes av|repræsenteret af|representert av|kommer i stedet|i hans sted|i hendes sted|forkert mail|
	forkert email|forkert e mail|feil mail|feil e post|feil epost|feil epostadresse|ugyldig adresse|ugyldig mail|
	ugyldig e post|ny adresse|ny e mail|ny email|gammel adresse|kommer retur|kommer i retur|nieobecny~|nieobecna~|na urlopie|
	jest chory|jest chora|na zwolnieniu|poczekać|wstrzymać|jeśli będzie miejsce|jeśli będą miejsca|tylko pocztą|
	tylko telefonicznie|zadzwonić zamiast|zastąpiony przez|zastąpiona przez|zastępuje go|zastępuje ją|reprezentowany przez|
	reprezentowana przez|zły e mail|zły mail|błędny adres|błędny email|błędny e mail|błędny mail|nieprawidłowy adres|
	nieaktualny adres|nieaktualny email|nowy adres|nowy email|nowy e mail|nowy mail|mail wraca|do usunięcia|proszę usunąć|
	nezúčastní~|na dovolené|je nemocný|je nemocná|počkat|pokud bude místo|pouze poštou|jen poštou|místo emailu|duplicita|
	nahrazen|nahrazena|zastoupen|zastoupena|špatný email|špatný e mail|chybný email|chybná adresa|neplatná adresa|
	neplatný email|nový email|nový e mail|mail se vrací|ke smazání|nebude prítomn*|na dovolenke|zlá adresa|zlý email|
	nesprávna adresa|nem lesz ott|nem ér rá|szabadságon|beteg|még nem hív*|várni kell|ha van hely|csak postán|duplikátum|
	hibás cím|hibás email|rossz email|hibás e mail|rossz e mail|új cím|új email|új e mail|törlendő|în concediu|este bolnav|
	este bolnavă|așteptați|dacă este loc|dacă e loc|doar prin poștă|înlocuit de|înlocuită de|reprezentat de|reprezentată de|
	email greșit|adresa nouă|email nou|de șters|neće biti|na godišnjem|bolestan|bolesna|pričekati|ako ima mjesta|samo poštom|
	zamijenjen|kriva adresa|pogrešna adresa|pogrešan email|krivi email|nova adresa|novi email|za brisanje|estynyt|lomalla|
	sairaana|odota|odottaa vahvistusta|jos on tilaa|vain postitse|korvaa hänet|väärä sähköposti|uusi osoite|uusi sähköposti|
	vanha osoite|в отпуске|болеет|заболел|заболела|подождать|если будет место|если будут места|только по почте|
	только по телефону|позвонить вместо|вместо письма|дубль|дубликат|заменён на|неверная почта|неверный email|неверный e mail|
	новый адрес|новая почта|новый email|старый адрес|письмо вернулось|письма возвращаются|на удаление|не братиме|у відпустці|
	хворіє|зачекати|якщо буде місце|тільки поштою|дублікат|невірна адреса|неправильна адреса|нова адреса|нова пошта|
	σε διακοπές|είναι άρρωστος|είναι άρρωστη|περιμένετε|αν υπάρχει θέση|λάθος διεύθυνση|λάθος email|νέα διεύθυνση|νέο email|
	αντικαταστάθηκε από|tatilde|bekleyin|yer varsa|sadece posta|yanlış adres|yanlış e posta|yanlış email|yeni adres|
	yeni e posta|yeni email|nur einladen wenn|nur einladen falls|inviter seulement si|inviter seulement s'il|
	envoyer plus tard|inviter plus tard|ne sera pas présent*|invitar solo si|solo si hay|solo si queda*|no podrá ir~|
	en vez de correo|en lugar de correo|esperar a que|invitare solo se|solo se ci sono|solo se c'è|non è più in|
	non è più presso|convidar só se|convidar apenas se|só se houver|bjud bara om|bara om det finns|är inte med~|är ej med~|
	inviter kun hvis|kun hvis der|kun hvis det er|send ikke|er ikke med~|czekać na potwierdzenie|zaprosić tylko|
	nie będzie mógł|nie będzie mogła|nie będzie obecn*|nie dam rady|nebude přítom*|még ne küld*|его не будет|её не будет|
	меня не будет|не будет присутств*|пригласить только|не буде присутн*|δεν θα είναι εκεί|orada olmayacak|henüz gönderme*|
	henüz davet etme*|moved to next*|move to next*|postponed to*|postponed until*|rolled over to*|transferred to|
	ticket given to|gave ticket to|gave the ticket|dup of|old entry|old record|old row|fake entry|fake record|spam entry|
	bot entry|test order|test booking|test registration|left in 20*|left in 19*|not this year|not this time|not this once|
	maybe next*|next year instead|only next year|dieses jahr nicht|diesmal nicht|dieses mal nicht|erst nächstes*|
	pas cette année|pas cette fois|este año no|esta vez no|quest'anno no|questa volta no|este ano não|desta vez não|
	dit jaar niet|deze keer niet|inte i år|inte den här gången|ikke i år|ikke denne gang|ikke denne gangen|ei tänä vuonna|
	w tym roku nie|tym razem nie|letos ne|tentokrát ne|idén nem|ezúttal nem|anul acesta nu|ove godine ne|не в этом году|
	в этом году нет|не в этот раз|цього року ні|bu yıl değil|bu sefer değil|alter eintrag|alter datensatz|ancienne entrée|
	entrada antigua|vecchia voce|oude regel|gammal rad|bis auf weiteres nicht|bailed|money back|cxl|cxld|canx|rain check|
	raincheck|has covid|got covid|has to work|away on business|on leave until|different date|might not make|didn't reply|
	hasn't replied|didn't respond|hasn't responded|no reply yet|before inviting|sich abgemeldet|will nicht mehr|
	rückmeldung steht aus|s'est désinscrit|s'est désinscrite|se dio de baja|har avanmält|wypisał się|wypisała się|odhlásil se|
	odhlásila se|отменил|отменила`

// noteWords are words that say it in a note by themselves, or beside nothing but connecting words.
var (
	noteWords = wordset.Words(`delete skip ignore remove exclude omit dupe duplicate ill sick löschen streichen überspringen
		ignorieren weglassen entfernen raus doppelt dublette duplikat krank verzogen unzustellbar verhindert supprimer effacer
		retirer ignorer doublon malade absent absente borrar eliminar quitar omitir duplicado enfermo enferma cancellare eliminare
		saltare ignorare doppione duplicato malato malata apagar remover excluir doente verwijderen overslaan negeren schrappen
		ziek verhinderd afwezig duplicaat radera dubblett sjuk slet slette slettes fjern fjernes dublet syg syk usunąć usuń pominąć
		pomiń chory chora smazat vynechat duplicita nemocný nemocná törölni törlendő kihagyni beteg șterge duplicat bolnav poista
		poistetaan ohita sairas удалить пропустить дубль болен больна видалити пропустити διαγραφή sil silinecek atla`)
	noteFillers = wordset.Words(`test testing dummy please pls this row entry record me him her them bitte diese diesen zeile
		eintrag ganz wieder svp sil vous plait por favor fila linea per favore riga graag deze rij rad række rekke proszę wiersz`)
	// eventParts are what a guest may miss, and come to the rest.
	eventParts = wordset.Words(`dinner lunch breakfast brunch reception workshop workshops tour concert afterparty party ceremony
		session sessions talk drinks cocktail apero dessert abendessen mittagessen frühstück empfang führung konzert essen vortrag
		diner déjeuner atelier visite cena comida almuerzo taller desayuno pranzo colazione aperitivo jantar almoço ontvangst
		middag middagen lunchen frukost aften frokost kolacja kolacji obiad obiedzie večeře večeři oběd ужин ужине обед обеде ужина
		akşam vacsora ebéd illallinen lounas`)
	// briefNoteFillers stand beside briefNotes.
	briefNoteFillers = wordset.Words(`his her their him them my unfortunately sadly sorry please this that due today yesterday
		again now currently event attending leider wegen heute gestern bitte ist sind hat krank malheureusement désolé est sont
		hélas lamentablemente está por favor purtroppo è helaas tyvärr desværre dessverre är er valitettavasti on niestety jest
		bohužel je sajnos din păcate este nažalost к сожалению, жаль на`)
	perhapsWords = keys(`maybe|perhaps|possibly|vielleicht|evtl|eventuell|vllt|peut-être|quizás|quizá|forse|talvez|misschien|kanske|
		måske|kanskje|ehkä|może|možná|možno|talán|poate|možda|может|возможно|можливо|ίσως|belki|unsicher|unsure|uncertain|unclear|
		unklar|fraglich|incertain|incertaine|incerto|incerta|onzeker|osäker|usikker|epävarma|niepewny|niepewna|nejistý|nejistá|
		bizonytalan|nesigur|nesiguran`)
	// sureWords say it wherever they stand in a note.
	sureWords = keys(`died|deceased|verstorben|gestorben|décédé|décédée|fallecido|fallecida|falleció|deceduto|deceduta|falecido|
		falecida|faleceu|overleden|avliden|avdød|afdød|kuollut|zmarł|zmarła|zemřel|zemřela|zomrel|zomrela|elhunyt|meghalt|decedat|
		decedată|preminuo|preminula|умер|умерла|скончался|скончалась|помер|померла|vefat|verreist|verplant|fired|bortrest|bortrejst|
		refund|refunded|unsubscribed|unsubscribe|uninvited|disinvited`)
	noneWords = keys(`kein|keine|keinen|keinerlei|geen|aucun|aucune|ningún|ninguna|nessun|nessuna|nenhum|nenhuma|ingen|inga|inget|
		intet|žádný|žádné|žádnou|brak|není|nejsou`)
	relationWords = keys(`answers|nhabite|list|liste|lista|lijst|mailing|mailings|mails|emails|correos|correo|courriel|courriels|
		mejl|utskick|nyhetsbrev|newsletter|invitation|invitations|einladung|einladungen|invitación|invitaciones|inviti|invito|
		convite|convites|uitnodiging|uitnodigingen|inbjudan|invitasjon|kutsu|zaproszenia|pozvánky|member|members|mitglied|membre|
		socio|lid|medlem|jäsen|członkiem|členem|členom|tag|membru|član|членом|gemeldet|geantwortet|reagiert|reply|response|replied|
		responded|answered|answer|répondu|réponse|contestado|respondido|respuesta|risposto|risposta|resposta|geantwoord|gereageerd|
		svarat|svart|svaret|vastannut|odpowiedział|odpowiedzi|odpověděl|válaszolt|răspuns|odgovorio|ответил|habite|wohnt|wohnhaft|
		lives|live|vive|woont|bor|mieszka|bydlí|works|work|arbeitet|beschäftigt|tätig|travaille|trabaja|lavora|trabalha|werkt|
		werkzaam|jobbar|arbejder|jobber|pracuje|dolgozik|lucrează|radi|работает|pertenece|appartient|fa|fait`)
	// noteTriggers has the words without which no note says such things: others are looked at no further.
	noteTriggers = sync.OnceValue(func() map[string]bool {
		all := map[string]bool{}
		for _, set := range []map[string]bool{negators, denials, neverWords, noneWords, perhapsWords, sureWords, askVerbs,
			waitVerbs, noLongerAlone, alreadyWords, takeOffVerbs, refusedWords, insteadWords,
			receivedWords, leaveVerbs, otherWords, stayVerbs, saidNoes} {
			maps.Copy(all, set)
		}
		return all
	})
	// noLonger are words that take back what was, beside each other or with one between: “ne fait plus”, “non fa più”.
	noLonger = keys(`no longer|not anymore|nicht mehr|nicht länger|ne plus|n'est plus|ya no|no más|non più|já não|não mais|
		niet meer|niet langer|inte längre|ikke længere|ikke lenger|ikke mer|ikke mere|ei enää|eivät enää|już nie|nie już|už ne|
		už není|már nem|nu mai|više ne|ne više|больше не|не больше|більше не|δεν πλέον|artık değil`)
	// noLongerAlone begin such words, and are no negation.
	noLongerAlone = keys(`ya|ja|nhabite|już|už|már|više|больше|більше|artık|nest`)
	// attendVerbs are of guests who come, in the forms in which notes have them.
	attendVerbs = wordset.Words(`arrive arrives arriving attend attends attending attendance come comes coming join joins joining
		participate participates participating participation travel travelling traveling komme kommst kommt kommen teilnehmen
		teilnahme nehme nimmt nehmen dabei anreisen erscheinen erscheint venir viens vient venons viennent viendra viendrai
		viendront viendrons participer participe participera participerai participent assister assiste assistera assisterai viene
		vienen vengo vendrá vendré vendrán vendremos asistir asiste asistirá asistiré asistirán acudir acude acudirá participará
		venire vengono verrà verrò verranno verremo partecipare partecipa partecipo parteciperà parteciperò esserci vir vem virá
		virei comparecer comparece comparecerá participar participa participarei iremos komen komt kom deelnemen neemt komma kommer
		delta deltar närvara deltage deltager tulla tulee tule tulen osallistua osallistuu osallistu osallistun pääse pääsee
		przyjść przyjdzie przyjdę przyjdą przyjdziemy uczestniczyć uczestniczy przyjechać przyjedzie přijít přijde přijet dorazit
		zúčastnit jön jönni jönnek jövök jövünk eljönni megyek megyünk veni vine vin doći dolazi dolaze dolazim dolazimo
		prisustvovati prisustvuje прийти придет приду придут придем приехать приедет участвовать участвует присутствовать прийде
		прийду прийдуть έρθει έρθω έρθουν gelemiyor`)
	// refusedWords are participles of guests who have refused.
	refusedWords = wordset.Words(`cancelled canceled declined withdrawn withdrew refused bailed abgesagt absagt storniert
		abgemeldet zurückgezogen décliné annulé refusé désisté decommandé declinado cancelado renunciado rechazado anulado disdetto
		rifiutato rinunciato annullato recusado desistido afgezegd afgemeld geannuleerd avbokat avböjt återbud afmeldt avmeldt
		afbud avbud meldt odmówił zrezygnował odřekl odmítl отказался отказалась`)
	// placeWords are what a guest has that comes to the event.
	placeWords = wordset.Words(`ticket tickets booking order registration reservation place seat spot attendance anmeldung
		teilnahme buchung karte karten platz inscription reserva entrada inscripción prenotazione biglietto iscrizione inscrição
		boeking aanmelding biljett anmälan billet tilmelding rezerwacja`)
	alreadyWords  = wordset.Words(`already bereits schon déjà ya già já al reeds redan allerede już už уже`)
	receivedWords = wordset.Words(`got has have had received receive bekommen erhalten hat habe reçu ha recibido recibió tiene
		ricevuto ricevuta recebeu tem gekregen ontvangen heeft fått har fået dostał dostała otrzymał получил получила`)
	invitationWords = wordset.Words(`invitation invitations invite invites invited einladung einladungen eingeladen invitée
		invitación invitado invitada invito invitato convite convidado uitnodiging uitgenodigd inbjudan inbjuden invitasjon
		zaproszenie pozvánku приглашение`)
	takeOffVerbs = wordset.Words(`take taken remove removed strike struck delete cross drop nehmen genommen runternehmen streichen
		gestrichen entfernen entfernt löschen retirer enlever rayer supprimer quitar sacar borrar eliminar togliere rimuovere
		cancellare tirar remover retirar apagar halen verwijderen schrappen stryk slette fjern fjernes poista skreślić wykreślić
		usunąć vyškrtnout vyřadit odstranit убрать удалить`)
	listWords = wordset.Words(`list lists liste listen lista listan lijst verteiler mailinglist mailing gästeliste guestlist seznam
		seznamu listy списка`)
	// ontoWords are of lists that a guest is put on.
	ontoWords    = wordset.Words(`on onto auf op på add put`)
	insteadWords = wordset.Words(`instead stattdessen`)
	// lastNegators stand behind their verb.
	lastNegators = wordset.Words(`nicht niet inte ikke pas ej not`)
	postWords    = wordset.Words(`post briefe zuschriften werbung courrier lettres correspondencia posta poczty`)

	// companions are those who come with a guest, and titles of them those that stand before names as well.
	companions = wordset.Words(`wife husband spouse partner partnerin girlfriend boyfriend fiancé fiancée kid kids child children
		son daughter baby mother father mum mom dad dog frau mann ehefrau ehemann kind kinder sohn tochter hund mutter
		vater begleitung begleiter begleitperson femme mari conjoint conjointe épouse époux enfants fils fille marido mujer esposa
		esposo pareja hijo hija hijos niños moglie marito figlio figlia figli bambini vrouw kinderen zoon dochter żona mąż dzieci
		syn fru barn mand kone manžel manželka děti жена муж дети`)
	titles      = wordset.Words(`frau fru`)
	auxiliaries = wordset.Words(`is are was will has have does do did be kann wird ist hat haben können leider sadly unfortunately
		est a ne peut va no puede podrá non può kan wil heeft har kommt also auch`)
	invitedParticiples = wordset.Words(`invited eingeladen angeschrieben invité invitée invitado invitada invitato invitata
		convidado convidada uitgenodigd inbjuden inviteret invitert zaproszony zaproszona pozván`)
	sourceWords = wordset.Words(`through from via by von durch über par de por da van av af od`)
	leaveVerbs  = wordset.Words(`leave leaving left`)
	// leaveParticiples stand behind them.
	leaveParticles = wordset.Words(`out off`)
	otherWords     = wordset.Words(`other another different andere anderen anderer anderes anderweitige anderweitig autre autres
		otro otra otros otras altro altra altri outro outra outros ander annan annat annen andet inny inną jiný jinou`)
	planWords = wordset.Words(`plans plan commitment commitments engagement engagements obligation obligations appointment wedding
		event party verpflichtung verpflichtungen termin termine hochzeit feier veranstaltung pläne mariage rendezvous compromiso
		compromisos boda planes impegno impegni matrimonio compromisso casamento afspraak verplichtingen bruiloft bröllop bryllup
		ślub plany svatba`)
	stayVerbs = wordset.Words(`stay stays staying stayed bleibt bleiben bleibe reste restera queda resta rimane fica blijft stannar
		bliver blir zostaje zůstane`)
	homeWords = wordset.Words(`home hause zuhause daheim maison casa thuis hemma hjemme domu doma`)
	modals    = wordset.Words(`can could kann können könnte peut peuvent pourra puede pueden podrá può possono pode podem kan
		kunnen może mogą může mohou`)
	// whoAndWhen are pronouns, and words of days.
	whoAndWhen = wordset.Words(`he she they it him her them that this those day days date weekend week time then er sie es ich wir
		dem den diesem tag tage termin wochenende woche abend leider an da dann il elle ils jour ce cette él ella ellos ese esa día
		fecha fin semana lui lei quel giorno data ele ela nesse die dag datum hij zij ze han hun det dagen helgen tego dnia ten tym
		on ona unfortunately sadly sorry malheureusement lamentablemente purtroppo helaas tyvärr niestety bohužel`)
	saidWords = wordset.Words(`said says say told so sagt sagte gesagt dit répondu dice dijo dicho ha detto disse zegt zei säger
		sade siger sa mówi powiedział powiedziała řekl řekla`)
	saidNoes      = wordset.Words(`no nein non nee nej nei nie ne não нет`)
	interestWords = wordset.Words(`interested interessiert intéressé intéressée interesado interesada interesa interessato
		interessata interessa interessado geïnteresseerd intresserad interesseret interessert`)
	availablePhrases = ownPhrasesOf(`not available|unavailable|no longer available|nicht verfügbar|pas disponible|no disponible|
		non disponibile|não disponível|niet beschikbaar`)

	// partsAside, behind a no, are of a part of the event, and spansAside of when or how a guest comes.
	partsAside = wordset.Words(`dinner lunch breakfast brunch dessert drinks cocktail cocktails workshop workshops session sessions
		tour afterparty abendessen mittagessen frühstück mittag führung diner déjeuner atelier cena almuerzo desayuno pranzo
		colazione jantar almoço middag frukost frokost kolację kolacji obiad večeři oběd ужин обед vacsora ebéd illallinen`)
	spansAside = wordset.Words(`before until till vor bis avant voor före przed до alone allein seul seule solo sola alleen ensam
		alene`)
	asidePhrases = ownPhrasesOf(`last year|last time|years ago|letztes jahr|letztes mal|letzten jahr|vorjahr|année dernière|
		dernière fois|año pasado|última vez|anno scorso|scorsa volta|ano passado|vorig jaar|vorige keer|förra året|förra gången|
		sidste år|mit dem auto|mit auto|mit dem bus|mit dem zug|mit der bahn|by car|by bus|by train|by plane|en voiture|en coche|
		en train|in auto|in treno|met de auto|med bil|i fjor|viime vuonna|zeszłym roku|vloni|loni|tavaly|anul trecut|в прошлом году|
		прошлый раз`)
	// anywayWords stand beside a verb of coming in a clause that says nothing but that.
	anywayWords = wordset.Words(`still but though will is are am can now again anyway alone he she they i we definitely for sure
		trotzdem dennoch aber doch allein sie er gerne gern wird kann jetzt nun wieder quand même seul seule il elle igualmente
		igual solo sola él ella sí comunque da lui lei mesmo assim sozinho sozinha toch alleen wel hij zij ändå själv alligevel
		alene likevel jednak sam sama przesto přesto всё равно один одна`)

	neverWords   = wordset.Words(`never niemals jamais nunca mai`)
	contactVerbs = wordset.Words(`contattata contactado contactada contactée invitata invitada invitée gecontacteerd gemaild invite
		invited inviting contact contacted contacting email emailed emailing mail mailed mailing write written send sent inform
		informed einladen eingeladen anschreiben angeschrieben kontaktieren kontaktiert mailen anmailen versenden verschicken
		schicken senden informieren benachrichtigen inviter contacter contacté écrire envoyer invitar invitado contactar escribir
		enviar invitare invitato contattare scrivere inviare convidar contatar escrever uitnodigen benaderen contacteren schrijven
		versturen bjuda bjudas kontakta kontaktas skicka skickas maila invitere inviteres kontakte kontaktes sende sendes kutsua
		kutsuta lähettää zapraszać zaprosić kontaktować wysyłać pisać zvát pozvat kontaktovat posílat psát hívni meghívni küldeni
		invita contacta trimite zvati slati pisati приглашать звать писать отправлять запрошувати надсилати`)
	betweenWords = wordset.Words(`to be yet any more mehr ever longer anymore by per via with mail email emails an automatically
		automatisch please bitte him her them us noch direkt directly directement direkte again wieder plus más più mais meer
		längre lenger længere jamais auch the this you se le la les lo ihn sie`)
	opposites = wordset.List(`un in im ir dis de des not non nicht kein keine pas ne no nie não niet on inte ej ikke u ei nem nu не`)
	askVerbs  = wordset.Words(`anrufen telefonieren rufen appeler téléphoner llamar chiamare telefonare ligar bellen ringa ringe
		soittaa zadzwonić zavolat suna звонить позвонить ask check confirm clear consult verify talk speak clarify discuss align
		call fragen rücksprache rückfrage abklären klären absprechen abstimmen nachfragen rückfragen rückversichern abgesprochen
		demander voir vérifier consulter confirmer parler preguntar consultar hablar confirmar verificar chiedere sentire
		verificare consultare confermare parlare perguntar falar vragen navragen overleggen checken afstemmen fråga kolla stäm spør
		spørg sjekk tjek tjekk avklar afklar kysy tarkista zapytać uzgodnić sprawdzić skonsultować zeptat ověřit opýtať kérdezd
		kérdezni egyeztetni întreabă întreba verifica pitati provjeriti спросить уточнить согласовать запитати уточнити узгодити
		ρωτήστε sor danış`)
	firstWords = wordset.Words(`first before beforehand erst zuerst vorher zunächst noch abord avant préalable primero antes
		previamente prima primeiro eerst vooraf först innan ensin najpierw wcześniej nejdřív nejprve předem najprv najskôr előbb
		először întâi mai prvo prije сначала сперва прежде спочатку πρώτα önce`)
	// waitVerbs ask for an answer of consentsWords.
	waitVerbs = wordset.Words(`attente pendiente pendente attesa pending ausstehend oczekuje čeká wait waiting await awaiting
		warten abwarten wartet attendre attend esperar espera aspettare attendere aguardar wachten wacht vänta avvakta vent vente
		afvent odota czekać čekat čakať várni așteptăm čekati ждать жду чекати`)
	consentsWords = wordset.Words(`confirm confirmar confirmer confermare decision entscheidung decisione feedback ok okay okey
		approval answer reply response confirmation antwort zusage freigabe bestätigung rückmeldung accord réponse validation
		respuesta confirmación aprobación risposta conferma approvazione resposta confirmação antwoord bevestiging akkoord svar
		besked bekräftelse bekreftelse vastausta odpowiedź odpověď potvrzení válasz răspuns odgovor ответ ответа відповідь`)
	// onlyIfs begin notes of guests who are meant under a condition.
	onlyIfs = wordset.Words(`onlyif onlywhen nurwenn nurfalls seulementsi uniquementsi solosi solose sóse apenasse alleenals baraom
		endastom kunhvis vainjos tylkojeśli tylkogdy jenpokud poudepokud ibaak csakha doardacă samoako толькоесли лишеякщо
		тількиякщо μόνοαν`)
	askedWords = wordset.Words(`with mit bei avec con com met bij med hos fra z u s cu sa у с со з із ile`)
)

// briefNotes are whole notes that say it, beside words such as "by phone", and that say other things within longer ones:
// "kan inte" is a refusal, and "kan inte äta nötter" is a diet.
var briefNotes = keys(`darf nicht|soll nicht|may not|not allowed|mag nicht|will nicht|can not|can't|not available|unavailable|
		no longer available|not interested|no longer interested|no interest|excused|apologies|conflict|double booked|out of town|
		on vacation|on holiday|abroad|to confirm|to be confirmed|zu bestätigen|noch zu klären|zu klären|in klärung|à confirmer|
		a confirmar|por confirmar|da confermare|da verificare|nog te bevestigen|te bevestigen|att bekräfta|skal bekræftes|
		må bekreftes|vahvistettava|do potwierdzenia|k potvrzení|ověřit|megerősítendő|de confirmat|za potvrdu|уточнить|
		на подтверждении|уточнити|προς επιβεβαίωση|onay bekliyor|remove|delete|drop|do not use|don't use|on hold|hold|banned|barred|
		bounces|bounced|undeliverable|out|absent|quit|resigned|retracted|rescinded|dropped|dropped out|unable|stop|cancel|decline|
		rejected|refused|excluded|exclude|blocked|verhindert|entschuldigt|absage|abwesend|kann nicht|können nicht|nicht verfügbar|
		kein interesse|keine zeit|im urlaub|verreist|löschen|entfernen|streichen|gesperrt|unzustellbar|nicht dabei|raus|abgelehnt|
		unbekannt verzogen|empêché|empêchée|absente|excusé|excusée|excusés|pas dispo|pas disponible|indisponible|non disponible|
		ne peut pas|ne peuvent pas|pas intéressé|pas intéressée|en vacances|supprimer|désistement|bloqué|rechazó|rechaza|baja|
		no puede|no pueden|no podrá|no disponible|ausente|canceló|declinó|desistió|no interesado|no interesada|de vacaciones|
		de viaje|eliminar|borrar|não pode|não podem|não disponível|indisponível|desiste|sem interesse|de férias|remover|apagar|
		recusa|non può|non possono|disdetto|disdetta|disdice|rinuncia|assente|assenti|indisponibile|non disponibile|non interessato|
		in vacanza|in ferie|rifiuta|eliminare|verhinderd|afwezig|niet beschikbaar|geen interesse|op vakantie|verwijderen|kan niet|
		forhindret|forhindra|kan ikke|afbud|avbud|ikke interesseret|bortrejst|bortreist|på ferie|slet|slett|förhinder|förhindrad|
		avbokat|avbokad|kan inte|kan ej|ej intresserad|bortrest|på semester|frånvarande|estynyt|este|ei voi|ei pysty|
		ei kiinnostunut|lomalla|matkoilla|poissa|poista|nie może|nie mogą|odwołane|odwołał|odwołała|rezygnuje|nieobecny|nieobecna|
		niedostępny|na urlopie|usunąć|nie będzie|nemůže|nemohou|nemôže|nemôžu|omluva|nepřítomen|na dovolené|smazat|zruší|nem tud|
		nem ér rá|akadályoztatva|távol|szabadságon|törölni|nu poate|nu pot|absentă|indisponibil|renunță|în concediu|ne mogu|
		spriječen|spriječena|odsutan|odsutna|odustao|odustala|ne more|zadržan|не может|не могут|не будет|не идет|в отпуске|
		в командировке|отсутствует|занят|занята|удалить|недоступен|недоступна|не може|не можуть|не буде|у відпустці|відсутній|
		відсутня|зайнятий|зайнята|видалити|απών|απούσα|μη διαθέσιμος|müsait değil|mazeretli|uygun değil|izinde|berhalangan|
		tidak bisa|bận|معتذر|לא יכול|לא יכולה|negali|nevar|ei saa|duplicate|dup|dupe|declined|fake|bot|spam|junk|tentative|maybe|
		tbc|unsure|not sure|probably not|not this year|not this time|next year|next time|undecided|unconfirmed|waiting|refund|
		vielleicht|vllt|evtl|eventuell|unklar|fraglich|erstmal nicht|nächstes jahr|nächstes mal|urlaub|krank|verstorben|gestorben|
		gelöscht|peut-être|pas sûr|pas sûre|l'année prochaine|la prochaine fois|doublon|quizás|quizá|tal vez|el año que viene|
		la próxima vez|duplicado|forse|l'anno prossimo|la prossima volta|doppione|no próximo ano|misschien|volgend jaar|
		volgende keer|kanske|nästa år|nästa gång|dubblett|kanskje|måske|neste år|næste år|næste gang|neste gang|ehkä|ensi vuonna|
		ensi kerralla|może|za rok|następnym razem|możná|příští rok|příště|možno|budúci rok|nabudúce|talán|jövőre|legközelebb|poate|
		la anul|data viitoare|možda|dogodine|sljedeći put|возможно|может быть|в следующем году|в следующий раз|можливо|
		наступного року|ίσως|του χρόνου|belki|seneye|gelecek yıl`)

// exactNotes are notes that say it by themselves: with a number, "DNI" is that of a passport, and in Polish "dni" are days.
var exactNotes = keys(`ex|former|ehemalig|ehemaliger|ehemalige|ancien|ancienne|antiguo|dni|left|old|dead|test|testing|later|
		later on|?|??|???|erst später|später|alt|plus tard|más tarde|più tardi|mais tarde|senere|senare|myöhemmin|później|později|
		neskôr|később|mai târziu|kasnije|позже|пізніше|sonra`)

// ageWords are those of exactNotes that a thing is as well: a table, a side, a voice.
var ageWords = keys(`left|old|alt`)

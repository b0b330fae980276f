package rowstatus

import (
	"guestflow/importer/wordset"
)

// noteTexts are phrases by which notes beside a guest, and no heading or header, say that the guest is not meant, not yet,
// not by email, or is another person or has another address. A star stands for the rest of a word; behind a phrase with a
// tilde no part of an event may be named: “not attending the dinner”.
const noteTexts = `evtl nicht|eventuell nicht|vielleicht nicht|maybe not|perhaps not|peut-être pas|quizás no|
	tal vez no|forse non|forse no|talvez não|misschien niet|kanske inte|
	måske ikke|kanskje ikke|ehkä ei|może nie|možná ne|možno nie|talán nem|poate nu|možda ne|может не|можливо не|
	ίσως όχι|belki gelmez|nur nach freigabe|nur nach rücksprache|nur nach ok|nur mit freigabe|nur mit ok|
	erst nach freigabe|only after approval|only with approval|
	only after ok|subject to approval|sous réserve d'accord|now at a|now with|jetzt bei|not attending~|
	wont be there~|wont be here~|not be attending~|not be there~|cant be there~|
	cannot be there~|can not be there~|not joining~|cant join~|cannot join~|not able to come~|not able to attend~|
	not available~|unavailable~|wont make it~|will not make it~|not make it~|on holiday|on holidays|on vacation|
	on maternity|on paternity|maternity leave|parental leave|on sick leave|is ill|is sick|in hospital|on sabbatical|
	out of town|out of the country|away that|away until|away then|travelling that|traveling that|otherwise engaged|
	has another commitment|no longer in office|hold off|on hold|put on hold|wait before|wait until|wait for confirmation|
	wait for ok|wait for approval|please wait|not yet approved|awaiting approval|pending approval|needs approval|
	not to be sent|dont send|send later|invite later|only invite|invite only if|if space|if theres space|if there is space|
	if there is room|if theres room|if room|space permitting|if someone cancels|if somebody cancels|backup guest|
	second wave|second round|b list|reserve list|call instead|phone instead|instead of email|instead of e mail|
	instead of emailing|by post only|by mail only|by letter only|by phone only|only by post|only by phone|only by letter|
	only by mail|invite by phone|invite by post|no email please|prefers post|prefers letter|prefers paper|
	invite in person only|paper invitation only|duplicate of|duplicate entry|duplicate row|dupe of|double entry|
	same as row|same person as|already in row|listed twice|see row|replaced by|substituted by|represented by|
	will send a colleague|sends a colleague|sending a colleague|sends a substitute|sends a deputy|goes instead|
	comes instead|coming instead|will come instead|in his place|in her place|gave up his|gave up her|ticket transferred|
	delete this|delete row|delete me|please delete|to be deleted|skip this|ignore this|please ignore|please skip|
	strike this|test entry|test row|test record|wrong email|wrong e mail|wrong mail|wrong address|email wrong|e mail wrong|
	mail wrong|email is wrong|mail is wrong|address wrong|address is wrong|incorrect email|incorrect address|
	email incorrect|mail is incorrect|
	email is incorrect|email invalid|invalid email|email is invalid|invalid address|old email|old address|
	outdated email|outdated address|email bounce*|mail bounce*|address bounce*|mails bounce*|emails bounce*|bounces|
	bounced|mail returned|email returned|undeliverable|new email|new e mail|new mail|new address|email changed|
	mail changed|address changed|changed email|email has changed|mail has changed|use this email|use this address|
	use instead|check email|check address|email missing|needs new email|typo in email|typo in address|
	nicht mehr im amt|nicht mehr im dienst|nicht mehr dabei|nicht mehr da|nicht mehr zuständig|nicht mehr aktiv|
	nicht mehr auf der liste|ist raus|unbekannt verzogen|verzogen|nur per post|nur postalisch|nur per brief|
	nur telefonisch|nur telefon|per post einladen|telefonisch einladen|persönlich einladen|lieber anrufen|
	anrufen statt|statt mail|statt e mail|statt email|bitte anrufen|keine email|vertreten durch|vertretung durch|
	vertritt ihn|vertritt sie|lässt sich vertreten|wird vertreten|wird ersetzt|ersetzt durch|kommt stattdessen|
	statt dessen|an seiner stelle|an ihrer stelle|schickt vertretung|schickt einen vertreter|schafft es nicht|
	schaffe es nicht|schaffen es nicht|im urlaub|in urlaub|auf urlaub|in elternzeit|im mutterschutz|im krankenhaus|
	ist krank|leider krank|erkrankt|krankgeschrieben|auf dienstreise|nicht dabei~|nicht anwesend~|nicht da~|
	nicht verfügbar~|nicht teilnehmen~|nicht kommen~|bin verhindert|sind verhindert|verhindert~|noch nicht einladen|
	noch nicht senden|noch nicht versenden|noch nicht verschicken|noch nicht anschreiben|noch warten|bitte warten|
	erst warten|abwarten|zurückstellen|zurückgestellt|vorerst nicht|erstmal nicht|erst mal nicht|später einladen|
	nur wenn platz|falls platz|wenn platz|wenn noch platz|falls noch platz|bei platz|nachrücker|nur bei absage|
	siehe zeile|doppelt mit|doppelter eintrag|doppelt vorhanden|doppelt zu|dublette|duplikat|bitte ignorieren|
	bitte überspringen|bitte entfernen|zu löschen|kann gelöscht|kann raus|löschen bitte|testeintrag|testdatensatz|
	adresse falsch|adresse ist falsch|adresse stimmt nicht|adresse ungültig|adresse veraltet|adresse existiert nicht|
	adresse geändert|adresse unbekannt|falsche adresse|falsche mail|falsche e mail|falsche email|mail falsch|
	email falsch|mail ist falsch|mail stimmt nicht|email stimmt nicht|mail ungültig|email ungültig|mail veraltet|
	mail kommt zurück|email kommt zurück|mails kommen zurück|mail kam zurück|mail zurück|email kam zurück|
	adresse kommt zurück|unzustellbar|nicht zustellbar|neue adresse|neue mail|neue email|neue e mail|alte adresse|
	alte mail|alte e mail|mail geändert|mailadresse falsch|mailadresse ist falsch|neue mailadresse|
	absent~|absente~|pas disponible~|indisponible~|empêché~|empêchée~|en vacances|en congé|en congés|
	en arrêt maladie|est malade|ne pourra venir|ne sera pas|ne sont pas disponibles|pas encore inviter|ne pas encore|
	attendre avant|à confirmer avant|attendre confirmation|s il reste|sil reste|si place|si de la place|
	sous réserve de place|par courrier uniquement|uniquement par|appeler plutôt|téléphoner plutôt|doublon|
	en double|remplacé par|remplacée par|représenté par|représentée par|sera remplacé*|vient à sa place|
	à sa place|nest plus en poste|nest plus là|plus en poste|plus en fonction|a déménagé|mauvaise adresse|
	mauvais mail|mauvais e mail|mauvais email|adresse erronée|adresse fausse|adresse incorrecte|adresse invalide|
	mail invalide|email invalide|mail erroné|email erroné|mail incorrect|mail faux|nouvelle adresse|nouveau mail|
	nouvel email|nouvel e mail|nouveau courriel|ancienne adresse|ancien mail|mail revient|mail revenu|non distribué|
	à effacer|à retirer|à ignorer|
	no estará~|no disponible~|no asiste~|de vacaciones|está enfermo|está enferma|de viaje|aún no enviar|
	aún no invitar|esperar antes|esperar confirmación|pendiente de aprobación|si hay sitio|si hay lugar|
	si hay espacio|si queda*|solo por correo postal|por correo postal|solo por teléfono|llamar en vez|llamar en lugar|
	duplicado de|duplicada de|repetido|reemplazado por|reemplazada por|sustituido por|sustituida por|representado por|
	representada por|viene en su lugar|en su lugar|ya no ocupa|se ha mudado|correo incorrecto|correo erróneo|
	email incorrecto|mail incorrecto|correo equivocado|dirección incorrecta|dirección errónea|dirección equivocada|
	correo inválido|email inválido|correo no válido|email no válido|nuevo correo|nueva dirección|nuevo email|
	nuevo mail|correo devuelto|correo rebotado|email rebotado|por favor borrar|para borrar|
	non ci sarà~|non sarà presente~|non disponibile~|in ferie|in vacanza|è malato|è malata|in malattia|
	in maternità|aspettare prima|attendere prima|attendere conferma|se cè posto|se c è posto|se ci sono posti|
	solo per posta|per posta ordinaria|solo per telefono|chiamare invece|telefonare invece|doppione|duplicato di|
	sostituito da|sostituita da|rappresentato da|rappresentata da|viene al suo posto|al suo posto|indirizzo errato|
	indirizzo sbagliato|email errata|mail errata|email sbagliata|mail sbagliata|indirizzo non valido|email non valida|
	nuovo indirizzo|nuova mail|nuova email|nuova e mail|vecchio indirizzo|mail respinta|da eliminare|da cancellare|
	não estará~|não comparece~|não disponível~|indisponível~|de férias|está doente|está de baixa|em viagem|
	aguardar antes|aguardar confirmação|aguardar aprovação|se houver lugar|se houver vaga|se houver espaço|
	apenas por correio|só por correio|só por telefone|ligar em vez|substituído por|substituída por|no seu lugar|
	já não está|não está mais|email errado|e mail errado|mail errado|endereço errado|endereço incorreto|
	email incorreto|e mail inválido|novo email|novo e mail|novo endereço|email devolvido|mail voltou|para apagar|
	niet aanwezig~|niet beschikbaar~|er niet bij~|verhinderd~|afwezig~|op vakantie|met vakantie|met verlof|
	met zwangerschapsverlof|is ziek|lukt niet|redt het niet|wachten met|nog even wachten|even wachten|eerst overleggen|
	alleen uitnodigen als|als er plek|als er plaats|indien plaats|indien plek|alleen per post|per post uitnodigen|
	alleen telefonisch|liever bellen|bellen in plaats|dubbele invoer|dubbel met|duplicaat van|zie rij|vervangen door|
	vertegenwoordigd door|komt in plaats|stuurt vervanger|niet meer in functie|niet meer in dienst|is verhuisd|
	verkeerd adres|verkeerde mail|verkeerde email|verkeerde e mail|adres klopt niet|mail klopt niet|email klopt niet|
	adres onjuist|onjuist adres|mail onjuist|ongeldig adres|ongeldige email|nieuw adres|nieuwe mail|nieuwe email|
	nieuwe e mail|oud adres|mail komt terug|email komt terug|onbestelbaar|graag verwijderen|
	inte närvarande~|kan inte delta~|deltar inte~|deltar ej~|har förhinder|förhindrad~|på semester|är sjuk|
	sjukskriven|föräldraledig|bortrest|vänta med|avvakta|om det finns plats|i mån av plats|bara per post|
	endast per post|ring istället|ring i stället|dubblett|ersatt av|ersätts av|representeras av|kommer istället|
	kommer i stället|i hans ställe|i hennes ställe|fel adress|fel mejl|fel mail|fel e post|fel epost|felaktig adress|
	felaktig e post|ogiltig adress|ny adress|ny mejl|ny mail|ny e post|ny epost|gammal adress|mejlet studsar|
	mailet studsar|studsar|
	deltager ikke~|deltar ikke~|kan ikke deltage~|kan ikke delta~|ikke til stede~|er forhindret|forhindret~|forhindra|
	på ferie|er syg|er syk|sygemeldt|sykemeldt|på barsel|i permisjon|bortrejst|bortreist|vent med|afvent|avvent|
	vente med|hvis der er plads|hvis det er plass|ved plads|kun per post|kun pr post|ring i stedet|dublet|duplikat av|
	erstattet af|erstattet av|erstattes af|erstattes av|repræsenteret af|representert av|kommer i stedet|i hans sted|
	i hendes sted|forkert adresse|forkert mail|forkert email|forkert e mail|feil adresse|feil mail|feil e post|
	feil epost|feil epostadresse|ugyldig adresse|ugyldig mail|ugyldig e post|ny adresse|ny e mail|ny email|
	gammel adresse|mailen kommer retur|kommer retur|kommer i retur|
	nieobecny~|nieobecna~|nie dotrze~|nie uczestniczy~|na urlopie|jest chory|jest chora|na zwolnieniu|poczekać|
	wstrzymać|wstrzymać się|jeśli będzie miejsce|jeśli będą miejsca|tylko pocztą|tylko telefonicznie|
	zadzwonić zamiast|zastąpiony przez|zastąpiona przez|zastępuje go|zastępuje ją|reprezentowany przez|
	reprezentowana przez|zły adres|zły email|zły e mail|zły mail|błędny adres|błędny email|błędny e mail|
	błędny mail|nieprawidłowy adres|nieaktualny adres|nieaktualny email|nowy adres|nowy email|nowy e mail|nowy mail|
	mail wraca|do usunięcia|proszę usunąć|
	nezúčastní~|na dovolené|je nemocný|je nemocná|počkat|zatím nezvat|pokud bude místo|pouze poštou|
	jen poštou|místo emailu|duplicita|nahrazen|nahrazena|zastoupen|zastoupena|špatný email|špatný e mail|
	špatná adresa|chybný email|chybná adresa|neplatná adresa|neplatný email|nová adresa|nový email|nový e mail|
	mail se vrací|ke smazání|nebude prítomn*|na dovolenke|zlá adresa|zlý email|nesprávna adresa|nem lesz ott|
	nem tud részt|nem ér rá|szabadságon|beteg|még nem hív*|várni kell|ha van hely|csak postán|duplikátum|
	hibás cím|rossz cím|hibás email|rossz email|hibás e mail|rossz e mail|új cím|új email|új e mail|törlendő|
	nu va participa|în concediu|este bolnav|este bolnavă|așteptați|dacă este loc|dacă e loc|doar prin poștă|
	înlocuit de|înlocuită de|reprezentat de|reprezentată de|adresă greșită|email greșit|adresa greșită|
	adresă nouă|adresa nouă|email nou|de șters|neće doći|neće biti|na godišnjem|bolestan|bolesna|pričekati|
	ako ima mjesta|samo poštom|zamijenjen|kriva adresa|pogrešna adresa|pogrešan email|krivi email|nova adresa|
	novi email|za brisanje|ei osallistu~|ei pääse~|estynyt|lomalla|sairaana|odota|odottaa vahvistusta|jos on tilaa|
	vain postitse|korvaa hänet|väärä osoite|väärä sähköposti|uusi osoite|uusi sähköposti|vanha osoite|
	не участвует|не придут|в отпуске|болеет|заболел|заболела|
	подождать|не отправлять пока|если будет место|если будут места|
	только по почте|только по телефону|позвонить вместо|
	вместо письма|дубль|дубликат|заменен на|заменён на|
	неверный адрес|неправильный адрес|неверная почта|неверный email|
	неверный e mail|новый адрес|новая почта|новый email|старый адрес|
	письмо вернулось|письма возвращаются|на удаление|не братиме|
	у відпустці|хворіє|зачекати|якщо буде місце|тільки поштою|
	дублікат|невірна адреса|неправильна адреса|нова адреса|
	нова пошта|σε διακοπές|είναι άρρωστος|είναι άρρωστη|
	περιμένετε|αν υπάρχει θέση|λάθος διεύθυνση|λάθος email|
	νέα διεύθυνση|νέο email|αντικαταστάθηκε από|tatilde|bekleyin|sadece yer varsa|
	yer varsa|sadece posta|yanlış adres|yanlış e posta|yanlış email|yeni adres|yeni e posta|yeni email|
	nur einladen wenn|nur einladen falls|inviter seulement si|inviter seulement s'il|envoyer plus tard|
	inviter plus tard|ne participe pas~|ne participera pas~|ne sera pas là~|ne sera pas présent*|
	en attente de confirmation|en attente de validation|attendre la confirmation|invitar solo si|solo si hay|
	solo si queda*|no podrá asistir~|no podrá venir~|no podrá ir~|todavía no enviar|todavía no invitar|
	en vez de correo|en lugar de correo|esperar a que|invitare solo se|solo se ci sono|solo se c'è|non ancora invitare|
	in attesa di conferma|non è più in|non è più presso|non può esserci~|convidar só se|convidar apenas se|
	só se houver|não poderá ir~|não poderá vir~|ainda não convidar|ainda não enviar|nog niet uitnodigen|
	nog niet versturen|nog niet mailen|bellen in plaats van|is er niet bij~|bjud bara om|bara om det finns|
	bjud inte ännu|skicka inte ännu|är inte med~|är ej med~|inviter kun hvis|kun hvis der|kun hvis det er|
	ikke send endnu|ikke send ennå|send ikke|er ikke med~|jeszcze nie wysyłać|jeszcze nie zapraszać|
	czekać na potwierdzenie|zaprosić tylko|nie będzie mógł|nie będzie mogła|nie będzie obecn*|nie dam rady|
	zatím neposílat|nebude přítom*|nemůže se zúčastnit|még ne küld*|nu poate participa|još ne slati|
	još ne zvati|ne može doći|пока не отправлять|пока не приглашать|
	пока не звать|его не будет|ее не будет|её не будет|меня не будет|
	не будет присутств*|пригласить только|поки не надсилати|
	поки не запрошувати|не буде присутн*|δεν θα είναι εκεί|
	μην στείλετε ακόμα|orada olmayacak|henüz gönderme*|henüz davet etme*|
	moved to next*|move to next*|postponed to*|postponed until*|rolled over to*|transferred to|ticket given to|
	gave ticket to|gave the ticket|dup of|old entry|old record|old row|fake entry|fake record|spam entry|bot entry|
	test order|test booking|test registration|left in 20*|left in 19*|not this year|not this time|not this once|
	maybe next*|next year instead|only next year|dieses jahr nicht|diesmal nicht|dieses mal nicht|erst nächstes*|
	pas cette année|pas cette fois|este año no|esta vez no|quest'anno no|questa volta no|este ano não|desta vez não|
	dit jaar niet|deze keer niet|inte i år|inte den här gången|ikke i år|ikke denne gang|ikke denne gangen|
	ei tänä vuonna|w tym roku nie|tym razem nie|letos ne|tentokrát ne|idén nem|ezúttal nem|anul acesta nu|
	ove godine ne|не в этом году|в этом году нет|не в этот раз|цього року ні|bu yıl değil|bu sefer değil|
	alter eintrag|alter datensatz|ancienne entrée|entrada antigua|vecchia voce|oude regel|gammal rad|
	bis auf weiteres nicht|
	no longer attending|no longer coming|bailed|money back|cxl|cxld|canx|rain check|raincheck|has covid|got covid|
	has to work|away on business|on leave until|different date|might not come|might not make|might not attend|
	may not come|may not make it|may not attend|waiting for answer|waiting for reply|waiting for response|
	waiting for feedback|didn't reply|did not reply|hasn't replied|has not replied|didn't respond|hasn't responded|
	no reply so far|no reply yet|no response yet|before inviting|hat sich abgemeldet|sich abgemeldet|
	will nicht mehr|rückmeldung steht aus|erst nach rücksprache|s'est désinscrit|s'est désinscrite|
	attend confirmation|se dio de baja|se ha dado de baja|har avanmält|wypisał się|wypisała się|odhlásil se|
	odhlásila se|отменил|отменила`

// noteWords are words that say it in a note by themselves, or beside nothing but connecting words.
var (
	noteWords = wordset.Words(`delete skip ignore remove exclude omit dupe duplicate ill sick
		löschen streichen überspringen ignorieren weglassen entfernen raus doppelt dublette duplikat krank verzogen
		unzustellbar verhindert supprimer effacer retirer ignorer doublon malade absent absente borrar eliminar quitar omitir
		duplicado enfermo enferma cancellare eliminare saltare ignorare doppione duplicato malato malata apagar remover
		excluir doente verwijderen overslaan negeren schrappen ziek verhinderd afwezig duplicaat radera dubblett sjuk slet
		slette slettes fjern fjernes dublet syg syk usunąć usuń pominąć pomiń chory chora smazat vynechat duplicita nemocný
		nemocná törölni törlendő kihagyni beteg șterge duplicat bolnav poista poistetaan ohita sairas удалить пропустить дубль
		болен больна видалити пропустити διαγραφή sil silinecek atla`)
	noteFillers = wordset.Words(`test testing dummy please pls this row entry record me him her them bitte diese diesen
		zeile eintrag ganz wieder svp sil vous plait por favor fila linea per favore riga graag deze rij rad række rekke
		proszę wiersz`)
	// eventParts are what a guest may miss, and come to the rest.
	eventParts = wordset.Words(`dinner lunch breakfast brunch reception workshop workshops tour concert afterparty party
		ceremony session sessions talk drinks cocktail apero dessert abendessen mittagessen frühstück empfang führung konzert
		essen vortrag diner déjeuner dîner réception cocktail atelier visite cena comida almuerzo taller desayuno pranzo
		colazione aperitivo jantar almoço lunch ontvangst middag middagen lunchen frukost aften middag frokost kolacja kolacji
		obiad obiedzie večeře večeři oběd ужин ужине обед обеде ужина akşam vacsora ebéd illallinen lounas`)
	// briefNoteFillers stand beside briefNotes.
	briefNoteFillers = wordset.Words(`his her their him them my unfortunately sadly sorry please this that due today
		yesterday again now currently event attending leider wegen heute gestern bitte ist sind hat krank malheureusement
		désolé est sont hélas lamentablemente está por favor purtroppo è helaas tyvärr desværre dessverre är er valitettavasti
		on niestety jest bohužel je sajnos din păcate este nažalost к сожалению, жаль на жаль`)
)

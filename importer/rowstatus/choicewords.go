package rowstatus

import (
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/wordset"
)

var (
	// openWords are answers in columns of a choice, which stand for other things elsewhere.
	openWords = classify(map[wordClass]string{
		doubtfulWord: `cut|closed|geschlossen|fermé|fermée|cerrado|cerrada|chiuso|chiusa|gesloten|wait|reserve|reserves|reserva|
		riserva|ersatz|ersatzliste|backup|alternate|spare|spares|substitute|later|später|plus tard|más tarde|più tardi|second wave|
		b-list|stop|stopp|stopped|halt|halted|ban|banned|bar|barred|block|blocklist|deny|denied entry|entry denied|no entry|
		refused entry|entry refused|do not admit|turned away|do not use|dnd|dnm|drop|dropped|remove|delete|kill|exclude|excluded|
		leave out|no go|not ok|nok|not cleared|not eligible|ineligible|not allowed|not permitted|forbidden|veto|vetoed|withheld|
		withhold|given up|handed back|gave up|scrapped|severed|released|unbooked|uninvite|suspended|suspend|eliminated|paused|pause|postponed|deferred|revoke|retired|left|gone|resigned|sperre|gesperrt|
		stoppen|verboten|verweigert|nicht zugelassen|nicht freigegeben|zurückgestellt|pausiert|entfällt|raus|streichen|bloqué|
		bloquée|refus|interdit|interdite|suspendu|suspendue|retiré|retirée|parti|arrêt|stoppé|bloqueado|bloqueada|denegado|denegada|
		no permitido|prohibido|suspendido|retirado|retirada|en pausa|parado|detenido|bloccato|bloccata|negato|negata|vietato|
		sospeso|sospesa|ritirato|ritirata|fermo|negado|negada|proibido|suspenso|suspensa|geblokkeerd|verboden|opgeschort|
		ingetrokken|gestopt|spärrad|nekad|stoppad|pausad|sperret|nektet|stoppet|spærret|nægtet|estetty|kielletty|keskeytetty|
		zablokowany|zablokowana|wstrzymane|wstrzymany|wstrzymana|zakaz|odmowa|blokován|zakázáno|zamítnuto|pozastaveno|blokovaný|
		zakázané|zamietnuté|letiltva|tiltva|felfüggesztve|blocat|blocată|interzis|suspendat|blokirano|zabranjeno|obustavljeno|
		заблокирован|заблокирована|стоп|запрещено|приостановлено|заблоковано|заборонено|зупинено|αποκλεισμένος|απαγορεύεται|
		engellendi|engelli|yasak|durduruldu|停止|中止|停用|无效|無效|作废|禁止|拒否|除外|不可|暂停|暫停|封禁|不允许|不允許|차단|거부|중지|금지|제외|חסום|חסומה|אסור|محظور|
		ممنوع|موقوف|diblokir|ditahan|bị chặn|ระงับ`,
		negativeWord: `thumbs down|daumen runter|bowing out|bowed out|wohl kaum|bin raus|ni idea|negativo|negativa|négatif|négative|
		unfavourable|unfavorable|neg|negativ|negative|dagegen|contra|contre|en contra|contro|out|red|rot|rouge|rojo|rosso|rood|fail|bad|ng|否決|
		不行|不是|못함|loss|rejects|disagree|disapproved|against|dislike|👎|away|yellow|amber|gelb|jaune|amarillo|giallo|amarelo|geel|gul|
		keltainen|żółty|žlutá|žlutý|žltá|sárga|galben|žuta|жёлтый|жовтий|κίτρινο|sarı|黄|黄色|노랑|vermelho|röd|punainen|czerwony|
		červená|červený|piros|roșu|crvena|красный|червоний|κόκκινο|kırmızı|赤|赤色|红|红色|紅|빨강|🟠`,
		fineWord: `current|aktuell|actuel|actuelle|actual|attuale|huidig|nuvarande|nåværende|nuværende|obecny|současný|jelenlegi|
		текущий`,
		yesWord: `yay|aye|thumbs up|daumen hoch|positivo|positiva|positif|fix|pos|positiv|positive|for|pro|dafür|pour|a favor|favorevole|in|go|good|green|final|grün|gruen|vert|verde|groen|
		pass|passed|keep|clear|cleared|allow|allowed|permitted|eligible|fine|agree|agreed|go ahead|frei|freigegeben|zugelassen|
		erlaubt|autorisé|autorisée|permitido|permitida|autorizado|autorizada|permesso|autorizzato|toegelaten|toegestaan|tillåten|
		tillatt|tilladt|sallittu|dozwolone|povoleno|povolené|engedélyezve|permis|dozvoljeno|разрешено|допущен|дозволено|επιτρέπεται|
		izinli|可|行|許可|允许|允許|허용|מותר|مسموح|boleh|approve|win|👍|here|grön|grønn|vihreä|zielony|zelená|zelený|zöld|зелёный|зелений|
		πράσινο|yeşil|緑|緑色|绿|绿色|綠|초록`,
	})
	// quietDoubts are states that a column of any choice may have, of other things than who is meant.
	quietDoubts = func() map[string]bool {
		m := keys(`reserved|draft|transferred|complaint|keine|in review|expired|invalid|overdue|dormant|former|left|bar|block|gone|
		pause|eventuell|evtl|awaiting`)
		for word := range invitedWords {
			m[word] = true
		}
		return m
	}()

	// ownStems begin words of headers of what a guest is, has, needs or has chosen, in the languages of many senders.
	ownStems = wordset.List(`navett autocar ehrung firmenwag vegan vegeta wegeta végé gluten lactos laktos lattosi dairy peanut
		allerg alerg halal kosher koscher casher kashrut diet diät régime dieet nutrit intoleran unvertrag food essen speise meal
		mahlzeit menu repas comida comidas pasto maaltijd måltid posiłek jídlo étkez ételek mâncare dinner lunch breakfast brunch
		supper dessert starter beverag drink getrank boisson bebida bevand alcohol alkohol alcool alcol wine coffee cocktail
		abendessen mittagessen fruhstuck déjeuner dîner petitdej almuerz desayun cena cenas pranzo colazione jantar almoço middag
		frokost lounas illallinen kolacj obiad snidan večeř vacsora ebéd питан обед ужин завтрак аллерг алерг вегетар веган parking
		parkplatz parken stationn aparcamient estacionam parcheggi parkeer parkering pysäköint parkow parkovan parkol parcare
		парков shuttle transfer transport navette carpool taxi hotel accomm unterkunft ubernacht héberg alojam allogg logement
		verblijf overnacht overnatt majoit nocleg ubytov szállás cazare smješt гостин прожив готел flight flug vuelo vols visa
		visum passport reisepass passeport pasaport travel reise wheelchair rollstuhl fauteuil rollator accessib accesib accessi
		barrier mobilit rörelse esteetö interpret dolmetsch traduct sprache vips speaker referent redner vortrag orateur ponent
		relator spreker talare prelegent presse journal photograph staff volunteer freiwillig bénév voluntari vrijwill sponsor
		donor donat spende member mitglied membre miembro membro socio ledamot medlem jäsen człon clen tagság alumn student étud
		estudiant schüler faculty trustee vorstand kind kinder child enfant niñ bambin crianç famil partner spouse companion
		begleit accompagn acompañ shirt tshirt hoodie kleider konfekt schuh shoe größe groesse taille talla taglia tamanho rozmiar
		maat storlek størrelse velikost koko gift goodie swag badge lanyard namensschild print gedruckt workshop session seminar
		masterclass breakout golf tennis yoga excurs ausflug reception empfang afterparty party ceremon trauung church kirche
		concert konzert raffle tombola auction quiz karaoke danc tanz spa sauna monday tuesday wednesday thursday friday saturday
		sunday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
		lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì morning afternoon evening
		vormittag nachmittag invoice rechnung facture factura fattura receipt faktura discount rabatt coupon voucher earlybird
		passwor twitter linkedin facebook instagram tiktok follow wifi download installed app apps survey feedback nationalit
		citizen resident local immatr smok rauch fumeur fumador fumatore roker childcare babysit kinderbetreu pregnan schwanger
		medical medizin emergency notfall medication insur versicher customer kunde kunden cliente prospect supplier lieferant
		employee mitarbeit freelanc contractor vaccin geimpft impf covid certificat zertifikat bescheinig diplom cpd cme credit
		poster abstract presenter mentor mentee network meeting budget influenc loyal highchair hochstuhl stroller luggage gepack
		equip projector mikrof microphon slides banner translat caption diabet epilep anreise abreise ankunft arrivée départ zucker
		kaffee kuchen tanzkurs kleid dress dresscode outfit birthday geburtstag anniversar jubil sitzplatz sitz seat platz table
		tisch laptop adapter camera wedding hochzeit religio gebärden fahrgemein mitfahr autobus glasses brille lunette specialkost
		spesialkost uczul nietoler bahn accredit akkredit gutschein wristband armband jersey trikot interview swim schwimm boat
		boot yacht postcard postkart thankyou dankeskart dankeschön taxab gmtoff dstoff haustier mascota chien perro cane hund pies
		pes собак hunden bracelet pulsera braccialet team mannschaft équipe squadra zespół tým csapat команд virtual skill hobby
		ferry flyer profession occupation beruf métier profesión professione profissão beroep yrke erhverv ammatti zawód povolání
		foglalkozás profesie zanimanje професси surf climb hik ski sledg bungalow cabin tent camp sunscreen pension retiree`)
	ownWords = wordset.Words(`vip nuts nut fish meat fleisch fisch viande poisson carne pescado pesce peixe vlees vis kött fisk
		mięso maso hús мясо рыба tea beer bier wein vin vino vinho park bus car auto coche voiture bike bicycle train zug bahn
		bahncard room zimmer chambre habitacion camera quarto flug vol press media crew lead main primary head single married bride
		groom bridal plus one plusone kids kid age alter edad under over older younger adult adults senior male female man woman
		gender sex size table seat seats tour song music dj photo pets pet dog cat smoker laptop assistance assisted help aid tax
		vat company business firm vendor board committee chair chairman local overseas domestic abroad eu sms day night night1
		night2 day1 day2 day3 am pm score points count total rank rating stars balance print printed bag lid socio alumni exhibitor
		panelist moderator lgbt veteran veterans religious church synced exported imported opened clicked read seen profile thanked
		online virtual remote hybrid person stream card cake cards baby cot crib late early arrival departure checkout demo trial
		gold premium level leads hearing blind deaf braille q qa stand booth logo signing handed floor etage gym pool bar sauna
		sugar language captions host hosts hostess gastgeber hôte anfitrión house haus villa overnight stay staying ehrenamt
		volunteering trainer trainerin coach coaches schiedsrichter referee nacht nächte nights noches notti noites nuits zelt tent
		bettwäsche bettzeug linen towel handtuch helfer helfende helper helpers hjälper frivillig bénévole covoiturage boleia
		otopark spende baptised baptized usher ushers bridesmaid bridesmaids groomsman groomsmen performer performers nominee
		nominees candidate finalist snorer snores support photographer videographer fotograf caterer witness witnesses godparent
		godparents reader readers organist musician musicians singer singers dancer actor trauzeuge trauzeugin trauzeugen témoin
		testigo thank thanks danke merci gracias grazie obrigado dzięki payer purchaser buyer bill coat jacket umbrella helmet
		golfhcp handicap hcp medal trophy`)
	// ownVerbs begin headers of what a guest needs or has chosen: “Needs parking”, “Interested in golf”.
	ownVerbs = wordset.Words(`need needs require requires requiring required bring brings bringing want wants would interested
		likes like speaks speak owns own drinks drink eats eat plays braucht benötigt wünscht möchte bringt isst trinkt spricht
		souhaite besoin désire necesita quiere desea lleva vuole desidera necessita porta precisa quer deseja heeft wil neemt
		behöver vill trenger ønsker tarvitsee haluaa potrzebuje chce potřebuje szeretne kér нужен нужна нужно потрібен потрібно`)
	// ownPhrases ask the guest for other things than whether he comes.
	ownPhrases = ownPhrasesOf(`do not call|no phone calls|do you need|do you want|do you have|do you require|do you eat|
		do you drink|do you smoke|do you speak|do you own|do you use|do you live|do you work|do you prefer|do you follow|
		would you like|would you prefer|are you a|are you an|are you vegan|have you any|will you need|will you bring|will you stay|
		special needs|sind sie ein|sind sie eine|haben sie|hast du|möchten sie|möchtest du|brauchen sie|brauchst du|benötigen sie|
		benötigst du|êtes vous un|êtes vous une|avez vous|souhaitez vous|désirez vous|avez vous besoin|tiene|tienes|necesita|
		necesitas|desea|deseas|quiere|quieres|es usted un|ha bisogno|vuole|desidera|è un|tem|precisa|gostaria|deseja|heeft u|heb je|
		wilt u|wil je|bent u een|har du|vill du|behöver du|ønsker du|har du brug|onko sinulla|tarvitsetko|czy masz|czy potrzebujesz|
		máte|potřebujete|van e|szeretne|нужен ли|нужна ли|есть ли|чи потрібен`)
	// actWords are in headers of what was done, or may be: “Approved by”, “Email sent”.
	actWords   = wordset.Words(`by von par door since email mail`)
	paperWords = wordset.Words(`visa visas visum passport reisepass passeport pasaporte passaporto insurance versicherung assurance`)
	// onWords stand before a day, and companionWords are those who come with a guest.
	onWords        = wordset.Words(`on at am le el il em op den dne dnia dato datum`)
	companionWords = wordset.Words(`kinder kids children enfants niños bambini crianças kinderen barn børn partner partnerin spouse
		hund dog begleitung begleitperson`)
	// inviteWords begin headers of who has invited a guest, or that a guest is: “Invited by committee”.
	inviteWords = wordset.Words(`approval freigabe genehmigung zustimmung validation aprobación approvazione aprovação goedkeuring
		godkännande godkendelse godkjenning invited eingeladen invité invitée invitado invitada invitato invitata convidado
		uitgenodigd inbjuden inviteret invitert kutsuttu zaproszony pozván`)
	// formerWords make another thing of what a guest is: who has left may not be meant.
	formerWords = wordset.Words(`jubilado jubilada retraité retraitée pensionato pensionata retired ex former formerly still
		current currently previous previously ehemalig ehemalige ehemaliger ehemals noch ancien ancienne encore antiguo antigua
		todavía sigue antico attuale ancora antigo antiga ainda voormalig nog tidigare fortfarande tidligere fortsatt stadig
		entinen były była nadal bývalý bývalá stále egykori még fost fosta bivši bivša бывший бывшая ещё колишній`)
	// formerKinds before relationKinds are of guests who are no longer meant, or are none.
	formerKinds = wordset.Words(`ex former past previous lapsed test dummy fake ehemalig ehemalige ehemaliger ehemaliges ancien
		ancienne antiguo antigua voormalig tidigare tidligere były była bývalý`)
	relationKinds = wordset.Words(`client clients customer customers member members employee employees subscriber subscribers donor
		donors supporter tenant student attendee attendees guest guests user users contact contacts account accounts order orders
		entry booking kunde kundin kunden mitglied mitglieder mitarbeiter mitarbeiterin abonnent gast teilnehmer mieter cliente
		clientes membre adhérent socio socia lid klant medlem klient członek`)
	ownSigns = strings.Fields(`アレルギー ベジタリアン 食事 駐車 宿泊 送迎 託児 会員 喫煙 サイズ 性別 年齢 过敏 過敏 素食 忌口 停车 停車 住宿 接送 会员 會員 尺码 尺碼 性别 用餐 餐食 晚宴 午餐 알레르기
		채식 주차 숙박 식사 회원 성별 사이즈 אלרגי צמחוני חניה כשר حساسية نباتي موقف إقامة`)

	// beforePhrases are of other times.
	beforePhrases = ownPhrasesOf(`erstteilnahme|first time|first timer|first visit|first event|1st time|newcomer|new guest|
		new attendee|returning|repeat guest|repeat attendee|attended before|been before|been here before|came before|come before|
		attended previous|attended previously|previously attended|previous attendee|previous attendance|past attendee|
		past attendance|past guest|attended last|last year|last time|attended in|attended 2019|attended 2020|attended 2021|
		attended 2022|attended 2023|attended 2024|attended 2025|ever attended|years attended|times attended|attended times|
		zum ersten mal|erstes mal|erstbesuch|erstbesucher|ersten besuch|bereits teilgenommen|schon einmal|schon mal|letztes jahr|
		im vorjahr|vorjahr|wiederholer|première fois|déjà participé|déjà venu|année dernière|l année dernière|primera vez|
		ya asistió|ha asistido antes|año pasado|prima volta|già partecipato|anno scorso|primeira vez|já participou|ano passado|
		eerste keer|eerder deelgenomen|vorig jaar|första gången|första gång|förra året|første gang|sidste år|i fjor|
		ensimmäinen kerta|ensimmäistä kertaa|viime vuonna|pierwszy raz|w zeszłym roku|poprvé|první účast|vloni|loni|először|tavaly|
		prima oară|prima dată|anul trecut|prvi put|впервые|в первый раз|первый раз|в прошлом году|вперше|πρώτη φορά|ilk kez|
		ilk defa|last attended|events attended|previous events|past events|zuletzt teilgenommen|frühere teilnahmen|
		dernière participation|joined group|member since|have you been`)

	// consentTopics begin words of headers of other permissions.
	consentTopics = wordset.List(`photo foto video film fotograf bildrecht bildaufn aufnahme aufzeichn recording recorded imagen
		image droitsimage immagin filmat fotoerlaub fotogenehm publicity likeness whatsapp waiver haftung disclaimer droitàlimage
		cookie зйомк съемк фото видео zdjęc wizerun valokuv kuvaus fénykép fotóz`)
	consentTopicWords = wordset.Words(`sms media bild bilder bildrechte pictures picture terms nda agb cgu cgv nutzungsbedingungen
		hausordnung houserules conduct texts phonecalls phone telefon téléphone telefono telefone livestream stream recording t&c
		tos calls calling anrufe anrufen telefonieren reminders`)
	consentSigns = strings.Fields(`l'image l’image 写真 撮影 照片 拍照 攝影 摄影 사진 촬영 צילום תצלום تصوير`)
)

// ownPhrasesOf are phrases between bars as words with single blanks between and around them.
func ownPhrasesOf(texts string) (list []string) {
	for text := range strings.SplitSeq(texts, "|") {
		list = append(list, " "+strings.Join(headers.Words(strings.TrimSpace(text)), " ")+" ")
	}
	return list
}

var (
	otherDays = wordset.Words(`login activity seen visit visited order ordered purchase purchased invoice created create added
		modified changed updated update edited edit import imported synced contact contacted call called meeting opened clicked
		reminder reminded arrival arrive departure start started begin beginn since seit depuis desde dal sinds sedan siden joined
		join signup registered registration booked booking donation donated gift graduation wedding hired hire training trained
		vaccinated passport visa renewal renewed replied reply response answer answered timestamp time zeit uhrzeit heure hora ora
		tijd tid godzina čas idő время first bestellt bestellung erstellt angelegt geändert aktualisiert kontakt anruf besuch
		letzter eintritt angemeldet anmeldung ankunft anreise abreise création créé modifié arrivée départ entrée inscription
		naissance nacimiento alta creación llegada salida nascita iscrizione arrivo partenza nascimento chegada geboorte aankomst
		vertrek född fødsel ankomst avreise syntymä urodzenia przyjazd narození příjezd születés érkezés naștere sosire rođenja
		рождения приезд народження doğum`)
	otherDayStems = wordset.List(`birth geburt born naiss nasc nacim fødsel syntym urodz naroz szulet nașt rođen рожд народж
		birthday anniv jubil`)
	endWords = wordset.Words(`until till til ends ended end ending expires expired expiry expiration bis ende endet beendet jusquà
		jusquau fin hasta vence caduca fino fine scadenza até fim validade tot einde eindigt t.o.m. slut slutar upphör indtil
		udløber utløper slutt päättyy asti loppu koniec wygasa konec končí vége lejár până sfârșit kraj vrijedi до окончание конец
		истекает кінець λήξη bitiş 終了日 期限 截止 만료일`)
	lastWords = wordset.Words(`last final letzter letzte letztes dernier dernière último última laatste sista siste sidste
		viimeinen ostatni poslední utolsó zadnji последний останній τελευταία son`)
	dayWords = wordset.Words(`data fecha дата dátum päivämäärä ημερομηνία tarih tarihi 日付 日期 날짜 day date tag jour día giorno dag
		dato päivä dzień den nap zi dan день ημέρα gün`)
	belongingWords = wordset.Words(`member membership members mitglied mitgliedschaft mitglieds membre adhésion adhérent socio
		socia socios membro lid lidmaatschap medlem medlemskap medlemskab jäsen jäsenyys członek członkostwo člen členství členstvo
		tag tagság membru član членство член μέλος üyelik contract vertrag vertrags contrat contrato contratto kontrakt umowa
		smlouva szerződés договор employment employed work working beschäftigt beschäftigung angestellt arbeitstag travail trabajo
		lavoro valid validity gültig valable válido geldig active aktiv subscription abo abonnement abonné of the at on in der des
		am zum du le la de del da`)
	askingReasons = wordset.Words(`why ok warum weshalb pourquoi perché waarom varför hvorfor miért proč prečo почему чому neden
		miksi dlaczego zašto γιατί`)
	owedWords = wordset.Words(`open due owed owing outstanding unpaid overdue offen offene offener offenes ausstehend ausstehende
		fällig restant restante dû impayé pendiente pendente adeudado dovuto insoluto aperto openstaand openstaande verschuldigd
		utestående obetalt obetald ubetalt skyldig avoin maksamatta zaległa zaległość należna dlužná nezaplacená`)
	amountWords = wordset.Words(`posten items invoices rechnungen balance amount sum total fee fees dues saldo betrag beitrag summe
		rest montant solde cotisation somme importe monto cuota importo quota bedrag contributie belopp avgift beløb beløp
		kontingent kwota składka částka příspěvek сумма взнос debt`)
	currencyWords = wordset.Words(`eur euro euros usd gbp chf in sek nok dkk pln czk huf`)
)

var rankWords = wordset.Words(`ab list guestlist invitelist invitationlist liste gästeliste einladungsliste lista listado elenco
		lijst gastenlijst listan gästlista gjesteliste gæsteliste seznam zoznam список priority prio inviteprio invitepriority
		priorität priorité prioridad prioridade priorità prioriteit prioritet priorytet приоритет`)

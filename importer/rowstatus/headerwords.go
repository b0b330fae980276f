package rowstatus

import (
	"strings"

	"guestflow/importer/wordset"
)

// Headers of columns that say of their rows whether they are meant, in the languages of many senders, and parts of such
// headers; as Letters leaves them.
var (
	refusalParts = wordset.List(`invalidemail invalidaddress emailinvalid addressinvalid ungültigeemail ungültigemail
		ungültigeadresse emailungültig adresseungültig waitlistpos waitlistnum waitlistrank waitlistplace waitlistno waitinglistpos
		waitinglistnum wartelistenp wartelistenn warteplatz positionlistedattente lastworkingday lastdayofwork lastdayatwork
		lastdayofemployment letzterarbeitstag dernierjourdetravail ultimodiadetrabajo laatstewerkdag leavingdate leavedate dateleft
		exitdate terminationdate terminatedon employmentend austrittsdatum austrittam ausgetretenam datedesortie fechadesalida
		datauitdienst datadiuscita mergedinto mergedwith mergedto duplicateof zusammengefuhrtmit dublettevon fusionnéavec unsub
		clean_time clean_campaign optout opted_out do_not_mail donotemail donotcontact noemail no_mail noshow cancelledat
		canceledat cancelledon canceledon cancellationdate cancelationdate iscancelled iscanceled refundedat refundedon isrefunded
		isrefund refundamount refundedamount amountrefunded deletedat isdeleted blacklist blocklist suppressed bounce isblocked
		donotallow donotbulk nobulk quarantin blockedat blockedon suspendedat suspendedon bannedat bannedon leftat lefton leftdate
		dateofleaving isvoid voidedat complain_ed spamreport abgemeldet storniertam widerruf werbesperre gesperrt desinscri
		desabonn annulele canceladoel afgemeld geannuleerdop wypisan anulowano disiscri cancellatoil avbokad avanmäld avmeldt
		afmeldt frameldt odhlášen leiratkoz dezabon отпис відпис 配信停止 退订 退訂 수신거부`)
	refusalNames = wordset.Words(`cancelled canceled refunded refund declined deleted void voided bounced blocked unsubscribed
		removed excluded archived deceased storniert abgesagt geloscht annule rembourse cancelado reembolsado geannuleerd
		verwijderd annullato rimborsato anulowany inställd avlyst aflyst peruttu zrušeno törölve anulat otkazano отменен отказ
		iptal キャンセル 取消 已取消 취소 환불 ביטול ملغى duplicate isduplicate duplicated dublette duplikat doublon duplicado waitlist
		iswaitlisted waitlisted onwaitlist test istest testorder testentry testrecord testbooking testregistration testeintrag
		testbestellung balancedue amountdue outstandingbalance outstandingamount amountoutstanding balanceowed amountowed
		amountowing unpaidamount unpaidbalance restbetrag offenerbetrag offensaldo nochoffen resteàpayer montantdû soldedû
		saldopendiente importependiente pendientedepago daversare importodovuto tebetalen openstaand openstaandbedrag restbelopp
		restbeløb restbeløp dozapłaty kzaplacení doplatek disputedamount amountdisputed isdisputed delinquent mahnstufe mahnstatus
		mahnung dunning dunninglevel arrears rückstand beitragsrückstand schulden impayés deuda adeudo insoluti debito achterstand
		dług dluh задолженность`)
	permissionParts = wordset.List(`consent optin opted_in subscribed subscription newsletter marketing gdpr dsgvo rgpd permission
		email_ok mail_ok mayweemail maywecontact einwilligung consentement consentimiento toestemming zgoda consenso consentimento
		samtycke samtykke suostumus souhlas súhlas hozzájárul acordgdpr pristanak soglasje согласие підписка подписка згода
		συναίνεση onayı izin 同意 동의 הסכמה موافقة`)
	permissionNames = wordset.Words(`acord onay`)
	consentParts    = wordset.List(`response reply answer antwort reponse respuesta antwoord resposta rsvp attending attendance
		willattend youattend toattend willcome coming areyougoing confirmed accepted approved zusage zuabsage teilnahme teilnehm
		anwesend kommt nimmtteil presence presente participera asistencia asistira aanwezig komt obecnosc presenza partecipa
		presenca confirmado going ruckmeldung rueckmeldung makeit willyoubethere bewithus seeyouthere desnôtres parminous serastu
		serezvous sehenwiruns nehmensieteil nimmstduteil nehmtihrteil nehmenteil komje komtu komjij bentuerbij benjeerbij cisarai
		cisarete estarásconnosotros vaicomparecer participe participation vient asiste confirma conferma risposta deelname
		confirmacao comparece potwierdzenie odpowiedz udzial partstat svar deltar deltag närvaro kommer tilmeld påmeld anmäld
		osallist vastau ilmoittau účast odpověď válasz részvétel răspuns particip odgovor dolazi dolazak udeležba odziv участ ответ
		відповідь придет присутств απάντηση συμμετοχή παρουσία katılım yanıt geliyor 出欠 参加 参加可否 回答 返信 出席 參加 回复 回覆 是否参加 참석 참가 응답 회신
		הגעה מגיע תשובה الحضور الرد kehadiran thamdự påmeldt tilmeldt osallistuu osallistuminen účastní participare katılıyor
		участие присутствие прийде участь 参加確認 是否參加 是否邀请 是否邀請 招待可否 招待する 초대여부 참석여부`)
	consentNames = wordset.Words(`conf confd cfm cfmd attd rm rückm bestät zugs paid ispaid haspaid fullypaid bezahlt payé pagado
		pagato betaald zapłacone betald betalt maksettu zaplaceno paymentreceived depositpaid feepaid ticketpaid registrationpaid
		paidon paidat datepaid paiddate bezahltam gezahlt zahlungerhalten zahlungeingegangen zahlungseingang anzahlungbezahlt
		payéle paiementreçu règlementreçu acompteversé pagadoel pagorecibido pagatoil pagamentoricevuto pagamentorecebido betaaldop
		betalingontvangen betaltden betalingmodtaget betalingmottatt betalningmottagen wpłataotrzymana platbapřijata registered
		isregistered registeredat registeredon dateregistered angemeldetam inscritle inscriptoel iscrittoil ingeschrevenop
		likelihood probability chanceofcoming wahrscheinlichkeit probabilité probabilidad probabilità waarschijnlijkheid
		attendanceconfirmed emailvalid validemail isvalid valid deliverable emaildeliverable jön plătit оплачено 済 입금`)
	statusParts = wordset.List(`situação situación situazione status state decision outcome estado stato etat approval subscriber
		lifecycle statut tila stav állapot stare stanje статус состояние стан κατάσταση durum ステータス 状態 状況 状态 狀態 상태 סטטוס الحالة
		حالة trạngthái สถานะ`)
	// replyWords are in headers of an answer that is no number of people.
	replyWords = wordset.Words(`rsvp reply response answer invite invited antwort rückmeldung réponse respuesta risposta resposta
		antwoord svar vastaus odpověď odpowiedź válasz răspuns odgovor ответ відповідь απάντηση yanıt`)
	statusNames = wordset.Words(`payment zahlung paiement pago pagamento betaling płatność booking registration anmeldung
		inscription`)
)

// Words of headers that say of a column what it says of its rows, in the languages of many senders, as Letters leaves
// them. A stem is how a word begins.
var (
	refusalStems = wordset.List(`dimission uitschrij exmatr ruckerstatt erstattung excuse excusad frameld perune omluv renunt
		declin cancel refund delet remov unsub deceas exclud exclus withdr regret reject optout spam complain bounc blacklist
		blocklist suppress inactiv disabl archiv terminat resign churn banned verstorb todes sterbe gestorb absag abgesag stornier
		abgemeld abmeld abgelehn ablehn widerruf gekundig kundig austritt ausgetret ausgeschied ausgeschloss ausschluss gesperrt
		geloscht entfernt abwesen verhinder abbestell deced deces annul desist desinscr desabonn supprim rembours decommand
		demission resili fallec defunc muert rechaz anul renunc elimin borrad exclui desuscr reembols devuel falec recusad recusa
		removid descadastr rifiut disdett disdic cancellat rimbors esclus assenz rinunc annull disiscr rimoss overled geannul
		annuler afgemeld afmeld afgezeg afzeg geweiger verwijder uitgeschr opgezeg uitgeslot afwezig avboj avbok avanmal avmal
		avlid avsla aterbud franvar exkluder borttag raderad avregistr uppsagd avmeld avbestil frafald fravar afbud afbest afdod
		afvis aflys slett fjern udmeld utmeld forfall peruut peruttu perunu kuoll hylat poiste kieltayt eronnu zrus odhlas odmit
		odmiet zemrel zomrel umrt nepritom vyrazen vyraden smazan zmazan stornov anulow rezygn odwol odmow odrzuc zmarl zgon
		nieobec usunie wypis skresl lemond torol elutasit elhuny halal kizar kilep hianyz visszamond leiratk refus refuz sters retras
		otkaz odbij odjav preminu umrl umro odsut odsot iskljuc izbris odpoved zavrn отмен отказ отклон удал умер смерт отпис
		исключ выбыл возврат отсутств скасов відмов відхил помер видал вибув відсут почин анул ακυρ απορρ απεβ θανατ διαγρ απουσ
		αρνησ iptal redded reddet vefat olum silin ayril atsauk atsisak mire miru pasalin nedalyv atcel atteic atteik miris dzest
		tuhist loobu eemald kustut keeldu ملغ الغاء اعتذ متوف محذوف ביטול בוטל מבוטל סירב סירוב נפטר הוסר batal tolak meninggal`)
	refusalWords = wordset.Words(`unassigned invalid ungültig dnc void assente assenti voided absent absence absences absenz
		abwesend died death dead exclude excluding skip ignore omit lapsed departed suspended banned blocked quarantined storno
		baja ausencia ausente obito mort morts morte deces dod doden ret iade zwrot noshow disinvited uninvited ausgeladen rip dnd
		dne dnm`)
	// refusalSigns are in languages without blanks between words.
	refusalSigns = wordset.List(`キャンセル 欠席 辞退 取消 退会 死亡 逝去 削除 除外 不参加 缺席 拒绝 拒絕 去世 已故 退订 删除 排除 不參加 退出 취소 불참 거절 사망 탈퇴 삭제 제외 ยกเลิก
		ปฏิเสธ เสียชีวิต`)

	// comingStems are of questions whether a guest comes.
	comingStems = wordset.List(`inviter invitar invitare inviteren uitnodig zapros приглас venez komst attend joining rsvp particip
		anwesend eingelad einladung invited invitation uitnod uitgenod invitad convidad zaprosz pozva meghiv kutsut inbjud indbud
		приглаш запрош davet προσκ teilnehm zusag asist assist obecn nazoc prisot hadir kehadir dalyv piedal osale`)
	comingWords = wordset.Words(`bjud pozvat kutsutaan osvrt join joins attends present presente presentes dabei kommst kommen
		venir viens vienes viene vendras vendra vem virá komt kommer tuletko tuleeko tuletteko tulevatko pääsetkö pääseekö
		pääsettekö osallistuuko osallistutko přijde jössz gelir придете прийдете invite invites einladen inviter invitar convidar
		invitare uitnodigen deltager deltagere 出席 参加 參加 参列 招待 邀请 邀請 초대 참석 참가 viendrez viendras będziesz przyjdziesz przyjdzie
		przyjdą weźmiesz eljössz eljön jöttök eljöttök přijdeš přijdete dorazíš dorazíte prídeš prídete zúčastníš придешь приедете
		прийдеш vei veți doći dođeš dođete έρθεις έρθετε gelecek katılacak gelecekmisin 出席できますか dálygóð mæting mætir kemur`)

	// chosenWords say that a row is to be taken, where a header has nothing else: "Send invite", "Include", "OK to email".
	chosenWords = wordset.Words(`send sending include included includes keep use active aktiv actif activo activa attivo attiva
		ativo ativa actief aktywny aktywna aktivní aktívny activ aktivan aktivno aktif aktiivinen активен активный активна активний
		ενεργός 有効 活跃 활성 enabled enable mailing mailings emailing contactable mailable emailable contact email mail mailen
		anschreiben schicken senden versenden contacter envoyer enviar inviare mandare versturen sturen skicka sende lähetä wysłać
		odeslat küldeni trimite отправить отправлять надіслати gönder selected select chosen approve approved shortlisted shortlist
		einbeziehen berücksichtigen inclure incluir includere opnemen ok okay allowed allow erlaubt autorisé permitido valid final
		finalist check tick haken`)
	// askingWords stand beside them.
	askingWords = wordset.Words(`members mitglied mitglieder membre socio lid medlem jäsen członek člen tag membru član is in be we
		i you us it can may could should shall will to for the a an of on this that them him her guest guests person contact user
		account member list invite invites invitation invitations email emails e mail mails message messages yes no y n ja nein oui
		non si please flag status soll darf dürfen wir ihn sie bitte per la le les peut peuvent nous mag mogen wij que se via by
		letter post kan vi må få`)
	stageWords = wordset.Words(`stan stanu stage phase etape fase etapa aşama этап этапа deliverability delivery zustellung`)

	// besideWords make another thing of the words above.
	besideWords = wordset.Words(`policy policies insurance fee fees terms conditions condition deadline protection clause charge
		charges window rule rules exclusive exclusives exclusively exclusivity exklusiv exclusif exclusivo esclusivo esclusiva
		exclusiva versicherung gebühr gebühren frist bedingungen richtlinie richtlinien assurance frais délai seguro política plazo
		assicurazione verzekering voorwaarden villkor försäkring forsikring ubezpieczenie страховка delivery_address address
		adresse adres phone tel telephone height gift gifts code number ordinal halal assistance assistant assistants handed`)
	// topicWords make another thing of a question whether a guest comes: "Attendee notes", "Invitation type".
	topicWords = wordset.Words(`note notes comment comments remark remarks bemerkung bemerkungen kommentar commentaire notiz
		notizen nota notas opmerking uwagi name names nom nombre nome naam company organisation organization firma title role badge
		type typ category kategorie table tisch id uuid count job position code group tier price amount number nr gift email mail
		phone since by von door par 備考 名 メモ 备注 비고`)
	linkWords = wordset.Words(`link links url urls lien enlace href uri`)

	answerLetters = wordset.Words(`ad ar yn jn sn on tn za ny ac zuab`)
	invitedWords  = keys(`invited|not invited|uninvited|eingeladen|invité|invitée|invitado|invitada|uitgenodigd|invitato|invitata|
		convidado|zaproszony|zaproszona|inbjuden|invitert|inviteret|kutsuttu|pozván|meghívott|invitat|приглашен|приглашена|
		запрошено|davet edildi|interested|reserved|keine`)
	// regionNames are headers of a state that is a part of a country.
	regionNames = wordset.Words(`state estado stato stateprovince provincestate bundesland stan`)
	// harmlessStates are states that are no answer, as headers.
	harmlessStates = keys(`free|complimentary|comp|gratis|sent|delivered|processed|settled|given|explicit|obtained|purchased|
		ticketed|ok to go`)
)

// isSignScript reports whether a text has letters of a language without blanks between words.
func isSignScript(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x0E00 && r < 0x0E80 || r >= 0x3040 && r < 0xD7B0 })
}

var (
	// recordWords end headers of what is noted beside an answer.
	recordWords = wordset.Words(`id ids uuid guid ip code nr number num ref reference token hash key language locale sprache langue
		idioma lingua taal språk sprog kieli język jazyk jezik limba nyelv язык мова γλώσσα dil 言語 语言 fee gebühr frais with mit
		avec con com med z s с comment comments kommentar commentaire comentario commento opmerking note notes notiz notizen notas
		deadline frist by count history rate to from source manager level limit currency maker seats rank`)
	stateWords      = wordset.Words(`status state statut stato estado stav stan tila`)
	otherStateWords = wordset.Words(`job military work occupation professional marital civil relationship employment student visa
		vaccination immigration citizenship residence residency tax health veteran disability flyer smoking dietary parking housing
		passport tenure insurance family familien beschäftigung aufenthalt impf steuer vaccinal matrimonial familial province
		provinz provincia region county billing shipping mailing home address country us birth`)
	// newsParts are of mail that is sent to many and invites to nothing.
	newsParts = wordset.List(`newsletter marketing mailinglist infolettre lettredinformation boletín rundbrief nieuwsbrief
		nyhetsbrev nyhedsbrev uutiskirje newslettera zpravodaj hírlevél рассылк розсилк новостн bülten ニュースレター メルマガ 通讯 뉴스레터
		promotion promotional productupdates`)
	protectionWords = wordset.Words(`gdpr dsgvo rgpd permission permissions`)
	signedWords     = wordset.Words(`approved confirmed accepted cleared signed ok okay okayed authorised authorized released
		genehmigt freigegeben bestätigt abgezeichnet approuvé validé confirmé aprobado autorizado confirmado approvato autorizzato
		confermato aprovado goedgekeurd akkoord bevestigd godkänd godkjent godkendt hyväksynyt zatwierdził zatwierdzone schválil
		schváleno jóváhagyta aprobat odobrio утвердил одобрил одобрено затвердив onaylayan`)
	byWords     = wordset.Words(`by von durch par por da door av af przez`)
	colourWords = wordset.Words(`colour color colours colors code farbe farben couleur colore cor kleur färg farge farve väri kolor
		barva farba szín culoare boja цвет колір χρώμα renk 色 颜色 顏色 색 traffic light lights rag ampel ampelstatus feu semáforo
		stoplicht trafikljus trafikklys liikennevalo światło semafor светофор светофора mark marker markierung`)
	codeNames = wordset.Words(`code kz kennz kennzeichen flag mark st stat s r k a c f`)
	// paidWords are of payments, and notOwed is written where there is none to make.
	// colourAnswers are answers that a pair of colours in a header is none by: “Red/White”.
	colourAnswers = keys(`red|rot|rouge|rojo|rosso|rood|yellow|gelb|jaune|giallo|amarillo|vermelho|röd|punainen|czerwony|красный`)
	// modeWords are of how a guest takes part.
	modeWords = wordset.Words(`person persona persönlich vor présence virtual virtually online remote remotely hybrid livestream
		digital zoom`)
	onlineWords = wordset.Words(`virtual virtually online remote remotely hybrid livestream`)
	// guestKinds are states of a list that are kinds of guests.
	guestKinds = wordset.Of(`vip vips press presse media speaker speakers staff crew sponsor sponsors member members guest guests
		gold silver bronze premium platinum standard regular basic student students partner partners host hosts volunteer
		volunteers exhibitor artist artists friend friends family colleague colleagues gast gäste referent referentin mitglied
		mitglieder ehrengast mitarbeiter invité intervenant socio ponente relatore ospite`)
	paidWords = wordset.Words(`paid payment bezahlt zahlung payé payée paiement pagado pago pagato pagamento betaald betaling
		betald betalt maksettu zapłacone zaplaceno fizetve plătit оплачено`)
	notOwed = keys(`n/a|not applicable|not needed|none needed|not required|entfällt|nicht nötig|nicht erforderlich|sans objet|
		no aplica|non necessario|não aplicável|n.v.t.|ej aktuellt|ikke relevant`)
	// paidParticiples say that something is paid, and duesWords what a member or guest pays.
	paidParticiples = wordset.Words(`settled beglichen paid bezahlt gezahlt payé payée payés réglé réglée pagado pagada pagato
		pagata pago paga betaald betald betalt maksettu zapłacone zapłacona opłacone opłacona zaplaceno zaplacena zaplatené fizetve
		befizetve plătit plătită plaćeno оплачено оплачен сплачено ödendi`)
	duesWords = wordset.Words(`invoice invoices rechnung facture factura fattura faktura dues fee fees membership member members
		subscription contribution beitrag beiträge jahresbeitrag mitgliedsbeitrag mitglied gebühr teilnahmegebühr cotisation
		cotisations adhésion cuota cuotas quota quote iscrizione contributie lidmaatschap avgift medlemsavgift kontingent
		kontingentet jäsenmaksu składka příspěvek příspěvky členský příspevok tagdíj cotizație članarina взнос взносы внесок`)
	// sentWords are of what the sender does, in which all guests are alike before it is done.
	sentWords = wordset.Words(`sent mailed verschickt versendet gesendet versandt envoyé envoyée envoyés enviado enviada inviato
		inviata verzonden verstuurd skickad skickat sendt lähetetty wysłane wysłano odesláno elküldve trimis poslano отправлено
		отправлен надіслано gönderildi 送信済み 已发送 발송`)
	arrivedWords = wordset.Words(`attended admitted scanned erschienen eingecheckt gescannt kontrolliert contrôlé contrôlée scanné
		scannée escaneado controllato gescand skannad skannet`)
	// reasonWords ask for a reason.
	reasonWords = wordset.Words(`reason reasons why grund gründe warum weshalb motif raison pourquoi motivo razón porqué perché
		reden waarom orsak anledning varför årsag hvorfor grunn syy miksi powód dlaczego důvod proč dôvod prečo ok miért motiv
		motivul razlog zašto причина почему чому λόγος γιατί sebep neden 理由 原因 사유 סיבה سبب`)
	// townPeople are guests who come from elsewhere: “out of town guests”.
	townPeople = wordset.Words(`guest guests visitor visitors friend friends family families relative relatives attendee attendees
		client clients colleague colleagues participant participants`)
	availability = keys(`not available|unavailable|no longer available|nicht verfügbar|pas disponible|pas disponibles|indisponible|
		no disponible|non disponible|não disponível|indisponível|niet beschikbaar|er niet bij`)
)

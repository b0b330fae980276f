package rowstatus

import (
	"guestflow/importer/wordset"
)

// Headers of columns that say of their rows whether they are meant, in the languages of many senders, and parts of such
// headers; as Letters leaves them.
var (
	refusalParts = wordset.List(`invalidemail invalidaddress emailinvalid addressinvalid ungültigeemail
		ungültigemail ungültigeadresse emailungültig adresseungültig waitlistpos waitlistnum waitlistrank
		waitlistplace waitlistno waitinglistpos
		waitinglistnum wartelistenp wartelistenn warteplatz positionlistedattente lastworkingday lastdayofwork lastdayatwork
		lastdayofemployment letzterarbeitstag dernierjourdetravail ultimodiadetrabajo laatstewerkdag leavingdate leavedate
		dateleft exitdate terminationdate terminatedon employmentend austrittsdatum austrittam ausgetretenam datedesortie
		fechadesalida datauitdienst datadiuscita mergedinto mergedwith mergedto duplicateof zusammengefuhrtmit dublettevon
		fusionnéavec unsub clean_time clean_campaign optout opted_out do_not_mail donotemail donotcontact noemail no_mail
		noshow cancelledat canceledat cancelledon canceledon cancellationdate cancelationdate iscancelled iscanceled
		refundedat refundedon isrefunded isrefund refundamount refundedamount amountrefunded deletedat isdeleted blacklist
		blocklist suppressed bounce isblocked donotallow donotbulk nobulk quarantin blockedat blockedon suspendedat
		suspendedon bannedat bannedon dateleft leftat lefton leftdate leavedate leavingdate dateofleaving isvoid voidedat
		complain_ed spamreport abgemeldet storniertam widerruf werbesperre gesperrt desinscri desabonn annulele canceladoel
		afgemeld geannuleerdop wypisan anulowano disiscri cancellatoil avbokad avanmäld avmeldt afmeldt frameldt odhlášen
		leiratkoz dezabon отпис відпис 配信停止 退订 退訂 수신거부`)
	refusalNames = wordset.Words(`cancelled canceled refunded refund declined deleted void voided bounced blocked
		unsubscribed removed excluded archived deceased storniert abgesagt geloscht annule rembourse cancelado reembolsado
		geannuleerd verwijderd annullato rimborsato anulowany inställd avlyst aflyst peruttu zrušeno törölve anulat otkazano
		отменен отказ iptal キャンセル 取消 已取消 취소 환불 ביטול ملغى
		duplicate isduplicate duplicated dublette duplikat doublon duplicado waitlist iswaitlisted waitlisted
		onwaitlist test istest testorder testentry testrecord testbooking testregistration testeintrag
		testbestellung balancedue amountdue outstandingbalance outstandingamount amountoutstanding balanceowed
		amountowed amountowing unpaidamount unpaidbalance restbetrag offenerbetrag offensaldo nochoffen resteàpayer
		montantdû soldedû saldopendiente importependiente pendientedepago daversare importodovuto tebetalen
		openstaand openstaandbedrag restbelopp restbeløb restbeløp dozapłaty kzaplacení doplatek disputedamount
		amountdisputed isdisputed delinquent mahnstufe mahnstatus mahnung dunning dunninglevel arrears rückstand
		beitragsrückstand schulden impayés deuda adeudo insoluti debito achterstand dług dluh задолженность`)
	permissionParts = wordset.List(`consent optin opted_in subscribed subscription newsletter marketing gdpr dsgvo rgpd
		permission email_ok mail_ok mayweemail maywecontact einwilligung consentement consentimiento toestemming zgoda
		consenso consentimento samtycke samtykke suostumus souhlas súhlas hozzájárul acordgdpr pristanak soglasje согласие
		підписка подписка згода συναίνεση onayı izin 同意 동의 הסכמה موافقة`)
	permissionNames = wordset.Words(`acord onay`)
	consentParts    = wordset.List(`response reply answer antwort reponse respuesta antwoord resposta rsvp attending
		attendance willattend youattend toattend willcome coming areyougoing confirmed accepted approved zusage zuabsage
		teilnahme teilnehm anwesend kommt nimmtteil presence presente participera asistencia asistira aanwezig komt obecnosc
		presenza partecipa presenca confirmado going ruckmeldung rueckmeldung makeit willyoubethere bewithus
		seeyouthere desnôtres parminous serastu serezvous sehenwiruns nehmensieteil nimmstduteil nehmtihrteil
		nehmenteil komje komtu komjij bentuerbij benjeerbij cisarai cisarete estarásconnosotros vaicomparecer
		participe participation vient asiste confirma
		conferma risposta deelname confirmacao comparece potwierdzenie odpowiedz udzial partstat
		svar deltar deltag närvaro kommer tilmeld påmeld anmäld osallist vastau ilmoittau účast odpověď odpoveď válasz
		részvétel răspuns particip odgovor dolazi dolazak udeležba odziv участ ответ відповідь придет придёт присутств
		απάντηση συμμετοχή παρουσία katılım yanıt geliyor 出欠 参加 参加可否 回答 返信 出席 參加 回复 回覆 是否参加 참석 참가 응답 회신 הגעה מגיע תשובה
		الحضور الرد kehadiran thamdự
		svar påmeldt tilmeldt deltar närvaro osallistuu osallistuminen účast účastní részvétel participare katılım katılıyor
		συμμετοχή придет участие присутствие прийде участь الحضور מגיע הגעה 出欠 出席 参加可否 参加確認 是否参加 是否參加 是否邀请 是否邀請 招待可否 招待する 초대여부
		回复 回覆 참석여부 참석 회신`)
	consentNames = wordset.Words(`conf confd cfm cfmd attd rm rückm bestät zugs paid ispaid haspaid fullypaid
		bezahlt payé pagado pagato betaald zapłacone betald betalt
		maksettu zaplaceno paymentreceived depositpaid feepaid ticketpaid registrationpaid paidon paidat datepaid paiddate bezahltam
		gezahlt zahlungerhalten zahlungeingegangen zahlungseingang anzahlungbezahlt payéle paiementreçu
		règlementreçu acompteversé pagadoel pagorecibido pagatoil pagamentoricevuto pagamentorecebido betaaldop
		betalingontvangen betaltden betalingmodtaget betalingmottatt betalningmottagen wpłataotrzymana platbapřijata
		registered isregistered registeredat registeredon dateregistered angemeldetam inscritle inscriptoel
		iscrittoil ingeschrevenop likelihood probability chanceofcoming wahrscheinlichkeit probabilité probabilidad
		probabilità waarschijnlijkheid attendanceconfirmed
		emailvalid validemail isvalid valid deliverable emaildeliverable jön plătit оплачено 済 입금`)
	statusParts = wordset.List(`situação situación situazione status state decision outcome estado stato etat
		approval subscriber lifecycle statut tila
		stav állapot stare stanje статус состояние стан κατάσταση durum ステータス 状態 状況 状态 狀態 상태 סטטוס الحالة حالة trạngthái
		สถานะ`)
	// replyWords are in headers of an answer that is no number of people.
	replyWords = wordset.Words(`rsvp reply response answer invite invited antwort rückmeldung réponse respuesta risposta
		resposta antwoord svar vastaus odpověď odpowiedź válasz răspuns odgovor ответ відповідь απάντηση yanıt`)
	statusNames = wordset.Words(`payment zahlung paiement pago pagamento betaling płatność booking registration anmeldung
		inscription`)
)

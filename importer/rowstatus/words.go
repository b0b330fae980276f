package rowstatus

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// This file has the words by which a column says of its rows whether they are meant, in the languages of many senders.
// They are compared by letters and digits, without accents, so "opt-out", "Opted out" and "OPT_OUT" are as they are read.

// wordClass is what a word says of its row.
type wordClass byte

const (
	unknownWord  wordClass = iota
	excludedWord           // not meant, whatever the column is called
	doubtfulWord           // perhaps not meant, in a column of a state or an answer; it has no other use
	negativeWord           // no, in a column of a state or an answer
	agreedWord             // meant: a guest has agreed to come
	fineWord               // meant: a state in which nothing is wrong
	yesWord                // yes
)

// wordClasses has the class of each known word, by its letters and digits.
var wordClasses = classify(map[wordClass]string{
	excludedWord: `ausgetreten|ist ausgetreten|resigned membership|membership cancelled|membership ended|membership lapsed|
		no longer a member|no longer member|not a member anymore|mitgliedschaft beendet|mitgliedschaft gekündigt|kein mitglied mehr|
		démissionnaire|plus membre|ex membre|ya no es socio|non più socio|geen lid meer|utträdd|utmeldt|udmeldt|eronnut|
		nie jest członkiem|kilépett|cancelled|canceled|cancelled by organiser|cancelled by organizer|canceled by organizer|
		order cancelled|order canceled|wc-cancelled|refunded|wc-refunded|fully refunded|partially refunded|partial refund|
		refund requested|chargeback|charged back|declined|not attending|not going|not coming|unsubscribed|opted out|opt-out|
		do not email|do not contact|regrets|no show|voided|blacklisted|blocklisted|hard bounce|hard bounced|won't attend|
		cannot attend|can't attend|will not attend|can't come|can't make it|won't come|will not come|attending: no|rsvp: no|
		storniert|abgesagt|abgelehnt|abgemeldet|erstattet|nimmt nicht teil|kommt nicht|zurückgezogen|annulé|annulée|remboursé|
		remboursée|refusé|refusée|désinscrit|désabonné|ne participe pas|ne vient pas|cancelado|cancelada|reembolsado|reembolsada|
		rechazado|rechazada|no asiste|no asistirá|dado de baja|geannuleerd|terugbetaald|afgewezen|afgemeld|komt niet|uitgeschreven|
		anulowane|anulowany|anulowana|zwrócone|odrzucone|odrzucony|wypisany|annullato|annullata|rimborsato|rimborsata|rifiutato|
		rifiutata|non partecipa|disiscritto|recusado|recusada|não vai|cancelled by user|canceled by user|cancelled by guest|
		cancelled by attendee|cancellation|withdrew|turned down|opted out of email|do not mail|don't contact|unsub|hard bounce 550|
		spam complaint|erased|deceased|not participating|unable to attend|regretfully declined|declines|rejected by host|
		stornierung|storno|abbestellt|abgesagt kunde|verstorben|zurückgewiesen|keine teilnahme|annulation|décliné|déclinée|
		absent excusé|décommandé|désabonnée|désinscrite|anulado|anulada|declinado|declinada|no acude|no viene|desuscrito|devuelto|
		annulering|geweigerd|niet aanwezig|annullamento|declinato|declinata|non viene|cancelou|recusou|não comparece|não vem|
		anulował|anulowała|odmówił|odmówiła|nie przyjdzie|nie weźmie udziału|zwrot|rezygnacja|avbokad|avbokat|avanmäld|avanmält|
		inställd|inställt|återbetald|återbetalt|avböjt|tackat nej|kommer inte|deltar inte|avregistrerad|avlyst|avmeldt|avbestilt|
		avslått|takket nei|kommer ikke|deltar ikke|refundert|aflyst|afmeldt|afbestilt|afvist|refunderet|takket nej|deltager ikke|
		peruttu|peruutettu|perunut|hylätty|hyvitetty|palautettu|ei osallistu|ei tule|kieltäytynyt|zrušeno|zrušen|zrušena|zrušené|
		zrušený|odmítnuto|odmítl|odmítla|odhlášen|odhlášena|odmietnuté|odhlásený|nepřijde|neprídem|nezúčastní se|vráceno|lemondta|
		lemondva|lemondott|törölve|törölt|elutasítva|elutasította|leiratkozott|visszatérítve|nem jön|nem vesz részt|anulat|anulată|
		refuzat|refuzată|nu vine|nu participă|rambursat|dezabonat|otkazano|otkazao|otkazala|odbijeno|odbio|odbila|ne dolazi|
		odpovedano|zavrnjeno|отменен|отменена|отменено|отмена|отказ|отказался|отказалась|отклонен|отклонена|отклонено|возврат|
		возвращен|отписан|отписался|отписалась|не придет|не участвует|не приду|скасовано|скасований|скасована|відмова|відмовився|
		відмовилась|відхилено|не прийде|повернення|відписано|отказано|ακυρώθηκε|ακυρωμένο|ακυρωμένη|ακύρωση|απορρίφθηκε|αρνήθηκε|
		δεν θα έρθει|διαγράφηκε|iptal|iptal edildi|iptal etti|reddedildi|reddetti|katılmıyor|katılmayacak|gelmiyor|gelmeyecek|
		iade edildi|abonelikten çıktı|キャンセル|キャンセル済|キャンセル済み|取消|取り消し|欠席|不参加|辞退|返金済み|配信停止|退会|お断り|已取消|已拒绝|已拒絕|拒绝|拒絕|谢绝|婉拒|不參加|不出席|缺席|
		已退款|退款|已退订|退订|已退訂|退訂|취소|취소됨|취소완료|불참|거절|거절됨|환불|환불완료|수신거부|참석불가|בוטל|בוטלה|מבוטל|מבוטלת|ביטל|ביטלה|סירב|סירבה|לא מגיע|לא מגיעה|
		לא מגיעים|הוסר|הוסרה|ملغى|ملغي|ملغاة|تم الإلغاء|مرفوض|رفض|اعتذر|اعتذرت|لن يحضر|لن تحضر|غائب|ألغى الاشتراك|đã hủy|từ chối|
		không tham dự|dibatalkan|ditolak|tidak hadir|ยกเลิก|ปฏิเสธ|ไม่เข้าร่วม|kommer ej|afbud|avbud|stornováno|nepríde|
		visszamondta|возвращено|повернено|مسترد|הוחזר|נדחה|已退票|환불됨|regretfully declines|declines with regret|declined with regret|
		declined with regrets|declines with pleasure|sends regrets|regretfully decline|sent regrets|apologies|sent apologies|
		sends apologies|apologies received|apology|passed away|dead|died|rip|dnc|do not invite|do not send|don't invite|don't email|
		no longer with company|left company|left the company|unsubscribed from all|revoked|consent revoked|no shows|cancellations|
		declined invitation|replied no|said no|ticket cancelled|cancelled ticket|cancelled order|nicht einladen|nicht anschreiben|
		nicht mehr anschreiben|kommen nicht|ausgeladen|gestorben|décédé|décédée|ne viennent pas|ne pas inviter|no invitar|fallecido|
		fallecida|no vienen|non invitare|deceduto|deceduta|falecido|falecida|overleden|avliden|kuollut|zmarł|zmarła|zemřel|zemřela|
		zomrel|elhunyt|meghalt|decedat|decedată|preminuo|preminula|umrl|умер|умерла|скончался|отказан|отказана|помер|померла|
		απεβίωσε|vefat etti|vefat|死亡|逝去|故人|已故|去世|사망|נפטר|נפטרה|متوفى|đã mất|meninggal|atšaukta|atšauktas|atsisakė|nedalyvaus|
		neateis|atcelts|atcelta|atteicās|nepiedalīsies|tühistatud|loobus|keeldus|ei osale|откажано|одбиено|anuluar|refuzuar|لغو شده|
		انصراف|forfall|meldt forfall|afþakkað|mætir ekki|hætt við|blacklist|denylist|schwarze liste|liste noire|lista negra|
		lista nera|zwarte lijst|svart lista|svartliste|czarna lista|черный список|чорний список|黑名单|黑名單|ブラックリスト|블랙리스트|kara liste|
		no assisteix|cancel·lat|rebutjat|रद्द|अस्वीकृत|ei tulossa|not coming after all|will not be attending|en pääse|en tule|
		en osallistu|emme tule|emme pääse|不会|不會|不去|不克出席|恕不出席|can't go|won't be there`,
	doubtfulWord: `pending|pending approval|pending payment|awaiting payment|awaiting approval|waiting|waitlist|waitlisted|
		waiting list|on hold|wc-pending|wc-on-hold|wc-failed|unpaid|overdue|expired|failed|abandoned|incomplete|invalid|void|
		inactive|disabled|deleted|removed|trashed|trash|spam|blocked|bounced|cleaned|suppressed|excluded|rejected|denied|refused|
		reject|decline|cancel|refund|transferred|reserved|draft|tentative|undecided|unconfirmed|awaiting reply|awaiting response|
		never subscribed|non-subscribed|unsubscribe|non-marketing contact|regret|withdrawn|absent|abwesend|absage|unsicher|
		ausstehend|unbezahlt|warteliste|vielleicht|gelöscht|abgelaufen|ungültig|nicht bestätigt|keine antwort|en attente|
		liste d'attente|peut-être|supprimé|expiré|impayé|pendiente|lista de espera|quizás|quizá|eliminado|caducado|impagado|
		in afwachting|wachtlijst|misschien|verwijderd|verlopen|niet betaald|oczekujące|oczekuje|lista rezerwowa|może|usunięty|
		in attesa|lista d'attesa|disdetto|disdetta|forse|eliminato|scaduto|pendente|talvez|invited|not invited|not sent|unsent|
		needs action|no response|no reply|not responded|not yet responded|unanswered|not answered|interested|not interested|
		unverified|uninvited|undeliverable|soft bounce|soft bounced|complained|complaint|blocked by user|opt out pending|awaiting|
		awaiting confirmation|awaiting rsvp|not confirmed|not approved|not registered|not paid|pending review|pending confirmation|
		waiting for approval|in review|under review|payment failed|partially paid|queued|hold|lapsed|dropped out|no answer|
		abstained|eingeladen|nicht eingeladen|keine rückmeldung|keine|noch offen|wartend|unbestätigt|in bearbeitung|gesperrt|
		ohne antwort|evtl|eventuell|invité|invitée|sans réponse|pas de réponse|non confirmé|non payé|liste attente|en cours|absente|
		invitado|invitada|sin respuesta|no confirmado|no pagado|en espera|ausente|borrado|uitgenodigd|geen antwoord|niet bevestigd|
		afwezig|invitato|invitata|nessuna risposta|non pagato|assente|convidado|sem resposta|não confirmado|não pago|em espera|
		zaproszony|zaproszona|brak odpowiedzi|niepotwierdzone|nieopłacone|nieobecny|inbjuden|ej svarat|inget svar|obekräftad|kanske|
		frånvarande|väntelista|obetald|invitert|ikke svart|ubekreftet|fraværende|venteliste|ubetalt|inviteret|intet svar|måske|
		kutsuttu|ei vastausta|ehkä|poissa|odottaa|jonossa|pozván|bez odpovědi|možná|nezaplaceno|náhradník|čeká|čekající|meghívott|
		nincs válasz|talán|várólista|függőben|fizetetlen|invitat|fără răspuns|poate|neplătit|în așteptare|bez odgovora|možda|
		na čekanju|ожидает|ожидание|в ожидании|лист ожидания|возможно|не оплачено|приглашен|приглашена|без ответа|не подтвержден|
		не подтверждена|черновик|очікує|можливо|запрошено|не сплачено|εκκρεμεί|ίσως|αναμονή|απλήρωτο|beklemede|bekliyor|
		bekleme listesi|belki|davet edildi|ödenmedi|cevapsız|未定|保留|未回答|未返信|未払い|キャンセル待ち|調整中|△|待定|待确认|待確認|候补|候補|未回复|未回覆|未付款|等待中|未确认|
		미정|대기|대기중|미응답|미입금|보류|ממתין|ממתינה|אולי|רשימת המתנה|לא שולם|معلق|قيد الانتظار|ربما|قائمة الانتظار|غير مدفوع|menunggu|mungkin|
		đang chờ|có thể|รอ|väntar|venter|kanskje|čaká|čakacia listina|možno|σε αναμονή|может быть|検討中|待審核|待审核|未支付|미결제|lost|
		closed lost|churned|dormant|former|ex member|former member|not selected|not shortlisted|unselected|disqualified|unqualified|
		no longer interested|standby|nachrücker|reserveliste|reserve list|laukia|laukiama|gaida|ootel|unlikely|not likely|
		probably not|improbable|unwahrscheinlich|eher nicht|eher nein|wohl nicht|peu probable|poco probable|improbabile|
		pouco provável|onwaarschijnlijk|osannolikt|usannsynlig|usandsynlig|epätodennäköinen|mało prawdopodobne|nepravděpodobné|
		puțin probabil|вряд ли|маловероятно|навряд чи|non-marketable|not marketable|unmarketable|non marketing|
		not a marketing contact|terminated|excused|unexcused|entschuldigt|unentschuldigt|excusé|excusée|fehlt|gekündigt|ausgetreten|
		ausgeschieden|beendet|inaktiv|inactif|inactivo|inactiva|inattivo|inattiva|inativo|inativa|inactief|nieaktywny|nieaktywna|
		neaktivní|neaktívny|inactiv|neaktivan|неактивен|неактивный|неактивна|неактивний|pasif|epäaktiivinen|非活跃|無効|비활성|cessato|
		cessata|cessé|cessada|cessado|cesado|cesada|résilié|résiliée|opgezegd|uppsagd|oppsagt|opsagt|irtisanottu|wypowiedziana|
		rozwiązana|ukončeno|ukončená|megszűnt|încetat|расторгнут|расторгнуто|🟡|❓|🤔|outstanding|returned|resold|restocked|ghosted|
		partly paid|part paid|teilweise bezahlt|teilbezahlt|partiellement payé|payment missing|not received|nicht erhalten|
		in progress|not started|i'm out|we're out|count me out|count us out|fifty-fifty|未|未済|未承認|未確認|未完了|未入金|未登録|未参加|未送信|未批准|未完成|
		未报名|未報名|未登记|未入款|未提交|未签到|umgezogen|weggezogen|déménagé|trasferito|verhuisd|flyttat|flyttet|moved away|lost contact|päättynyt|
		rauennut|wygasł|wygasła|wygasło|zaniklo|lejárt|expirat|expirată|istekao|истек|истекло|utgången|utløpt|udløbet|scaduta|
		caducada|vencido|vencida|expirado|expirada|süresi doldu|non renouvelée|non renouvelé|nicht verlängert|not renewed|
		deactivated|deaktiviert|désactivé|désactivée|desactivado|desactivada|disattivato|disattivata|desativado|gedeactiveerd|
		deaktiverad|deaktiveret|deaktivert|dezaktywowany|deaktivovaný|деактивирован|passiv|passive|passif|pasivo|pasiva|passivo|
		passief|pasywny|pasivní|passzív|пассивный|inadimplente|w/l|wtl|pend|ausst.|unbest.|unconf|en retard|en mora|moroso|
		in ritardo|achterstallig|försenad|impagada|neuhrazeno|neuhrazené|zalega|rückständig|im rückstand|in arrears|arrears|
		exmatrikuliert|exmatriculé|ukončené|ukončen|suspendido|suspendida|sospeso|sospesa|suspendu|suspendue|zawieszony|pozastavené|
		приостановлен|в архиве|архив|нет ответа|freigabe ausstehend|no reply yet|none yet|not replied|to be decided|to be confirmed|
		tbc|tbd|tba|undetermined|unsure|not sure|not sure yet|not certain|don't know|don't know yet|can't say yet|depends|
		it depends|will let you know|let you know|rather not|weiß nicht|weiß noch nicht|unklar|fraglich|ungewiss|noch unklar|jein|
		vllt|kommt drauf an|meldet sich noch|meldet sich|je ne sais pas|pas encore sûr|pas sûr|no sé|aún no lo sé|no lo sé|non so|
		non lo so|não sei|weet ik niet|weet niet|vet inte|vet ej|ved ikke|vet ikke|en tiedä|nie wiem|nevím|neviem|nem tudom|nu știu|
		ne znam|не знаю|не знаю пока|δεν ξέρω|bilmiyorum|わからない|不确定|不確定|不知道|모르겠음|לא יודע|لا أعرف|no eticket|cancel requested|
		refund requested by guest`,
	negativeWord: `nobody|no one|niemand|niemanden|personne|nadie|nessuno|ninguém|impossible|unmöglich|imposible|impossibile|
		impossível|onmogelijk|omöjligt|umuligt|niemożliwe|欠|no|n|f|false|0|never|none|nein|falsch|nej|nei|non|faux|nee|onwaar|nie|
		fałsz|não|falso|ne|nem|ei|nu|όχι|нет|не|ні|いいえ|否|不|没有|아니오|아니요|hayır|לא|لا|không|tidak|ไม่|×|✗|✘|❌|✕|❎|👎|🚫|⛔|🙅|🔴|☒|✖|off|
		maybe|offen|nope|nah|nay|ko|nok|not ok|nicht ok|n.i.o.|nicht in ordnung|neither|none of them|none of these|weder noch|
		ni l'un ni l'autre|ninguno|ninguna|nenhum|geen|ingen|żadne|नहीं|しない|ne pas|ikke|inte|unchecked|unticked|not checked|
		nicht angekreuzt|non coché|no way|noooo|noo`,
	agreedWord: `granted|given|obtained|explicit|attending|going|coming|confirmed|accepted|approved|checked in|will attend|present|
		participating|yes please|zusage|zugesagt|bestätigt|angenommen|genehmigt|kommt|nimmt teil|anwesend|confirmé|confirmée|
		accepté|acceptée|approuvé|approuvée|validé|validée|présente|participe|vient|confirmado|confirmada|aceptado|aceptada|
		aprobado|aprobada|asiste|asistirá|bevestigd|geaccepteerd|goedgekeurd|aanwezig|komt|confermato|confermata|accettato|
		accettata|approvato|partecipa|aceito|aceita|aprovado|aprovada|comparece|potwierdzone|potwierdzony|potwierdzona|
		zaakceptowany|zaakceptowane|zatwierdzony|obecny|przyjdzie|bekräftad|godkänd|accepterad|kommer|deltar|bekreftet|godkjent|
		akseptert|bekræftet|godkendt|accepteret|deltager|vahvistettu|hyväksytty|osallistuu|tulee|potvrzeno|potvrzen|potvrzena|
		potvrdené|přijato|schváleno|přijde|zúčastní se|megerősítve|visszaigazolva|elfogadva|jóváhagyva|jön|eljön|confirmat|
		confirmată|acceptat|aprobat|vine|participă|potvrđeno|prihvaćeno|odobreno|dolazi|potrjeno|подтвержден|подтверждена|
		подтверждено|принят|принято|одобрено|одобрен|придет|участвует|підтверджено|прийнято|прийде|схвалено|επιβεβαιώθηκε|
		επιβεβαιωμένο|εγκρίθηκε|αποδέχτηκε|onaylandı|onaylı|kabul edildi|kabul etti|katılıyor|katılacak|geliyor|参加|参加する|出席|承認|承認済み|
		確定|確認済み|已确认|已確認|确认|已接受|接受|已批准|批准|參加|会参加|참석|참가|확정|확인|승인|승인됨|수락|מאושר|מאושרת|אושר|אישר|אישרה|מגיע|מגיעה|مؤكد|مؤكدة|مقبول|
		مقبولة|موافق|سيحضر|ستحضر|đã xác nhận|tham dự|hadir|dikonfirmasi|disetujui|ยืนยันแล้ว|เข้าร่วม|accept|accepts|
		joyfully accepts|accepts with pleasure|accepted with pleasure|gladly accepts|count me in|joining|selected|shortlisted|
		ja gerne|gerne|avec plaisir|con gusto|con piacere|com prazer|graag|gärna|gerne ja|patvirtinta|dalyvaus|apstiprināts|
		piedalīsies|kinnitatud|osaleb|mætir|👍|🟢|🙋|💚|comes|attends|is coming|出|happy to join|happy to attend|happy to come|klar|
		i consent|consented|i agree|i accept|einverstanden|ich bin einverstanden|stimme zu|ich stimme zu|j'accepte|je consens|
		acepto|estoy de acuerdo|accetto|acconsento|concordo|akkoord|ik ga akkoord|ga akkoord|godkänner|jag godkänner|samtycker|
		jag samtycker|samtykker|jeg samtykker|hyväksyn|suostun|zgadzam się|wyrażam zgodę|souhlasím|súhlasím|elfogadom|hozzájárulok|
		sunt de acord|slažem se|pristajem|согласен|согласна|згоден|згодна|συμφωνώ|kabul ediyorum|onaylıyorum|同意|同意する|同意します|동의|동의함|
		동의합니다|ich nehme teil|nehme teil|wir nehmen teil|i'm in|we're in|count us in|i will come|i'll come|we will come|we'll come|
		i'm coming|we're coming|i'll be there|i will be there|we'll be there|we will be there|will be there|i will attend|
		we will attend|i can come|i can make it|would love to come|i'd love to|definitely|absolutely|ich komme|wir kommen|komme|
		komme gerne|ich komme gerne|bin dabei|wir sind dabei|ich bin dabei|je viens|nous venons|je viendrai|nous viendrons|
		je serai là|je serai présent|je serai présente|je participe|voy|sí voy|iré|asistiré|asistiremos|iremos|vengo|veniamo|
		ci sarò|ci saremo|verrò|verremo|partecipo|eu vou|vou|irei|ik kom|wij komen|ik kom graag|jag kommer|vi kommer|jeg kommer|
		tulen|pääsen|osallistun|tulemme|pääsemme|przyjdę|będę|przyjdziemy|będziemy|přijdu|přijdeme|zúčastním se|dorazím|prídem|
		prídeme|eljövök|jövök|ott leszek|megyek|voi veni|voi fi|dolazim|dolazimo|приду|буду|придем|будем|прийду|прийдемо|θα έρθω|
		έρχομαι|geleceğim|katılacağım|geliyorum|katılıyorum|参加します|出席します|行きます|伺います|ご出席|会|会来|我会来|我参加|갑니다|참석합니다|אגיע|נגיע|سأحضر|
		tôi sẽ đến|saya hadir`,
	fineWord: `enabled|aktiviert|activé|activée|activado|activada|attivato|attivata|ativado|paid|completed|complete|valid|gültig|
		valable|valide|vigente|válido|válida|geldig|giltig|gyldig|voimassa|ważny|ważna|ważne|platný|platná|platné|érvényes|valabil|
		valabilă|važeći|действителен|действующий|действует|чинний|ισχύει|geçerli|aktiv|actif|activo|activa|attivo|attiva|ativo|
		ativa|actief|aktywny|aktywna|aktivní|aktívny|aktívna|activ|aktivan|aktif|aktiivinen|активен|активный|активна|активний|
		ενεργός|ενεργό|à jour|al corriente|in regola|em dia|immatrikuliert|eingeschrieben|enrolled|matriculado|matriculada|
		subscribed|registered|ok|booked|sent|delivered|wc-completed|wc-processing|bezahlt|payé|pagado|betaald|opłacone|pagato|free|
		complimentary|comp|gratis|opt in|opted in|verified|deliverable|processed|settled|purchased|ticketed|angemeldet|inscrit|
		inscrite|inscrito|inscrita|aangemeld|iscritto|iscritta|zapisany|anmäld|påmeldt|tilmeldt|ilmoittautunut|přihlášen|przyjęty|
		оплачено|зарегистрирован|зарегистрирована|支払い済み|登録済み|已付款|已报名|已報名|등록|입금완료|ödendi|kayıtlı|שולם|נרשם|مدفوع|مسجل|payée|pagada|
		betalt|betald|zaplaceno|maksettu|fizetve|plătit|processing|fulfilled|unfulfilled|shipped|succeeded|success|successful|
		captured|charged|received|issued|sold|placed|cleared|gebucht|erhalten|eingegangen|versendet|reçu|reçue|encaissé|recibido|
		recibida|cobrado|ricevuto|ricevuta|recebido|recebida|ontvangen|mottatt|modtaget|mottagen|saatu|otrzymano|otrzymane|přijata|
		megérkezett|получено|отримано|受領|済|済み|完了|已完成|已收到|已支付|완료|submitted|signed up|partially fulfilled|partial shipment|
		free of charge|waived|kostenlos|kostenfrei|gratuit|offert|gratuito|gratuita`,
	yesWord: `yes|+|y|true|t|1|x|✓|✔|✅|ja|j|oui|o|si|s|sim|tak|jo|joo|kyllä|ano|igen|da|да|так|ναι|はい|是|有|예|네|evet|כן|نعم|có|ya|ใช่|
		○|◯|〇|◎|on|yep|yup|yeah|हाँ|i.o.|in ordnung|sure|taip|jah|☑|🆗|👌|する|checked|ticked|angekreuzt|angehakt|coché|cochée|marcado|
		spuntato`,
})

// classify takes phrases between bars apart. A phrase of two classes has the one that asks rather.
func classify(phrases map[wordClass]string) map[string]wordClass {
	m := map[string]wordClass{}
	for class := yesWord; class > unknownWord; class-- {
		for phrase := range strings.SplitSeq(phrases[class], "|") {
			m[wordKey(where.Fold(phrase))] = class
		}
	}
	return m
}

// included reports whether a word says that its row is meant.
func (c wordClass) included() bool { return c >= agreedWord }

// notRefusedWords are what a column of refusals has for rows that are meant, beside words that say no.
var notRefusedWords = keys(`null|n/a|subscribed|active|allow|allowed|may|no bounce|not bounced|ok|valid|delivered`)

// negativeWords are words that say it in a sentence, in a column of a state or an answer.
var negativeWords = wordset.Of(`cancelled canceled refunded declined unsubscribed can't cant cannot won't storniert abgesagt
		abgemeldet annulé annulée remboursé désinscrit cancelado cancelada geannuleerd afgemeld anulowane annullato refused
		rejected withdrawn unable absent refusée refusé annulation rechazado afgewezen odrzucone avbokad avlyst aflyst peruttu
		zrušeno törölve отменен отменено отказ iptal`)

// negativeFirstWords are words that say it at the beginning of a sentence there, and affirmativeFirstWords that a guest comes.
var (
	negativeFirstWords    = wordset.Of("no not nein nicht non nee niet nie não nej nei ne nem ei nu нет не όχι hayır sorry unfortunately leider")
	affirmativeFirstWords = wordset.Of("yes yep yeah ja oui sí si sim tak kyllä ano igen da да так ναι evet confirmed accepted zusage")
)

// IsYesOrNo reports whether a cell is a word for yes or no.
func IsYesOrNo(cell string) bool {
	class, _ := classOf(where.Fold(cell))
	return class == yesWord || class == negativeWord
}

// IsStatusWord reports whether a cell is a word that says of its row whether it is meant, and not only a number.
func IsStatusWord(cell string) bool {
	class, _ := classOf(where.Fold(cell))
	return class != unknownWord && !isDigits(cell)
}

// SaysStatus reports whether a text, or its beginning, says of its row whether it is meant.
func SaysStatus(text string) bool {
	folded := where.Fold(text)
	class, before := classOf(folded)
	return class != unknownWord || before != unknownWord || saysNo(folded)
}

// butWords begin what an answer takes back, and notWords stand behind them.
var (
	butWords = wordset.Words(`but although aber jedoch mais pero ma mas porém maar men mutta ale lecz de dar însă ali но але αλλά
		ama`)
	notWords = wordset.Words(`not cannot can't won't unable nicht nie pas no non não niet ikke inte ej ei en ne nem nu не ні δεν`)
)

// openStates are noes that are states as well, in a column that has others.
var openStates = keys(`offen|open`)

// keys are phrases between bars, by their letters and digits.
func keys(phrases string) map[string]bool {
	m := make(map[string]bool, strings.Count(phrases, "|")+1)
	for phrase := range strings.SplitSeq(phrases, "|") {
		m[wordKey(where.Fold(phrase))] = true
	}
	return m
}

// accentless are the letters of Latin, Greek and Cyrillic without their accents, in lower case; "" is no letter or digit.
var accentless = &wordset.Simple

// longestKey is how much of a text is compared with words, in bytes.
const longestKey = 64

// wordKey is a folded text by its letters and digits; one that has none is as it is.
func wordKey(word string) string {
	var space [2 * longestKey]byte
	key, _ := appendKey(space[:0], word, false)
	if len(key) == 0 || string(key) == word {
		return word
	}
	return string(key)
}

// appendKey appends a folded text by its letters and digits, up to a sign or digit if it is to end there. It is called
// for each cell of many columns, so it makes no text of its own. fits is false for a text that is longer than any word.
func appendKey(key []byte, word string, toSign bool) (_ []byte, fits bool) {
	for _, r := range word {
		switch {
		case toSign && (r != ' ' && r < utf8.RuneSelf && (r < 'a' || r > 'z') && r != '\'' || r == '–' || r == '—'):
			return key, true
		case r < rune(len(accentless)):
			key = append(key, accentless[r]...)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			key = utf8.AppendRune(key, r)
		}
		if len(key) > longestKey {
			return nil, false
		}
	}
	return key, true
}

// plainSign takes the colour of a skin and the style of a sign off.
var plainSign = strings.NewReplacer("\ufe0f", "", "\ufe0e", "", "🏻", "", "🏼", "", "🏽", "", "🏾", "", "🏿", "")

// Says returns what a text says by itself: that its row is not meant, perhaps, or that it is; neither where it is not known.
func Says(text string) (out, in bool) {
	class, _ := classOf(where.Fold(text))
	return class == excludedWord || class == doubtfulWord || class == negativeWord, class.included()
}

// classOf is the class of a folded text, and of its words before the first sign or digit.
func classOf(folded string) (whole, before wordClass) {
	var space [longestKey + 8]byte
	key, fits := appendKey(space[:0], folded, false)
	switch {
	case fits && len(key) == 0:
		whole = wordClasses[plainSign.Replace(folded)]
	case fits:
		whole = wordClasses[string(key)]
	}
	key, fits = appendKey(space[:0], folded, true)
	if fits && len(key) > 0 {
		before = wordClasses[string(key)]
	}
	return whole, before
}

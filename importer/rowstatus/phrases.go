package rowstatus

import (
	"strings"

	"guestflow/importer/wordset"
)

// notMeantTexts are phrases by which people note that a guest is not meant, between bars.
const notMeantTexts = `can't do that|cannot do that|has covid|hat corona|gave his seat|gave her seat|gave their seat|gave up his|gave up her|has since moved|moved to another|wants out|
	twice in list|twice in the list|listed twice|double entry|abroad until|is abroad|be abroad|abroad then|another wedding|uninvite|
	hat schon was vor|hat schon etwas vor|hat etwas anderes vor|steht doppelt|doppelt drin|an dem tag verreist|déjà pris ce|
	déjà prise ce|à l'étranger ce|se cambió de empresa|cambió de trabajo|de viaje ese|fuori città quel|all'estero quel|
	staat dubbel|staat er dubbel|heeft al iets|está fora nesse|wyjechał za|wyjechała za|уехал в|уехала в|don't invite|don't contact|don't email|don't mail|don't send|never invite|never contact|don't write|
	dont write|moved away|moved abroad|has moved|won't travel|can't travel|cannot travel|not travelling|not traveling|
	now works|works now|now working|changed jobs|new employer|arbeitet jetzt|jetzt tätig|weggezogen|umgezogen|a déménagé|
	travaille maintenant|se mudó|ahora trabaja|si è trasferito|si è trasferita|ora lavora|mudou-se|werkt nu|is verhuisd|
	har flyttat|er flyttet|jobbar nu|ej kontaktas|inte kontaktas|ikke kontaktes|ikke inviteres|przeprowadził się|переехал|
	переехала|wrong person|wrong contact|falsche person|falscher kontakt|mauvaise personne|persona equivocada|
	persona sbagliata|pessoa errada|verkeerde persoon|fel person|forkert person|feil person|zła osoba|špatná osoba|
	no mailings|no mailing|no mails|no emails|no e-mails|keine mailings|new contact|neuer ansprechpartner|
	neue ansprechpartnerin|nouveau contact|nuevo contacto|nuovo contatto|novo contato|nieuwe contactpersoon|ny kontakt|
	krank gemeldet|ziek gemeld|to cancel|um abzusagen|pour annuler|para cancelar|per disdire|unternehmen verlassen|
	firma verlassen|verein verlassen|schule verlassen|hat gewechselt|arbeitgeber gewechselt|firma gewechselt|
	a changé de société|a changé d'entreprise|a changé d'employeur|a changé de poste|ha cambiado de empresa|
	ha cambiado de trabajo|ha cambiato azienda|ha cambiato lavoro|mudou de empresa|bytt jobb|byttet jobb|skiftet jobb|
	skiftet job|zmienił pracę|zmieniła pracę|changed company|changed companies|changed job|lost contact|kontakt verloren|
	perdu contact|perdido contacto|perso contatto|unknown at address|unknown at this address|address unknown|return to sender|
	returned mail|inconnu à l'adresse|unbekannt verzogen|har flyttet|flyttet til|flyttat till|passed away|has died|is dead|
	deceased|no longer with|no longer at|no longer working|no longer employed|left the company|left company|has left|
	left the firm|isn't coming|aren't coming|not coming|won't come|cannot come|can't come|can't make it|cannot make it|
	couldn't make it|cannot attend|can't attend|won't attend|unable to attend|unable to come|has declined|have declined|
	declined the invitation|declined invitation|declined invite|has cancelled|has canceled|have cancelled|asked to be removed|
	wants to be removed|please remove|remove from list|remove from the list|remove from mailing|take off list|
	take off the list|opted out|invitation withdrawn|withdraw invitation|withdrew invitation|disinvited|uninvited|
	sends regrets|sent regrets|sends apologies|sent apologies|regretfully declines|will be away|nicht einladen|
	nicht eingeladen|nicht anschreiben|nicht kontaktieren|nicht anmailen|keine mails|keine e-mails|keine mail|keine einladung|
	bitte löschen|bitte streichen|hat abgesagt|haben abgesagt|abgesagt am|sagt ab|hat storniert|kommt nicht|kommt doch nicht|
	kommen nicht|kann leider nicht|nimmt nicht teil|leider verhindert|ist verhindert|ist verstorben|verstorben|gestorben|
	nicht mehr im unternehmen|nicht mehr bei|nicht mehr im haus|ausgeschieden|ausgeladen|hat gekündigt|ne pourra pas|
	a décliné|a refusé|a annulé|ont annulé|ont décliné|est décédé|est décédée|décédé|décédée|n'est plus dans|n'est plus chez|
	a quitté|est parti de|à supprimer|no invitar|no contactar|no enviar|no escribir|no viene|no vienen|no vendrá|no vendrán|
	no asistirá|no asiste|ha cancelado|ha declinado|ha rechazado|han cancelado|ha fallecido|falleció|fallecido|fallecida|
	ya no trabaja|ya no está|dar de baja|dado de baja|non invitare|non contattare|non inviare|non scrivere|non viene|
	non verrà|non vengono|non verranno|non parteciperà|ha disdetto|ha rifiutato|ha annullato|è deceduto|è deceduta|deceduto|
	deceduta|è morto|não convidar|não contactar|não contatar|não enviar|não vem|não vai|não vêm|não virá|não poderá|cancelou|
	recusou|faleceu|falecido|falecida|já não trabalha|niet uitnodigen|niet benaderen|niet mailen|niet aanschrijven|
	niet contacteren|komt niet|komen niet|kan niet|heeft afgezegd|hebben afgezegd|heeft geannuleerd|heeft zich afgemeld|
	is overleden|overleden|werkt niet meer|uit dienst|bjud inte|bjud ej|kontakta inte|kontakta ej|skicka inte|kommer inte|
	kommer ej|kan ej|tackat nej|tackar nej|har avbokat|har avlidit|avliden|har slutat|har avböjt|inviter ikke|ikke inviter|
	kontakt ikke|ikke kontakt|kommer ikke|meldt afbud|har sagt nej|har sagt nei|meldt avbud|takket nei|takket nej|takker nej|
	takker nei|er død|gået bort|gått bort|har sluttet|avlyst av|ikke invitert|älä kutsu|ei kutsuta|älä lähetä|ei tule|
	ei pääse|eivät tule|on perunut|perui|ei osallistu|on kuollut|kuollut|ei ole enää töissä|ei enää töissä|nie zapraszać|
	nie kontaktować|nie wysyłać|nie przyjdzie|nie przyjdą|nie weźmie udziału|odmówił|odmówiła|zrezygnował|zrezygnowała|
	nie żyje|zmarł|zmarła|nie pracuje|nezvat|nekontaktovat|neposílat|nepřijde|nepřijdou|nemůže přijít|omluvil se|omluvila se|
	omluven|odmítl|odmítla|zemřel|zemřela|už nepracuje|nepozývať|neposielať|nepríde|nemôže prísť|zomrel|zomrela|ne hívd|
	ne hívjuk|ne küldj|nem jön|nem jönnek|lemondta|lemondták|elhunyt|meghalt|már nem dolgozik|nu invita|nu invitați|
	nu contacta|nu trimite|nu vine|nu vin|nu participă|a refuzat|a anulat|a decedat|decedat|decedată|ne zvati|ne kontaktirati|
	ne slati|ne dolazi|ne dolaze|otkazao|otkazala|preminuo|preminula|više ne radi|ne pride|umrl|umrla|не приглашать|не звать|
	не писать|не отправлять|не беспокоить|не придет|не придёт|не придут|не приедет|не сможет|не смогут|отказался|отказалась|
	отказались|умер|умерла|скончался|скончалась|не работает|уволился|уволилась|не запрошувати|не писати|не надсилати|
	не прийде|не прийдуть|не зможе|відмовився|відмовилась|відмовилася|помер|померла|більше не працює|звільнився|не кани|
	не канете|няма да дойде|няма да дойдат|отказа|почина|не работи|μην καλέσετε|να μην προσκληθεί|μην στείλετε|δεν έρχεται|
	δεν μπορεί|απεβίωσε|ακύρωσε|αρνήθηκε|δεν εργάζεται πλέον|davet etme|davet etmeyin|davet edilmesin|göndermeyin|aramayın|
	gelmiyor|gelmeyecek|gelemez|gelemiyor|gelemeyecek|katılamıyor|katılamayacak|katılmayacak|vefat etti|artık çalışmıyor|
	iptal etti|işten ayrıldı|nekviesti|neateis|neatvyks|negali dalyvauti|atsisakė|mirė|nebedirba|neaicināt|nevarēs|nenāks|
	atteicās|miris|vairs nestrādā|mitte kutsuda|loobus|suri|لا تدعو|لا ترسل|لا يدعى|لن يحضر|لن تحضر|لن يأتي|لا يستطيع الحضور|
	توفي|توفيت|اعتذر عن|غادر الشركة|לא להזמין|לא לשלוח|לא מגיע|לא מגיעה|לא מגיעים|לא יגיע|לא תגיע|לא יכול להגיע|נפטר|נפטרה|
	ביטל הגעה|כבר לא עובד|không mời|không gửi|không đến|không thể đến|không tham dự|đã mất|qua đời|jangan undang|jangan kirim|
	tidak hadir|tidak bisa hadir|tidak bisa datang|sudah meninggal|meninggal dunia|can not make it|could not make it|
	won't make it|will not make it|not able to make it|won't be able to|will not be able to|no longer able to|
	can no longer come|pulled out|pull out|backing out|back out|moved on|make the trip|old job|contact gone|belongs to|dropped out|backed out|has a conflict|have a conflict|scheduling conflict|
	schedule conflict|prior commitment|prior engagement|sends his apologies|sends her apologies|sends their apologies|
	sent his apologies|sent her apologies|sent their apologies|apologies received|taken off the list|to be taken off|
	deletion request|erasure request|request for deletion|request for erasure|right to be forgotten|stop emailing|
	stop mailing|stop e-mailing|stop contacting|stop writing|stop sending|is banned|was banned|banned from|do not disturb|
	mail bounces|email bounces|mail bounced|email bounced|address bounces|bad address|bad email|wrong email|wrong e-mail|
	wrong address|invalid email|invalid address|incorrect email|incorrect address|hausverbot|hat sich entschuldigt|
	lässt sich entschuldigen|ist entschuldigt|absage per|absage von|absage am|absage erhalten|absage vom|bitte entfernen|
	falsche adresse|falsche mail|falsche e-mail|adresse falsch|adresse ungültig|löschanfrage|löschantrag|bitte nicht stören|
	s'excuse|s'est excusé|s'est excusée|a dû annuler|se désiste|s'est désisté|s'est désistée|est empêché|est empêchée|
	a un empêchement|sera absent|sera absente|est absent|mauvaise adresse|adresse erronée|adresse incorrecte|ne pas déranger|
	no acudirá|se desiste|ha desistido|desistió de|causa baja|se da de baja|se disculpa|rechazó la invitación|
	correo incorrecto|dirección incorrecta|no molestar|não pode ir|não podem ir|não comparecerá|não participará|não irá|
	desistiu|e-mail errado|endereço errado|non può essere presente|non potrà|non ci sarà|non sarà presente|ha rinunciato|
	si scusa|indirizzo errato|email errata|non disturbare|is verhinderd|kan er niet bij zijn|meldt zich af|verkeerd adres|
	niet storen|kan inte vara med|har förhinder|fått förhinder|fick förhinder|är förhindrad|fel adress|er forhindret|
	er forhindra|forkert adresse|feil adresse|on estynyt|väärä osoite|nie może być|nie może wziąć udziału|nie da rady|
	nie dotrze|zły adres|nemůže se zúčastnit|nezúčastní se|nedorazí|nemůže dorazit|nemôže sa zúčastniť|špatná adresa|
	nem tud részt|rossz cím|nu poate ajunge|a renunțat|adresă greșită|ne može sudjelovati|neće doći|ne prisustvuje|не идет|
	не идёт|не идут|не пойдет|не пойдёт|не может быть|не участвует|передумал|передумала|неверный адрес|неправильный адрес|
	не йде|не піде|не може бути|не може да дойде|κωλύεται|mazereti var|katılamaz|못 옴|못 와요|못 옵니다|못 가요|못 갑니다|못 감|참석 불가|안 옴|
	לא יכול לבוא|לא יכולה לבוא|לא יכולה להגיע|لن تأتي|يعتذر عن|berhalangan hadir|tidak datang|must decline|have to decline|
	has to decline|had to decline|need to decline|needs to decline|must cancel|have to pass on|must regretfully|
	regretfully unable|have to miss|has to miss|going to miss|sad to miss|sorry to miss|sorry ill be in|sorry well be in|
	sorry i will be in|sorry we will be in|ill be away|well be away|be out of the country|be out of town|he said no|
	she said no|they said no|said he can't|said she can't|said they can't|says he can't|says she can't|please cancel|
	cancel my|cancel our|requested refund|refund requested|refund please|please refund|nehme nicht teil|nehmen nicht teil|
	nehme leider nicht teil|nehmen leider nicht teil|muss absagen|müssen absagen|muss leider absagen|müssen leider absagen|
	musste absagen|mussten absagen|muss passen|müssen passen|muss leider passen|müssen leider passen|komme nicht|
	komme leider nicht|kommen leider nicht|können leider nicht|bin leider nicht|sind leider nicht|bin verhindert|
	schaffe es leider|schaffen es leider|ne pourrai pas|ne pourrons pas|ne pourront pas|ne serai pas là|ne serons pas là|
	serai absent|serai absente|serons absents|dois décliner|devons décliner|dois annuler|devons annuler|no podré|no podremos|
	no puedo ir|no podemos ir|no iré|no iremos|no asistiré|no asistiremos|no vendré|no vendremos|tengo que cancelar|non potrò|
	non potremo|non verrò|non verremo|non ci sarò|non ci saremo|non parteciperò|non parteciperemo|devo declinare|
	dobbiamo declinare|devo disdire|não posso ir|não podemos ir|não poderei|não poderemos|não irei|não iremos|não vou poder|
	não vamos poder|não consigo ir|não comparecerei|kan helaas niet|kunnen helaas niet|kom niet|kom helaas niet|
	komen helaas niet|ben er niet bij|zijn er niet bij|moet afzeggen|moeten afzeggen|moet helaas|moeten helaas|
	kan tyvärr inte|kommer tyvärr inte|måste tacka nej|måste tyvärr|måste avböja|må melde afbud|må desværre|må melde avbud|
	må dessverre|kan desværre ikke|kan dessverre ikke|kommer desværre ikke|kommer dessverre ikke|må takke nej|må takke nei|
	en pääse|emme pääse|en tule|emme tule|en osallistu|emme osallistu|joudun perumaan|joudumme perumaan|nie mogę być|
	nie możemy być|nie przyjdę|nie przyjdziemy|nie będę mógł|nie będę mogła|nie dotrę|muszę odmówić|muszę zrezygnować|
	nepřijdu|nepřijdeme|nemohu přijít|nemůžu přijít|nemůžeme přijít|nezúčastním se|nezúčastníme se|nedorazím|nedorazíme|
	bohužel nemohu|bohužel nemůžu|musím odmítnout|neprídem|neprídeme|nemôžem prísť|nezúčastním sa|nem tudok menni|
	nem tudok részt|nem tudunk részt|nem jövök|nem jövünk|nem megyek|nem megyünk|nu pot ajunge|nu voi putea|nu vom putea|
	neću doći|nećemo doći|ne dolazim|ne dolazimo|ne morem priti|не смогу|не сможем|не приду|не придем|не придём|не приеду|
	не приедем|вынужден отказаться|вынуждена отказаться|не зможу|не зможемо|не прийду|не прийдемо|δεν θα μπορέσω|
	δεν θα μπορέσουμε|gelemiyorum|gelemeyeceğim|gelemeyeceğiz|katılamıyorum|katılamayacağım|katılamayacağız|gelmiyorum|
	gelmeyeceğim|לא אוכל להגיע|לא נוכל להגיע|לא אוכל לבוא|לא אגיע|לא נגיע|لن أتمكن من|لن نتمكن من|لا أستطيع الحضور|
	لا أستطيع المجيء|أعتذر عن|نعتذر عن|không thể tham dự|tidak dapat hadir`

var (
	// notMeantSigns are such texts of languages without blanks between words.
	notMeantSigns = strings.Fields(`見送り 出張中 招待しない 招待不要 招待状不要 送らない 送付不要 連絡不要 欠席 不参加 辞退 キャンセル 亡くな 逝去 退職 退社 不要邀请 不要发 不要發 那天出差 当天出差 不要邀請 不邀请 不邀請 不要联系 不要聯絡 来られな
		来られませ 来れな 来れませ 行けませ 行けない 来ない 来ません 参加できな 参加できませ 出席できな 出席できませ 不来 不來 来不了 來不了 去不了 无法出席 無法出席 不能出席 不出席 请假 請假 没空 沒空 不能来 不能來 不会来
		无法参加 無法參加 不能参加 不能參加 已去世 去世 已离职 已離職 已取消 不參加 拒绝参加 초대하지 연락하지 불참 사망 별세 퇴사 퇴직 취소 못옴 못와 못가 못갑 참석불가 안옴 오지않 ไม่มา ไม่ต้องเชิญ
		ไม่เข้าร่วม เสียชีวิต ยกเลิก`)
	waitingSigns = strings.Fields(`キャンセル待ち 順番待ち 待機 候补 候補 等候名单 等候名單 等待名单 未回复 未回覆 未回答 未確認 未确认 待定 未定 保留 대기 미정 미응답 미확인 รายชื่อสำรอง`)
	waitingStems = wordset.List(`waitl wartelist nachruck vantelist ventelist wachtlijst varolist reservelist rezerwow nahradn
		ожидан очікув αναμον jonotus varasija standby yedek nonrespon noreply noresponse unconfirm unbestat undecid pending
		tentativ maybe unanswered nosho pendient pendent niepotwierdz nepotvrd nepotvrz obekraft ubekraeft ubekreft onbevestig
		неподтвержд непідтвердж`)
	// confirmingStems begin words of guests who have said that they come, as Letters leaves them.
	confirmingStems = wordset.List(`confirm conferm bestatig bestaetig bevestig bekraft bekreft bekraeft vahvist potwierdz potvrd
		potvrz megerosit подтверд підтвердж потвърд επιβεβαι onayla zusag zugesag`)
	// listStems begin headers of waiting lists.
	listStems = wordset.List(`waitl wartelist nachruck vantelist ventelist wachtlijst varolist`)
	// surelyDoubtful are words that say it by themselves, where nothing but connecting words stands beside them.
	surelyDoubtful = wordset.Words(`void voided waitlist waitlisted deleted removed unsubscribed blocked bounced deceased withdrawn
		uninvited disinvited lapsed warteliste gelöscht verstorben ausgeladen supprimé eliminado verwijderd wachtlijst eliminato
		väntelista venteliste poistettu smazáno törölt șters удален видалено churned lost dnc unsubscribe waitinglist notselected
		notshortlisted exmember formermember notinvited nichteingeladen nichtausgewählt listedattente listadeespera listad'attesa
		listadespera listarezerwowa notinterested nointerest leftcompany closedlost unqualified disqualified`)
	// leftWords say of a post that a person no longer has it, behind it: “CFO (resigned)”.
	leftWords = wordset.Words(`resigned retired leftin leftthecompany nolongerthere nolongerhere ausgeschieden imruhestand ehemalig
		parti partie retraité exempleado retirado pensionerad fratrådt`)
	// smallDoubts are words of states that a heading has of other things.
	smallDoubts = keys(`keine|hold|draft|interested|reserved|en cours|transferred|complaint|failed|trash|in review|eventuell|evtl|
		offen|invalid|expired|disabled|void|spam`)
	// fillerWords stand beside them, in headings and short texts.
	fillerWords = wordset.Words(`by on at via per of the a an and to from for in with as list lists guest guests people person
		persons attendee attendees participant participants member members ticket tickets order orders booking bookings
		registration registrations invite invites invitation invitations rsvp rsvps reply replies response responses phone mail
		email e text sms host organiser organizer user customer attendance names name those who have has had not yet already who's
		status all total x no yes our we i he she they was is are will be gäste gast gästeliste liste teilnehmer teilnehmende
		personen leute einladung einladungen am von der die das telefon telefonisch wir bestellung buchung personnes réponse par le
		la les de du des téléphone billet commande invitados lista personas asistentes participantes por teléfono el los las
		entrada pedido respuesta ospiti invitati persone partecipanti elenco risposta il lo gli del convidados pessoas os gasten
		deelnemers lijst antwoord gäster deltagare gæster gjester deltagere vieraat goście osoby uczestnicy hosté seznam hostia
		zoznam vendégek persoane gosti popis гости гость список участники приглашенные люди по телефону гості учасники καλεσμένοι
		λίστα davetliler misafirler katılımcılar`)
	goingWords = wordset.Words(`going coming come comes kommen gehen can able make available participate participating geliyor
		gelen katılan vengono vienen viennent viendront vindo komen tulevat tulossa przychodzą přijdou prídu jönnek jön vin vine
		dolaze dolazi pridejo приходят придут прийдуть έρχονται меня будут יגיעו מגיעים قادمون حاضرون đến datang kommer`)
	negators = wordset.Words(`not nicht nie ne pas no non niet ikke inte ej ei eivät nem nu не ні δεν değil לא لا لن không tidak
		cannot cant wont nao`)
	// filingStems are of what people do with files; rejects are guestflow's own, which come back corrected.
	filingStems = wordset.List(`delet remov archiv exclud suppress supprim elimin gelosch geloscht entfernt smazan poiste slett
		удал видал death dead void pending draft hold final version copy backup rejects`)
	// withoutWords say that a list has been freed of those.
	withoutWords = wordset.Words(`without minus excl except after ohne bereinigt sans hors sin excepto senza eccetto sem zonder
		utan uden uten ilman bez nélkül fără без окрім χωρίς hariç policy insurance`)
)

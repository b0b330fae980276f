package rowstatus

import (
	"strings"

	"guestflow/importer/wordset"
)

// Words of headers that say of a column what it says of its rows, in the languages of many senders, as Letters leaves
// them. A stem is how a word begins.
var (
	refusalStems = wordset.List(`dimission uitschrij exmatr ruckerstatt erstattung excuse excusad frameld perune
		omluv renunt declin cancel refund delet remov unsub deceas
		exclud exclus withdr regret reject optout spam complain bounc blacklist blocklist suppress inactiv disabl archiv
		terminat resign churn banned
		verstorb todes sterbe gestorb absag abgesag stornier abgemeld abmeld abgelehn ablehn widerruf gekundig kundig austritt
		ausgetret ausgeschied ausgeschloss ausschluss gesperrt geloscht entfernt abwesen verhinder abbestell
		deced deces annul desist desinscr desabonn supprim rembours decommand demission resili
		fallec defunc muert rechaz anul renunc elimin borrad exclui desuscr reembols devuel
		falec recusad recusa removid descadastr rifiut disdett disdic cancellat rimbors esclus assenz rinunc annull disiscr
		rimoss overled geannul annuler afgemeld afmeld afgezeg afzeg geweiger verwijder uitgeschr opgezeg uitgeslot afwezig
		avboj avbok avanmal avmal avlid avsla aterbud franvar exkluder borttag raderad avregistr uppsagd avmeld avbestil
		frafald fravar afbud afmeld afbest afdod afvis aflys slett fjern udmeld utmeld forfall
		peruut peruttu perunu kuoll hylat poiste kieltayt eronnu
		zrus odhlas odmit odmiet zemrel zomrel umrt nepritom vyrazen vyraden smazan zmazan stornov
		anulow rezygn odwol odmow odrzuc zmarl zgon nieobec usunie wypis skresl
		lemond torol elutasit elhuny halal kizar kilep hianyz visszamond leiratk refuz sters retras
		otkaz odbij odjav preminu umrl umro odsut odsot iskljuc izbris odpoved zavrn
		отмен отказ отклон удал умер смерт отпис исключ выбыл возврат отсутств скасов відмов відхил помер видал вибув відсут
		почин анул ακυρ απορρ απεβ θανατ διαγρ απουσ αρνησ iptal redded reddet vefat olum silin ayril
		atsauk atsisak mire miru pasalin nedalyv atcel atteic atteik miris dzest tuhist loobu eemald kustut keeldu
		ملغ الغاء اعتذ متوف محذوف ביטול בוטל מבוטל סירב סירוב נפטר הוסר batal tolak meninggal`)
	refusalWords = wordset.Words(`unassigned invalid ungültig dnc void assente assenti voided absent absence absences absenz abwesend died death dead
		exclude excluding skip ignore omit lapsed departed suspended banned blocked quarantined storno baja ausencia ausente
		obito mort morts morte deces dod død doden ret iade zwrot noshow disinvited uninvited ausgeladen rip dnd dne dnm`)
	// refusalSigns are in languages without blanks between words.
	refusalSigns = wordset.List(`キャンセル 欠席 辞退 取消 退会 死亡 逝去 削除 除外 不参加 缺席 拒绝 拒絕 去世 已故 退订 删除 排除 不參加 退出
		취소 불참 거절 사망 탈퇴 삭제 제외 ยกเลิก ปฏิเสธ เสียชีวิต`)

	// comingStems are of questions whether a guest comes.
	comingStems = wordset.List(`inviter invitar invitare inviteren uitnodig zapros приглас venez komst attend joining rsvp
		particip anwesend eingelad einladung invited invitation uitnod uitgenod invitad convidad zaprosz pozva meghiv kutsut
		inbjud indbud приглаш запрош davet προσκ teilnehm zusag asist assist obecn nazoc prisot hadir kehadir dalyv piedal
		osale`)
	comingWords = wordset.Words(`bjud pozvat kutsutaan osvrt join joins attends present presente presentes dabei kommst
		kommen venir viens vienes viene vendras vendra vem virá komt kommer tuletko tuleeko tuletteko tulevatko pääsetkö
		pääseekö pääsettekö osallistuuko osallistutko přijde prijde jössz gelir придете придёте прийдете invite invites
		einladen inviter invitar convidar invitare uitnodigen deltager deltagere 出席 参加 參加 参列 招待 邀请 邀請 초대 참석 참가 viendrez viendras vendrás będziesz
		przyjdziesz przyjdzie przyjdą weźmiesz eljössz eljön jöttök eljöttök přijdeš přijdete dorazíš dorazíte
		prídeš prídete zúčastníš придешь придёшь приедете прийдеш
		vei veți doći dođeš dođete prideš pridete έρθεις έρθετε gelecek katılacak gelecekmisin 出席できますか dálygóð mæting
		mætir kemur`)

	// chosenWords say that a row is to be taken, where a header has nothing else: "Send invite", "Include", "OK to email".
	chosenWords = wordset.Words(`send sending include included includes keep use active aktiv actif activo activa attivo
		attiva ativo ativa actief aktywny aktywna aktivní aktívny aktív activ aktivan aktivno aktif aktiivinen активен
		активный активна активний ενεργός 有効 活跃 활성 enabled enable mailing mailings emailing contactable mailable emailable
		contact email mail mailen anschreiben schicken senden senden versenden contacter envoyer enviar inviare mandare
		versturen sturen skicka sende lähetä wysłać odeslat küldeni trimite отправить отправлять надіслати gönder selected
		select chosen approve approved shortlisted shortlist einbeziehen berücksichtigen inclure incluir includere opnemen ok
		okay allowed allow erlaubt autorisé permitido valid final finalist check tick haken`)
	// askingWords stand beside them.
	askingWords = wordset.Words(`members mitglied mitglieder membre socio sócio lid medlem jäsen członek člen tag
		membru član is in be we i you us it can may could should shall will to for the a an of on this that
		them him her guest guests person contact user account member list invite invites invitation invitations email emails e
		mail mails message messages yes no y n ja nein oui non si sí please flag status soll darf dürfen wir ihn sie bitte per
		à a la le les peut peuvent on nous mag mogen we wij que se via by letter post darf ihn kan vi må få`)
	stageWords = wordset.Words(`stan stanu stage phase etape étape fase etapa aşama этап этапа deliverability delivery zustellung`)

	// besideWords make another thing of the words above.
	besideWords = wordset.Words(`policy policies insurance fee fees terms conditions condition deadline protection clause
		charge charges window rule rules exclusive exclusives exclusively exclusivity exklusiv exclusif exclusivo esclusivo
		esclusiva exclusiva versicherung gebühr gebühren frist bedingungen richtlinie richtlinien assurance frais délai seguro
		política politica plazo assicurazione verzekering voorwaarden villkor försäkring forsikring ubezpieczenie страховка
		delivery_address address adresse adres phone tel telephone height gift gifts code number ordinal halal assistance
		assistant assistants handed`)
	// topicWords make another thing of a question whether a guest comes: "Attendee notes", "Invitation type".
	topicWords = wordset.Words(`note notes comment comments remark remarks bemerkung bemerkungen kommentar commentaire
		notiz notizen nota notas opmerking uwagi name names nom nombre nome naam company organisation organization firma title
		role badge type typ category kategorie table tisch id uuid count job position code group tier price amount number nr
		gift email mail phone since by von door par 備考 名 メモ 备注 비고`)
	linkWords = wordset.Words(`link links url urls lien enlace href uri`)

	answerLetters = wordset.Words(`ad ar yn jn sn on tn za ny ac zuab`)
	invitedWords  = keys(`invited|not invited|uninvited|eingeladen|invité|invitée|invitado|invitada|uitgenodigd|invitato|
		invitata|convidado|zaproszony|zaproszona|inbjuden|invitert|inviteret|kutsuttu|pozván|meghívott|invitat|pozvan|
		приглашен|приглашена|запрошено|davet edildi|interested|reserved|keine`)
	// regionNames are headers of a state that is a part of a country.
	regionNames = wordset.Words(`state estado stato stateprovince provincestate bundesland stan`)
	// harmlessStates are states that are no answer, as headers.
	harmlessStates = keys(`free|complimentary|comp|gratis|sent|delivered|processed|settled|given|explicit|obtained|
		purchased|ticketed|ok to go`)
)

// isSignScript reports whether a text has letters of a language without blanks between words.
func isSignScript(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x0E00 && r < 0x0E80 || r >= 0x3040 && r < 0xD7B0 })
}

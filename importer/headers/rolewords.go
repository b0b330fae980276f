package headers

import (
	"guestflow/importer/wordset"
)

// Words for those whose names and addresses a list has, as Letters leaves them. They stand before or behind the name of
// a field: Attendee First Name, E-Mail des Teilnehmers, 参加者氏名. A word that means two of them in different languages
// is in none.

// attendingWords are for who comes.
var attendingWords = wordset.Words(`attendee attendees ticketholder cardholder passenger participant guest recipient
	giftrecipient delegate invitee registrant traveller traveler visitor student pupil player camper child beneficiary
	honoree nominee ticket
	teilnehmer teilnehmers teilnehmerin teilnehmende teilnehmenden gast gastes gaste karteninhaber karteninhabers
	ticketinhaber ticketinhabers passagier passagiers reisender reisenden empfanger empfangers besucher besuchers
	eingeladener kind kindes schuler participante invite invitee passager passagere porteur titulaire titulairedubillet
	beneficiaire destinataire convive voyageur detenteur eleve enfant
	asistente invitado invitada pasajero pasajera titular beneficiario destinatario viajero alumno nino
	partecipante ospite invitato passeggero titolare intestatario intestatariobiglietto destinatario viaggiatore
	convidado convidada passageiro passageira viajante aluno
	deelnemer kaarthouder tickethouder ontvanger reiziger genodigde bezoeker
	uczestnik uczestnika uczestniczki gosc goscia pasazer pasazera posiadacz posiadacza odbiorca odbiorcy
	deltagare deltagarens passagerare biljettinnehavare mottagare gasten gastens
	deltager deltagers deltagerens deltaker deltakers deltakerens gaest gaestens gjest gjestens passasjer billetindehaver
	billettinnehaver modtager mottaker
	osallistuja osallistujan vieras vieraan matkustaja matkustajan lipunhaltija lipunhaltijan
	ucastnik ucastnika hosta cestujici cestujiciho cestujuci cestujuceho drzitel drzitele drzitela
	resztvevo vendeg utas jegytulajdonos
	participantului participantul invitat invitatului pasager oaspete titularbilet
	katilimci katilimcinin misafir misafirin davetli davetlinin yolcu yolcunun biletsahibi
	συμμετεχων συμμετεχοντα καλεσμενος καλεσμενου επισκεπτης επισκεπτη επιβατης επιβατη
	участник участника гость гостя пассажир пассажира получатель получателя посетитель посетителя владелецбилета
	владельцабилета учасник учасника гість пасажир пасажира отримувач отримувача відвідувач відвідувача
	المشارك مشارك الضيف ضيف الراكب المسافر حاملالتذكرة
	משתתף המשתתף אורח האורח נוסע מוזמן המוזמן
	参加者 お客様 來場者 来場者 出席者 ゲスト 招待者 乗客 搭乗者 受取人
	参会人 参会者 参加人 與會者 与会者 乘客 旅客 嘉宾 嘉賓 来宾 來賓 持票人 收件人 收货人 游客 出席人
	참가자 참석자 게스트 승객 탑승자 수령인`)

// payingWords are for those whom a list names beside who comes: who has paid, booked or invited.
var payingWords = wordset.Words(`buyer billing bill billto purchaser payer payee customer client order orderer orderedby
	booker booking bookedby bookingcontact contact contactperson primarycontact maincontact organiser organizer host parent
	guardian mother father assistant pa ea secretary agent agency invitedby inviter invitedfrom referrer referredby
	referral sponsor nominator nominatedby shipping shipto delivery sender emergency emergencycontact account accountowner
	owner manager linemanager teacher leadbooker leadpassenger donor giver gifter captain teamcaptain recruiter supervisor
	submitter submittedby createdby registeredby reservedby kaufer kaufers kauferin besteller bestellers bestellerin
	rechnung rechnungs rechnungsadresse rechnungsempfanger rechnungsempfangers zahler zahlers kunde kunden kontakt
	kontaktperson ansprechpartner ansprechpartners ansprechpartnerin buchender bucher buchers organisator veranstalter
	eltern elternteil erziehungsberechtigter erziehungsberechtigten mutter vater assistenz sekretariat auftraggeber
	auftraggebers gastgeber eingeladenvon gebuchtvon lieferung lieferadresse
	acheteur acheteurs acheteuse payeur facturation commande contact organisateur responsable reservataire reservepar
	commanditaire livraison assistante invitepar
	comprador compradora pagador cliente facturacion pedido contacto organizador padre madre tutor reservadopor invitadopor
	envio acquirente compratore pagante fatturazione ordine contatto organizzatore genitore prenotatoda referente
	committente faturamento faturacao cobranca contato responsavel
	koper kopers besteller betaler klant factuur bestelling organisator ouder geboektdoor boeker opdrachtgever kupujacy
	kupujacego nabywca nabywcy platnik platnika klient klienta zamawiajacy zamawiajacego organizatora rodzic rodzica
	opiekun opiekuna kopare koparen koparens bestallare bestallarens betalare betalarens kund kundens faktura arrangor
	foralder malsman kober kobers koberens kjoper kjopers kjoperens bestiller bestillers betaler foraelder foresatt
	forelder ostaja ostajan tilaaja tilaajan maksaja maksajan asiakas asiakkaan laskutus yhteyshenkilo yhteyshenkilon
	jarjestaja huoltaja huoltajan kupujici kupujiciho kupujuci kupujuceho objednatel objednatele objednavatel objednavatela
	objednavatele platce zakaznik zakaznika fakturacni fakturacne kontaktni organizator rodic rodice rodica
	vasarlo vevo megrendelo fizeto szamlazasi kapcsolattarto szervezo szulo
	cumparator cumparatorului platitor facturare organizator parinte
	alici alicinin satinalan satinalanin musteri musterinin fatura iletisim organizator veli siparis
	αγοραστης αγοραστη πελατης πελατη πληρωτης τιμολογηση επικοινωνια διοργανωτης γονεας
	покупатель покупателя плательщик плательщика заказчик заказчика клиент клиента контактноелицо контактноголица
	организатор организатора родитель родителя
	покупець покупця платник платника замовник замовника клієнт клієнта організатор організатора батько
	المشتري مشتري العميل الزبون المنظم صاحبالطلب
	רוכש הרוכש קונה הקונה לקוח הלקוח מזמין המזמין מארגן הורה
	購入者 注文者 支払者 申込者 予約者 請求先 代表者 連絡者 主催者 保護者
	购买人 购买者 购票人 買家 买家 付款人 订购人 下单人 訂購人 購買人 購票人 联系人 聯絡人 聯繫人 预订人 组织者 家长 客户
	구매자 주문자 결제자 예약자 신청자 담당자 주최자 보호자 고객`)

// companionWords are for those whom a guest brings.
var companionWords = wordset.Words(`partner spouse husband wife plusone companion companionguest additionalguest
	additionalattendee extraguest accompanyingguest accompanyingperson accompaniedby coguest fiance fiancee
	significantother otherguest otherguests otherattendees guests guestnames attendeenames participants children childrens
	kids familymembers bringing broughtguest bringingguest
	partnerin lebenspartner lebenspartnerin ehepartner ehepartners ehefrau ehemann gatte gattin begleitung begleitperson
	begleiter begleiterin mitgast weiterergast weiteregaste weiterepersonen mitreisender mitreisende kinder
	partenaire conjoint conjointe epoux epouse accompagnant accompagnante accompagnateur accompagnatrice compagnon compagne
	enfants pareja conyuge esposo esposa acompanante acompanantes hijos
	coniuge marito moglie accompagnatore accompagnatrice compagno compagna figli
	parceiro parceira conjuge marido acompanhante acompanhantes filhos
	echtgenoot echtgenote introduce introducee begeleider metgezel kinderen
	partnerka partnera partnerki malzonek malzonka malzonki osobatowarzyszaca osobytowarzyszacej dzieci
	respektive foljeslagare foljeslagarens make maka sallskap medfoljande
	ledsager ledsagers aegtefaelle ektefelle folge barn
	puoliso puolison seuralainen seuralaisen avec avecin lapset
	manzel manzelka manzelky doprovod doprovodu sprievod sprievodu deti
	hazastars kisero gyerekek
	partener partenerul sot sotie insotitor copii
	refakatci esi cocuklar
	συντροφος συζυγος συνοδος
	партнер партнера супруг супруга спутник спутница сопровождающий сопровождающего дети
	подружжя супутник супроводжуючий супровідник діти
	الشريك الزوج الزوجة المرافق مرافق
	בןזוג בתזוג מלווה
	同伴者 配偶者 パートナー お連れ様 同行者
	配偶 同伴 伴侣 伴侶 同行人 随行人员 隨行人員
	동반자 배우자 파트너 동행자`)

// substituteWords are for those who come in a guest's place, or in whose place a guest comes.
var substituteWords = wordset.Words(`substitute substitutes substitutedby substituted replacement replacements
	replacedby replaces replacing replaced replacementguest replacementfor substitutefor substituteguest instead insteadof
	inplace inplaceof onbehalf onbehalfof standin stand-in standinfor deputy understudy proxy alternateguest
	alternateattendee comesinstead vertretungdurch vertretungvon ersatzdurch delegatedto delegateto originalguest
	originalattendee originalinvitee originaldelegate originalname passedto givento handedto swappedwith swapwith changedto
	newattendee ursprunglichergast ursprunglicherteilnehmer
	attendinginstead transferredto transferto transferredfrom reassignedto
	ersatz ersatzperson ersatzteilnehmer ersatzteilnehmerin ersatzgast ersetztdurch ersetzt ersatzfur vertretung vertreter
	vertreterin vertretendurch vertritt stellvertreter stellvertreterin stellvertretung anstelle anstellevon statt
	stattdessen nachrucker nachruckerin kommtfur
	remplacant remplacante remplacantde remplacepar remplacement remplace suppleant suppleante alaplacede
	sustituto sustituta sustituidopor sustituye sustitucion suplente reemplazo reemplazadopor reemplaza enlugar enlugarde
	sostituto sostituta sostituitoda sostituisce sostituzione supplente alpostodi
	substituto substituta substituidopor substitui suplente
	vervanger vervangster vervangendoor vervangt vervanging plaatsvervanger inplaatsvan
	zastepca zastepczyni zastepuje zastapionyprzez zastepstwo zamiast
	ersattare ersattasav ersatter ersattning istalletfor stedfortraeder stedfortreder vikar erstattetaf erstattetav
	erstatter istedetfor sijainen varahenkilo tuuraaja nahradnik nahradnice nahrazenkym nahrada nahradnicka misto namiesto
	helyettes helyettesito helyette inlocuitor inlocuitde inloculuiro yedek yerinegelen αντικαταστατης замена заменен
	заменяет заместитель вместо заміна заступник замість البديل بديل מחליף מחליפה 代理 代理人 代理出席 代理出席者 替补 代替 候补 대리 대리인 대리참석자`)

// noFullName are words of people that are no name of a column of names by themselves.
var noFullName = wordset.Words(`order billing bill booking account delivery shipping ticket agency emergency child
	student invoice rechnung rechnungs rechnungsadresse facturation commande livraison facturacion pedido envio
	fatturazione ordine faturamento faturacao cobranca factuur bestelling faktura laskutus lieferung lieferadresse
	fakturacni fakturacne szamlazasi facturare fatura siparis iletisim billto shipto children kids enfants kinder hijos
	figli filhos kinderen dzieci barn lapset deti barn gyerekek copii cocuklar дети діти make folge esi introduce`)

// furtherWords are between the words of a header.
var furtherWords = wordset.Words(`of the s de du des d l la le les lo los las el der die das dem den del della dello
	dell di da do dos van voor von fur for no nr your who whom are you ihr ihre votre su il i a o og och och ja e y и на の
	的 의 person`)

// ordinals are numbers in words.
var ordinals = map[string]int{
	"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
	"one": 1, "two": 2, "three": 3, "four": 4,
	"erster": 1, "zweiter": 2, "zweite": 2, "dritter": 3, "deuxieme": 2, "troisieme": 3, "2e": 2, "3e": 3, "segundo": 2,
	"segunda": 2, "tercero": 3,
	"secondo": 2, "terzo": 3, "tweede": 2, "derde": 3, "drugi": 2, "trzeci": 3, "andra": 2, "anden": 2, "andre": 2,
	"toinen": 2, "druhy": 2,
	"masodik": 2, "ikinci": 2, "второй": 2, "другий": 2, "other": 2, "additional": 2, "extra": 2,
}

// furtherParts are names of fields beside such words, which are not headers by themselves.
var furtherParts = map[string]string{
	"nomfamille": LastName, "numefamilie": LastName, "nombrepila": FirstName, "neve": FullName, "nevek": FullName,
	"keresztneve": FirstName, "vezetekneve": LastName, "emailcime": Email, "emailje": Email,
	"nimi": FullName, "etunimi": FirstName, "sukunimi": LastName, "sahkoposti": Email, "names": FullName, "mails": Email,
	"emails": Email,
	"namen":  FullName, "noms": FullName, "nombres": FullName, "nomi": FullName, "nomes": FullName, "imiona": FullName,
	"прізвище":    LastName,
	"имяифамилия": FullName, "ime": FirstName, "prezime": LastName, "imeiprezime": FullName, "adi": FirstName,
	"soyadi": LastName, "adisoyadi": FullName,
	"adsoyad": FullName, "eposta": Email, "epostasi": Email, "email1": Email, "mailadresi": Email, "contactemail": "",
	"contactname": "", "name1": FullName,
	"vorname": FirstName, "nachname": LastName, "firstnames": FirstName, "lastnames": LastName,
}

// IsBetweenWords reports whether a word stands between others in headers: of, de, la.
func IsBetweenWords(word string) bool { return furtherWords[word] }

package table

import "guestflow/importer/wordset"

// totalWords begin the rows that people and programs write below a list.
var totalWords = wordset.Of(`total totals subtotal sum count summe gesamt gesamtsumme insgesamt zwischensumme anzahl somme
	totaux suma totaal som razem łącznie totale somma soma totalt summa antal antall yhteensä celkem összesen ukupno toplam
	итого всего разом усього σύνολο 合計 总计 总数 小计 합계 totale totali somme tot общо всичко skupaj ukupan kopā viso kokku összes
	összesítés spolu σύνολα المجموع إجمالي الإجمالي סה כ 總計 総計 总人数 人数 人數 총계 총원 tổng รวม jumlah subtotaal teilsumme delsumma
	delsum gesamtzahl gesamtanzahl totaalaantal headcount teilnehmerzahl`)

// countedWords are what totals count, beside those that headings are made of.
var countedWords = wordset.Of(`people persons person pax heads head seats rows entries records names invitees pers köpfe
	zeilen einträge plätze personne lignes entrées registros filas righe righe voci linhas rijen wierszy osób osoba
	personer person rader rækker henkilöä henkilö osob osoba osôb fő személy persoane kişi άτομα человека человек людей
	осіб особи души osoba oseb žmonės žmonių cilvēki inimest شخص ضيف אנשים אורחים 名 人 位 명`)

// headingWords are what headings of a list's sections are made of: groups of guests, and how they come.
var headingWords = wordset.Of(
	`guest guests vip vips press media staff crew speaker speakers sponsor sponsors partner partners family friends
	waitlist waitinglist waiting waitlisted list lists confirmed declined cancelled canceled pending invited attending
	unconfirmed rsvp rsvps attendee attendees participant participants delegate delegates exhibitor exhibitors volunteer
	volunteers artist artists band bands team teams committee board members member students alumni faculty kids
	adults general admission tickets ticket comps comp complimentary plus ones companions regrets names registered
	registrations unregistered paid unpaid checked`,
	`gäste gast gästeliste presse medien mitarbeiter personal referenten redner sprecher sponsoren familie freunde
	warteliste zusagen absagen zugesagt abgesagt offen eingeladen teilnehmer teilnehmerin teilnehmerinnen aussteller helfer
	künstler mitglieder ehrengäste begleitung begleitpersonen kinder erwachsene personen`,
	`invités invité presse médias intervenants conférenciers partenaires famille amis attente confirmés annulés
	participants exposants bénévoles artistes membres personnes enfants adultes`,
	`invitados prensa medios personal ponentes oradores patrocinadores familia amigos espera confirmados cancelados
	asistentes participantes voluntarios artistas miembros personas niños adultos`,
	`gasten pers medewerkers sprekers familie vrienden wachtlijst aanmeldingen afmeldingen deelnemers vrijwilligers leden
	personen goście prasa media prelegenci rodzina lista rezerwowa uczestnicy osoby ospiti stampa relatori famiglia amici
	attesa partecipanti persone convidados imprensa palestrantes família amigos espera participantes pessoas`,
	`gäster gjester gæster press media personal talare familj vänner väntelista deltagare vieraat`,
	`гости пресса сми спикеры семья друзья участники человек гостей 来宾 媒体 嘉宾 招待客 報道 関係者`)

// partWords begin a numbered part of a list or of its paper: Table 4, Page 1 of 2.
var partWords = wordset.Of(`table tables page sheet room row group day session block section seat team floor zone sector
	wave slot bus tour course part tisch tische seite blatt raum reihe gruppe tag sitzung bereich platz etage teil bord
	side sida rad rum dag table page feuille salle rang groupe jour séance bloc place étage partie mesa página pagina hoja
	sala fila grupo día asiento planta parte tafel blad zaal rij groep deel stół strona sala rząd grupa dzień tavolo foglio
	fila gruppo giorno posto mesa folha стол страница зал ряд группа день 表 桌 页 卓 席 ページ 테이블`)

// printWords begin what programs and people note about a list with a date: when it was printed, of which state it is.
var printWords = wordset.Of(`printed exported generated created updated downloaded report compiled prepared produced
	revised version status stand as last gedruckt exportiert erstellt aktualisiert ausgedruckt imprimé exporté généré créé
	édité impreso exportado generado creado actualizado geprint geëxporteerd gemaakt bijgewerkt wydrukowano wygenerowano
	utworzono stampato esportato generato creato aggiornato impresso gerado criado atualizado utskriven skapad udskrevet
	utskrevet распечатано source quelle copyright confidential note hinweis`)

// smallWords join others.
var smallWords = wordset.Of(`a an the of on in at by for to and or with from as is are be no not only per und oder der die
	das den dem des von vom am im in bis für mit zu zum zur le la les du de des et ou pour avec par au aux el los las del y
	o para con por en het een van voor met op i w z na do dla il lo gli di da e per con su os as do da dos das`)

// sentenceWords are in sentences and in no names.
var sentenceWords = wordset.Of(`the for please with are before until after only this that these should your you we they
	contact send check bring reply rsvp bitte bis wird werden sind nicht falls diese siehe veuillez merci avant après pour
	avec sont cette ces antes después para graag zijn niet deze proszę przed prego dopo sono före efter`)

// columnWords are common names of columns of any table, beside those that stand for a guest's fields.
var columnWords = wordset.Of(
	`name names firstname lastname email mail address phone mobile telephone company organisation organization firm title
	position job role department country city town street zip postcode state region status type category group table seat
	item items product article price amount total qty quantity unit cost costs budget value currency date time day start
	end from till duration description details comment comments notes remarks id no nr number code supplier vendor service
	contact owner task responsible deadline due sponsor venue location room menu meal diet dietary allergies drink food
	song artist act slot topic ticket tickets invoice order payment paid website url salutation gender age birthday
	language`,
	`vorname nachname firma unternehmen umsatz land ort stadt straße strasse plz telefon handy adresse anrede titel
	funktion abteilung kategorie gruppe tisch platz artikel preis betrag summe menge anzahl einheit kosten wert währung
	datum uhrzeit zeit beginn ende dauer beschreibung bemerkung bemerkungen nummer lieferant dienstleister leistung kontakt
	ansprechpartner aufgabe verantwortlich zuständig frist raum essen getränk getränke thema rechnung zahlung bezahlt
	sprache`,
	`prénom nom société entreprise pays ville rue téléphone adresse fonction service catégorie groupe table place article
	prix montant quantité unité coût date heure début fin durée description remarques numéro fournisseur prestation contact
	tâche responsable salle repas facture paiement langue`,
	`nombre apellido apellidos correo empresa país ciudad calle teléfono dirección cargo categoría grupo mesa asiento
	artículo precio importe cantidad unidad coste fecha hora inicio fin descripción número proveedor servicio contacto
	tarea responsable sala menú factura pago idioma`,
	`voornaam achternaam bedrijf land plaats straat telefoon adres functie afdeling categorie groep tafel stoel artikel
	prijs bedrag aantal eenheid kosten datum tijd omschrijving opmerkingen nummer leverancier dienst taak zaal
	imię nazwisko firma kraj miasto ulica telefon adres stanowisko kategoria grupa stół miejsce cena kwota ilość data
	godzina opis uwagi numer dostawca usługa zadanie cognome azienda paese città via telefono indirizzo ruolo categoria
	gruppo tavolo posto articolo prezzo importo quantità unità costo ora descrizione numero fornitore servizio contatto
	compito sala fattura pagamento sobrenome empresa cidade rua telefone endereço cargo assento preço quantidade unidade
	custo descrição fornecedor contato tarefa`,
	`förnamn efternamn namn epost företag land stad gata telefon adress titel avdelning kategori grupp bord plats artikel
	pris belopp antal enhet kostnad datum tid beskrivning anmärkning nummer leverantör tjänst uppgift ansvarig lokal språk
	deltagare gäst fornavn etternavn efternavn navn selskap firma by gate adresse kategori gruppe pris beløb beløp antall
	dato beskrivelse gjest etunimi sukunimi nimi sähköposti yritys maa kaupunki puhelin osoite pöytä hinta määrä päivämäärä
	jméno příjmení společnost město telefon cena množství datum keresztnév vezetéknév név cég város ár mennyiség
	prenume nume oraș preț ime prezime tvrtka grad cijena ad soyad isim şirket şehir telefon fiyat miktar tarih`,
	`имя фамилия отчество фио почта компания организация должность город страна телефон адрес группа стол место цена сумма
	количество дата время описание примечание номер статус участник гость ім'я прізвище пошта компанія місто
	όνομα επώνυμο εταιρεία πόλη τηλέφωνο τιμή ποσότητα
	姓 名 姓名 名字 公司 单位 职务 电话 手机 邮箱 电子邮件 地址 城市 日期 时间 数量 价格 备注 桌号
	氏名 名前 お名前 会社 会社名 所属 役職 電話 電話番号 メール メールアドレス 住所 日付 数量 価格 備考 区分 連絡先 お客様
	이름 성명 회사 직책 전화 이메일 주소 날짜 수량 가격 비고 الاسم اللقب البريد الهاتف الشركة המדינה שם דואל טלפון`)

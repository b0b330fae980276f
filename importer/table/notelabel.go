package table

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/wordset"
)

// labels begin what people and programs write around a list and no guest's name, as in "Contact person: Ida": who
// answers questions, who made the list and who has approved it, when, for which event.
var labels = wordset.Of(`contact contacts person persons organiser organizer organisers organizers host hosts author editor
	date time event venue place location address tel telephone phone mobile fax email mail website web page sheet
	responsible department office questions question queries enquiries inquiries info information hotline helpline support
	emergency reference ref subject re project signature signatures signed stamp initials version revision stand status
	deadline source file prepared checked approved reviewed verified authorised authorized printed exported created
	generated updated compiled position in charge print export report cc bcc fao attn attention`,
	`kontakt kontakte kontaktperson kontaktpersonen ansprechpartner ansprechpartnerin ansprechperson ansprechpartnerinnen
	veranstalter veranstalterin organisator organisatorin leitung verantwortlich verantwortliche verantwortlicher zuständig
	bearbeiter bearbeiterin sachbearbeiter sachbearbeiterin ersteller erstellerin verfasser autor datum ort uhrzeit
	veranstaltung telefon handy mobil adresse rückfragen fragen unterschrift unterschriften unterzeichnet gez stempel
	version quelle datei betreff projekt frist genehmigt geprüft freigegeben erstellt gedruckt exportiert seite blatt
	abteilung büro`,
	`contact contacts organisateur organisatrice responsable auteur date lieu adresse événement tél téléphone portable
	courriel mél site questions renseignements signature visa cachet préparé établi approuvé vérifié validé contrôlé rédigé
	imprimé exporté créé édité objet projet dossier source fichier version référence personne à joindre`,
	`contacto contactos persona organizador organizadora responsable autor autora fecha lugar dirección evento teléfono
	tfno móvil correo preguntas consultas dudas información firma sello preparado elaborado aprobado revisado verificado
	autorizado asunto proyecto fuente archivo versión página hoja`,
	`contatto contatti persona referente organizzatore organizzatrice responsabile autore data luogo indirizzo evento
	telefono cellulare domande informazioni firma timbro preparato redatto approvato verificato controllato oggetto
	progetto fonte versione pagina foglio contato contatos pessoa organizador organizadora responsável autor data local
	endereço evento telefone celular telemóvel dúvidas perguntas informações assinatura carimbo preparado elaborado
	aprovado verificado conferido assunto projeto fonte versão folha`,
	`contactpersoon contactpersonen contactgegevens organisator verantwoordelijke auteur datum plaats locatie adres
	evenement telefoon mobiel vragen handtekening opgesteld goedgekeurd gecontroleerd onderwerp bron versie blad osoba
	kontaktowa kontakt organizator organizatorka odpowiedzialny odpowiedzialna autor autorka data miejsce adres wydarzenie
	telefon pytania podpis pieczęć przygotował przygotowała zatwierdził zatwierdziła sprawdził sprawdziła sporządził
	sporządziła opracował opracowała temat źródło wersja strona`,
	`kontakt kontaktperson kontaktuppgifter arrangör arrangører ansvarig ansvarlig författare forfatter datum dato plats
	sted adress adresse telefon mobil frågor spørgsmål spørsmål underskrift signatur namnteckning godkänd godkendt godkjent
	granskad kontrolleret kontrollert upprättad udarbejdet utarbeidet versjon källa kilde sida side yhteyshenkilö
	yhteystiedot järjestäjä vastuuhenkilö laatija päiväys päivämäärä paikka puhelin kysymykset allekirjoitus hyväksynyt
	tarkastanut laatinut lähde sivu`,
	`kontaktní osoba kontaktná organizátor pořadatel usporiadateľ zodpovědná zodpovedná vypracoval vypracovala schválil
	schválila kontroloval zkontroloval skontroloval datum dátum místo miesto adresa telefon telefón dotazy otázky podpis
	razítko pečiatka zdroj verze verzia strana kapcsolattartó kapcsolat elérhetőség szervező felelős készítette jóváhagyta
	ellenőrizte dátum helyszín cím telefonszám kérdések aláírás forrás verzió oldal persoană persoana contact organizator
	responsabil întocmit aprobat verificat data locul adresa telefon întrebări semnătura sursa pagina`,
	`irtibat kişisi iletişim düzenleyen sorumlu hazırlayan onaylayan kontrol eden tarih yer adres telefon sorular imza
	kaynak sayfa υπεύθυνος επικοινωνία επικοινωνίας άτομο διοργανωτής συντάκτης ημερομηνία τόπος διεύθυνση τηλέφωνο
	ερωτήσεις υπογραφή έγκριση ενέκρινε σελίδα πηγή kontakt osoba za organizator odgovorna odgovoran izradio izradila
	odobrio odobrila provjerio datum mjesto adresa telefon pitanja potpis izvor stranica kontaktna pripravil pripravila
	odobril odobrila podpis kraj kontaktinis asmuo organizatorius atsakingas parengė patvirtino data vieta adresas
	telefonas klausimai parašas kontaktpersona organizators atbildīgais sagatavoja apstiprināja datums vieta adrese
	tālrunis jautājumi paraksts kontaktisik korraldaja vastutav koostas kinnitas kuupäev koht aadress telefon küsimused
	allkiri`,
	`контакт контакты контактное лицо ответственный ответственная организатор автор дата место адрес телефон вопросы
	подпись печать утвердил утвердила проверил проверила подготовил подготовила составил составила исполнитель согласовано
	утверждаю источник версия страница лист мероприятие контактна особа відповідальний відповідальна організатор дата місце
	телефон питання підпис затвердив затвердила перевірив перевірила підготував підготувала склав склала виконавець
	сторінка за лице за отговорник изготвил одобрил проверил дата място въпроси подпис страница`,
	`الاتصال للتواصل جهة المسؤول مسؤول المنظم المنسق التاريخ المكان الهاتف التوقيع توقيع أعده إعداد اعتمده راجعه صفحة איש קשר אחראי מארגן תאריך מקום טלפון שאלות חתימה הוכן אושר נבדק עמוד`,
	`連絡先 連絡 担当 担当者 責任者 主催 主催者 作成者 作成日 作成 承認 承認者 承認印 確認 確認者 日付 場所 会場 住所 電話 電話番号 お問い合わせ 問合せ先 署名 印 サイン 出典 ページ 联系人 联络人 负责人 主办
	主办方 组织者 制表 制表人 审核 审核人 批准 批准人 日期 地点 地址 电话 签名 签字 盖章 来源 页码 聯絡人 聯繫人 負責人 主辦 審核 地點 電話 簽名 簽字 來源 연락처 담당 담당자 책임자 주최 주최자 작성자 작성일
	승인 승인자 확인자 검토 날짜 장소 주소 전화 전화번호 문의 서명 출처 liên hệ người tổ chức phụ trách lập duyệt ngày địa điểm ký ผู้ติดต่อ
	ผู้รับผิดชอบ ผู้จัด ผู้จัดทำ ผู้อนุมัติ ผู้ตรวจสอบ วันที่ สถานที่ โทร โทรศัพท์ ลายเซ็น`)

// lonelyLabels are labels that tell without a colon behind them: they are no names, and no parts of them.
var lonelyLabels = wordset.Of(`signature unterschrift unterschriften handtekening underskrift allekirjoitus aláírás
	semnătura semnătură imza υπογραφή podpis potpis parašas paraksts allkiri подпись підпис подпис assinatura namnteckning
	توقيع التوقيع חתימה 署名 签名 簽名 서명 contact kontakt contacto contatto contato kontaktperson contactpersoon ansprechpartner
	ansprechpartnerin ansprechperson yhteyshenkilö kapcsolattartó контакт контакты organiser organizer veranstalter
	organisateur organizador organizzatore organisator arrangör arrangør järjestäjä organizátor szervező düzenleyen
	организатор contacts organisers organizers 連絡先 担当者 主催者 联系人 联络人 負責人 负责人 聯絡人 담당자 연락처 主办方`)

// verbsOfNotes and bysOfNotes are two words by which a note says who has made the list, and when.
var (
	verbsOfNotes = wordset.Of(`printed exported generated created prepared compiled updated downloaded checked approved signed
	reviewed verified authorised authorized submitted collected entered maintained edited modified revised issued confirmed
	received produced requested ordered published managed organised organized hosted drafted written recorded completed
	filled countersigned validated extracted gedruckt ausgedruckt erstellt exportiert generiert aktualisiert geprüft
	überprüft kontrolliert genehmigt freigegeben bestätigt unterschrieben unterzeichnet gezeichnet abgezeichnet
	zusammengestellt vorbereitet bearbeitet eingereicht erfasst geändert heruntergeladen angelegt verantwortet organisiert
	veranstaltet ausgestellt imprimé exporté créé généré édité préparé établi approuvé vérifié validé contrôlé signé rédigé
	autorisé organisé soumis révisé actualisé téléchargé émis impreso exportado generado creado actualizado elaborado
	preparado aprobado revisado verificado autorizado firmado validado enviado organizado confeccionado descargado
	modificado stampato esportato creato generato aggiornato preparato approvato verificato controllato autorizzato firmato
	redatto compilato organizzato revisionato validato scaricato modificato gerado criado atualizado aprovado revisto
	assinado conferido geprint afgedrukt gemaakt geëxporteerd bijgewerkt opgesteld goedgekeurd gecontroleerd geautoriseerd
	ondertekend voorbereid gegenereerd samengesteld ingediend nagekeken wydrukowano wygenerowano utworzono sporządzono
	przygotowano zatwierdzono sprawdzono zweryfikowano podpisano opracowano wyeksportowano utskriven skapad uppdaterad
	godkänd granskad kontrollerad undertecknad framtagen sammanställd exporterad upprättad attesterad udskrevet oprettet
	utskrevet opprettet oppdatert opdateret godkendt godkjent kontrolleret kontrollert gennemgået gjennomgått underskrevet
	undertegnet udarbejdet utarbeidet eksporteret eksportert attesteret attestert lavet laget tipărit creat generat
	întocmit aprobat verificat semnat elaborat`)
	bysOfNotes = wordset.Of(`by on at from with for von vom am durch mit par le la por el da il em dal door op przez dnia av
		af den de met`)
)

// noteLikely says how likely a row that may have an address is a note beside the list, by its names: whose cells are
// of a first, a last or a full name, or by its first cell where no column is called so. Below a label alone in its
// row it may be what that announces.
func (r *Reader) noteLikely(cells []string) likely {
	is, announced := r.noteInNames(cells), r.announced
	r.announced = is == surely && !r.hasAddress(cells) && endsAsLabel(cells)
	if announced && is == hardly {
		return perhaps
	}
	return is
}

func (r *Reader) noteInNames(cells []string) likely {
	found, before := hardly, ""
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell == "" || len(r.names) > 0 && !r.names[i] {
			continue
		}
		if before != "" {
			found = max(found, noteInName(before+" "+cell))
		}
		before = ""
		if beginsLikeNote(cell) {
			found, before = max(found, noteInName(cell)), cell
		}
		if len(r.names) == 0 {
			break
		}
	}
	if found == hardly && r.hasLabelBeside(cells) {
		return perhaps
	}
	if found != hardly && r.namesHaveColons() {
		return hardly
	}
	return found
}

// hasLabelBeside reports whether a row begins with a label or has a bare one, where labels are not usual.
func (r *Reader) hasLabelBeside(cells []string) bool {
	first := firstFilled(cells)
	for i, cell := range cells {
		if strings.IndexByte(cell, ':') < 0 && !strings.Contains(cell, "：") {
			continue
		}
		cell = strings.TrimSpace(cell)
		isBare := strings.HasSuffix(cell, ":") || strings.HasSuffix(cell, "：")
		if (i == first || isBare) && !r.names[i] && isLabel(cell) && !r.hasColons(i) {
			return true
		}
	}
	return false
}

// beginsLikeNote leaves out nearly every name before it is compared.
func beginsLikeNote(cell string) bool {
	if strings.IndexByte(cell, ':') >= 0 || strings.Contains(cell, "：") {
		return true
	}
	first := cell
	if end := strings.IndexFunc(cell, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) }); end >= 0 {
		first = cell[:end]
	}
	var small [24]byte
	if len(first) > len(small) {
		return false
	}
	lower := small[:0]
	for i := range len(first) {
		if first[i] >= utf8.RuneSelf {
			return noteBeginnings[strings.ToLower(first)]
		}
		lower = append(lower, byte(unicode.ToLower(rune(first[i]))))
	}
	return noteBeginnings[string(lower)]
}

// noteBeginnings are the first words of notes.
var noteBeginnings = func() map[string]bool {
	all := map[string]bool{}
	for word := range notePhrases {
		all[strings.Trim(word, ":")] = true
	}
	for _, words := range []map[string]bool{lonelyLabels, verbsOfNotes, partWords} {
		maps.Copy(all, words)
	}
	return all
}()

// noteInName says how likely a text that stands where names do is of a note.
func noteInName(text string) likely {
	const most = 120 // bytes in which a label and a phrase stand
	if len(text) > most {
		text = text[:most]
	}
	words := noteWords(text)
	switch {
	case len(words) == 0:
		return hardly
	case isLabel(text), beginsAsNote([]string{text}) && len(words) > 1, isNumberedPart([]string{text}),
		len(words) > 1 && verbsOfNotes[words[0]] && bysOfNotes[strings.Trim(words[1], ":")]:
		return surely
	case hasLabel(text), lonelyLabels[words[0]], len(words) == 1 && verbsOfNotes[words[0]]:
		return perhaps
	}
	return hardly
}

// isLabel reports whether a text begins with words for who or what is named behind them, and a colon.
func isLabel(text string) bool {
	label, is := cutLabel(text)
	if !is {
		return false
	}
	words := noteWords(label)
	tells := func(word string) bool { return labels[word] || verbsOfNotes[word] }
	isOther := func(word string) bool { return !tells(word) && !smallWords[word] }
	return slices.ContainsFunc(words, tells) && !slices.ContainsFunc(words, isOther)
}

// hasLabel reports whether a text has a few words, a colon and a blank in it, as no name has.
func hasLabel(text string) bool {
	label, is := cutLabel(text)
	return is && strings.ContainsFunc(label, unicode.IsLetter)
}

// cutLabel returns what stands before the colon of a text, behind which are a blank or nothing.
func cutLabel(text string) (label string, is bool) {
	const most = 60 // bytes of the longest label
	at := strings.IndexByte(text, ':')
	if wide := strings.Index(text, "："); wide >= 0 && (at < 0 || wide < at) {
		return text[:wide], wide <= most
	}
	if at <= 0 || at > most {
		return "", false
	}
	rest := text[at+1:]
	return text[:at], rest == "" || rest[0] == ' ' || rest[0] >= 0x80
}

// hasColons reports whether labels are usual in a column of the list.
func (r *Reader) hasColons(column int) bool {
	n := 0
	for _, row := range r.sample {
		if column < len(row) && hasLabel(row[column]) {
			n++
		}
	}
	return n > 1
}

// namesHaveColons reports whether labels are usual in the names of the list.
func (r *Reader) namesHaveColons() bool {
	for column := range r.names {
		if r.hasColons(column) {
			return true
		}
	}
	return false
}

// endsAsLabel reports whether the text of a row ends with a label, behind which a name is still to come.
func endsAsLabel(cells []string) bool {
	words := noteWords(strings.Join(cells, " "))
	return len(words) > 0 && (hasColonAtEnd(cells) || bysOfNotes[words[len(words)-1]] || len(words) == 1)
}

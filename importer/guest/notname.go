package guest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/pattern"
	"guestflow/importer/personname"
	"guestflow/importer/wordset"
	"guestflow/qflow"
)

// notName refuses a cell of a name that is none: a number, a date, a link, a merge tag, or words of those who do not
// know it yet. Words that are names too are warned of.
func (c *check) notName(field, s string) {
	if isAllSigns := strings.Trim(s, "? ") == ""; !isAllSigns && c.lostLetters(field, s) {
		return
	}
	if mayBeFormula(s) && formulaCell.MatchString(s) {
		c.add(BadName, field, "the cell has a formula of a spreadsheet, and no name; export the list with its values")
		return
	}
	if len(s) > maxNotName && !strings.ContainsAny(s, "<>{}*:") {
		c.misplaced(field, s)
		return
	}
	letter, sign := nameCharacters(s)
	switch {
	case wordset.Has(noValueWords, s) || strings.Trim(s, "xX") == "" && len(s) > 1:
		c.add(NoValueWritten, field,
			"the cell says that there is no value, and is no name; write the name, or leave the cell empty")
	case !letter && s[0] != '=': // which a report guards
		c.add(BadName, field, "the cell has a number, a date or signs, and no name; its cells may be in wrong columns")
	case sign && strings.Count(s, "{") != strings.Count(s, "}"): // Bj{rn
		c.add(NotUTF8, field, misplacedSign)
	case sign && (mayBeMergeTag(s) && mergeTag.MatchString(s) || isFieldName(s)):
		c.add(BadName, field, "the cell has a field of a letter or a link, and no name; export the list with names")
	case sign && mayBeMonth(s) && monthCell.MatchString(s):
		c.add(BadName, field, "the cell has a date, and no name; a spreadsheet may have made one of the name")
	case switchWords[s]:
		c.add(BadName, field, "the cell says yes or no, and is no name; its cells may be in wrong columns")
	case (sign || !plain(s)) && isLoading(strings.ToLower(s)):
		c.add(NoValueWritten, field,
			"the cell shows that a spreadsheet was still loading it (Loading...), and is no name; export the list again")
	case personname.IsTitleAlone(s, field):
		c.add(BadName, field, "the cell has a title and no name; write the name, or leave the cell empty")
	case sign && mayBeNumbered(s) && numberedName.MatchString(s):
		c.add(BadName, field, "the name begins with a number, as an item of a list does; take the number off")
	case (sign || !plain(s)) && isExample(strings.ToLower(s)):
		c.add(BadName, field, "the cell is an example of what to write, and no guest's name")
	case sign && s[0] == '@':
		if strings.Contains(s, " ") { // one without a blank is asked about
			c.warn(OddName, field, "the cell has the name of an account, such as @ida; write the name of the guest if it is none")
		}
	case sign && strings.IndexByte(s, '@') > 0 && !strings.Contains(s, " ") && !validEmail(s, ""):
		c.add(BadName, field, "the cell has a part of an email address, and no name; its cells may be in wrong columns")
	case sign && isCommented(s):
		c.add(BadName, field, "the name is marked as one that is left out (// or #); take the mark off if the guest is "+
			"meant")
	case wordset.Has(testWords, s), s == "True":
		c.warn(OddName, field, "the name looks like one of a test")
	case sign && strings.ContainsAny(s, "<>"):
		c.warn(OddName, field, "the name has signs of a web page in it")
	default:
		c.misplaced(field, s)
	}
}

var (
	// formulaCell is a formula in place of its value: =VLOOKUP(A2;B:C;2), =A2, =Guests!B2, =+A2&B2. =Ida and =1+1 are
	// guarded texts.
	formulaCell = pattern.New(`^=\s*[-+{(]*\s*(?:[\pL_][\pL0-9_.]*\(|\$?[A-Za-z]{1,3}\$?[0-9]{1,7}\b|'?[^'!]{1,60}'?!\$?[A-Za-z])|^[-+@]\s*[\pL_][\pL0-9_.]*\([^)]*\)`)
	// numberedName is a name as an item of a list: 1. Ida, 12) Ida.
	numberedName = pattern.New(`^\(?[0-9]{1,4}[.):]\s*\pL|^#\s?[0-9]{1,4}[.):]?\s+\pL|^\(?[a-zA-Z]\)\s+\pL`)
)

func mayBeFormula(s string) bool {
	return s[0] == '=' || (s[0] == '-' || s[0] == '+' || s[0] == '@') && strings.IndexByte(s, '(') > 0
}

// isLoading reports whether a cell is what spreadsheets show until they have a value.
func isLoading(word string) bool {
	bare := strings.TrimRight(word, ".… ")
	return bare != word && loadingWords[bare]
}

var loadingWords = wordset.Texts(`loading|loading data|please wait|calculating|fetching|updating|processing|retrieving data|
	lädt|lade|laden|wird geladen|daten werden geladen|chargement|chargement en cours|cargando|caricamento|
	caricamento in corso|carregando|a carregar|bezig met laden|ładowanie|wczytywanie|laddar|läser in|laster|laster inn|
	indlæser|ladataan|načítání|načítám|načítava sa|betöltés|se încarcă|yükleniyor|φόρτωση|загрузка|завантаження|טוען|
	جار التحميل|読み込み中|読み込んでいます|加载中|正在加载|載入中|로드 중|불러오는 중`)

// isFieldName reports whether a cell is the name of a field as programs write it: $firstname, first_name, %FNAME.
func isFieldName(s string) bool {
	bare := strings.Trim(s, "$%@:#{}[]()_&~^ ")
	return (bare != s || strings.Contains(s, "_")) &&
		fieldNames[strings.ToLower(strings.NewReplacer("_", "", " ", "", "-", "").Replace(bare))]
}

var fieldNames = wordset.Texts(`firstname|lastname|fname|lname|fullname|surname|givenname|familyname|middlename|name|email|
	emailaddress|username|guestname|nickname|contactfirstname|contactlastname|contactname|recipientname|vorname|nachname|
	prenom|prénom|nombre|apellido|apellidos|nome|cognome|sobrenome|voornaam|achternaam|imie|nazwisko|fornavn|etternavn|
	efternavn|förnamn|efternamn`)

// isExample reports whether a cell shows what to write: e.g. Jane.
func isExample(word string) bool {
	for _, begin := range examples {
		rest, is := strings.CutPrefix(word, begin)
		if !is || strings.TrimLeft(rest, " :") == "" {
			continue
		}
		if last := begin[len(begin)-1]; last >= utf8.RuneSelf || !asciiLetter(last) || rest[0] == ' ' || rest[0] == ':' {
			return true
		}
	}
	return false
}

// examples are how an example is announced in the languages of headers.
var examples = []string{
	"e.g.", "e.g ", "eg.", "eg:", "ex.:", "ex:", "i.e.", "example:", "for example", "such as ", "z.b.", "z. b.", "zb.",
	"beispiel:", "zum beispiel", "bsp.", "bsp:",
	"p.ex.", "p. ex.", "par exemple", "exemple:", "exemple :", "ej.:", "p.ej.", "p. ej.", "por ejemplo", "ejemplo:",
	"por exemplo", "exemplo:", "ad es.", "per esempio",
	"esempio:", "bijv.", "bijvoorbeeld", "bv.", "voorbeeld:", "np.:", "np. ", "na przykład", "przykład:", "t.ex.",
	"t. ex.", "till exempel", "exempel:", "f.eks.", "f. eks.",
	"fx.", "for eksempel", "eksempel:", "esim.", "esimerkiksi", "např.", "například", "napr.", "pl.:", "például", "de ex.",
	"de exemplu", "örn.", "örneğin", "örnek:",
	"π.χ.", "например ", "например,", "напр.", "наприклад ", "مثال:", "مثلا ", "לדוגמה ", "לדוגמה:", "לדוגמא ", "例:", "例：",
	"例）", "예:", "예）", "예) ", "例) ",
}

// isCommented reports whether a name is marked as one that is left out, as programs mark lines: // Bo, #Una, -- Ida.
func isCommented(s string) bool {
	for _, mark := range []string{"//", "/*", "<!--", "--", "#", ";"} {
		rest, is := strings.CutPrefix(s, mark)
		if rest = strings.TrimLeft(rest, "/*#-; "); is && rest != "" {
			first, _ := utf8.DecodeRuneInString(rest)
			return unicode.IsLetter(first)
		}
	}
	return false
}

// mayBeMergeTag, mayBeNumbered and mayBeMonth leave out what has a sign and cannot match, such as names with numbers in
// them: the patterns take longer than all the rest of a row.
func mayBeMergeTag(s string) bool {
	return s[0]|0x20 == 'w' || strings.ContainsAny(s, "<>{}*|%$:[«»")
}

func mayBeNumbered(s string) bool {
	return len(s) > 1 && s[1] == ')' || s[0] == '(' || s[0] == '#' || s[0] >= '0' && s[0] <= '9'
}

func mayBeMonth(s string) bool {
	return s[0] >= '0' && s[0] <= '9' || strings.ContainsAny(s, "-/") && s[len(s)-1] >= '0' && s[len(s)-1] <= '9'
}

// maxNotName is how long the longest of the words is.
const maxNotName = 40

// nameCharacters reports whether a name has a letter, and whether it has what few names have.
func nameCharacters(s string) (letter, sign bool) {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letter = true
		case r == ' ', r == '-', r == '.', r == '\'':
			sign = sign || r == '-' || r == '.'
		case r < unicode.MaxASCII:
			sign = true
		case !unicode.IsPunct(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r): // a heart is what a guest has written
			letter = true
		}
	}
	return letter, sign
}

var (
	// mergeTag is a field that a mail program fills in, or a link.
	mergeTag = pattern.New(`<<|>>|^<[\pL _-]+>$|[{}]|\*\||\|\*|%%|\$\(|://|^(?i:www)\.|^\[[^\]]*\]$|^%[^%]+%$|«|»`)
	// monthCell is a date with the name of its month.
	monthCell = pattern.New(`^[0-9]{1,2}[-./ ]+\pL{3,4}\.?([-./ ]+[0-9]{2,4})?$|^\pL{3}[-/][0-9]{2}$`)

	noValueWords = wordset.Texts(`still open|weiß nicht|weiss nicht|nicht bekannt|kein vorname|kein nachname|no idea|not sure|sin datos|
		sin apellido|brak danych|bez jména|не указано|не указан|не указана|данных нет|нет данных|لا يوجد|暂无|暫無|ohne namen|ohne angabe|name follows|name to follow|to be named|to be advised|not yet known|not known yet|
		still unknown|pending name|name pending|t.b.n.|tbn|tba.|tbc.|tbd.|idk|noch offen|noch unbekannt|folgt noch|
		nachname folgt|noch nicht bekannt|wird noch bekannt gegeben|wird bekannt gegeben|steht noch nicht fest|à venir|
		à définir|pas encore connu|non communiqué|pendiente|pendiente de confirmar|por determinar|sin confirmar|in arrivo|
		da comunicare|da confermarsi|por anunciar|por designar|volgt|volgt nog|nog onbekend|naam volgt|kommer senere|
		meddelas senare|ännu okänt|oplyses senere|ej bestämt|ikke kendt|ei tiedossa|ilmoitetaan myöhemmin|do ustalenia|
		do uzupełnienia|nieznane|bude upřesněno|upřesníme|doplníme|bude doplneno|később|pontosítás alatt|urmează|
		de confirmat|belirlenecek|daha sonra|θα ανακοινωθεί|уточняется|будет позже|уточнюється|буде пізніше|待定|待确认|
		待確認|確認中|調整中|추후 공지|추후|ยังไม่ทราบ|chưa biết|chưa rõ|belum diketahui|anonymous|anonym|anonyme|anónimo|anónima|anonimo|anonima|anônimo|anoniem|anonimowy|anonyymi|
		аноним|анонім|匿名|익명|attendee|fname|lname|tbc|tba|tbd|t.b.c.|t.b.a.|t.b.d.|to be confirmed|to be announced|
		to be determined|to be advised|to follow|name tbc|name tba|name tbd|n.a.|n. a.|n.n.|n. n.|nn|no name|noname|
		no last name|no first name|no surname|not provided|not given|not available|not applicable|not known|name unknown|
		unknown|unnamed|none|empty|
		first name|firstname|last name|lastname|full name|fullname|surname|name|given name|family name|
		unbekannt|kein name|keine angabe|k.a.|k. a.|keine|folgt|name folgt|wird nachgereicht|vorname|nachname|
		inconnu|inconnue|aucun|aucune|non renseigné|à confirmer|à préciser|prénom|
		desconocido|desconocida|ninguno|ninguna|sin nombre|por confirmar|por definir|apellido|apellidos|
		sconosciuto|sconosciuta|nessuno|da confermare|da definire|cognome|
		desconhecido|desconhecida|nenhum|nenhuma|a confirmar|a definir|sem nome|sobrenome|
		onbekend|geen|geen naam|nader te bepalen|voornaam|achternaam|
		nieznany|nieznana|do potwierdzenia|imię|nazwisko|
		okänd|saknas|förnamn|efternamn|ukendt|ukjent|fornavn|etternavn|tuntematon|etunimi|sukunimi|neznámý|neznámá|jméno|
		příjmení|ismeretlen|necunoscut|bilinmiyor|άγνωστος|неизвестно|неизвестный|нет|невідомо|немає|имя|фамилия|غير معروف|
		לא ידוע|不明|未知|未定|無し|なし|未提供|미정|없음|loading|asdf|asdfasdf|qwerty|qwertz|azerty|abc|abcd|lorem ipsum|blah|foobar|aaa|aaaa|
		zzz`)
	switchWords = wordset.Texts("TRUE|FALSE|true|false|False|YES|yes|WAHR|FALSCH|VRAI|VERDADERO|PRAWDA|WAAR|ONWAAR|true.|[x]|[ ]")
	testWords   = wordset.Texts(`test|tests|tester|testing|test user|testuser|test test|test guest|dummy|sample|demo|example|
		beispiel|muster|mustermann|prueba|prova|essai|teste`)
)

// Words for a guest whose name is not known yet, in patterns.
const companionWords = `guests?|plus[- ]?(?:one|ones|1)|companion|spouse|date|partner|partnerin|wife|husband|friend|` +
	`gast|gäste|begleitung|begleiter|begleiterin|begleitperson|ehefrau|ehemann|invitée?|accompagnante?|accompagnateur|accompagnatrice|conjointe?|` +
	`invitad[oa]|acompañante|ospite|accompagnatore|accompagnatrice|convidad[oa]|acompanhante|introducée?|begeleider|` +
	`gość|osoba towarzysząca|gäst|följeslagare|sällskap|medföljande|ledsager|gæst|gjest|følge|seuralainen|avec|vieras|doprovod|kísérő|` +
	`însoțitor|refakatçi|συνοδός|гость|сопровождающий|супутник|супроводжуючий|مرافق|ضيف|מלווה|אורח|同伴者|同行者|ゲスト|嘉宾|동반자`

// relatives are words for a relation to a guest, behind or before the guest's name: Frau von Tom, Tom's son.
const relatives = `son|daughter|brother|sister|mother|father|mum|mom|dad|child|kid|girlfriend|boyfriend|fianc[eé]e?|colleague|assistant|` +
	`frau|mann|sohn|tochter|bruder|schwester|mutter|vater|kind|kollege|kollegin|assistent|assistentin|freund|freundin|` +
	`femme|fils|fille|mujer|esposa|esposo|hijo|hija|moglie|marito|figlio|figlia|vrouw|zoon|dochter|żona|mąż`

// numberedWords are for guests who have a number only.
const numberedWords = `table|tisch|seat|platz|person|people|attendee|teilnehmer|teilnehmerin|participant|participante|partecipante|name|ticket|delegate|delegado|délégué|delegierter|` +
	`invitee|speaker|visitor|besucher|member|mitglied|vip|staff|crew|press|sponsor|exhibitor|student|pupil|player|user|candidate|contact|customer|kunde|client|` +
	`child|kid|adult|kind|erwachsener|enfant|deelnemer|uczestnik|deltagare|deltager|deltaker|osallistuja|účastník|résztvevő|katılımcı|участник|гость|tba|tbc|tbd|nn|` +
	`unknown|unbekannt|inconnu|placeholder|platzhalter|reserved|reserviert|anonymous|test|dummy|sample`

var (
	// companionOf is a guest who is named by the one who brings him: Guest of Anna, Anna's guest, Begleitung von Anna.
	companionOf = pattern.New(`(?i)^(?:the )?(?:` + companionWords + `|` + relatives +
		`) (?:of|for|von|de|du|di|del|da|do|van|av|af|od|till?|от) +\S|^(?:` + companionWords + `) d['’]\S|` +
		`['’]s? (?:` + companionWords + `|` + relatives + `)$|^гость .|^gość .`)
	// unnamedGuest is a guest by number, or without: Guest 1, +1, plus one.
	unnamedGuest = pattern.New(`(?i)^(?:` + companionWords + `)(?: (?:` + companionWords +
		`|attendee|visitor|user|name|unknown))+$|` +
		`^(?:` + companionWords + `|` + numberedWords + `)[ .:#-]*(?:no|nr)?[ .:#-]*[0-9]+$|` +
		`^(?:` + companionWords + `)$|(?:^| )\+ ?[0-9]|\bplus[- ]one\b|^(?:vip|extra) guests?$`)
)

// placeholderGuest finds a row that stands for a guest without a name: one whom another guest brings. An email would go
// to the one who brings him.
func (c *check) placeholderGuest(g *qflow.Guest) (found bool) {
	isRefused := func(f Finding) bool { return f.Code == BadName || f.Code == NoValueWritten }
	if slices.ContainsFunc(c.findings, isRefused) || !isPlaceholder(g.FirstName, g.LastName) {
		return false
	}
	const text = "the row stands for a guest whose name is not known, such as “Guest of …” or “+1”"
	if g.Email != "" && g.TemplateID != "" {
		c.add(BadName, columns.FirstName,
			text+", and the email would go to the guest who brings that one; write the name, or count the guest in Plus 1's")
		return true
	}
	c.warn(OddName, columns.FirstName, text)
	return true
}

// isPlaceholder reports whether a first and a last name are those of a guest who is named by another one, or by a number: both
// together, or one of them whatever the other is.
func isPlaceholder(first, last string) bool {
	name := strings.TrimSpace(first + " " + last)
	if mayBePlaceholder(name) && (companionOf.MatchString(name) || unnamedGuest.MatchString(name)) {
		return true
	}
	if strings.ContainsAny(first, " #") && mayBePlaceholder(first) &&
		(strings.ContainsAny(first, "0123456789") && unnamedGuest.MatchString(first) || companionOf.MatchString(first)) {
		return true
	}
	return strings.IndexByte(last, ' ') > 0 && mayBePlaceholder(last) && companionOf.MatchString(last)
}

// mayBePlaceholder leaves out nearly every name before it is compared.
func mayBePlaceholder(name string) bool {
	if name == "" || len(name) > 200 {
		return false
	}
	if strings.IndexByte(name, '+') >= 0 {
		return true
	}
	if (strings.IndexByte(name, '\'') >= 0 || strings.Contains(name, "’")) && wordset.Has(placeholderStarts, name[strings.LastIndexByte(name, ' ')+1:]) {
		return true
	}
	first, _, _ := strings.Cut(name, " ")
	if wordset.Has(placeholderStarts, first) {
		return true
	}
	if !strings.ContainsAny(name, "0123456789") {
		return false
	}
	first = strings.ToLower(first)
	if strings.Contains(strings.ToLower(name), "plus") {
		return true
	}
	end := strings.IndexFunc(first, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if end >= 0 {
		first = first[:end]
	}
	return placeholderStarts[first] || numberedStarts[first]
}

var numberedStarts = wordset.Texts(numberedWords)

// placeholderStarts are the first words of what the patterns find.
var placeholderStarts = wordset.Texts(strings.ReplaceAll(relatives, "[eé]e?", "é|fiancée|fiance|fiancee") + `|guest|guests|plus|plus-one|plusone|the|companion|spouse|date|partner|partnerin|wife|
	husband|friend|vip|extra|gast|gäste|begleitung|begleiter|begleiterin|begleitperson|ehefrau|ehemann|invité|invitée|
	accompagnant|accompagnante|accompagnateur|accompagnatrice|conjoint|conjointe|invitado|invitada|acompañante|ospite|
	accompagnatore|convidado|convidada|acompanhante|introducé|introducée|begeleider|gość|osoba|gäst|följeslagare|sällskap|
	medföljande|ledsager|gæst|gjest|følge|seuralainen|avec|vieras|doprovod|kísérő|însoțitor|refakatçi|συνοδός|гость|
	сопровождающий|супутник|супроводжуючий|مرافق|ضيف|מלווה|אורח|同伴者|同行者|ゲスト|嘉宾|동반자`)

package nonname

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/charset"
	"guestflow/importer/wordset"
)

// Texts that people write where a name should be: how a letter begins, what points to another row, who comes along,
// an employer.

// greetings begin a letter: Dear Ida, Sehr geehrte Frau Holm. Behind a word that is known as a name they are none:
// Caro and Cara are left out.
var greetings = wordset.Of(`grüß respected namaste dear dearest hello hi hey hallo greetings liebe lieber
	sehr geehrte geehrter verehrte verehrter
	guten moin servus grüezi cher chère chers bonjour salut estimado estimada querido querida apreciado apreciada hola
	distinguido distinguida prezado prezada olá gentile gent.mo egregio egregia spettabile ciao buongiorno 
	geachte waarde hej kära käre bästa kære kjære hejsa rakas hyvä arvoisa szanowny szanowna szanowni
	drogi droga cześć vážený vážená milý milá drahý drahá ahoj kedves tisztelt szia dragă dragi stimate
	stimată stimata
	bună sayın sevgili merhaba poštovani poštovana dragi draga уважаемый уважаемая уважаемые дорогой дорогая
	здравствуйте
	привет добрый шановний шановна шановні вельмишановний дорогий дорога вітаю αγαπητέ αγαπητή αξιότιμε αξιότιμη γεια
	עזיזי יקר יקרה مرحبا عزيزي عزيزتي `)

// dayTimes are those that a greeting names.
var dayTimes = wordset.Of(`morning evening afternoon day`)

// roleStarts begin what is no name: Kunde Acme, Speaker Holm.
var roleStarts = wordset.Of(`sohn tochter kollege kollegin colleague plus plus-1 inkl. incl. including
	inklusive kunde kundin client customer sponsor speaker exhibitor aussteller lieferant supplier volunteer
	besucher visitor
	teilnehmer teilnehmerin participant attendee delegate mitarbeiter employee bewerber nanny bodyguard
	interpreter geschwister gebrüder`)

// greetingsAlone are those that stand in a cell by themselves, and are called by no name.
const greetingsAlone = `respected sir|good morning|good evening|guten morgen|guten abend|dear|hello|hallo|
	dearest|liebe|geehrte|geehrter|sehr geehrte|sehr geehrter|sehr geehrte frau|
	sehr geehrter herr|dear mr|dear mrs|dear ms|dear mr.|dear mrs.|dear ms.|bonjour|cher monsieur|chère madame|
	hola|estimado|
	estimada|prezado|prezada|geachte|geachte heer|geachte mevrouw|hej|kære|kjære|szanowny panie|szanowna pani|
	уважаемый|
	уважаемая|шановний|шановна|αγαπητέ|αγαπητή|sayın`

// repeatsAlone point to another row, or to what stands elsewhere.
const repeatsAlone = `as per above|repeat|repeated|wie vorher|wie zuvor|wie links|wie rechts|ebenso|
	gleichfalls|igualmente|id.|same|same name|same person|same guest|same as before|see before|as before|
	like above|dto|dto.|ditto.|
	idem.|dito.|desgl.|dgl.|s.a.|s. a.|gleicher name|derselbe|dieselbe|gleich wie oben|le même|la même|même nom|
	même personne|voir plus haut|el mismo|la misma|mismo|misma|igual|lo mismo|ver más arriba|o mesmo|a mesma|
	ver acima|
	idem acima|lo stesso|la stessa|come sopra|vedi sopra|zelfde|dezelfde|hetzelfde|als boven|tak samo|
	to samo|ten sam|ta sama|samma|samma namn|samma som ovan|som ovan|se ovan|samme|samme som over|som ovenfor|se over|
	sama kuin yllä|kuten yllä|ks. yllä|totéž|stejné|viz výše|dtto|tamtiež|rovnaké|viď vyššie|ugyanaz|ua.|lásd fent|
	mint fent|la fel|vezi mai sus|idem mai sus|aynı|yukarıdaki gibi|aynısı|isto|isto kao gore|vidi gore|istý|
	тот же|то же|
	та же|то же самое|так же|см. выше|смотри выше|як вище|той самий|те саме|та сама|дивись вище|див. вище|същото|
	виж по-горе|исто|το ίδιο|ο ίδιος|η ίδια|βλέπε παραπάνω|όπως παραπάνω|όπως πάνω|כנ"ל|כנ״ל|אותו דבר|ראה למעלה|نفسه|
	نفس الشيء|كما هو أعلاه|انظر أعلاه|同上|同前|上に同じ|上記と同じ|上記同様|〃|々|同一|同じ|如上|见上|見上|위와 같음|상동|동일|เหมือนข้างบน|
	như trên|sama seperti di atas|idem above|ibid|ibid.|ibidem|the same`

// repeats are those and some that in small letters are no initials.
var repeats = wordset.Texts(repeatsAlone + "|jw|jw.|j.w|j.w.|ua|ua.|sama|d.o.|dgl")

// companionsAlone stand for a guest whom another one brings, in place of a first name.
const companionsAlone = `schwiegermutter|schwiegervater|schwiegersohn|schwiegertochter|grandma|grandpa|
	grandmother|grandfather|
	colleague|kollege|kollegin|arbeitskollege|collègue|colega|collega|winner|gewinner|gewinnerin|raffle|
	his wife|her husband|nanny|bodyguard|interpreter|translator|dolmetscher|dolmetscherin|übersetzer|
	übersetzerin|vertretung|vertreter|vertreterin|stellvertreter|stellvertreterin|nachfolger|nachfolgerin|
	ersatz|substitute|replacement|
	remplaçant|remplaçante|sustituto|sustituta|sostituto|sostituta|vervanger|zastępca|zástupce|i.v.|i. v.|
	guest of|plus one|plus-one|plusone|plus 1|plus guest|companion|spouse|partner|partnerin|
	lebensgefährte|lebensgefährtin|lebenspartner|lebenspartnerin|gatte|gattin|begleitung|begleiter|begleiterin|
	begleitperson|begl.|
	mit begleitung|kind|kid|child|toddler|infant|säugling|kleinkind|accompagnant|accompagnante|accompagnateur|
	accompagnatrice|compagnon|compagne|époux|épouse|invité|invitée|enfant|bébé|acompañante|cónyuge|esposo|esposa|
	marido|invitado|invitada|niño|niña|hijo|hija|bebé|accompagnatore|accompagnatrice|coniuge|marito|moglie|
	ospite|bambino|
	bambina|acompanhante|cônjuge|convidado|convidada|criança|introducé|introducee|introducée|begeleider|begeleidster|
	echtgenoot|echtgenote|partner van|gast van|kindje|osoba towarzysząca|os. tow.|os. towarzysząca|gość|mąż|
	żona|dziecko|
	ledsager|ledsagare|følge|gæst|gjest|gäst|sällskap|respektive|medföljande|följeslagare|hustru|ægtefælle|
	ektefelle|avec|seuralainen|puoliso|vieras|aviopuoliso|lapsi|barn|doprovod|doprovod 1|manžel|manželka|host|
	hosté|dítě|
	sprievod|hosť|dieťa|kísérő|kísérője|vendég|házastárs|feleség|férj|gyerek|gyermek|însoțitor|însoțitoare|insotitor|
	invitat|invitată|soț|soție|copil|refakatçi|eş|eşi|misafir|misafiri|çocuk|pratnja|gost|spremljevalec|suprug|
	supruga|
	supružnik|palydovas|svečias|pavadonis|viesis|kaaslane|külaline|гость|гости|сопровождающий|сопровождающая|спутник|
	спутница|супруг|супруга|муж|жена|ребенок|ребёнок|супутник|супутниця|чоловік|дружина|гість|дитина|
	придружител|пратилац|
	συνοδός|συνοδός 1|σύζυγος|καλεσμένος|καλεσμένη|παιδί|מלווה|אורח|אורחת|בן זוג|בת זוג|מלווה 1|مرافق|مرافقة|
	ضيف|ضيفة|زوج|
	زوجة|طفل|同伴者|同行者|ご同伴者|お連れ様|配偶者|ゲスト|随行|随行人员|隨行|同行人|嘉宾|陪同|동반자|동행인|배우자|ผู้ติดตาม|khách|khách mời|
	người đi cùng|pendamping|tamu`

// titlesAlone are forms of address that are called by no name, of languages whose titles in full names are not known.
const titlesAlone = `exmo. senhor|exma. senhora|ilmo. sr.|ilma. sra.|herr dipl.-ing.|herr mag.|frau mag.|
	grüß gott|doktor|magister|lp.|obywatel|obywatelka|anrede|salutation|civilité|tratamiento|titolo|rev.|lt.|
	lt. col.|col.|capt.|maj.|gen.|sgt.|hon.|pfr.|dipl.-ing.|mag.|ing.|mister|missus|missis|the hon.|
	the honourable|mr and|mr.and|fräulein|frl.|eheleute|m. et|
	mme et|señorita|doña|don señor|senhor|senhora|exmo. sr.|exma. sra.|signorina|dottor|dottore|dottoressa|de heer|
	mevrouw|meneer|mijnheer|heer en|pani|państwo|paní|slečna|pán|úr|hölgy|asszony|rouva|herra|neiti|härra|
	proua|kungs|kundze|ponas|ponia|gospodin|gospođa|gospođica|gospod|gospa|gđa|gosp.|domnul|doamna|domnișoara|пані|
	господар|госпожица|господин|господжа|κύριος|κυρία|κύριε|κα|κος|κα.|κος.|δρ|δρ.|ბატონი|ქალბატონი|պարոն|
	տիկին|bapak|ibu|puan|
	encik|shri|smt|smt.|shri.|श्री|श्रीमती|คุณ|นาย|นาง|นางสาว|ông|bà|様|先生|女士|小姐|님|선생님|여사`

// companies are well-known employers whose names are hardly ever last names.
const companies = `google|microsoft|facebook|instagram|linkedin|youtube|whatsapp|amazon|netflix|spotify|paypal|ebay|
	airbnb|booking.com|ibm|sap se|intel|nvidia|adobe|salesforce|oracle inc|vmware|hewlett packard|
	hewlett-packard|samsung|huawei|
	lenovo|xiaomi|volkswagen|vw|bmw|mercedes-benz|daimler ag|siemens|basf|bayer ag|thyssenkrupp|lufthansa|telekom|
	deutsche telekom|deutsche bank|deutsche bahn|deutsche post|deutsche börse|commerzbank|hypovereinsbank|sparkasse|
	volksbank|raiffeisenbank|postbank|kfw|zalando|hellofresh|delivery hero|heidelbergcement|infineon|
	continental ag|rheinmetall|
	vodafone|telefonica|telefónica|orange business|bnp paribas|société générale|crédit agricole|
	credit agricole|axa|totalenergies|airbus|
	safran group|saint-gobain|carrefour sa|l'oréal|lvmh|unicredit|intesa sanpaolo|banco santander|bbva|
	caixabank|iberdrola|
	inditex|mercadona|vattenfall|ericsson ab|ikea|h&m|volvo|scania ab|electrolux|handelsbanken|nordea|telenor|
	equinor|maersk|
	danske bank|novo nordisk|nokia|kone oyj|heineken nv|unilever|ing bank|abn amro|rabobank|asml|ahold delhaize|kpn|
	postnl|novartis|nestlé|credit suisse|swisscom|swiss re|ubs ag|omv|voestalpine|erste bank|orlen|pko bp|
	gazprom|sberbank|
	яндекс|газпром|сбербанк|сбер|росатом|ростелеком|яндекс|mckinsey|accenture|deloitte|kpmg|pwc|
	pricewaterhousecoopers|
	ernst & young|capgemini|bain & company|boston consulting group|bcg|roland berger gmbh|goldman sachs|jpmorgan|
	j.p. morgan|jp morgan|morgan stanley|citibank|citigroup|bank of america|wells fargo|american express|mastercard|
	pricewaterhouse|hsbc|barclays|coca-cola|coca cola|pepsico|mcdonald's|mcdonalds|starbucks|walmart|procter & gamble|
	johnson & johnson|pfizer|astrazeneca|glaxosmithkline|gsk|unicef|unesco|greenpeace|bbc|cnn|zdf|wdr|
	toyota motor|mitsubishi corporation|panasonic|alibaba|tencent|腾讯|阿里巴巴|华为|삼성전자|삼성|현대자동차|トヨタ自動車|ソニー`

// companionEnds stand behind a name, as short forms for who comes along: Holm m. Begl., Ida begleitung.
var companionEnds = wordset.Of(`vip begl begl. begleitperson begleitung guest plusone plus-one acompañante
	acompanhante accompagnant`)

// endsInCompanion reports whether the cell of a last name has who comes along behind the name, in small letters or
// short.
func endsInCompanion(cell, lower string) bool {
	at := strings.LastIndexByte(lower, ' ')
	if at < 0 || len(cell) != len(lower) || !companionEnds[lower[at+1:]] {
		return false
	}
	return cell[at+1:] == lower[at+1:] || lower[at+1:] == "vip" || strings.HasPrefix(lower[at+1:], "begl")
}

// bracketed reports whether something stands in brackets behind a name that is no other name of the guest's: a
// company, a diet,
// a role. A name of birth, a known name, and the name in another script are others, and any unknown word behind a
// first name.
func bracketed(cell string, isFirst bool) bool {
	open := strings.IndexAny(cell, "([（")
	if open < 1 {
		return false
	}
	_, size := utf8.DecodeRuneInString(cell[open:])
	inner, _, closed := strings.Cut(cell[open+size:], closing[cell[open:open+size]])
	if inner = strings.TrimSpace(inner); !closed || len(inner) < 2 || !strings.ContainsFunc(cell[:open], unicode.IsLetter) {
		return false
	}
	lower := strings.ToLower(inner)
	return kindOf(lower, true) != None || !isFirst && !mayBeOtherName(inner, lower, cell[:open])
}

// closing are the brackets that close.
var closing = map[string]string{"(": ")", "[": "]", "（": "）"}

// mayBeOtherName reports whether a text in brackets may be a further name: Holm (née Vik), Holm (Vik), Lee (이),
// Müller (III).
func mayBeOtherName(inner, lower, before string) bool {
	isLatin := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	}
	if isLatin(inner) != isLatin(before) || !strings.ContainsFunc(inner, unicode.IsLetter) {
		return true
	}
	for i, word := range strings.FieldsFunc(inner, func(r rune) bool { return r == ' ' || r == '-' || r == '/' }) {
		small := strings.ToLower(strings.Trim(word, ".,"))
		if i == 0 && otherNames[small] || len(small) == 1 || otherNames[small] && len(inner) == len(word) {
			return true
		}
		if !charset.IsKnownName(word) && !otherNames[small] {
			return false
		}
	}
	return lower != inner // names have a capital
}

// otherNames are words before a name of birth or a former one, and what belongs to a name.
var otherNames = wordset.Of(`née nee né ne geb geborene geborener born formerly früher ehemals nata nato
	nascida nascido nacida rozená rozená
	född fødd født syntyjä o.s z d'origine dite dit gen genannt alias aka prev ex previously maiden von van de
	der del da di
	du la le jr sr jun sen junior senior ii iii iv phd md dr урожденная урождённая урожд ur`)

// isFurther reports whether a first name is a word for one more with one for a person, or a relation to a guest: Second
// guest, Weitere Person, PA to Ida.
func isFurther(lower string) bool {
	start, rest, more := strings.Cut(lower, " ")
	if !more {
		return false
	}
	return furtherStarts[start] && persons[rest] || strings.HasSuffix(lower, " to") || strings.HasSuffix(lower, " for") || strings.Contains(lower, " to ")
}

var (
	furtherStarts = wordset.Of(`his her their my our another other second third fourth 2nd 3rd 4th one extra
	additional further unknown
		unnamed zweite zweiter dritte weitere weiterer noch andere anderer seine ihre ihr sein autre deuxième
	second seconde otro otra
		segundo segunda su altro altra secondo seconda suo sua outro outra tweede andere zijn haar drugi druga
	druhý druhá další andra
		annan anden annen toinen második másik ещё еще второй вторая другой другая ще другий інший`)
	persons = wordset.Texts(`guest|person|wife|husband|partner|friend|colleague|kid|child|son|daughter|brother|
	sister|one|more|eine person|
		gast|frau|mann|kind|freund|freundin|begleitung|begleitperson|personne|invité|invitée|femme|mari|ami|amie|
	persona|invitado|invitada|mujer|
		marido|esposa|esposo|ospite|moglie|marito|amico|pessoa|convidado|convidada|persoon|vrouw|osoba|gość|host|
	gäst|gæst|gjest|henkilö|vieras|
		vendég|személy|человек|гость|людина|гість`)
)

// hasAside reports whether a last name has a word in small letters that no name has, or an arrow: Holm seit 2020,
// aus Berlin, Holm → Berg.
func hasAside(last string) bool {
	if strings.ContainsAny(last, "→⇒➔➜") || strings.Contains(last, "=>") || strings.Contains(last, "->") {
		return true
	}
	words := strings.Fields(last)
	for i, word := range words[:len(words)-1] {
		next := strings.ToLower(words[i+1])
		switch {
		case !asides[word], word == "aus" && (next == "dem" || next == "der" || next == "den"):
		case word != "ab" || hasDigit(next):
			return true
		}
	}
	return false
}

// asides are words before a town, a company, a year or another name.
var asides = wordset.Of(`from aus wie seit ab bei statt anstatt anstelle für via chez since until depuis
	desde hos från sedan for instead
	вместо из от z firmy`)

// isAccount reports whether a cell is the name of an account: @ida.
func isAccount(cell string) bool {
	return len(cell) > 1 && cell[0] == '@' && !strings.ContainsRune(cell, ' ')
}

// isPicture reports whether a name has pictures and no letter.
func isPicture(cell string) bool {
	return cell != "" && cell[0] >= utf8.RuneSelf && strings.ContainsFunc(cell, func(r rune) bool { return unicode.Is(unicode.So, r) }) &&
		!strings.ContainsFunc(cell, unicode.IsLetter)
}

// Unnamed reports whether a first name is a word for a guest, in place of one: Guest Holm. Lists for trials have
// many such.
func Unnamed(first string) bool { return unnamed[first] }

var unnamed = wordset.Texts(`Guest|guest|GUEST|Guests|Gast|gast|GAST|Gäste|Friend|friend`)

// Counted reports whether a name has a number behind it, as one row of several has: Holm 2, Ida2.
func Counted(cell string) bool {
	if cell == "" || cell[len(cell)-1] < '0' || cell[len(cell)-1] > '9' {
		return false
	}
	name := strings.TrimRight(cell, digits)
	if len(cell)-len(name) > maxCount || strings.ContainsAny(name, digits) {
		return false
	}
	name = strings.TrimRight(name, " -_.#")
	last, _ := utf8.DecodeLastRuneInString(name)
	return len(name) > 1 && unicode.IsLetter(last)
}

// maxCount is how many digits a count has at most.
const maxCount = 6

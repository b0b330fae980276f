package nonname

import (
	"strings"

	"guestflow/importer/wordset"
)

// kinds makes one table of words of several kinds. A word of two kinds is of the one that is listed first.
func kinds(of map[Kind]string) map[string]Kind {
	n := 0
	for _, text := range of {
		n += strings.Count(text, "|") + 1
	}
	m := make(map[string]Kind, n)
	for kind, text := range of {
		for word := range wordset.Texts(text) {
			if m[word] == None || kind < m[word] {
				m[word] = kind
			}
		}
	}
	return m
}

// nouns end what is no person's name: Sales Manager, Front Desk, VIP Ticket.
var nouns = kinds(map[Kind]string{
	Job: strings.Join(strings.Fields(`manager director officer consultant developer assistant coordinator co-ordinator
		specialist analyst administrator supervisor executive president technician
		accountant secretary representative intern trainee founder co-founder cofounder ceo cfo cto coo cmo cio vp svp evp
		engineer programmer architect designer researcher lecturer
		geschäftsführer geschäftsführerin geschäftsleiter geschäftsleiterin inhaber inhaberin gründer gründerin
		vorstandsvorsitzender vorsitzende vorsitzender assistent assistentin
		berater beraterin entwickler entwicklerin ingenieur ingenieurin referent referentin sachbearbeiter
		sachbearbeiterin mitarbeiter mitarbeiterin azubi praktikant praktikantin
		werkstudent leiter leiterin buchhalter buchhalterin direktor direktorin prokurist prokuristin projektleiter
		teamleiter
		directeur directrice responsable gérant gérante ingénieur ingénieure consultante développeur développeuse
		stagiaire comptable assistante chargé chargée
		directora gerente ingeniero ingeniera consultor consultora desarrollador asistente becario contable jefe jefa
		presidente presidenta
		direttore direttrice ingegnere consulente sviluppatore responsabile tirocinante titolare amministratore
		diretor diretora engenheiro engenheira assessor estagiário coordenador coordenadora gestor gestora
		directielid bestuurder medewerker medewerkster adviseur ontwikkelaar stagiair directiesecretaresse bedrijfsleider
		dyrektor kierownik prezes specjalista specjalistka asystent asystentka księgowa
		direktør direktör konsulent konsult utvecklare udvikler utvikler rådgiver rådgivare chefredaktör medarbejder
		medarbetare medarbeider ekonom
		johtaja toimitusjohtaja päällikkö kehittäjä asiantuntija ředitel ředitelka jednatel manažer manažerka riaditeľ
		igazgató ügyvezető vezető
		müdür müdürü yönetici uzman директор менеджер руководитель начальник инженер бухгалтер специалист заместитель
		директорка керівник
		διευθυντής διευθύντρια διευθυντησ μηχανικός 部長 課長 社長 主任 取締役 担当 经理 总经理 總經理 主管 대표 과장 부장 팀장 대리 مدير مهندس מנהל מנכ"ל
		מהנדס`), "|"),
	Ticket: strings.Join(strings.Fields(`ticket tickets admission entry eintritt eintrittskarte karte freikarte billet
		billett biljett biglietto entrada entradas ingresso ingressos bilhete bilhetes
		boleto bilet bilety lippu jegy vstupenka lístok билет квиток eisitirio εισιτήριο チケット 门票 門票 票 티켓 입장권 تذكرة כרטיס
		tageskarte standardticket vip-ticket early-bird backstage`), "|"),
	Office: strings.Join(strings.Fields(`reception admin administration support marketing sales accounting accounts
		helpdesk concierge housekeeping secretariat bookkeeping procurement
		purchasing logistics headquarters hotline callcenter callcentre mailbox inbox
		buchhaltung einkauf vertrieb verkauf personalabteilung personalwesen sekretariat zentrale pforte hausmeister
		verwaltung leitung geschäftsleitung pressestelle poststelle kundendienst
		kundenservice lager versand rechnungswesen anmeldung auskunft
		accueil comptabilité secrétariat direction réception ressources commercial achats
		recepción contabilidad secretaría administración ventas compras dirección recursos
		reception contabilità segreteria amministrazione vendite acquisti direzione
		receção recepção contabilidade secretaria administração vendas compras direção
		receptie boekhouding secretariaat administratie verkoop inkoop directie
		recepcja księgowość sekretariat sprzedaż administracja biuro
		receptionen ekonomiavdelningen försäljning bokföring bogholderi regnskab regnskap resepsjon salg vastaanotto
		myynti taloushallinto toimisto
		recepce účetnictví recepcia recepció könyvelés titkárság recepție contabilitate secretariat resepsiyon muhasebe
		sekreterlik
		ресепшн ресепшен бухгалтерия секретариат приёмная приемная канцелярия бухгалтерія рецепція γραμματεία λογιστήριο
		受付 総務部 営業部 経理部 前台 财务部 行政部 안내데스크 총무부 الاستقبال קבלה
		payable receivable resources member hire occupant resident customer subscriber contact recipient`), "|"),
	Answer: strings.Join(strings.Fields(`female male männlich weiblich divers masculin féminin femenino masculino
		femminile maschile feminino vrouwelijk mannelijk kobieta mężczyzna kvinna женский мужской
		non-binary nonbinary vegetarian vegan vegetarisch vegetarier vegetarierin veganer veganerin végétarien
		végétarienne végétalien vegetariano vegetariana vegana vegetarianin vegetarisk vegansk
		pescatarian pescetarian flexitarian omnivore gluten-free glutenfrei lactose-free laktosefrei halal kosher koscher
		xl xxl xxxl xs`), "|"),
})

// units end it where a word stands before them: Info Desk, Marketing Team.
var units = wordset.Of(`desk team teams department dept abteilung committee crew board staff unit division équipe
		équipo equipo squadra zespół dział avdelning afdeling afdeling отдел відділ`)

// starts begin what is no person's name, with more behind it: VIP Holm, Early Bird.
var starts = kinds(map[Kind]string{
	Ticket: `vip|early-bird`, Office: `accounts|abteilung|abt.|dept.|sekretariat|to:
		|c/o|z.hd.|z.h.|attn|attn.|attention:|attn:|zu händen|occupant`,
	Job: `ceo|cfo|cto|vp|managing|deputy|stellvertretender|stellvertretende`,
})

// wholes are cells, and first and last names together, that are no name.
var wholes = kinds(map[Kind]string{
	Company: companies,
	Ticket: `house seat|head table|top table|kids table|asiento libre|lugar vago|свободное место|on site|onsite|last minute|late entry|blocked seat|reserve seat|qr code|raffle winner|vip|general admission|early bird|late bird|standard admission|free admission|day pass|weekend pass|full
		pass|vip pass|backstage pass|press pass|season pass|student pass|group pass|all access|
		concession|plus one|one day|walk in|walk-in|door sale|abendkasse|vorverkauf|tarif réduit|plein tarif|entrée
		libre|entrada general|ingresso libero|guest list|guestlist|gästeliste|standing room`,
	Office: `info|office|front office|back office|front desk|help desk|info desk|service desk|information desk|customer
		service|customer care|customer support|guest services|guest relations|human resources|
		board member|new hire|new starter|new joiner|new employee|team member|staff member|crew member|current
		resident|the occupant|the manager|the boss|dear customer|dear guest|dear friend|valued customer|
		sir or madam|sir madam|sir/madam|ladies|gentlemen|ladies and gentlemen|ladies & gentlemen|damen und
		herren|mesdames et messieurs|to whom it may concern|press office|box office|post office|
		empfang|rezeption|büro|presse|zentrale|team|einkauf|kasse|küche|technik|security|accounts payable|accounts
		receivable|public relations|it|it department|hr|pr|info office|kontakt|info info|
		service|bureau|oficina|ufficio|escritório|kantoor|kontor|kontoret|iroda|birou|ofis|офис|офіс|γραφείο|事務局|事務所|办公室|辦公室|사무국|사무실|المكتب|משרד|hauptbüro|webmaster|postmaster|noreply|no-reply|
		newsletter|management|head office|main office|any guest|any one|no one|next speaker|keynote speaker|guest
		speaker|guest of honour|guest of honor|stage manager|band|photographer|fotograf|fotografin|
		photographe|fotógrafo|caterer|catering|driver|fahrer|chauffeur|hausverwaltung|eltern|parents|kids|kinder|enfants|children`,
	Answer: `see above|see below|siehe oben|siehe unten|voir ci-dessus|voir plus haut|ver arriba|vedi sopra|zie boven|se ovan|смотри выше|
		internal use|old address|new address|name fehlt|sem nome|без имени|yes please|no thanks|no thank you|maybe|perhaps|vielleicht|peut-être|same as above|as above|s. o.|see
		notes|see note|siehe notiz|see email|siehe mail|ask anna|call back|on request|auf anfrage|
		no nuts|no pork|no fish|no meat|nut allergy|nut free|no allergies|keine allergien|keine nüsse|no gluten|no
		dairy|no alcohol|allergy|allergies`,
	Further: `someone else|somebody else|anyone else|another guest|day guest|evening guest|mystery guest|weiterer gast|tweede gast|
		deuxième invité|personne suivante|второй гость|my brother|my sister|my wife|my husband|my friend|my partner|my boss|my mother|my father|my son|my
		daughter|mein mann|meine frau|meine freundin|mein freund|mi esposa|mi marido|ma femme|mon mari|
		first guest|second guest|third guest|private person|private guest|unnamed guest|extra person|extra guest`,
	Test: `deleted user|root root|foo bar|foo|foobar|foo baz|hello world|first last|firstname lastname|first name last name|your name|my
		name|some name|some one|name name|test test|jane test|john test|test person|test user|test guest|
		test account|test entry|test eintrag|testeintrag|test gast|testgast|max test|test teilnehmer|dummy user|dummy
		guest|sample guest|sample user|sample name|example guest|example user|example name|
		user name|guest name|nombre apellido|nome cognome|nome sobrenome|prénom nom|nom prénom|vorname name|imię
		nazwisko|förnamn efternamn|asdf asdf|asdf jkl|asdf ghjk|qwe rty|qwer ty|qwert zuiop|abc def|abc xyz|
		xyz abc|aaa bbb|aa bb|aaa aaa|x y|x x|a a|a b|xx xx|xx yy|lorem ipsum|blah blah|bla bla|пример пример|тест
		тест|тест тестов|テスト テスト|テスト 太郎|测试 测试|테스트 테스트|prueba prueba|prova prova|teste teste|essai essai|
		test testsson|test testesen|testi testaaja|test tester|testy mctestface|testy mctest|testy tester|tester
		mctester|mickey mouse|minnie mouse|donald duck|homer simpson|darth vader`,
	Street: `main street|high street|church street|station road|station street|park avenue|market street|market
		square|main road|hauptstraße|hauptstrasse|hauptstr.|hauptstr|bahnhofstraße|bahnhofstrasse|
		bahnhofstr.|marktplatz|same address|no address|home address`,
	Place: `germany|switzerland|netherlands|the netherlands|sweden|finland|norway|hungary|usa|uk|u.s.a.|u.k.|united
		kingdom|united
		states|deutschland|schweiz|suisse|svizzera|österreich|frankreich|belgië|belgique|nederland|españa|italia|polska|česko|magyarország|suomi|sverige|danmark|norge|россия|украина|україна`,
})

// firstCells are cells of a first name that are none; some of them are last names.
var firstCells = kinds(map[Kind]string{
	Further: companionsAlone, Title: titlesAlone, Greeting: greetingsAlone, Repeated: repeatsAlone,
	Office: strings.Join(strings.Fields(`ehemann ehefrau child baby mutter vater oma opa mum mom dad boss nachbar
		nachbarin freund freundin bruder schwester tochter sohn brother sister daughter husband wife
		neighbour neighbor amie conjoint fils fille platzhalter leer praxis kanzlei hotel restaurant gasthof gasthaus
		pfarramt grundschule schule gymnasium kindergarten apotheke bäckerei klinik
		steuerberater rechtsanwalt museum theater kirche school church company firma entreprise empresa azienda bedrijf
		member presse speaker referent volunteer helfer exhibitor aussteller sponsor
		missing fehlt fehlend manque manquant falta faltante brak chybí hiányzik ohne ללא אין unbesetzt vakant vacant vacante
		events event supplier lieferant bewerber bewerberin candidate kunde kundin client visitor besucher participant teilnehmer
		teilnehmerin attendee delegate employee mitarbeiter player spieler student studentin
		pupil teacher privat private privatperson particulier unknown`), "|"),
	Ticket: `standard|regular|premium|basic|gold|platinum|full price|ermäßigt|normalpreis|free ticket|gala
		dinner|dinner|lunch|keynote|workshop|seminar|conference|konferenz|tagung|empfänger`,
	Job: strings.Join(strings.Fields(`bürgermeister bürgermeisterin oberbürgermeister pfarrer pfarrerin rektor rektorin
		minister ministerin botschafter botschafterin lehrer lehrerin trainer trainerin captain
		président présidente maire mayor ambassador alcalde alcaldesa sindaco prefeito burgemeester burmistrz wójt
		borgmester ordfører ordförande pormestari starosta polgármester primar
		先生 社員 사장님 선생님 المدير الرئيس чиновник мэр мер учитель`), "|"),
	Answer: strings.Join(strings.Fields(`deutsch english français español italiano português nederlands polski german
		french spanish italian portuguese dutch polish russian chinese paid unpaid bezahlt offen payé pagado
		yes ja nein oui sí tak pending zugesagt abgesagt eingeladen invited accepted declined attending paypal mastercard
		rechnung invoice barzahlung überweisung kreditkarte samstag dienstag mittwoch
		donnerstag saturday thursday tuesday wednesday mardi mercredi jeudi vendredi samedi lunes miércoles jueves
		viernes`), "|"),
})

// joining are words before a further person in the cell of a last name: & partner, und Bo.
var joining = wordset.Of(`& + and und et og och with mit avec con met`)

// numberWords and numbered are guests who are counted in words: Guest One, Gast zwei.
var (
	numberWords = wordset.Of(`one two three four five six eins zwei drei vier fünf sechs un deux trois uno dos tres due
		tre één twee drie`)
	numbered = wordset.Of(`guest gast invité invitado ospite convidado speaker person participant teilnehmer
		attendee delegate`)
)

// pairs are first and last names of which a real guest may be called so, and which stand in examples.
var pairs = kinds(map[Kind]string{
	Example: `john doe|jane doe|john q public|joe public|joe bloggs|fred bloggs|max mustermann|erika mustermann|maria
		mustermann|max muster|erika muster|hans muster|maria muster|petra muster|beat muster|
		jean exemple|fulano de tal|fulano silva|juan ejemplo|mario esempio|maria esempio|jan voorbeeld|ola nordmann|kari
		nordmann|matti meikäläinen|maija meikäläinen|minta jános|gipsz jakab|jakab gipsz|
		三 张|张 三|ישראל ישראלי|ישראלה ישראלי|فلان الفلاني|vasya pupkin|вася пупкин|пупкин вася|василий пупкин|jan modaal`,
})

// alsoNames are nouns that are last names too.
var alsoNames = wordset.Of(`sales engineer contractor architect president contact hire member entry karte officer
		accounts resident customer male presidente boleto gerente leiter leitung
	lager verkauf commercial direction admin contable becario hausmeister designer chargé titolare assessor divers
		lippu entrada ekonom secretary consultor gestor bilet driver fahrer band kinder kids eltern parents presse
	service caterer technik kasse management it hr pr`)

// tests are words of tests.
var tests = wordset.Of(`test tests tester testing testuser testperson testgast testguest dummy sample demo foo
		baz qux foobar asdf qwerty qwertz azerty jkl lorem ipsum blah probe prueba prova essai teste тест テスト 测试 测试用户 테스트
		اختبار בדיקה`)

var jobEndings = strings.Fields(`leiter leiterin manager managerin direktor direktorin berater beraterin entwickler
		entwicklerin ingenieur ingenieurin assistent assistentin vorsitzender vorsitzende
	chefin sprecher sprecherin beauftragter beauftragte referent referentin medewerker directeur adviseur konsulent
		konsult direktør direktör johtaja päällikkö vezető igazgató`)

// sentences are texts of one or two words that are an answer.
var sentences = wordset.Texts(`yes please|no thanks|not coming|can't come|cannot come|will come|thank
		you|thanks|sorry|leider nein|danke|merci|gracias|grazie|obrigado|bedankt|tack|tak|kiitos|спасибо`)

// phraseWords are words of sentences that few names have: two of them show one.
var phraseWords = wordset.Of(`i'm i'll i've we we'll you your yours my our his her their they she he it is are was
		were would can could should shall have has had this that these those for with from
	about because but if when until later already only still also too both come coming comes came attend attending
		bring bringing join joining the to not on off please in at
	ich wir sie ihr mein meine unser unsere ihre ist sind war waren wird werden kann können kein keine komme kommt
		kommen später schon noch auch wegen für mit dass weil wenn aber oder
	zum zur erst nur nous vous notre votre est sont sera pas avec pour mais car viendrai viens vient venir yo nosotros
		nuestro es será con para pero porque vengo viene venir iré
	noi mio nostro è sono sarà perché vengo eu nós meu nosso são será com mas venho vem ik wij mijn onze niet geen komt
		komen maar omdat voor jag vi vår är inte kommer men för med
	jeg ikke mój nie przyjdę przyjdzie dla я мы мой наш не приду придёт будет для но`)

// strongWords show a sentence by themselves.
var strongWords = wordset.Of(`please thanks thank sorry cannot can't don't won't didn't isn't unfortunately bitte
		danke leider nicht merci désolé désolée gracias lamentablemente grazie purtroppo obrigado
	obrigada infelizmente bedankt helaas tack tyvärr takk tak desværre dessverre dziękuję niestety спасибо извините
		пожалуйста к_сожалению attending`)

// places are towns and countries that few people are called by as a first name.
var places = wordset.Of(`berlin hamburg münchen munich köln cologne frankfurt stuttgart düsseldorf leipzig dresden
		hannover nürnberg bremen dortmund essen duisburg bochum wien zürich basel genf genève
	salzburg graz linz innsbruck luzern lausanne brüssel brussels bruxelles brussel antwerpen amsterdam rotterdam
		utrecht eindhoven kopenhagen københavn copenhagen aarhus stockholm göteborg malmö
	oslo bergen helsinki espoo tampere warszawa kraków wrocław poznań gdańsk łódź praha prague brno bratislava budapest
		debrecen bucurești cluj bukarest beograd zagreb ljubljana
	athen athens athína thessaloniki istanbul ankara izmir madrid barcelona sevilla bilbao málaga zaragoza lisboa
		lisbon milano torino napoli bologna firenze venezia
	genova palermo marseille toulouse bordeaux strasbourg nantes montpellier rennes manchester birmingham liverpool
		leeds glasgow edinburgh cardiff belfast dublin 
	seattle philadelphia atlanta miami detroit toronto montreal vancouver ottawa calgary melbourne brisbane auckland
		johannesburg pretoria
	nairobi lagos accra casablanca dubai riyadh jerusalem haifa mumbai delhi bangalore bengaluru chennai kolkata
		hyderabad singapore bangkok jakarta manila tokyo osaka kyoto
	beijing shanghai shenzhen guangzhou taipei seoul busan москва санкт-петербург петербург киев київ минск львів одеса
		харків новосибирск αθήνα θεσσαλονίκη תל-אביב ירושלים القاهرة الرياض دبي
	東京 大阪 京都 横浜 名古屋 北京 上海 广州 深圳 臺北 台北 서울 부산 germany austria switzerland spain italy poland netherlands belgium denmark
		norway sweden finland greece portugal
	hungary romania czechia england scotland wales canada australia japan mexico brazil argentina`)

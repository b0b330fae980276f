package nonname_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/nonname"
	"guestflow/importer/wordset"
)

// Streets, postcodes, amounts, times and the like are known for what they are, in many languages.
func TestWhatIsSurelyNoNameIsKnown(t *testing.T) {
	t.Parallel()
	for kind, cells := range map[nonname.Kind]string{
		nonname.Street: `Hauptstr. 5|Hauptstraße 12a|12 Main St|12 Main Street|221B Baker Street|Main Street 12|5 rue de la Paix|Calle Mayor 4|Via Roma 12|ul. Długa 5|Keizersgracht 123|ул. Ленина, 5|
			P.O. Box 12|Storgatan 7|Vesterbrogade 3|Mannerheimintie 12|Am Markt 5|Rua Augusta 10|náměstí Míru 3|Kossuth utca 4|Str. Lungă 8|Atatürk Caddesi 12|45 Elm Ave.|7 rue Cler`,
		nonname.Postcode: `10115 Berlin|D-10115 Berlin|00-001 Warszawa|111 22 Stockholm|1017 AB Amsterdam|75001 Paris|SW1A 1AA|K1A 0B1|Austin, TX 78701|Berlin 10115|London SW1A 1AA|1000-001 Lisboa`,
		nonname.Amount:   `€ 120|120 EUR|EUR 120,00|USD 50|12 kr|£50|120 zł|500 Kč|CHF 20|3000 руб.|50 euros`,
		nonname.Time:     `10:30 Uhr|6pm|6 p.m.|18h|18h30|um 18 Uhr|kl. 18|18:30-20:00|May 12|12 May 2026|1. Mai|3 de mayo`,
		nonname.Numbered: `Seat B12|Row 3|Apt 4B|Room 12|Zimmer 7|Gruppe 2|Siège 12|Order 12`,
		nonname.Phone:    `Tel. 0170 1234567|mobile: 01711234567|+49 170 1234567|AB12CD34|a3f9c2e1|5f4dcc3b5aa765d61d8327deb882cf99`,
		nonname.Number:   `12 Whatever|7 Zwerge`,
		nonname.File:     `file.pdf|foto.jpg|/home/ida`,
		nonname.Link:     `acme.com|www2.acme.co.uk|instagram.com/ida|shop.acme.de`,
	} {
		for cell := range strings.SplitSeq(cells, "|") {
			if got := nonname.Sure(strings.TrimSpace(cell)); got != kind {
				t.Errorf("%q: %q, want %q", cell, got, kind)
			}
		}
	}
	for cell := range strings.SplitSeq(`Ida|Ida Holm|Holm 2|Lee 12|Ida 2|J.R.|J.-P.|St. John|Dr. No|Jean-Luc|O'Brien|Smith 3rd|Henry VIII|2 adults|3x Ida|Müller-Lüdenscheidt|May|April|Street|Straße|Alleé|Weg|
		Platz|van der Gracht|Number 1234|Guest 10000|Ana Mª|Mary 2nd|K8|X AE A-12|de La Rue|Rue|Via|Calle|7even|Ida H.`, "|") {
		if got := nonname.Sure(strings.TrimSpace(cell)); got != nonname.None {
			t.Errorf("%q: %q", cell, got)
		}
	}
}

// Jobs, tickets, offices, answers, sentences and words of tests are known by the words of both cells; names of people are not.
func TestWhatMayBeNoNameIsKnown(t *testing.T) {
	t.Parallel()
	for kind, names := range map[nonname.Kind]string{
		nonname.Job:      `Manager;Berg|Sales;Manager|Managing;Director|Ida;CEO|Head of Sales;|Software Engineer;Lie|Geschäftsführerin;|Vertriebsleiter;Berg|Ida;Directrice|Dyrektor;Nowak|Директор;|Kierownik;|Ředitel;`,
		nonname.Ticket:   `VIP;Ticket|General;Admission|Early Bird;|VIP;|Day;Pass|Eintrittskarte;|Билет;`,
		nonname.Office:   `Reception;Desk|Front;Desk|Info;|Info;Holm|Marketing Team;Berg|Human;Resources|Sekretariat;|Praxis;Dr. Müller|Hotel;Adler|Ehemann;Holm|Sponsor;Acme|Gast;zwei|Kunde;Holm|Accounts;Payable|Board;Member|New;Hire|IT;Support|Sir;Madam|Current;Resident|Ida;Marketing|受付;`,
		nonname.Answer:   `Ida;Vegetarian|Female;Ida|Ida;XL|männlich;Holm|Ida;no nuts|bezahlt;Holm|Deutsch;Ida|Ida;Dinner only|vegan;`,
		nonname.Sentence: `Ida;I will come later|Ida;Yes please|Please call me back;Holm|Ida;kommt leider nicht|Ida;will come with her husband|Je ne peux pas venir;Roy`,
		nonname.Test:     `Test;Test|test;user|Foo;Bar|First;Last|Test1;Test2|Dummy;|qwe;rty|Mickey;Mouse|Hello;World`,
		nonname.Example:  `John;Doe|Jane;Doe|Max;Mustermann|Joe;Bloggs|Ola;Nordmann`,
		nonname.Picture:  `👑;👑|😀;Holm|Ida;👩‍🚀`,
		nonname.Title:    `Paní;Nováková|Rouva;Virtanen|Κύριος;Παππάς|Doña;Pérez`,
		nonname.Greeting: `Good morning Ida;Holm|Namaste Priya;Iyer|Dear Ida;Holm|Sehr geehrte Frau;Holm|Cher Luc;Roy|Hello;Berg|Kære Mette;Lie|Уважаемый Иван;Попов`,
		nonname.Repeated: `same;Holm|Ida;same|Same;Holm|jw.;Nowak|то же;Попов|同上;王|Ida;idem.`,
		nonname.Company:  `Ida;Lufthansa Group|Ida;Microsoft|Deutsche;Bank|Google;`,
		nonname.Further:  `PA to Ida;Holm|Assistant to;Ida Holm|Zweite Person;Holm|2nd guest;Holm|Acme VIP;Holm|Vertretung;Holm|Begleitung;Holm|Partner;Holm|avec;Virtanen|Ida;Holm m. Begl.|Ida;& partner|Ida;und Bo|My;Brother|Second;Guest`,
		nonname.Beside:   `Ida;aus Berlin|Ida;Holm bei Acme|Ida;Holm seit 2020|Ida;Holm ab 18 Uhr|Ida;Holm → Berg|Ida;Holm (Foobaria)|Ida;Holm (vegan)|Ida;Holm [Speaker]|Ida (vegan);Holm|Ida;Holm - Acme|Ida;Holm @ Acme|Ida;Holm: Acme`,
		nonname.UserName: `Ida;@idaholm|ida.holm;|ida_holm;`,
		nonname.Place:    `Berlin;Holm|Stuttgart;|Warszawa;Nowak|Deutschland;|Москва;`,
		nonname.Street:   `Hauptstraße;Berg|Main;Street`,
	} {
		for pair := range strings.SplitSeq(names, "|") {
			first, last, _ := strings.Cut(strings.TrimSpace(pair), ";")
			if got := nonname.Likely(first, last); got != kind {
				t.Errorf("%q: %q, want %q", pair, got, kind)
			}
		}
	}
	for pair := range strings.SplitSeq(`Eva;aus dem Moore|Dafydd;ab Gwilym|Eva;auf der Heide|Good Luck;Ojo|Judith Guest;Lee|Second;Ojo|Joan;Same|Ida;Holm (Berg)|Ida;Holm (née Rasksen)|Ida (Foobaria);Holm|Kim;Lee (이)|Werner;Bosch|Hei Man;Chan|Sama;Haddad|Beste Nur;Kaya|Caro Lina;Roy|JW;Lund|J.W.;Lund|
		Lady;Ruiz|Panna;Kiss|Visa;Mäki|Alexa;Vik|Judith;Guest|Ida;Holm|Ida;Sales|Adam;Driver|Della;Street|Larry;Bird|Ida;Berlin|Asghar;Engineer|Christopher;Guest|Paris;Hilton|Florence;Welch|Will;Van Dyke|Min Zaw Oo;Thant|
		María de los Ángeles;García|Jan;van der Berg|Ida;Press|Jon;Tester|Joe;Pass|Boris;Direktorow|Ida;Band|Melissa;Kinder|Wellington;Silva|Doha;Salem|Jean;de La Fontaine|Vip;|Ida;M|A;Holm|Mia;|
		Dean;Manning|Page;Turner|Major;Tom|Bishop;King|Judge;Dredd|Maria von und zu;Berg|Ali bin Said al;Hadi|Guy;Ritchie|Bo;Long|Hans im;Glück|Sofia;Roma|Ida;Müller-Lüdenscheidt|Ida;Müller - Schmidt|Ida;Student|Ida;English|Ida;de la Cruz|Gala;Dalí|Visa;Holm|Silver;Tamm|Pastor;Ruiz|Papa;Diop|Vienna;Holm|Austin;Lee|Team;`, "|") {
		first, last, _ := strings.Cut(strings.TrimSpace(pair), ";")
		if first == "Vip" || first == "Team" { // which are kinds, in any case of letters
			continue
		}
		if got := nonname.Likely(first, last); got != nonname.None {
			t.Errorf("%q: %q", pair, got)
		}
	}
}

// None of the 11,000 words of names that the detector of encodings has is taken for anything else, but for words of headers
// and two towns.
func TestNamesOfManyLanguagesAreNames(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../charset/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	headers := wordset.Words(`Gästeliste Dirección Baz Følge Külaline Invité Vendég Svečias Însoțitor Гость Sällskap Gäst Гість`)
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(words) < 2 {
			continue
		}
		for i, word := range words[1:] {
			next := words[1+(i+1)%(len(words)-1)]
			if headers[wordset.Letters(word)] || headers[wordset.Letters(next)] {
				continue
			}
			for _, name := range [][2]string{{"Ida", word}, {word, "Holm"}, {word, next}, {word, ""}} {
				if name[0] == word && word == "Niño" { // which is a last name only
					continue
				}
				if kind := nonname.Likely(name[0], name[1]); kind != nonname.None || nonname.Sure(word) != nonname.None {
					t.Errorf("%q: %q", name, kind)
				}
			}
		}
	}
}

// A note is known by its words, also one that no list here has, and a name that is a word as a name.
func TestOrdinaryWordsInPlaceOfANameAreKnown(t *testing.T) {
	t.Parallel()
	for cell := range strings.SplitSeq(`coming with her sister|must leave by nine|Ground floor entrance|on sick leave|Wants a corner table|never answered|old address|
		Will send name later|Please call before|new colleague from IT|Front row|Driver Of The Band|Still Waiting For Reply|front row|Former client|retired|verstorben|bringt Kinder mit|wartet auf Freigabe|letzte Reihe links|Fahrer der Band|
		spricht nur Englisch|krank gemeldet|neemt kinderen mee|geen antwoord|sans réponse|arrive en retard|sin respuesta|pendiente de confirmar|senza risposta|tavolo in fondo|
		svarer ikke|kommer med barn|nie przyjdzie sam|řidič kapely|har slutat|brak odpowiedzi|ostatni stolik|ainda sem resposta|ei vastausta|bez odpovědi|tbd by Anna|plus one of Ida|no longer with us`, "|") {
		cell = strings.TrimSpace(cell)
		first, last := cell, ""
		if at := strings.LastIndexByte(cell, ' '); at > 0 {
			first, last = cell[:at], cell[at+1:]
		}
		if nonname.Likely(first, last) == nonname.None || nonname.Likely(cell, "Holm") == nonname.None && last != "" {
			t.Errorf("%q is a name", cell)
		}
	}
	for cell := range strings.SplitSeq(`Rose Summer|Will Young|Mark Long|Grace Day|Hope Winter|Faith Love|Rich Cash|Dawn Knight|Olive Brown|Ivy Green|Mason Carpenter|Art Fields|Max Sommer|Otto Kaiser|
		Klaus Klein|Peter Frisch|Rainer Zufall|Wilma Kohl|Ernst Lustig|Jean Blanc|Claire Petit|Jean Petit|Paolo Rossi|Stella Russo|Juan Blanco|Petr Novák|Bo Holm|Liv Dal|Odd Haug|Can Yu|So Young Kim|
		An Do|Thi Hoa|Hung So|Li Na|Noor Ali|Jan de Boer|Tom van 't Hof|Karel Veselý|Ewa Mróz|Happy Nkosi|Prince Boateng|anna klein|max power|ole holm|peter lang|rose summer|MARK KING|
		Grace Hope|will power|Baker|rose|Front Row|Former Client|María de los Ángeles Mesa|MARÍA DE LOS ÁNGELES|juan carlos de anda|ana banda mesa|Fem van de Ven|sem van de ven|Autista Rossi|ella mesa|
		Tu Gia Vi|gia hung|He Me You|do thi an|so young kim|Summer Rain Forest|Fiore Della Costa|Hans aus dem Winkel|sean o'hara|ma’mur to‘lqin|anders bak|per lang`, "|") {
		first, last, _ := strings.Cut(strings.TrimSpace(cell), " ")
		if kind := nonname.Likely(first, last); kind != nonname.None {
			t.Errorf("%q is %q", cell, kind)
		}
	}
}

// Two ordinary words of one language that are written as names are may be a note; a word that is a name too is none.
func TestOrdinaryWordsWithCapitalsAreKnown(t *testing.T) {
	t.Parallel()
	for cells := range strings.SplitSeq(`Seat Filler|Table Filler|Spare Badge|Details Pending|Not Assigned|Another Person|Media Guest|Not Needed|Duplicate Entry|Retired Member|On Leave|
		Out Sick|Also Invited|Late Arrival|Open Spot|Freier Platz|Siehe Oben|Zweite Person|Place Libre|À Confirmer|Sans Nom|Por Confirmar|Sin Nombre|Otra Persona|Da Definire|Posto Riservato|
		Senza Nome|Vrije Plaats|A Definir|Sem Nome|Wolne Miejsce|Bez Nazwiska|Ledig Plats|Volné Místo`, "|") {
		first, last, _ := strings.Cut(strings.TrimSpace(cells), " ")
		if !nonname.Ordinary(first, last) && nonname.Likely(first, last) == nonname.None {
			t.Errorf("%q is a name", cells)
		}
	}
	for _, name := range lines(t, "testdata/names.txt") {
		if first, last, _ := strings.Cut(name, " "); nonname.Ordinary(first, last) || nonname.Ordinary(last, first) {
			t.Errorf("%q are ordinary words", name)
		}
	}
}

// Promise: a name that is a word is never asked about, in small letters or capitals; of notes that the lists were not made for, most are.
func TestNamesThatAreWordsAreNamesAndNotesAreNone(t *testing.T) {
	t.Parallel()
	writings := map[string]func(string) string{"as it is": strings.TrimSpace, "small": strings.ToLower, "capital": strings.ToUpper}
	for _, name := range lines(t, "testdata/names.txt") {
		for writing, write := range writings {
			first, last, _ := strings.Cut(write(name), " ")
			for _, of := range [][2]string{{first, last}, {last, first}} {
				if nonname.Likely(of[0], of[1]) == nonname.Words {
					t.Errorf("%q, %s, are words", of, writing)
				}
			}
		}
	}
	fewest, found := 0.9, 0.0
	notes := lines(t, "testdata/notes.txt")
	from := slices.Index(notes, "---")
	for _, cells := range [][]string{notes[:from], notes[from+1:]} {
		for _, cell := range cells {
			if nonname.Likely(cell, "Holm") != nonname.None {
				found++
			}
		}
		t.Logf("%v of %d notes are found", found, len(cells))
		if found < fewest*float64(len(cells)) {
			t.Errorf("%v of %d notes are found", found, len(cells))
		}
		fewest, found = 0.7, 0 // of those that the vocabulary was not made with
	}
}

// lines are those of a file, without its first, which says what they are.
func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(list) < 100 {
		t.Fatalf("%s has %d lines", path, len(list))
	}
	return list
}

// The vocabulary has room in its table, in which a word is found in few steps.
func TestTheVocabularyFits(t *testing.T) {
	t.Parallel()
	words := nonname.VocabularyWords()
	if words < 20_000 || 10*words > 7*nonname.Slots {
		t.Errorf("%d words in %d slots", words, nonname.Slots)
	}
}

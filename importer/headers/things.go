package headers

import (
	"slices"

	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// NamesNoGuest reports whether a header is that of another thing than a name, or of another person than the guest:
// Booked by.
func NamesNoGuest(header string) bool {
	field := FieldOf(header)
	r, isRole := RoleIn(header)
	return field != "" && !IsPersonField(field) || field == Email || IsOther(header) || endsOpen(header) ||
		slices.ContainsFunc(Words(header), IsThingWord) || IsThingWord(wordset.Letters(header)) ||
		len(header) > 1 && isRole && r != Attending
}

// IsThing reports whether a word, in small letters, is one of headers of what is no person.
func IsThing(word string) bool { return thingWords[word] }

// SaysNamePart reports whether a word of a header is that of a part of a name: Vorname & Titel.
func SaysNamePart(header string) bool {
	return len(header) <= MaxLength && slices.ContainsFunc(Words(header), func(word string) bool {
		field := fieldOf[word]
		return (field == FirstName || field == LastName) && !vagueAliases[word] && !vagueParts[word]
	})
}

// vagueParts are parts of names that are the name of anything in another language.
var vagueParts = wordset.Words(`nom ime име ad adı vardas vārds nama tên ten`)

// IsThingWord reports whether a word, as Letters leaves it, makes a header that of something else than a name.
func IsThingWord(word string) bool {
	return thingWords[word] || otherHeaders[word] || !IsPersonField(fieldOf[word]) && !thingNames[word] &&
		table.IsColumnWord(word)
}

// thingNames are common words of headers that a name may have too.
var thingNames = wordset.Words(`salutation name names navn namn naam nom nombre nome imię contact kontakt deltagare gäst gjest`)

// thingWords are words of headers of what is no person.
var thingWords = wordset.Words(`ref reference city town village county district province region country nation
	nationality state area zone place birthplace location venue suburb borough parish company companies employer
	organisation organization org firm business agency school university college faculty class course team club church
	society association department dept division office branch institution institute hospital bank brand product category
	kind type group table tables seat row section ticket tickets tier level membership plan package order event events
	event session workshop track hotel room airport airline station bus song artist band genre movie book game sport food
	meal menu dish diet dietary allergy allergies drink wine dessert starter main color colour size shirt tshirt day
	weekday month season gender sex pronoun pronouns title suffix prefix degree occupation profession job position role
	function industry sector field source campaign channel medium language languages religion relation relationship side
	interest interests hobby hobbies skill skills topic subject project reason status tag tags label notes note comment
	comments remark bio motto password username user login website twitter instagram facebook linkedin stadt ort wohnort
	land bundesland firma unternehmen arbeitgeber organisation verein schule abteilung beruf position tisch karte kategorie
	menü essen sprache anrede titel veranstaltung nationalität quelle institution
	ville pays société entreprise organisme métier poste fonction table catégorie langue civilité titre école région
	département ciudad pueblo país empresa organización cargo puesto mesa categoría idioma provincia escuela ciutat empresa
	città paese azienda società ditta ruolo tavolo categoria lingua scuola regione
	cidade empresa organização cargo país escola stad plaats bedrijf organisatie functie school tafel taal miasto firma
	kraj stanowisko szkoła stolik stad företag bolag land titel skola bord by virksomhed firmanavn land skole stilling bord
	kaupunki yritys maa koulu pöytä město firma společnost země pozice mesto spoločnosť krajina város cég ország beosztás
	oraș localitate firmă companie țară funcție școală şehir il ilçe firma şirket ülke ünvan meslek okul πόλη εταιρεία χώρα
	θέση город компания организация страна должность місто компанія організація країна посада град фирма компания държава
	длъжност град tvrtka poduzeće grad država mjesto zanimanje podjetje kraj preduzeće предузеће firma miestas įmonė šalis
	pareigos pilsēta uzņēmums valsts amats linn ettevõte riik amet kota perusahaan negara jabatan thànhphố côngty quốcgia
	chứcvụ`)

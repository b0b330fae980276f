package columns

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/table"
)

// askMissingName asks about columns that may have the part of the names that no known column has: with names in them and
// a header that is neither known nor that of something else. Without it guests would have half a name.
func (c *Columns) askMissingName(missing string) {
	list := c.maybeNames(missing)
	if len(list) == 0 {
		return
	}
	problem := fmt.Sprintf("no column is the %s, and %s may be", missing, c.shownColumns(list)) + c.listHeaders()
	q := &table.Question{Text: problem}
	var flags []string
	add := func(choice table.Choice, can bool, means string) {
		if can {
			q.Choices = append(q.Choices, choice)
			flags = append(flags, choice.Flag()+means)
		}
	}
	for _, i := range list[:min(len(list), maxEmailChoices)] {
		name := c.mappingName(i)
		if holds(c.rows, i) == fullNames {
			choice, can := MapChoice(FullName, name)
			add(choice, can, " to have full names split")
		}
		choice, can := MapChoice(missing, name)
		add(choice, can, "")
	}
	ignored, can := c.ignoring(list)
	add(ignored, can, " if it is neither")
	c.offered = list
	c.questions = append(c.questions, table.Error{NeedsAnswer: true, Problem: problem, Cause: q,
		Advice: "say what it is: " + strings.Join(flags, ", ") + " (mapping in the profile, “Take it from” and “Ignored” in the console)"})
}

// maybeNames returns the columns that may have a missing part of the names, the likeliest first; none where it was said
// where the other part comes from, or where the program that the list comes from has names of its own.
func (c *Columns) maybeNames(missing string) (list []int) {
	own, there := c.program.ownFields(c.Header), FirstName
	if missing == FirstName {
		there = LastName
	}
	if !c.has(there) || c.source(there).Kind != Alias || own[FirstName] || own[LastName] || own[FullName] {
		return nil
	}
	for i := range c.Header {
		if !c.used[i] && !c.isIgnored(i) && len(list) < maxSuggestedColumns && c.isMostlyFilled(i) && c.hasNames(i, categoryShare) &&
			!c.isOfSomethingElse(i) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return c.nameRank(a) - c.nameRank(b) })
	return list
}

// isMostlyFilled reports whether most of the first rows have something in a column.
func (c *Columns) isMostlyFilled(column int) bool {
	filled := 0
	for range c.namedCells(column) {
		filled++
	}
	return 2*filled > len(c.rows)
}

// nameRank is lower for a column of which the header says that it is of a guest or of a name.
func (c *Columns) nameRank(column int) int {
	if p, is := personOf(c.Header[column]); is && p.role == attending || saysNamePart(c.Header[column]) {
		return 0
	}
	return 1
}

// isOfSomethingElse reports whether a header is that of no name of a guest: of a city or a company, an answer, or of
// another person.
func (c *Columns) isOfSomethingElse(column int) bool {
	h := c.Header[column]
	if len(h) > maxHeader || saysNamePart(h) {
		return false
	}
	if p, is := personOf(h); is && p.role != theRow {
		return p.role != attending
	}
	field := FieldOf(h)
	return field != "" && !personFields[field] || field == Email || otherHeaders[reduce(h)] || secondSurnames[reduce(h)] ||
		c.meaningOf(column).isAnswer() && strings.ContainsFunc(h, unicode.IsLetter) || endsOpen(h) || slices.ContainsFunc(wordsOfHeader(h), isThingWord) || isThingWord(reduce(h)) || len(h) > 1 && isOfOther(h)
}

// isOfOther reports whether words of a header are of a person beside the guest, such as Booked by.
func isOfOther(header string) bool {
	words, _ := withoutNumber(headerWords(header))
	who, _, found := cutRole(words)
	return found && roleOf(who) != attending
}

// saysNamePart reports whether a word of a header is that of a part of a name: Vorname & Titel.
func saysNamePart(header string) bool {
	return len(header) <= maxHeader && slices.ContainsFunc(wordsOfHeader(header), func(word string) bool {
		field := fieldOf[word]
		return (field == FirstName || field == LastName) && !vagueAliases[word] && !vagueParts[word]
	})
}

// vagueParts are parts of names that are the name of anything in another language.
var vagueParts = reducedWords(`nom ime име ad adı vardas vārds nama tên ten`)

// isThingWord reports whether a word, as reduce leaves it, makes a header that of something else than a name.
func isThingWord(word string) bool {
	return thingWords[word] || otherHeaders[word] || !personFields[fieldOf[word]] && !thingNames[word] && table.IsColumnWord(word)
}

// thingNames are common words of headers that a name may have too.
var thingNames = reducedWords(`salutation name names navn namn naam nom nombre nome imię contact kontakt deltagare gäst gjest`)

// thingWords are words of headers of what is no person.
var thingWords = reducedWords(`ref reference city town village county district province region country nation nationality state area zone place birthplace location
	venue suburb borough parish company companies employer organisation organization org firm business agency school university college faculty
	class course team club church society association department dept division office branch institution institute hospital bank brand
	product category kind type group table tables seat row section ticket tickets tier level membership plan package order event events event session
	workshop track hotel room airport airline station bus song artist band genre movie book game sport food meal menu dish diet dietary allergy
	allergies drink wine dessert starter main color colour size shirt tshirt day weekday month season gender sex pronoun pronouns title
	 suffix prefix degree occupation profession job position role function industry sector field source campaign channel medium
	language languages religion relation relationship side interest interests hobby hobbies skill skills topic subject project reason status
	tag tags label notes note comment comments remark bio motto password username user login website twitter instagram facebook linkedin
	stadt ort wohnort land bundesland firma unternehmen arbeitgeber organisation verein schule abteilung beruf position tisch karte kategorie
	menü essen sprache anrede titel veranstaltung nationalität quelle institution
	ville pays société entreprise organisme métier poste fonction table catégorie langue civilité titre école région département
	ciudad pueblo país empresa organización cargo puesto mesa categoría idioma provincia escuela ciutat empresa
	città paese azienda società ditta ruolo tavolo categoria lingua scuola regione
	cidade empresa organização cargo país escola stad plaats bedrijf organisatie functie school tafel taal
	miasto firma kraj stanowisko szkoła stolik stad företag bolag land titel skola bord by virksomhed firmanavn land skole stilling bord
	kaupunki yritys maa koulu pöytä město firma společnost země pozice mesto spoločnosť krajina város cég ország beosztás
	oraș localitate firmă companie țară funcție școală şehir il ilçe firma şirket ülke ünvan meslek okul
	πόλη εταιρεία χώρα θέση город компания организация страна должность місто компанія організація країна посада
	град фирма компания държава длъжност град tvrtka poduzeće grad država mjesto zanimanje podjetje kraj preduzeće предузеће firma
	miestas įmonė šalis pareigos pilsēta uzņēmums valsts amats linn ettevõte riik amet kota perusahaan negara jabatan
	thànhphố côngty quốcgia chứcvụ`)

package columns

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/table"
)

// checkPartySize asks about a number of guests, of whom some forms count the guest, and some do not.
func (c *Columns) checkPartySize(o Options) *table.Error {
	_, plusOnes := o.Chosen[PlusOnes]
	_, size := o.Chosen[PartySize]
	if plusOnes || size || c.has(PlusOnes) {
		return nil
	}
	for i, h := range c.Header {
		if c.Fields[i] != "" || c.isIgnored(i) || !isParty(h) {
			continue
		}
		name := c.mappingName(i)
		problem := fmt.Sprintf("the column %s may count the guest too, or only who comes along", quoteHeader(h))
		return &table.Error{
			NeedsAnswer: true, Problem: problem,
			Cause: mapQuestion(problem, PartySize+"="+name, PlusOnes+"="+name, PlusOnes+"="),
			Advice: fmt.Sprintf("say which: --map %s counts the guest too, --map %s only the others, --map 'plus_ones=' "+
				"neither (in the profile's mapping; "+
				"“Party size” or “Plus ones” in the console)", shellQuote(PartySize+"="+name), shellQuote(PlusOnes+"="+name)),
		}
	}
	return nil
}

func isParty(header string) bool {
	if len(header) > maxHeader {
		return false
	}
	return partyNames[reduce(header)] || partyNames[reduce(beforePunctuation(header))]
}

// partyNames are headers of a number of which some forms count the guest, and some do not.
var partyNames = set(`numberofguests noofguests guestcount guestscount guestnumber totalguests howmanyguests
	partysize sizeofparty groupsize
	headcount numberinparty partyof pax numberofattendees numberofpeople numberofpersons numberofparticipants
	anzahlgaste gasteanzahl anzahlpersonen personenanzahl personenzahl anzahlteilnehmer  nombredinvites
	nombredepersonnes nbpersonnes
	nombredeparticipants  numerodeinvitados numerodepersonas numerodeasistentes  aantalgasten aantalpersonen
	aantaldeelnemers
	liczbagosci liczbaosob  numeroospiti numerodiospiti numeropersone numerodipersone numeroinvitati
	numerodeconvidados numerodepessoas`)

// isQuantity reports whether a column may be a number of tickets or people, of which nothing has been decided.
func (c *Columns) isQuantity(column int) bool {
	h := c.Header[column]
	if _, decided := c.chosenFields[PlusOnes]; decided || c.has(PlusOnes) || c.has(PartySize) || len(h) > maxHeader {
		return false
	}
	if _, decided := c.chosenFields[PartySize]; decided {
		return false
	}
	return isPersonNumber(h) || ticketNames[reduce(beforePunctuation(h))]
}

// isPersonNumber reports whether a header is of a number of people.
func isPersonNumber(header string) bool {
	name := reduce(beforePunctuation(header))
	return personNames[name] || partNames[name] || strings.HasPrefix(strings.TrimSpace(header), "#") && name != "" && countedNames[name]
}

// quantityStatus judges a number of tickets or people: none may say that no one comes.
func quantityStatus(cell string) (s RowStatus, says bool) {
	n, is := smallNumber(cell)
	if !is {
		return s, false
	}
	s = RowStatus{Text: cell, Known: true, perhaps: n == 0}
	if n > 0 {
		s.class = yesWord
	}
	return s, true
}

// smallNumber reads a number of people.
func smallNumber(cell string) (n int, is bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(cell), ".0"))
	return n, err == nil && n >= 0 && n <= 1000
}

// partyQuestion asks how many guests a row has, where columns of numbers have rows with several.
func (s *Statuses) partyQuestion() (questions []table.Error) {
	var all, parts []string
	said := ""
	for _, column := range slices.Sorted(maps.Keys(s.columns)) {
		c, least := s.columns[column], 2
		if c.of.meaning != quantity || !isPersonNumber(c.Header) {
			continue
		}
		if c.isPart() && s.hasParts() {
			least, parts = 1, append(parts, "{{"+c.Header+"}}")
		}
		if list := c.numbersFrom(least); list != "" {
			all = append(all, c.Header)
			said += fmt.Sprintf("; %s: %s", quoteHeader(c.Header), list)
		}
	}
	if len(all) == 0 {
		return nil
	}
	problem := "rows may have several guests, and each would be imported as one (" + said[2:] + ")"
	q := &table.Question{Text: problem}
	if len(parts) > 1 {
		q.Choices = append(q.Choices, table.Choice{Option: "map", Value: PartySize + "=" + strings.Join(parts, " + ")})
	}
	for _, h := range all {
		for _, field := range []string{PartySize, PlusOnes} {
			if choice, can := MapChoice(field, h); can {
				q.Choices = append(q.Choices, choice)
			}
		}
	}
	q.Choices = append(q.Choices, table.Choice{Option: "map", Value: PlusOnes + "="})
	flags := make([]string, len(q.Choices))
	for i, choice := range q.Choices {
		flags[i] = choice.Flag()
	}
	return []table.Error{{NeedsAnswer: true, Problem: problem, Cause: q, Advice: "say how many come: " + strings.Join(flags, " or ") +
		" (party_size counts the guest too, plus_ones only the others, 'plus_ones=' neither; in the profile's mapping; " +
		"“Party size” or “Plus ones” in the console)"}}
}

// isPart reports whether a column is of a part of the people: adults, children.
func (c *StatusColumn) isPart() bool {
	return c.of.meaning == quantity && partNames[reduce(beforePunctuation(c.Header))]
}

// hasParts reports whether there are several such columns, which add up.
func (s *Statuses) hasParts() bool {
	n := 0
	for _, c := range s.columns {
		if c.isPart() && c.numbersFrom(1) != "" {
			n++
		}
	}
	return n > 1
}

// numbersFrom names the numbers, from a least one on, that rows have which would become guests; "" where there are none.
func (c *StatusColumn) numbersFrom(least int) string {
	var texts []string
	for _, v := range c.sorted() {
		if n, is := smallNumber(v.Text); is && n >= least && v.doubtful > 0 {
			texts = append(texts, fmt.Sprintf("%s (%d)", v.Text, v.doubtful))
		}
	}
	return strings.Join(texts, ", ")
}

var (
	// personNames are headers of a number of people, the guest too.
	personNames = headerNames(`covers party heads admissions numberattending noattending attendingcount totalattending
		guestsattending howmany howmanyattending howmanyareattending howmanypeople people persons pplcount numberinparty
		personen teilnehmerzahl personnes nombre_de_personnes effectif personas comensales persone coperti pessoas
		antalpersoner antallpersoner personer henkilömäärä henkilöä osoby početosob početosôb létszám fő persoane brojosoba
		številooseb количествочеловек количествогостей кількістьосіб άτομα αριθμόςατόμων kişi kişisayısı 人数 参加人数 人數 인원 인원수
		참석인원 عددالأشخاص sốngười jumlahtamu jumlahorang`)
	// ticketNames are headers of a number of tickets, which may be of no one else: only that there are none says something.
	ticketNames = headerNames(`tickets ticketcount ticketquantity ticketqty numberoftickets nooftickets howmanytickets seats
		seatcount numberofseats noofseats places numberofplaces spots spaces bookingspaces anzahltickets anzahlkarten karten
		eintrittskarten plätze anzahlplätze nombredeplaces nbplaces billets nombredebillets nbbillets entradas plazas asientos
		numerodeentradas numerodeplazas biglietti posti numerobiglietti numeroposti ingressos bilhetes lugares kaarten plaatsen
		aantalkaarten aantalplaatsen aantaltickets biljetter billetter platser plasser pladser antalbiljetter antalbilletter
		antallbilletter lippuja liput lippumäärä paikat bilety liczbabiletów miejsca liczbamiejsc vstupenky početvstupenek
		místa početmíst miesta lístky jegyek helyek bilete locuri numărbilete ulaznice mjesta brojulaznica brojmjesta vstopnice
		билеты билетов мест количествобилетов квитки місць εισιτήρια θέσεις bilet biletadedi koltuk 枚数 张数 張數 매수 כרטיסים`)
	// partNames are those of a part of the people.
	partNames = headerNames(`adults adult children child kids numberofadults numberofchildren erwachsene kinder adultes enfants adultos niños adulti bambini
		crianças volwassenen kinderen vuxna barn voksne børn aikuiset lapset dorośli dzieci dospělí děti dospelí deti felnőttek gyerekek adulți copii odrasli djeca
		взрослые дети дорослі діти ενήλικες παιδιά yetişkin çocuk 大人 子供 子ども 成人 儿童 兒童 성인 어린이 מבוגרים ילדים`)
	// countedNames are headers that are such with a # in front.
	countedNames = headerNames(`attending guests people persons coming pax attendees adults children kids`)
)

// groupNames are headers of the field is_group that are as often those of a group's name.
var groupNames = set("group gruppe groupe grupo groep grupa gruppo")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// AmbiguousGroup is the column of is_group whose header may be that of a group's name, or "".
func (c *Columns) AmbiguousGroup() string {
	for _, s := range c.Sources {
		if s.Field == IsGroup && s.Kind == Alias && groupNames[reduce(s.From)] {
			return s.From
		}
	}
	return ""
}

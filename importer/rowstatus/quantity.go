package rowstatus

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// NamesQuantity reports whether a header is of a number of tickets or people.
func NamesQuantity(header string) bool {
	return isPersonNumber(header) || ticketNames[wordset.Letters(headers.BeforePunctuation(header))]
}

// isPersonNumber reports whether a header is of a number of people.
func isPersonNumber(header string) bool {
	name := wordset.Letters(headers.BeforePunctuation(header))
	return personNames[name] || partNames[name] || strings.HasPrefix(strings.TrimSpace(header), "#") && name != "" && countedNames[name]
}

// quantityStatus judges a number of tickets or people: none may say that no one comes.
func quantityStatus(cell string) (s Status, says bool) {
	n, is := smallNumber(cell)
	if !is {
		return s, false
	}
	s = Status{Text: cell, Known: true, perhaps: n == 0}
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
func (s *Counts) partyQuestion() (questions []table.Error) {
	var all, parts []string
	said := ""
	for _, column := range slices.Sorted(maps.Keys(s.columns)) {
		c, least := s.columns[column], 2
		if c.of.meaning != Quantity || !isPersonNumber(c.Header) {
			continue
		}
		if c.isPart() && s.hasParts() {
			least, parts = 1, append(parts, "{{"+c.Header+"}}")
		}
		if list := c.numbersFrom(least); list != "" {
			all = append(all, c.Header)
			said += fmt.Sprintf("; %s: %s", headers.Quote(c.Header), list)
		}
	}
	if len(all) == 0 {
		return nil
	}
	problem := "rows may have several guests, and each would be imported as one (" + said[2:] + ")"
	q := &table.Question{Text: problem}
	if len(parts) > 1 {
		q.Choices = append(q.Choices, table.Choice{Option: "map", Value: headers.PartySize + "=" + strings.Join(parts, " + ")})
	}
	for _, h := range all {
		for _, field := range []string{headers.PartySize, headers.PlusOnes} {
			if choice, can := headers.MapChoice(field, h); can {
				q.Choices = append(q.Choices, choice)
			}
		}
	}
	q.Choices = append(q.Choices, table.Choice{Option: "map", Value: headers.PlusOnes + "="})
	flags := make([]string, len(q.Choices))
	for i, choice := range q.Choices {
		flags[i] = choice.Flag()
	}
	return []table.Error{{NeedsAnswer: true, Problem: problem, Cause: q, Advice: "say how many come: " + strings.Join(flags, " or ") +
		" (party_size counts the guest too, plus_ones only the others, 'plus_ones=' neither; in the profile's mapping; " +
		"“Party size” or “Plus ones” in the console)"}}
}

// isPart reports whether a column is of a part of the people: adults, children.
func (c *ColumnCounts) isPart() bool {
	return c.of.meaning == Quantity && partNames[wordset.Letters(headers.BeforePunctuation(c.Header))]
}

// hasParts reports whether there are several such columns, which add up.
func (s *Counts) hasParts() bool {
	n := 0
	for _, c := range s.columns {
		if c.isPart() && c.numbersFrom(1) != "" {
			n++
		}
	}
	return n > 1
}

// numbersFrom names the numbers, from a least one on, that rows have which would become guests; "" where there are none.
func (c *ColumnCounts) numbersFrom(least int) string {
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
	personNames = wordset.Words(`covers party heads admissions numberattending noattending attendingcount totalattending
		guestsattending howmany howmanyattending howmanyareattending howmanypeople people persons pplcount numberinparty personen
		teilnehmerzahl personnes nombre_de_personnes effectif personas comensales persone coperti pessoas antalpersoner
		antallpersoner personer henkilömäärä henkilöä osoby početosob létszám fő persoane brojosoba številooseb количествочеловек
		количествогостей кількістьосіб άτομα αριθμόςατόμων kişi kişisayısı 人数 参加人数 人數 인원 인원수 참석인원 عددالأشخاص sốngười jumlahtamu
		jumlahorang`)
	// ticketNames are headers of a number of tickets, or of people, which may be of no one else: only that there are none
	// says something. A Qty or Menge is of anything.
	ticketNames = wordset.Words(`tickets ticketcount ticketquantity ticketqty numberoftickets nooftickets howmanytickets seats
		seatcount numberofseats noofseats places numberofplaces spots spaces bookingspaces anzahltickets anzahlkarten karten
		eintrittskarten plätze anzahlplätze nombredeplaces nbplaces billets nombredebillets nbbillets entradas plazas asientos
		numerodeentradas numerodeplazas biglietti posti numerobiglietti numeroposti ingressos bilhetes lugares kaarten plaatsen
		aantalkaarten aantalplaatsen aantaltickets biljetter billetter platser plasser pladser antalbiljetter antalbilletter
		antallbilletter lippuja liput lippumäärä paikat bilety liczbabiletów miejsca liczbamiejsc vstupenky početvstupenek místa
		početmíst miesta lístky jegyek helyek bilete locuri numărbilete ulaznice mjesta brojulaznica brojmjesta vstopnice билеты
		билетов мест количествобилетов квитки місць εισιτήρια θέσεις bilet biletadedi koltuk 枚数 张数 張數 매수 כרטיסים guests guestcount headcount pax pers
		anzahl gäste anzahlgäste invités nombredinvités invitados ospiti convidados aantal gasten antal antall gäster gjester
		gæster vieraat goście počet hosté гости`)
	// partNames are those of a part of the people.
	partNames = wordset.Words(`adults adult children child kids numberofadults numberofchildren erwachsene kinder adultes enfants
		adultos niños adulti bambini crianças volwassenen kinderen vuxna barn voksne børn aikuiset lapset dorośli dzieci dospělí
		děti felnőttek gyerekek copii odrasli djeca взрослые дети дорослі діти ενήλικες παιδιά yetişkin çocuk 大人 子供 子ども 成人 儿童 兒童 성인
		어린이 מבוגרים ילדים`)
	// countedNames are headers that are such with a # in front.
	countedNames = wordset.Words(`attending guests people persons coming pax attendees adults children kids`)
)

package columns

import (
	"fmt"

	"guestflow/importer/headers"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
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
		problem := fmt.Sprintf("the column %s may count the guest too, or only who comes along", headers.Quote(h))
		return &table.Error{
			NeedsAnswer: true, Problem: problem,
			Cause: mapQuestion(problem, PartySize+"="+name, PlusOnes+"="+name, PlusOnes+"="),
			Advice: fmt.Sprintf("say which: --map %s counts the guest too, --map %s only the others, --map 'plus_ones=' "+
				"neither (in the profile's mapping; "+
				"“Party size” or “Plus ones” in the console)", headers.ShellQuote(PartySize+"="+name),
				headers.ShellQuote(PlusOnes+"="+name)),
		}
	}
	return nil
}

func isParty(header string) bool {
	if len(header) > headers.MaxLength {
		return false
	}
	return partyNames[wordset.Letters(header)] || partyNames[wordset.Letters(headers.BeforePunctuation(header))]
}

// partyNames are headers of a number of which some forms count the guest, and some do not.
var partyNames = wordset.Of(`numberofguests noofguests guestcount guestscount guestnumber totalguests howmanyguests
	partysize sizeofparty groupsize
	headcount numberinparty partyof pax numberofattendees numberofpeople numberofpersons numberofparticipants
	anzahlgaste gasteanzahl anzahlpersonen personenanzahl personenzahl anzahlteilnehmer  nombredinvites
	nombredepersonnes nbpersonnes
	nombredeparticipants  numerodeinvitados numerodepersonas numerodeasistentes  aantalgasten aantalpersonen
	aantaldeelnemers
	liczbagosci liczbaosob  numeroospiti numerodiospiti numeropersone numerodipersone numeroinvitati
	numerodeconvidados numerodepessoas`)

// groupNames are headers of the field is_group that are as often those of a group's name.
var groupNames = wordset.Of("group gruppe groupe grupo groep grupa gruppo")

// AmbiguousGroup is the column of is_group whose header may be that of a group's name, or "".
func (c *Columns) AmbiguousGroup() string {
	for _, s := range c.Sources {
		if s.Field == IsGroup && s.Kind == Alias && groupNames[wordset.Letters(s.From)] {
			return s.From
		}
	}
	return ""
}

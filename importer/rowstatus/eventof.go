package rowstatus

import (
	"guestflow/importer/headers"
	"guestflow/importer/wordset"
)

// A list may be of several events, and name them in a column from which nothing is taken. Guests of all of them would be
// imported for the one that is chosen for the file.

// isOfEvents reports whether a column names several events, and the rule does not choose from them.
func (c *ColumnCounts) isOfEvents() bool {
	if c.of.meaning != Event {
		return false
	}
	different := c.othersIn
	for _, v := range c.Values {
		if v.Kept > 0 {
			different++
		}
	}
	return different > 1
}

// NamesEvent reports whether a header is of events.
func NamesEvent(header string) bool {
	return len(header) <= headers.MaxLength && eventNames[wordset.Letters(header)]
}

var eventNames = wordset.Words(`event eventname eventtitle nameofevent eventdate dateofevent veranstaltung veranstaltungsname
		nameveranstaltung veranstaltungsdatum veranstaltungstitel événement nomévénement nomdelévénement datedelévénement evento
		nombredelevento fechadelevento nomeevento nomedoevento dataevento datadoevento naamevenement datumevenement evenemang
		arrangement begivenhed tapahtuma wydarzenie nazwawydarzenia událost akce esemény eveniment мероприятие событие подія
		etkinlik イベント イベント名 活动 活动名称 活動 이벤트 행사`)

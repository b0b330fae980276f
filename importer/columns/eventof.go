package columns

import (
	"slices"

	"guestflow/importer/where"
)

// A list may be of several events, and name them in a column from which nothing is taken. Guests of all of them would be
// imported for the one that is chosen for the file.

// isEvent reports whether a column is of the event of its row, and no field says that. One with answers is of who comes.
func (c *Columns) isEvent(column int) bool {
	h := c.Header[column]
	return len(h) <= maxHeader && eventNames[reduce(h)] && !c.has(EventID) && !slices.ContainsFunc(c.rows, func(cells []string) bool {
		if column >= len(cells) {
			return false
		}
		whole, _ := classOf(where.Fold(cells[column]))
		return whole != unknownWord && !isDigits(cells[column])
	})
}

// isOfEvents reports whether a column names several events, and the rule does not choose from them.
func (c *StatusColumn) isOfEvents() bool {
	if c.of.meaning != eventOf || len(c.of.tests) > 0 {
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

var eventNames = headerNames(`event eventname eventtitle nameofevent eventdate dateofevent veranstaltung veranstaltungsname nameveranstaltung veranstaltungsdatum veranstaltungstitel
	événement nomévénement nomdelévénement datedelévénement evento nombredelevento fechadelevento nomeevento nomedoevento dataevento datadoevento evenement naamevenement
	datumevenement evenemang arrangement begivenhed tapahtuma wydarzenie nazwawydarzenia událost akce esemény eveniment мероприятие событие подія etkinlik イベント イベント名 活动 活动名称 活動 이벤트 행사`)

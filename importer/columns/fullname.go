package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/table"
)

// mapFullName takes a column of full names: for both parts, for the one that has no column of its own, or for rows
// whose parts are empty.
func (c *Columns) mapFullName(o Options) *table.Error {
	full, chosen := c.removeSource(FullName)
	if !chosen {
		at := slices.IndexFunc(c.Header, func(h string) bool { return c.fieldFor(h) == FullName })
		if at < 0 || c.Fields[at] != "" {
			return nil
		}
		if _, decided := o.Chosen[FullName]; decided {
			return nil
		}
		full = Source{Field: FullName, From: c.Header[at], column: at}
	}
	c.fillAny = chosen || o.SplitNames
	switch first, last := c.has(FirstName), c.has(LastName); {
	case first && last:
		if chosen || saysFullName(full.From) {
			c.fill, c.Fields[full.column] = full.column, FullName
		}
	case first || last:
		return c.mapOtherPart(o, full, first, chosen)
	case c.fillAny:
		c.split = full.column
		for _, field := range []string{FirstName, LastName} {
			if text, decided := o.Chosen[field]; !decided || text != "" {
				c.add(Source{Field: field, Kind: Split, From: full.From, column: full.column})
			}
		}
	}
	return nil
}

// mapOtherPart takes a column called Name for the part that is missing: beside a surname it has first names, and beside
// first names, in German and Dutch lists above all, last names. What another one, such as Full Name, has beside one
// part cannot be known.
func (c *Columns) mapOtherPart(o Options, full Source, hasFirst, chosen bool) *table.Error {
	missing, there := FirstName, LastName
	if hasFirst {
		missing, there = LastName, FirstName
	}
	if _, decided := o.Chosen[missing]; decided && !chosen {
		return nil
	}
	name := reduce(full.From)
	other := c.source(there)
	switch {
	case chosen: // beside a part that was chosen too
		c.split = full.column
		c.add(Source{Field: missing, Kind: Split, From: full.From, column: full.column})
	case name == "name" || name == "naam":
		kind := OtherPart
		if other.Kind != Alias && other.Kind != Chosen {
			kind = Alias // there is no column to compare it with
		}
		c.add(Source{Field: missing, Kind: kind, From: full.From, column: full.column, other: other.column})
	case !hasFirst || saysFullName(full.From):
		problem := fmt.Sprintf("the column %s has names, and beside %s (%s) nothing is the %s",
			quoteHeader(full.From), quoteHeader(other.From), there, missing)
		return &table.Error{
			NeedsAnswer: true, Problem: problem,
			Cause: mapQuestion(problem, missing+"="+full.From, FullName+"="+full.From, missing+"="),
			Advice: "say what it has: " + mapAdvice(missing, full.From) +
				fmt.Sprintf(" if it is that, --map %s to have full names split, --map '%s=' to do without",
					shellQuote(FullName+"="+full.From), missing),
		}
	}
	return nil
}

func (c *Columns) source(field string) Source {
	return c.Sources[slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == field })]
}

// guestHeaders are headers of guests that do not say whether whole names are meant.
var guestHeaders = set(`guest attendee participant gast teilnehmer invite participante invitado deelnemer gosc
	uczestnik ospite partecipante
	convidado`)

// saysFullName reports whether a header says that it has whole names.
func saysFullName(header string) bool { return !guestHeaders[reduce(header)] }

// removePart takes the other part out of a name that has both, and leaves any other name as it is.
func removePart(name, other string, last bool) string {
	words, known := strings.Fields(name), strings.Fields(other)
	if before, after, comma := strings.Cut(name, ","); comma && len(known) > 0 {
		if last && equalWords(strings.Fields(before), known) {
			return join(strings.Fields(after))
		}
		if !last && equalWords(strings.Fields(after), known) {
			return join(strings.Fields(before))
		}
	}
	rest := len(words) - len(known)
	switch {
	case len(known) == 0 || rest <= 0:
	case last && equalWords(words[rest:], known):
		return join(words[:rest])
	case !last && equalWords(words[:len(known)], known):
		return join(words[len(known):])
	}
	return name
}

func equalWords(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }

// splitsOneWay reports whether a full name can only be split in one way: two words, or a comma between its parts.
func splitsOneWay(full string) bool {
	return strings.Count(full, ",") == 1 || !strings.Contains(full, ",") && len(strings.Fields(full)) == 2
}

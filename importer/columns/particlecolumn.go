package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// particleHeaders are headers of what stands before the last name and is a part of it: von, de, van der.
var particleHeaders = wordset.Phrases(`Namenszusatz|Namenszusätze|Adelszusatz|Namensvorsatz|Namensvorsatzwort|
	Vorsatzwort|Vorsatzworte|Nachnamenszusatz|Nachnamenpräfix|Namenspräfix|Präfix Nachname|Adelstitel|Namensbestandteil|
	Particule|Particule nobiliaire|Particule du nom|Préfixe du nom|Préfixe nom|Surname Prefix|Surname prefixes|
	Last Name Prefix|Lastname Prefix|Family Name Prefix|Prefix Last Name|Prefix surname|Name particle|Surname particle|
	Last name particle|Particle|Nobiliary particle|Infix|Name infix|Voorvoegsel|Voorvoegsels|Voorvoegsel(s)|
	Voorvoegsel achternaam|Tussenvoegsel|Tussenvoegsels|Tussenvoegsel(s)|Tussenvoegsel achternaam|Tussennaam|Partícula|
	Partikel|Partícula del apellido|Prefijo apellido|Prefijo del apellido|Particella|Prefisso cognome|Prefixo do sobrenome|
	Prefixo sobrenome|Efternavnspræfiks|Prefiks nazwiska|Tv`)

// takeParticle has last names begin with what a column of particles has, where the first rows have nothing but such
// words there: the header says what they are, and van der belongs to no other part of a name.
func (c *Columns) takeParticle(o Options) *table.Error {
	at := c.particleColumn()
	if _, decided := o.Chosen[LastName]; decided || at < 0 || !c.has(LastName) || c.IsChosen(OtherNames) ||
		!slices.Contains([]Kind{Alias, OtherPart}, c.source(LastName).Kind) || !c.hasParticlesAlone(at) {
		return nil
	}
	if c.Fields[at] == OtherNames {
		c.removeSource(OtherNames)
		c.Fields[at] = ""
	}
	c.particle = at
	return nil
}

// particleColumn returns the column of what stands before last names, or -1.
func (c *Columns) particleColumn() int {
	return slices.IndexFunc(c.Header,
		func(h string) bool { return len(h) <= headers.MaxLength && particleHeaders[wordset.Letters(h)] })
}

// hasParticlesAlone reports whether the first rows have particles in a column, and nothing else.
func (c *Columns) hasParticlesAlone(column int) bool {
	filled := false
	for _, cells := range c.rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		if filled = true; !personname.AreParticles(cells[column]) {
			return false
		}
	}
	return filled && !c.isIgnored(column)
}

// addParticle puts a row's particle before its last name, where the name does not have it already.
func (c *Columns) addParticle(cells, fields []string) {
	if c.particle < 0 || blank(cells[c.particle]) {
		return
	}
	_, last := c.partPlaces()
	particle, name := strings.TrimSpace(cells[c.particle]), strings.TrimSpace(fields[last])
	lower, before := strings.ToLower(name), strings.ToLower(particle)
	if name == "" || strings.HasPrefix(lower, before+" ") || strings.HasSuffix(lower, ", "+before) {
		return
	}
	if !strings.HasSuffix(particle, "'") && !strings.HasSuffix(particle, "’") {
		particle += " "
	}
	fields[last] = particle + name
}

// askParticle asks about a column of what stands before last names, which would be lost, or be taken for a further
// name.
func (c *Columns) askParticle(o Options) {
	at := c.particleColumn()
	if at < 0 || at == c.particle || !c.has(LastName) || c.isIgnored(at) || c.used[at] && c.Fields[at] != OtherNames ||
		c.IsChosen(OtherNames) {
		return
	}
	last := c.source(LastName)
	if last.Kind != Alias || !c.mayHaveParticles(at) {
		return
	}
	both, can := c.made(LastName, []int{at, last.column})
	alone, _ := headers.MapChoice(LastName, c.mappingName(last.column))
	if !can {
		return
	}
	c.ask(fmt.Sprintf("the column %s has what stands before the last name, which is taken from %s alone", c.shownName(at),
		c.shownName(last.column)),
		fmt.Sprintf("say what the last name is: %s for both, or %s for the last name alone (mapping in the profile, “Take it from” in the console)",
			both.Flag(), alone.Flag()), both.Value, alone.Value)
}

// mayHaveParticles reports whether a column has something in the first rows, or they do not show it.
func (c *Columns) mayHaveParticles(column int) bool {
	return len(c.rows) == 0 || holds(c.rows, column) != nothingIn
}

package columns

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// maxBeside is how many groups of columns are looked at, and how many columns of addresses.
const maxBeside = 16

// Beside is what a row has of other people and of other addresses, which nothing is taken from: a bit for each of
// Columns.others and Columns.addresses. substitutes are those of the others who are one.
type Beside struct{ others, addresses, substitutes uint16 }

// otherPerson is a person beside the guest.
type otherPerson struct {
	*person
	names []int // the columns of the name
}

// findBeside finds the columns of people whom a guest may bring, and of further addresses of the guest.
func (c *Columns) findBeside(o Options) {
	if o.Unnamed {
		return
	}
	for _, p := range c.findPeople() {
		if p.role != headers.Companion && p.role != headers.Attending && p.role != headers.Substitute || len(c.others) == maxBeside || c.asked(p) || slices.ContainsFunc(p.list, c.isOffered) {
			continue
		}
		var names []int
		for _, i := range p.list {
			if p.fields[i] != Email && !c.used[i] && !c.isIgnored(i) && c.mayNamePerson(i, p.role) {
				names = append(names, i)
			}
		}
		if len(names) > 0 {
			c.others = append(c.others, otherPerson{p, names})
		}
	}
	c.findAddresses()
}

// mayNamePerson reports whether a column may have the names of further people. Few guests bring one, and say it in words
// of their own; who has a column for each row has a name there.
func (c *Columns) mayNamePerson(column int, of headers.Role) bool {
	if of == headers.Companion || of == headers.Substitute {
		return !c.holdsAnswers(column) && !c.holdsCategories(column)
	}
	return c.hasNames(column, nameShare)
}

// asked reports whether who of the row's people is the guest was asked, this one being among them.
func (c *Columns) asked(p *person) bool {
	return p.role != headers.Companion && p.role != headers.Substitute && slices.ContainsFunc(p.list, func(i int) bool { return c.among[i] })
}

// isOffered reports whether a column was offered for a missing part of the guest's name.
func (c *Columns) isOffered(column int) bool { return slices.Contains(c.offered, column) }

// secondAddresses are words of headers of an address that another one is meant before.
var secondAddresses = wordset.Words(`secondary alternative alternate alt backup fallback cc bcc other old former
	previous additional extra confirm confirmation verify repeat retype again zweite zweit alternativ alternative weitere
	alte bestatigung wiederholen secondaire confirmer secundario alternativo otro confirmar secondario altra conferma outro
	tweede andere oude bevestig drugi potwierdz sekundar alternativ bekrafta anden bekraeft`)

// findAddresses finds further columns of addresses, where the one that is taken was not chosen.
func (c *Columns) findAddresses() {
	at := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == Email && (s.Kind == Alias || s.Kind == Content) })
	if at < 0 || c.program.ownFields(c.Header)[Email] && c.people == nil {
		return
	}
	for i := range c.Header {
		if len(c.addresses) < maxBeside && !c.used[i] && !c.isIgnored(i) && c.mayBeGuests(i) && hasAddress(c.rows, i) {
			c.addresses = append(c.addresses, i)
		}
	}
	c.address = c.Sources[at].column
}

// mayBeGuests reports whether a column of addresses may have those of the guest.
func (c *Columns) mayBeGuests(column int) bool {
	h := c.Header[column]
	if field, other := c.people[h]; len(h) > headers.MaxLength || other && field == "" {
		return false
	}
	_, of := headers.RoleIn(h)
	return !of && !slices.ContainsFunc(headers.PersonWords(h), func(word string) bool { return secondAddresses[word] || sendersWords[word] }) &&
		(headers.FieldOf(h) != "" || headers.FieldIn(h) == Email || holds(c.rows, column) == addresses)
}

// sendersWords are words of headers of an address of who has sent a message or filled in a form.
var sendersWords = wordset.Words(`from to reply replyto replied sent sender username user login by von de van od via
	domain website url link`)

// HasBeside reports whether a row may have other people or addresses.
func (c *Columns) HasBeside() bool { return len(c.others)+len(c.addresses) > 0 }

// Beside finds what a row has of other people and addresses. fields are what Apply has made of its cells.
func (c *Columns) Beside(cells, fields []string) (b Beside) {
	for n, p := range c.others {
		switch {
		case !c.namesAnother(p, cells, fields):
		case p.role == headers.Substitute:
			b.substitutes |= 1 << n
		default:
			b.others |= 1 << n
		}
	}
	for n, i := range c.addresses {
		one, other := strings.TrimSpace(cells[c.address]), strings.TrimSpace(cells[i])
		if personname.HasAddress(one) && personname.HasAddress(other) && !strings.EqualFold(addressIn(one), addressIn(other)) {
			b.addresses |= 1 << n
		}
	}
	return b
}

// addressIn returns the address of a cell that has one among other words, as a mail program shows it: Ida Holm
// (ida@example.org).
func addressIn(cell string) string {
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()<>[]\"';,", r) }) {
		if word = strings.TrimPrefix(strings.ToLower(word), "mailto:"); strings.Contains(word, "@") {
			return word
		}
	}
	return cell
}

// namesAnother reports whether a row has the name of another person than its guest.
func (c *Columns) namesAnother(p otherPerson, cells, fields []string) bool {
	name := ""
	for _, i := range p.names {
		name += " " + strings.TrimSpace(cells[i])
	}
	name = strings.TrimSpace(name)
	if name == "" || noPerson[strings.ToLower(name)] || p.role == headers.Attending && !mayBeName(name) || !strings.ContainsFunc(name, isNameRune) {
		return false
	}
	own := ""
	for i := range c.Sources {
		if f := c.Sources[i].Field; f == FirstName || f == LastName || f == OtherNames {
			own += " " + fields[i]
		}
	}
	return !sameWords(name, own)
}

func isNameRune(r rune) bool { return unicode.IsLetter(r) || r >= '1' && r <= '9' }

// sameWords reports whether a name has no word that another one has not.
func sameWords(name, other string) bool {
	words := map[string]bool{}
	for word := range strings.FieldsFuncSeq(other, isBetweenWords) {
		words[wordset.Letters(word)] = true
	}
	for word := range strings.FieldsFuncSeq(name, isBetweenWords) {
		if !words[wordset.Letters(word)] {
			return false
		}
	}
	return true
}

func isBetweenWords(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '-' }

// noPerson are answers that name no one.
var noPerson = wordset.Of(`no none n/a na nil null - -- . x false n nein keine keiner kein niemand non aucun aucune
	ninguno ninguna nadie sin nessuno nessuna nao não nenhum nenhuma nee geen niemand nie brak nikt nej ingen nei ei ne
	žádný žiadny nem nincs nu niciunul hayır yok όχι нет ні немає لا لا_أحد לא なし 無し 无 無 없음 solo alone self same tbc tbd
	tba single`)

// BesideCounts counts rows by what they have beside their guests.
type BesideCounts struct {
	others, addresses, substitutes int
	seen                           Beside // any row has
}

// Add counts a row.
func (n *BesideCounts) Add(b Beside) {
	if b == (Beside{}) {
		return
	}
	n.seen.others |= b.others
	n.seen.addresses |= b.addresses
	n.seen.substitutes |= b.substitutes
	if b.others != 0 {
		n.others++
	}
	if b.addresses != 0 {
		n.addresses++
	}
	if b.substitutes != 0 {
		n.substitutes++
	}
}

// Questions are those about people and addresses that rows have beside their guests. The caller adds the path.
func (n *BesideCounts) Questions(c *Columns) (questions []table.Error) {
	if n.others > 0 {
		questions = append(questions, c.askOthers(n))
	}
	if n.substitutes > 0 {
		questions = append(questions, c.askSubstitutes(n))
	}
	if n.addresses > 0 {
		questions = append(questions, c.askAddresses(n))
	}
	return questions
}

// askOthers asks what becomes of further people.
func (c *Columns) askOthers(n *BesideCounts) table.Error {
	var seen []otherPerson
	var all, names []int
	for i, p := range c.others {
		if n.seen.others&(1<<i) != 0 {
			seen = append(seen, p)
			all, names = append(all, p.list...), append(names, p.names...)
		}
	}
	problem := fmt.Sprintf("%s in %s the name of a further person, who would not be a guest and would get nothing",
		plural.Of(n.others, "row")+" "+plural.Word(n.others, "has", "have"), c.shownColumns(names))
	q := &table.Question{Text: problem}
	said := []string{}
	add := func(choice table.Choice, can bool, means, label string) {
		if can {
			choice.Label = label
			q.Choices = append(q.Choices, choice)
			said = append(said, choice.Flag()+" "+means)
		}
	}
	ignored, can := c.IgnoringColumns(all)
	add(ignored, can, "leaves them out", "Leave these people out")
	if len(seen) == 1 && len(names) > 0 {
		choice, can := headers.MapChoice(PlusOnes, c.joined(names))
		if len(names) > 1 {
			choice, can = c.made(PlusOnes, names)
		}
		add(choice, can, "counts each as an additional guest of the row's guest, by name in the notes", "Count each as an additional guest")
		if p := seen[0]; p.role == headers.Attending {
			field := p.nameField()
			choice, can := headers.MapChoice(field, c.mappingName(p.columns[field]))
			add(choice, can, "if that person is the guest", "That person is the guest")
			q.Open = true
		}
	}
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: "say what becomes of them: " + strings.Join(said, ", ") +
		" (mapping in the profile, “Ignored” and “Plus ones” in the console); to invite each, give each a row"}
}

// Ignoring is the mapping of what decides nothing, with one column more.
func (c *Columns) Ignoring(header string) string {
	before := c.chosenFields[Ignore]
	if before == "" {
		return header
	}
	if !strings.Contains(before, "{{") {
		before = "{{" + before + "}}"
	}
	return before + " {{" + header + "}}"
}

// IgnoringColumns returns the answer that columns decide nothing, beside those of which it was said.
func (c *Columns) IgnoringColumns(list []int) (table.Choice, bool) {
	all := slices.Clone(c.ignored)
	for _, i := range list {
		if !slices.Contains(all, i) && !c.used[i] {
			all = append(all, i)
		}
	}
	return c.ignoringAll(all)
}

// IgnoringTaken returns the answer that columns decide nothing of who is meant, whatever is taken from them.
func (c *Columns) IgnoringTaken(list []int) (table.Choice, bool) {
	return c.ignoringAll(append(slices.Clone(c.ignored), list...))
}

func (c *Columns) ignoringAll(all []int) (table.Choice, bool) {
	if len(all) == 1 {
		return headers.MapChoice(Ignore, c.mappingName(all[0]))
	}
	return c.made(Ignore, all)
}

// made returns the answer that makes a field of several columns.
func (c *Columns) made(field string, list []int) (table.Choice, bool) {
	text := c.joined(list)
	return table.Choice{Option: "map", Value: field + "=" + text}, text != ""
}

// joined names columns as a template does.
func (c *Columns) joined(list []int) string {
	if len(list) == 1 {
		return c.mappingName(list[0])
	}
	names := make([]string, len(list))
	for n, i := range list {
		names[n] = "{{" + c.mappingName(i) + "}}"
	}
	return strings.Join(names, " ")
}

// askAddresses asks which of a guest's addresses is meant.
func (c *Columns) askAddresses(n *BesideCounts) table.Error {
	list := []int{c.address}
	for i, column := range c.addresses {
		if n.seen.addresses&(1<<i) != 0 && len(list) < maxEmailChoices {
			list = append(list, column)
		}
	}
	slices.Sort(list)
	names, mappings := make([]string, len(list)), make([]string, len(list))
	for i, column := range list {
		names[i] = c.mappingName(column)
		mappings[i] = Email + "=" + names[i]
	}
	problem := fmt.Sprintf("%s several addresses, in %s, and which of them is meant is not known",
		plural.Of(n.addresses, "row")+" "+plural.Word(n.addresses, "has", "have"), c.shownColumns(list))
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, mappings...), Advice: "choose one: " + mapAdvice(Email, names...)}
}

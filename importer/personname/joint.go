package personname

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// legalForms are words of companies' names, without dots. Those in shortForms are parts of names as well, unless they
// are in capitals beside others that are not.
var (
	legalForms = wordset.Of(`inc ltd llc llp plc corp gmbh mbh ug kgaa ohg gbr ev eg sarl sas eurl sasu srl spa snc sapa
		bvba nv bv vof oyj aps asa ehf hf sro doo dd kft zrt nyrt eood ood pty pte pvt lda ltda eireli cv sa ag kg as ab oy
		ооо зао оао пао ао тов ип 株式会社 有限会社 有限公司 주식회사 limited incorporated corporation company holding holdings group gruppe
		groupe verein stiftung foundation university universität université`)
	shortForms = wordset.Of(`sa ag kg as ab oy nv bv cv spa hf dd ug eg ev sas asa sro doo ood as ао ип тов group company
		holding gruppe groupe verein`)
)

// isCompany reports whether a name ends as companies' do: ACME Inc., Holm GmbH, 株式会社山田.
func isCompany(words []string) bool {
	if len(words) > 0 && (strings.Contains(words[0], "株式会社") || strings.Contains(words[0], "有限公司")) {
		return true
	}
	if len(words) < 2 {
		return false
	}
	last := strings.Trim(words[len(words)-1], ",()")
	bare := strings.ToLower(strings.ReplaceAll(last, ".", ""))
	if !legalForms[bare] {
		return false
	}
	dotted := strings.Count(last, ".") > 1
	return !shortForms[bare] || dotted || IsAllCapitals(last) && !slices.ContainsFunc(words[:len(words)-1], IsAllCapitals)
}

// plusInName is how many a guest brings, beside the name: Tor (+2), Ida +1, Bo (and guest).
var plusInName = pattern.New(`(?i)\(\s*(?:\+|plus|and|und|et|y|e|og|och|en|mit|with|avec)\s*(?:[0-9]+|guests?|gast|gäste|family|familie|partner|wife|husband|frau|mann|kids|invité|one)?\s*\)|` +
	`\(\s*(?:and|und|et|mit|with|avec|con|met|med|og|och|&|\+)\s+\pL|\s\+\s*[0-9]+$|\s(?:&|and|\+|plus|und)\s*(?:guests?|partner|family|familie|wife|husband|gast|begleitung|kids|co)\.?$|` +
	`^(?:(?:the )?\pL+ family|(?:mr|herr|m|sr|sig|dhr|dr)\.? (?:&|and|und|et|y|e|en|och|og) (?:mrs|frau|mme|sra|sigra|mevr|fru|ms)\b.*)$`)

// peopleUnits are words behind a number of people.
const peopleUnits = `p|pers|persons?|personen|people|pax|ppl|guests?|gäste|adults?|children|kids?|tickets?|karten|seats?|plätze|erw|erwachsene|kinder|pers\.|personnes?|` +
	`adultes?|enfants?|invités?|personas?|adultos?|niños?|persone|persona|adulti|bambini|pessoas?|crianças?|volwassenen|kinderen|osób|osoby|osoba|personer|vuxna|barn|` +
	`voksne|børn|henkilöä|hlö|aikuista|lasta|os|osob|fő|persoane|kişi|чел|человека?|осіб|άτομα|名|人|명`

// countInName is how many people a name stands for: Holm (2 pers.), Holm x2, 2x Ida, Holm (2 adults, 1 child).
var countInName = pattern.New(`(?i)\(\s*(?:ca\.?\s*|x\s*|×\s*|=\s*)?[0-9]{1,3}\s*[x×]?\s*\)|` +
	`[\s,:–(-][0-9]{1,3}\s*(?:` + peopleUnits +
	`)(?:[\s.,)]|$)|\s[x×]\s?[0-9]{1,2}$|\s[0-9]{1,2}\s?[x×]$|^[0-9]{1,2}\s?[x×]\s`)

// peopleSigns and peopleWords are what every name has of which plusInName says that it stands for several people. Most
// names have none of them, and looking for these takes a tenth of the time.
const peopleSigns = "(+&"

var peopleWords = wordset.Of(`and plus und et y e en och og family`)

// hasPeople reports whether a name says that it stands for several people.
func hasPeople(name string) bool {
	if (strings.ContainsAny(name, peopleSigns) || hasWordOf(peopleWords, name)) && plusInName.MatchString(name) {
		return true
	}
	first, rest, _ := strings.Cut(name, " ")
	if !strings.ContainsAny(name, digits) {
		return rest != "" && isFamily(first, rest)
	}
	return wordset.Has(wholeFamily, first) || hasMoreThanNumber(name) && countInName.MatchString(name)
}

const digits = "0123456789"

// hasMoreThanNumber reports whether a name's number may be one of people: one behind its words, as in Lee 12, is not.
func hasMoreThanNumber(name string) bool {
	return strings.ContainsAny(strings.TrimRight(name, digits), digits+"(xX×")
}

// hasWordOf reports whether one of a name's words is in a set of words in small letters.
func hasWordOf(set map[string]bool, name string) bool {
	for word := range strings.FieldsSeq(name) {
		if wordset.Has(set, word) {
			return true
		}
	}
	return false
}

// IsJoint reports whether the cell of a first or last name, or of a full one, is that of several people, of a family or
// of a company.
func IsJoint(cell string, part string) bool {
	if isPlainWord(cell) {
		return wordset.Has(wholeFamily, cell) && (part != headers.LastName || wordset.Has(surelyFamily, cell)) || isCompany([]string{cell})
	}
	words := strings.Fields(cell)
	switch {
	case len(cell) > maxName, len(words) == 0:
		return false
	case hasPeople(cell):
		return true
	case strings.ContainsAny(cell, "#0123456789,<>@;"): // which is no name
		return false
	case strings.Contains(strings.TrimSpace(cell), "\n"), isCompany(words):
		return true
	case part == headers.LastName:
		return slices.ContainsFunc(words[1:],
			func(w string) bool { return w == "&" || w == "+" || w == "and" || w == "/" }) || joinsLastNames(words)
	}
	// N/A, mm/yyyy
	if one, other, is := strings.Cut(cell, "/"); is &&
		(len(one) < 2 || len(other) < 2 || strings.ToLower(cell) == cell && strings.ToUpper(cell) != cell) {
		return false
	}
	return severalPeople(strings.TrimLeft(cell, "+&|/'= "))
}

// isPlainWord reports whether a cell is one word of letters, as most are.
func isPlainWord(cell string) bool {
	return !strings.ContainsFunc(cell,
		func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’' })
}

// jobs are titles of jobs that stand behind a name and a comma, and jobEndings how further ones end.
var (
	jobs = wordset.Of(`director ceo cto cfo coo cmo cio chro chairman chairwoman chair chairperson president vp svp evp
		manager head lead founder cofounder co-founder owner partner associate consultant engineer developer designer
		architect analyst editor journalist reporter producer author writer professor lecturer teacher student doctor
		physician nurse lawyer attorney solicitor judge minister mayor senator ambassador secretary treasurer trustee curator
		artist actor actress singer musician photographer chef speaker moderator host press speaker coordinator administrator
		officer specialist supervisor executive recruiter accountant scientist researcher investor advisor adviser intern
		assistant sales marketing member direktor direktorin geschäftsführer geschäftsführerin vorstand leiter leiterin
		leitung inhaber inhaberin berater beraterin ingenieur ingenieurin redakteur redakteurin lehrer lehrerin anwalt
		anwältin arzt ärztin präsident präsidentin vorsitzender vorsitzende referent referentin directeur directrice gérant
		gérante président présidente responsable chef ingénieur avocat avocate rédacteur rédactrice conseiller fondateur
		directora gerente presidente presidenta jefe jefa ingeniero ingeniera abogado abogada fundador fundadora direttore
		direttrice amministratore responsabile avvocato ingegnere diretor diretora gerente engenheiro advogado manager
		bestuurder voorzitter eigenaar medewerker adviseur dyrektor prezes kierownik menedżer dyrektorka vd chef ordförande
		direktør administrerende leder ingeniør toimitusjohtaja johtaja päällikkö puheenjohtaja ředitel ředitelka jednatel
		manažer riaditeľ igazgató vezető ügyvezető müdür müdürü директор менеджер руководитель председатель президент`)
	jobEnding = pattern.New(`(?i)(manager|leiter|leiterin|director|direktor|direktorin|referent|referentin|beraterin?|ingenieurin?|chef|engineer|officer|editor)$`)
)

// isJob reports whether words behind a comma are a job and no first name.
func isJob(words []string) bool {
	return len(words) > 0 && slices.ContainsFunc(words, func(w string) bool {
		bare := strings.ToLower(strings.Trim(w, ".,;()"))
		return jobs[bare] || len(bare) > minJobEnding && jobEnding.MatchString(bare)
	})
}

const minJobEnding = 8

package columns

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/adrg/strutil"
	"github.com/adrg/strutil/metrics"
)

// Suggestion is what a column that is not used may be. It is shown, and never taken by itself.
type Suggestion struct {
	Header     string  `json:"header"`
	Field      string  `json:"field"`
	Confidence float64 `json:"confidence"` // 0 to 1

	Name string `json:"-"` // how a mapping names its column
}

// minConfidence is the least confidence that is shown. Below it, short words look like each other by chance.
const minConfidence = 0.85

const (
	// maxHeader is how long a header may be of which anything is guessed. Comparing takes time by the square, and a
	// file without a header may have a mebibyte there.
	maxHeader = 80
	// maxSuggestedColumns is for how many columns something is suggested: more are not read.
	maxSuggestedColumns = 100
	// byWords is how certain a known name among other words is.
	byWords = 0.9
)

func sortedNames() []string { return slices.Sorted(maps.Keys(fieldOf)) }

// suggest compares a header with all that is known, by its words, and by Jaro-Winkler, which was made for names that
// are misspelt.
func (c *Columns) suggest(column int, header string, names []string) {
	if len(header) > maxHeader {
		return
	}
	best := Suggestion{Header: header}
	key, lead, measure := reduce(header), reduce(beforePunctuation(header)), metrics.NewJaroWinkler()
	for _, name := range names {
		field := fieldOf[name]
		if !c.isMissing(field) || !similarLength(key, name) && !similarLength(lead, name) {
			continue
		}
		if score := strutil.Similarity(key, name, measure); score > best.Confidence &&
			(misspelt(key, name) || misspelt(lead, name)) {
			best.Field, best.Confidence = field, score
		}
	}
	if name := aliasInWords(header); best.Confidence < minConfidence && name != "" && c.isMissing(fieldOf[name]) {
		best.Field, best.Confidence = fieldOf[name], byWords
	}
	if best.Confidence = math.Round(best.Confidence*100) / 100; best.Confidence >= minConfidence && c.fits(best.Field, column) {
		best.Name = c.mappingName(column)
		c.Suggestions = append(c.Suggestions, best)
	}
}

// fitting returns whether most cells of a column may be a field, as far as the first rows show it: taking a
// suggestion must not reject the rows.
func (o Options) fitting() func(field string, column int) bool {
	return func(field string, column int) bool {
		if o.Fits == nil {
			return true
		}
		cells, fit := 0, 0
		for _, row := range o.Rows {
			if column < len(row) && !blank(row[column]) {
				cells++
				if o.Fits(field, row[column]) {
					fit++
				}
			}
		}
		return 2*fit >= cells
	}
}

// isMissing reports whether a field has no source yet, and a person has not said that it has none.
func (c *Columns) isMissing(field string) bool {
	if _, decided := c.chosenFields[field]; decided {
		return false
	}
	return !c.has(field) && (field != FullName || !c.has(FirstName) && !c.has(LastName))
}

// similarLength leaves out names of which the lengths say already that they are no slip of each other.
func similarLength(key, name string) bool {
	return len(key)-len(name) <= max(2, len(key)/moreSlips)*2 && len(name)-len(key) <= max(2, len(name)/3)
}

const (
	maxHeaderWords  = 12
	minAliasLetters = 5 // letters of a name that is found among other words
)

// vagueAliases are names of fields that say nothing amid other words: Company name, Last login, Group size.
var vagueAliases = set(`name guest gast attendee participant invite first last group gruppe groupe grupo groep grupa
	gruppo label labels
	nombre notes nota notas nome naam teilnehmer comment comments remark remarks`)

// aliasInWords returns the longest known name that some neighbouring words of a header make, or "": of "Work E-mail
// Address" it is emailaddress.
func aliasInWords(header string) string {
	if len(header) > maxHeader {
		return ""
	}
	words := strings.FieldsFunc(header, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = words[:min(len(words), maxHeaderWords)]
	best := ""
	for i := range words {
		name := ""
		for _, word := range words[i:] {
			name += reduce(word)
			if _, known := fieldOf[name]; known && len(name) >= minAliasLetters && len(name) >= len(best) && !vagueAliases[name] {
				best = name
			}
		}
	}
	return best
}

const (
	// oneSlip is how many letters a header has at least that may have a wrong one: four-letter words are a letter apart
	// by chance, such as Home and nome.
	oneSlip = 5
	// moreSlips is how many it has for each one more.
	moreSlips = 6
)

// beforePunctuation is a header without what explains it, such as "E-Mail (private)".
func beforePunctuation(header string) string {
	if end := strings.IndexAny(header, ",;:/([{|"); end > 0 {
		return header[:end]
	}
	return header
}

// misspelt reports whether a word is another one with a slip, or cut short by a quarter at most. Jaro-Winkler alone
// favours words that begin alike, and Company is not companions.
func misspelt(key, name string) bool {
	letters := len([]rune(key))
	if letters < oneSlip {
		return key == name
	}
	if strings.HasPrefix(name, key) && 4*len(key) >= 3*len(name) {
		return true
	}
	slips := metrics.NewLevenshtein().Distance(key, name)
	return slips <= max(1, letters/moreSlips) || sorted(key) == sorted(name) // which is letters in another order
}

func sorted(word string) string {
	letters := strings.Split(word, "")
	slices.Sort(letters)
	return strings.Join(letters, "")
}

package columns

import (
	"math"
	"slices"
	"strings"

	"github.com/adrg/strutil"
	"github.com/adrg/strutil/metrics"

	"guestflow/importer/headers"
	"guestflow/importer/wordset"
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
	// maxSuggestedColumns is for how many columns something is suggested: more are not read.
	maxSuggestedColumns = 100
	// byWords is how certain a known name among other words is.
	byWords = 0.9
)

// suggest compares a header with all that is known, by its words, and by Jaro-Winkler, which was made for names that
// are misspelt.
func (c *Columns) suggest(column int, header string, names []string) {
	if len(header) > headers.MaxLength {
		return
	}
	best := Suggestion{Header: header}
	key, lead, measure := wordset.Letters(header), wordset.Letters(headers.BeforePunctuation(header)),
		metrics.NewJaroWinkler()
	for _, name := range names {
		field := headers.FieldOfName(name)
		if !c.isMissing(field) || !similarLength(key, name) && !similarLength(lead, name) {
			continue
		}
		if score := strutil.Similarity(key, name, measure); score > best.Confidence &&
			(misspelt(key, name) || misspelt(lead, name)) {
			best.Field, best.Confidence = field, score
		}
	}
	if field := headers.FieldIn(header); best.Confidence < minConfidence && field != "" && c.isMissing(field) {
		best.Field, best.Confidence = field, byWords
	}
	if best.Confidence = math.Round(best.Confidence*100) / 100; best.Confidence >= minConfidence &&
		c.fits(best.Field, column) {
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
	// oneSlip is how many letters a header has at least that may have a wrong one: four-letter words are a letter apart
	// by chance, such as Home and nome.
	oneSlip = 5
	// moreSlips is how many it has for each one more.
	moreSlips = 6
)

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

package columns

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/adrg/strutil"
	"github.com/adrg/strutil/metrics"
)

// Suggestion is what a column that is not used may be. It is shown, and a person writes it into the mapping or does not.
type Suggestion struct {
	Header     string  `json:"header"`
	Field      string  `json:"field"`
	Confidence float64 `json:"confidence"` // 0 to 1
}

// likely is the least confidence that is shown. Below it, short words look like each other by chance.
const likely = 0.85

// suggest compares a header with all that is known, by Jaro-Winkler, which was made for names that are misspelt.
func (c *Columns) suggest(header string) {
	best := Suggestion{Header: header}
	key, lead, measure := reduce(header), reduce(leading(header)), metrics.NewJaroWinkler()
	for _, name := range slices.Sorted(maps.Keys(fieldOf)) {
		field := fieldOf[name]
		if c.has(field) || (field == FullName && (c.has(FirstName) || c.has(LastName))) {
			continue
		}
		if score := strutil.Similarity(key, name, measure); score > best.Confidence && (misspelt(key, name) || misspelt(lead, name)) {
			best.Field, best.Confidence = field, score
		}
	}
	if best.Confidence = math.Round(best.Confidence*100) / 100; best.Confidence >= likely {
		c.Suggestions = append(c.Suggestions, best)
	}
}

const (
	// oneSlip is how many letters a header has at least that may have a wrong one: four-letter words are a letter apart by chance,
	// such as Home and nome.
	oneSlip = 5
	// moreSlips is how many it has for each one more.
	moreSlips = 6
)

// leading is a header without what explains it, such as "E-Mail (private)".
func leading(header string) string {
	if end := strings.IndexAny(header, ",;:/([{|"); end > 0 {
		return header[:end]
	}
	return header
}

// misspelt tells a word with a slip, or cut short by a quarter at most, from another word. Jaro-Winkler alone favours words that
// begin alike, and Company is not companions.
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

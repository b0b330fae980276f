package columns

import (
	"maps"
	"math"
	"slices"

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
	key, measure := reduce(header), metrics.NewJaroWinkler()
	for _, name := range slices.Sorted(maps.Keys(fieldOf)) {
		field := fieldOf[name]
		if c.has(field) || (field == FullName && (c.has(FirstName) || c.has(LastName))) {
			continue
		}
		if score := strutil.Similarity(key, name, measure); score > best.Confidence {
			best.Field, best.Confidence = field, score
		}
	}
	if best.Confidence = math.Round(best.Confidence*100) / 100; best.Confidence >= likely {
		c.Suggestions = append(c.Suggestions, best)
	}
}

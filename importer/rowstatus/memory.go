package rowstatus

import (
	"strings"
	"sync"
)

const (
	// maxTexts is how many texts a column remembers, the first that it has, and maxText how long in bytes they are at
	// most.
	maxTexts = 256
	maxText  = 64
)

// memory is what a column has judged: lists have the same few texts in row after row. Names, which differ, are not
// remembered.
type memory struct {
	mu sync.Mutex
	of map[string]judged
}

// judged is what was said of a text.
type judged struct {
	status Status
	says   bool
}

// remembered is statusOf, of texts that were judged before without judging them again.
func (w *Column) remembered(cell string) (s Status, says bool) {
	if w.memory == nil || w.meaning == Names || len(cell) > maxText {
		return w.statusOf(cell)
	}
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	j, is := w.memory.of[cell]
	if !is {
		cell = strings.Clone(cell) // without the rest of its row
		j.status, j.says = w.statusOf(cell)
		if len(w.memory.of) < maxTexts {
			w.memory.of[cell] = j
		}
	}
	return j.status, j.says
}

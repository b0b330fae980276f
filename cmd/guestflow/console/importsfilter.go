package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"guestflow/importer/ledger"
)

const (
	// maxFiltered is how many imports are looked at for a filter, the newest: some hundred kilobytes of Redis.
	maxFiltered = 2000

	// maxListed is how many of them a page lists; a narrower filter shows others.
	maxListed = 200

	// maxQuery bounds what is searched for, in bytes.
	maxQuery = 200

	// attentionFor is how long an import that needs attention is listed above the others.
	attentionFor = 7 * 24 * time.Hour

	// maxAttention is how many are listed there.
	maxAttention = 10
)

// importFilter selects imports for the list.
type importFilter struct {
	State string // the name of one of importKinds
	Query string // in the file's name, the id or the profile
}

// importKind is a kind of imports that the list can be narrowed to.
type importKind struct {
	Name, Text string
	is         func(ledger.Import) bool
}

// importKinds are in the order of the page.
var importKinds = []importKind{
	{"attention", "need attention", needsAttention},
	{"running", "running", func(i ledger.Import) bool { return !i.Done() && i.Stopped == "" }},
	{"paused", "paused", func(i ledger.Import) bool { return i.Stopped == ledger.StoppedPaused }},
	{"finished", "finished", func(i ledger.Import) bool { return i.Done() && i.Stopped != ledger.StoppedCancelled }},
	{"cancelled", "cancelled", func(i ledger.Import) bool { return i.Stopped == ledger.StoppedCancelled }},
}

// needsAttention reports whether rows of an import want a person. Those of a cancelled one were decided about.
func needsAttention(i ledger.Import) bool {
	return i.Counts.Attention() > 0 && i.Stopped != ledger.StoppedCancelled
}

// None reports whether all imports are meant.
func (f importFilter) None() bool { return f.State == "" && f.Query == "" }

// filterOf reads a filter of the address. An unknown state is an error: it would show all.
func filterOf(q url.Values) (importFilter, error) {
	f := importFilter{State: q.Get("state"), Query: strings.TrimSpace(q.Get("q"))}
	known := slices.ContainsFunc(importKinds, func(k importKind) bool { return k.Name == f.State })
	if f.State != "" && !known || len(f.Query) > maxQuery {
		return f, errNoPage
	}
	return f, nil
}

func (f importFilter) matches(i ledger.Import) bool {
	named := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(f.Query)) }
	return f.Query == "" || named(i.FileName()) || named(i.ID) || named(i.Profile)
}

// importChip is a link that narrows the list, with how many imports it shows.
type importChip struct {
	Name, Text string
	Imports    int
	Path       string
	Here       bool
}

// chips are links to the kinds of which there are imports, and to all.
func (f importFilter) chips(path string, imports []ledger.Import) (list []importChip) {
	all := importChip{Text: "all", Path: f.address(path, ""), Here: f.State == "", Imports: len(imports)}
	list = append(list, all)
	for _, kind := range importKinds {
		chip := importChip{Name: kind.Name, Text: kind.Text, Path: f.address(path, kind.Name), Here: kind.Name == f.State}
		for _, i := range imports {
			if kind.is(i) {
				chip.Imports++
			}
		}
		if chip.Imports > 0 || chip.Here {
			list = append(list, chip)
		}
	}
	return list
}

func (f importFilter) address(path, state string) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	if f.Query != "" {
		q.Set("q", f.Query)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// ofKind are the imports of the filter's state.
func (f importFilter) ofKind(imports []ledger.Import) []ledger.Import {
	at := slices.IndexFunc(importKinds, func(k importKind) bool { return k.Name == f.State })
	if at < 0 {
		return imports
	}
	return slices.DeleteFunc(slices.Clone(imports), func(i ledger.Import) bool { return !importKinds[at].is(i) })
}

// first are imports that want a person, for the top of the list.
func first(imports []ledger.Import, now time.Time) (list []ledger.Import) {
	for _, i := range imports {
		if needsAttention(i) && now.Sub(i.Updated) < attentionFor && len(list) < maxAttention {
			list = append(list, i)
		}
	}
	return list
}

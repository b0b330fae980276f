package spool

import (
	"fmt"
	"os"
)

// Part is what was imported of an item whose other rows wait for an answer.
type Part struct {
	Import string `json:"import"`
	Rows   int    `json:"rows"`             // of the list
	Held   int    `json:"held"`             // those that wait; they are left out of the import
	Former bool   `json:"former,omitempty"` // the file was changed since

	Before []string `json:"before,omitempty"` // earlier imports of the file, by other decisions
}

// part returns what was imported of an item that waits; nil is nothing. An earlier version wrote the import alone,
// beside the question about its other rows.
func (r Record) part() *Part {
	if r.Part == nil && r.Import != "" && r.Question != "" {
		return &Part{Import: r.Import}
	}
	return r.Part
}

// SoFar says what was imported of an item that waits, and what waits.
func (r Record) SoFar() string {
	p := r.part()
	switch {
	case p == nil:
		return "Nothing of it was imported, and no email was sent."
	case p.Former:
		return fmt.Sprintf("Of the file as it was before a part was imported, as import %s. "+
			"Nothing else of it was imported, and no other email was sent.", p.Import)
	case p.Rows == 0:
		return fmt.Sprintf("Its other rows are imported, as import %s; their emails may be out.", p.Import)
	}
	return fmt.Sprintf("%d of its %s %s; the others are imported, as import %s, and their emails may be out.",
		p.Held, counted(p.Rows, "row"), waits(p.Held), p.Import)
}

// PartOf returns the import of the file out of which the rows were left that wait; "" where nothing of it was imported.
func (r Record) PartOf() string {
	if p := r.part(); p != nil && !p.Former {
		return p.Import
	}
	return ""
}

// HasPart reports whether a part of an item that waits was imported.
func (r Record) HasPart() bool { return r.part() != nil }

// Discarded says what has become of an item that waited and was discarded.
func (r Record) Discarded() string {
	if id := r.PartOf(); id != "" {
		return fmt.Sprintf("%s no longer waits. Its rows that waited stay left out of import %s. What was imported stays, "+
			"and so does the file, for the report.", r.Name, id)
	}
	return r.Name + " was removed. " + r.SoFar()
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func waits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}

// putAway moves an item of which a part was imported to done, where that import's report is written beside it.
func (s *Spool) putAway(i item, r Record) error {
	from := s.sub(waiting, i.active())
	i.about = r.PartOf()
	if err := os.MkdirAll(s.sub(done), 0o700); err != nil {
		return fmt.Errorf("make a folder of the spool: %w", err)
	}
	if err := os.Rename(from, s.sub(done, i.archived())); err != nil {
		return s.gone(err)
	}
	return nil
}

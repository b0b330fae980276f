package config

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"guestflow/importer/visible"
	"guestflow/qflow"
)

// Events are the names of events.
func (s *Settings) Events() qflow.EventNames { return s.EventNames }

// checkEventNames refuses names by which an event could be taken for another, and what cannot be the id of one. It
// shows no name: wrong indentation can make a password one.
func (s *Settings) checkEventNames() error {
	ids, names := map[string]bool{}, map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(s.EventNames)) {
		name := s.EventNames[id]
		switch {
		case id == "" || strings.ContainsFunc(id, unicode.IsSpace):
			return Usagef("event_names: %q cannot be an event's id, which stands first, as in ID: Spring Gala", keyName(id))
		case name == "" || strings.TrimSpace(name) != name || visible.Line(name) != name:
			return Usagef("event_names: the name of %s is empty, has blanks at its ends, or has signs that cannot be shown", id)
		case uuid.Validate(name) == nil:
			return Usagef("event_names: the name of %s looks like an id, which stands first, as in ID: Spring Gala", id)
		case ids[strings.ToLower(id)]:
			return Usagef("event_names: the event %s has two names", id)
		case names[strings.ToLower(name)] != "":
			return Usagef("event_names: %s and %s have the same name, so that it names neither", names[strings.ToLower(name)],
				id)
		}
		ids[strings.ToLower(id)], names[strings.ToLower(name)] = true, id
	}
	return nil
}

package qflow

import "strings"

// EventNames are what operators call events, by id: no call of Qflow names one.
type EventNames map[string]string

// Of returns the name of an event, or "" if it has none.
func (n EventNames) Of(id string) string {
	if name, is := n[id]; is || id == "" {
		return name
	}
	for known, name := range n { // as they are written in a file
		if strings.EqualFold(known, id) {
			return name
		}
	}
	return ""
}

// Text returns the name of an event and its id in parentheses, or the id alone.
func (n EventNames) Text(id string) string {
	return Named(n.Of(id), id)
}

// Named returns a name and its id in parentheses, or the id alone where there is no name.
func Named(name, id string) string {
	if name == "" {
		return id
	}
	return name + " (" + id + ")"
}

// ID returns the id of the event that a text names by its id or its name; a text that is no name is the id itself.
func (n EventNames) ID(text string) string {
	for id, name := range n {
		if strings.EqualFold(name, strings.TrimSpace(text)) {
			return id
		}
	}
	return text
}

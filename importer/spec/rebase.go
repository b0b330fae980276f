package spec

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// A list that waits was looked at by the settings of its profile as they were then. Its spec is made of those, of what
// was typed over them and of what a person has answered about this list.

// settingNames are the settings of a profile by their names in a spec's JSON; mapping stands for its fields.
var settingNames = map[string]string{
	"event": "event", "template": "template", "key": "key", "zone": "timezone", "mapping": "mapping",
	"split_names": "split_names", "surname": "surname", "dates": "dates", "sheet": "sheet", "any_sheet": "sheet",
	"encoding": "encoding", "header_row": "header_row", "hidden": "hidden", "note_rows": "note_rows",
	"joint_names": "joint_names", "missing_columns": "missing_columns", "where": "where", "strict": "strict", "near_misses": "near_misses",
	"max_rejects": "max_rejects", "send_window": "send_window", "outside_window": "outside_window",
}

// whenSent are the settings that decide when emails leave, and not whom they go to.
var whenSent = []string{"send_window", "outside_window", "timezone"}

// Changed returns the names of the settings of a profile that have changed, in order.
func Changed(before, now Spec) []string {
	was, is := before.settings(), now.settings()
	changed := map[string]bool{}
	for key := range joined(was, is) {
		if !sameSetting(was[key], is[key]) {
			changed[nameOf(key)] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// ChangedTimes is Changed of what decides when emails leave.
func ChangedTimes(before, now Spec) []string {
	return slices.DeleteFunc(Changed(before, now), func(name string) bool { return !slices.Contains(whenSent, name) })
}

// Rebase returns the spec of a list with the settings that its profile has now in place of those that it had before.
// What differs from those was typed or answered for this list, and stays.
func (s Spec) Rebase(before, now Spec) Spec {
	mine, was, is := s.settings(), before.settings(), now.settings()
	for key := range joined(was, is) {
		if value, said := is[key]; !sameSetting(was[key], is[key]) && from(mine[key], was[key], key) {
			delete(mine, key)
			if said {
				mine[key] = value
			}
		}
	}
	return s.with(mine)
}

// RebaseTimes is Rebase of what decides when emails leave.
func (s Spec) RebaseTimes(before, now Spec) Spec {
	times := before
	times.SendWindow, times.OutsideWindow, times.Zone = now.SendWindow, now.OutsideWindow, now.Zone
	return s.Rebase(before, times)
}

// from reports whether a setting of a list is the one of its profile. A template that the profile calls by its name has
// its id by the time that a list is approved.
func from(mine, was json.RawMessage, key string) bool {
	if sameSetting(mine, was) {
		return true
	}
	var id, name string
	return key == "template" && json.Unmarshal(mine, &id) == nil && json.Unmarshal(was, &name) == nil &&
		name != "" && uuid.Validate(name) != nil && uuid.Validate(id) == nil
}

// sameSetting compares ids by their letters alone; an empty one is one that is not set.
func sameSetting(a, b json.RawMessage) bool {
	text := func(value json.RawMessage) string { return strings.TrimSuffix(string(value), `""`) }
	return strings.EqualFold(text(a), text(b))
}

func joined(a, b map[string]json.RawMessage) map[string]json.RawMessage {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

const mappingPrefix = "mapping."

func nameOf(key string) string {
	if strings.HasPrefix(key, mappingPrefix) {
		return "mapping"
	}
	return settingNames[key]
}

// settings are those that a profile has, by their names in JSON; each field of a mapping is one.
func (s Spec) settings() map[string]json.RawMessage {
	all := s.fields()
	maps.DeleteFunc(all, func(key string, _ json.RawMessage) bool { return settingNames[key] == "" })
	delete(all, "mapping")
	for field, from := range s.Mapping {
		all[mappingPrefix+field], _ = json.Marshal(from)
	}
	return all
}

func (s Spec) fields() map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	if text, err := json.Marshal(s); err == nil { // texts and switches alone
		_ = json.Unmarshal(text, &all)
	}
	return all
}

// with returns the spec with these settings in place of its own.
func (s Spec) with(settings map[string]json.RawMessage) Spec {
	all := s.fields()
	maps.DeleteFunc(all, func(key string, _ json.RawMessage) bool { return settingNames[key] != "" })
	mapping := map[string]json.RawMessage{}
	for key, value := range settings {
		if field, is := strings.CutPrefix(key, mappingPrefix); is {
			mapping[field] = value
		} else {
			all[key] = value
		}
	}
	if len(mapping) > 0 {
		all["mapping"], _ = json.Marshal(mapping)
	}
	made, text := Spec{}, []byte(nil)
	if text, _ = json.Marshal(all); json.Unmarshal(text, &made) != nil {
		return s
	}
	return made
}

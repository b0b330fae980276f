package config

import (
	"maps"
	"slices"
	"strings"

	"guestflow/importer/guest"
)

// What config shows of approve_by is the rule that holds: that of guestflow.yaml is not lifted by a flag or the
// environment, and that of a profile holds for all lists of its event.

const approveByKey, byOtherValue = "approve_by", "other"

// holdingApproval corrects what is shown of approve_by, for all lists and for profiles.
func (s *Settings) holdingApproval(f *File, list []Setting) []Setting {
	for i := range list {
		if list[i].Key == approveByKey && f.byOther().ByOther() && list[i].Value != byOtherValue {
			list[i].Value, list[i].Origin = byOtherValue, f.at(f.lines[approveByKey])+", which "+list[i].Origin+" does not lift"
		}
	}
	for name, by := range s.guardedProfiles() {
		path, origin := "profiles."+name+"."+approveByKey, "profiles."+by+"."+approveByKey+", for each list of its event"
		at := slices.IndexFunc(list, func(l Setting) bool { return l.Key == path })
		if at < 0 {
			list = append(list, Setting{Key: path, Value: byOtherValue, Origin: origin})
			continue
		}
		list[at].Value, list[at].Origin = byOtherValue, origin
	}
	return list
}

// guardedProfiles are profiles of whose lists another one says that another operator approves them, with that one.
func (s *Settings) guardedProfiles() map[string]string {
	event := func(p Profile) string { return guest.CanonicalID(strings.TrimSpace(s.Events().ID(p.Event))) }
	guards := map[string]string{} // profiles by event
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(s.Profiles))) {
		if p := s.Profiles[name]; p.ByOther() && p.Event != "" && (p.Account == "" || p.Account == s.AccountName()) {
			guards[event(p)] = name
		}
	}
	guarded := map[string]string{}
	for name, p := range s.Profiles {
		if by := guards[event(p)]; p.Event != "" && by != "" && !p.ByOther() {
			guarded[name] = by
		}
	}
	return guarded
}

package config

import "guestflow/importer/spec"

// Standing returns what guestflow.yaml says of the lists of a profile, "" is none: whatever a command or its
// environment adds, so that every process finds the same.
func (s *Settings) Standing(profile string) (spec.Spec, bool) {
	var l Lists
	if f := s.File; f != nil {
		if f.values.Unmarshal("", &l.Rest) != nil {
			return spec.Spec{}, false
		}
		if profile == "" {
			l.Event, l.Template, l.Key = f.values.String("event"), f.values.String("template"), f.values.String("key")
		}
	}
	to, err := s.ImportSpec(profile, l)
	return to, err == nil
}

package spec

import "maps"

// Corrected returns the spec for the corrected rows of an import that this one decided: the same destination, email,
// columns and hours. What is said of one file alone is left out: its sheet, encoding and lines, which of its rows are
// hidden or notes. So is what refuses a file, or sends emails a second time.
func (s Spec) Corrected() Spec {
	return Spec{
		Event: s.Event, Template: s.Template, Profile: s.Profile, Key: s.Key,
		Reading: Reading{
			Mapping: maps.Clone(s.Mapping), SplitNames: s.SplitNames, Surname: s.Surname, JointNames: s.JointNames, Dates: s.Dates,
			Where: s.Where, MissingColumns: s.MissingColumns, NearMisses: s.NearMisses, SendWindow: s.SendWindow, OutsideWindow: s.OutsideWindow,
		},
	}
}

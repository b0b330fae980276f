package operate

import (
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// SettingsChanged returns which settings of its profile were changed since an item that waits was looked at, and what
// they are now.
func (a *Account) SettingsChanged(r spool.Record) (changed []string, now spec.Spec) {
	if a.Standing == nil || r.Spec == nil {
		return nil, now
	}
	now, known := a.Standing(r.Spec.Profile)
	if !known {
		return nil, now
	}
	return r.Changed(now), now
}

// StandingOf is what a profile says of lists by now; nil is not known.
func (a *Account) StandingOf(profile string) *spec.Spec {
	if a.Standing == nil {
		return nil
	}
	now, known := a.Standing(profile)
	if !known {
		return nil
	}
	return &now
}

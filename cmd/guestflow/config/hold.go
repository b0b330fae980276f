package config

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/hold"
)

// Holds are what a command says of when lists are imported. As with Ways, what was typed wins over a profile, and a
// profile over what the environment and the configuration file say of all lists.
type Holds struct {
	Typed hold.Rules // over a profile
	Rest  hold.Rules // under it
}

// HoldsOf separates what was typed from the rest.
func HoldsOf(r hold.Rules, line *kong.Context) (h Holds) {
	for name, of := range map[string]func(*hold.Rules) *string{
		"hold":       func(r *hold.Rules) *string { return &r.Hold },
		"approve-by": func(r *hold.Rules) *string { return &r.ApproveBy },
		"undo":       func(r *hold.Rules) *string { return &r.Undo },
	} {
		into := &h.Rest
		if Typed(line, name) {
			into = &h.Typed
		}
		*of(into) = *of(&r)
	}
	if h.Typed.ApproveBy != "" { // it may only be stricter
		h.Rest.ApproveBy = os.Getenv(variables + "APPROVE_BY")
	}
	return h
}

// HoldRules returns what imports under a profile wait for; "" is none. A rule that another operator approves is not
// lifted by what is typed, nor the configuration file's by the environment.
func (s *Settings) HoldRules(profile string, h Holds) (hold.Rules, error) {
	p := s.Profiles[profile]
	under := p.Rules.Over(s.File.byOther().Over(h.Rest))
	rules := h.Typed.Over(under)
	if under.ByOther() {
		rules.ApproveBy = under.ApproveBy
	}
	rules.Guarded = s.guardedEvents()
	zone, err := p.Location()
	if err != nil {
		return rules, err
	}
	if err := rules.Check(zone); err != nil {
		return rules, Usagef("%w", err)
	}
	return rules, nil
}

// byOther returns the file's rule for all lists that another operator approves, or none.
func (f *File) byOther() hold.Rules {
	if f == nil {
		return hold.Rules{}
	}
	rules := hold.Rules{ApproveBy: f.values.String("approve_by")}
	if !rules.ByOther() {
		return hold.Rules{}
	}
	return rules
}

// guardedEvents are those of the account's profiles whose lists another operator approves, with commas between.
func (s *Settings) guardedEvents() string {
	var events []string
	for _, p := range s.Profiles {
		if p.ByOther() && p.Event != "" && (p.Account == "" || p.Account == s.AccountName()) {
			events = append(events, guest.CanonicalID(strings.TrimSpace(s.Events().ID(p.Event))))
		}
	}
	slices.Sort(events) // rules are compared
	return strings.Join(slices.Compact(events), ",")
}

// ImportSettings returns how lists are imported under a profile, and what their imports wait for.
func (s *Settings) ImportSettings(profile string, l Lists) (importer.Settings, error) {
	to, err := s.ImportSpec(profile, l)
	if err != nil {
		return importer.Settings{Spec: to}, err
	}
	rules, err := s.HoldRules(profile, l.Holds)
	return importer.Settings{Spec: to, Hold: rules}, err
}

// Location returns the profile's time zone, or nil if it names none.
func (p Profile) Location() (*time.Location, error) {
	if p.Timezone == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return nil, Usagef("%q is not a time zone such as Europe/London", p.Timezone)
	}
	return zone, nil
}

// HostZone returns the profile's time zone, or that of this host: what is typed goes by the clock that its person sees.
func (p Profile) HostZone() (*time.Location, error) {
	zone, err := p.Location()
	return cmp.Or(zone, time.Local), err
}

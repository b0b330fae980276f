package config

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// RequestedImport returns the spec of an import that an operator asks for now, and not a daemon; again imports a file
// anew.
func (s *Settings) RequestedImport(name string, l Lists, again bool) (spec.Spec, error) {
	to, err := s.ImportSpec(name, l)
	if err != nil {
		return to, err
	}
	if s.Sandboxed() && s.APIURL == "" && to.Event == "" { // the sandbox in this process has one event
		to.Event, to.Template = sandbox.Defaults().EventID, cmp.Or(to.Template, sandbox.Defaults().TemplateID)
	}
	if again {
		to.Again = strconv.FormatInt(time.Now().UnixNano(), 36)
	}
	return to, nil
}

// Lists is what a command says of the lists that it imports.
type Lists struct {
	Event, Template, Key string // over a profile
	Ways
}

// ImportSpec returns the spec of imports under a profile.
func (s *Settings) ImportSpec(name string, l Lists) (spec.Spec, error) {
	p, known := s.Profiles[name]
	if name != "" && !known {
		return spec.Spec{}, Usagef("there is no profile %q; profiles stand in guestflow.yaml", name)
	}
	if name != "" {
		l.Ways = l.forProfile()
	}
	to := spec.Spec{
		Account: s.AccountName(), Profile: name, Zone: p.Timezone,
		Event: s.Events().ID(cmp.Or(l.Event, p.Event)), Template: cmp.Or(l.Template, p.Template), Key: cmp.Or(l.Key, p.Key),
		Reading: l.Of(p.Reading), AnySheet: l.Typed.Sheet == "" && p.Sheet == "",
	}
	if err := errors.Join(importer.Check(to), p.NearMisses.CheckStanding(),
		l.Rest.NearMisses.CheckStanding()); err != nil {
		return to, Usagef("%w", err)
	}
	return to, nil
}

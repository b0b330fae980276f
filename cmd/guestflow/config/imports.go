package config

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"guestflow/importer"
	"guestflow/qflow/sandbox"
)

// RequestedImport returns the settings of an import that an operator asks for now, and not a daemon; again imports a file anew.
func (s *Settings) RequestedImport(name string, l Lists, again bool) (importer.Settings, error) {
	to, err := s.ImportSettings(name, l)
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

// ImportSettings gives the settings of an import under a profile.
func (s *Settings) ImportSettings(name string, l Lists) (importer.Settings, error) {
	p, known := s.Profiles[name]
	if name != "" && !known {
		return importer.Settings{}, Usagef("there is no profile %q; profiles stand in guestflow.yaml", name)
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return importer.Settings{}, fmt.Errorf("profile %s: %w", name, err)
	}
	to := importer.Settings{
		Account: s.AccountName(), Profile: name, Location: zone,
		Event: cmp.Or(l.Event, p.Event), Template: cmp.Or(l.Template, p.Template), Key: cmp.Or(l.Key, p.Key),
	}
	how, err := p.reading()
	if err != nil {
		return to, err
	}
	if name != "" {
		l.Ways = l.forProfile()
	}
	err = l.Of(how).into(&to)
	return to, err
}

package console

// Events and templates by their names, with the ids small beside.

import (
	"context"
	"strings"
	"time"

	"guestflow/importer/spec"
)

// named is an event or a template.
type named struct{ ID, Name string } // Name is "" where none is known

// Named returns the template data with an id and its name, for the template "named".
func (d templateData) Named(id, name string) templateData { return d.With(named{id, name}) }

// EventName is what an event is called in the configuration, or else the name of the profile whose guests go to it; ""
// if there is none, or more than one. Qflow has no call that names events.
func (a *Account) EventName(event string) string {
	name := ""
	if called := a.Events.Of(event); called != "" {
		return called
	}
	for _, profile := range a.Profiles {
		if to, err := a.Settings(spec.Spec{Profile: profile}); err != nil || !strings.EqualFold(to.Event, event) {
			continue
		}
		if name != "" {
			return ""
		}
		name = profile
	}
	return name
}

// Name is what a template is called, and its subject; "" if Qflow does not say it.
func (o templateOffer) Name(id string) string {
	for _, t := range o.List {
		if strings.EqualFold(t.ID, id) && t.Name != "" {
			return t.Name
		}
	}
	return ""
}

// namesTTL is how long the names of an event's templates are shown without asking Qflow again, which costs a call of
// the limit.
const namesTTL = time.Hour

// templateName is what a template of an event is called; "" until Qflow has said it, for which no page waits.
func (l *previewCache) templateName(ctx context.Context, a *Account, event, id string) string {
	if event == "" || id == "" || a.Qflow == nil {
		return ""
	}
	ask := func(ctx context.Context, tell func(templateOffer)) error {
		o := a.ask(ctx, event)
		tell(o)
		if o.Why != "" {
			return &problem{Text: o.Why} // which is asked again sooner
		}
		return nil
	}
	asked, err := l.names.start(a.Name()+" "+event, templateOffer{}, ask)
	if err != nil {
		return ""
	}
	now, _ := l.names.wait(ctx, asked, pageWait) // without a name the id is shown
	return now.SoFar.Name(id)
}

package operate

import (
	"guestflow/importer"
	"guestflow/importer/plural"
	"guestflow/qflow"
)

// DestinationText says to which event a plan's guests go and which email they get, by name where one is known.
func DestinationText(p importer.Plan, events qflow.EventNames) string {
	event, email := plural.Of(len(p.Events), "event")+", as the rows say",
		plural.Of(len(p.Templates), "email")+", as the rows say"
	switch {
	case len(p.Events) == 1:
		event = "event " + events.Text(p.Events[0])
	case len(p.Events) == 0 && p.Settings.Event != "": // no row is a guest
		event = "event " + events.Text(p.Settings.Event)
	}
	switch len(p.Templates) {
	case 0:
		email = "no email"
	case 1:
		email = "email " + qflow.Named(p.TemplateNames[p.Templates[0]], p.Templates[0])
	}
	return "to " + event + "; " + email
}

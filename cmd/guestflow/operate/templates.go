package operate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"guestflow/importer/spec"
	"guestflow/qflow"
)

// ListTemplates returns an event's templates, by name.
func (a *Account) ListTemplates(ctx context.Context, event string) ([]qflow.Template, error) {
	list, out, err := a.Templates(ctx, event)
	if err != nil {
		return nil, err
	}
	if err := CheckTemplates(event, nil, list, out); err != nil {
		return nil, err
	}
	if out.Kind != qflow.Accepted { // a closed gate is no error of the event, and hides its templates all the same
		return nil, out.Err()
	}
	slices.SortStableFunc(list, func(x, y qflow.Template) int {
		return cmp.Or(strings.Compare(foldName(x.Name), foldName(y.Name)), strings.Compare(x.ID, y.ID))
	})
	return list, nil
}

// ResolveTemplate returns a spec with its template by id, where it is given by name. An id that is a GUID is taken as
// it is, without asking. What is kept of an import is the id, so that its own id does not depend on how a name is
// spelt, and a template that is renamed meanwhile changes nothing.
func (a *Account) ResolveTemplate(ctx context.Context, s spec.Spec) (spec.Spec, error) {
	if !NamesTemplate(s) || a.Qflow == nil {
		return s, nil
	}
	list, err := a.ListTemplates(ctx, s.Event)
	if err == nil {
		s.Template, err = PickTemplate(s.Event, s.Template, list)
	}
	if err != nil {
		return s, &nameError{name: strings.TrimSpace(s.Template), cause: err}
	}
	return s, nil
}

// nameError says that a template could not be looked up by its name, or not be found.
type nameError struct {
	name  string
	cause error
}

func (e *nameError) Error() string { return e.text(e.cause.Error()) }

func (e *nameError) text(cause string) string {
	return fmt.Sprintf("the template %q is not an id, and its name is looked up at Qflow: %s", e.name, cause)
}

func (e *nameError) Unwrap() error { return e.cause }

// NamesTemplate reports whether a spec's template may be a name. Of rows that name their events themselves it is an id.
func NamesTemplate(s spec.Spec) bool {
	name := strings.TrimSpace(s.Template)
	return name != "" && strings.TrimSpace(s.Event) != "" && uuid.Validate(name) != nil
}

// PickTemplate returns the id of an event's template by its id or by its name, in whatever case.
func PickTemplate(event, name string, list []qflow.Template) (id string, err error) {
	name = strings.TrimSpace(name)
	var named []qflow.Template
	for _, t := range list {
		if strings.EqualFold(t.ID, name) {
			return t.ID, nil
		}
		if foldName(t.Name) == foldName(name) {
			named = append(named, t)
		}
	}
	switch len(named) {
	case 1:
		return named[0].ID, nil
	case 0:
		return name, unknownTemplate("unknown_template", "%s has no template %s; it has: %s", shownEvent(event), name,
			choices(list))
	}
	return name, unknownTemplate("ambiguous_template", "event %s has %d templates called %s: name one by its id: %s",
		event, len(named), name, choices(named))
}

func unknownTemplate(code, format string, args ...any) error {
	no := qflow.Outcome{Kind: qflow.Refused, Status: 404, Code: code, Text: fmt.Sprintf(format, args...)}
	return no.Err()
}

// foldName is a name as people hold it for the same.
func foldName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// maxChoices bounds how many templates an error lists.
const maxChoices = 20

func choices(list []qflow.Template) string {
	if len(list) == 0 {
		return "none"
	}
	texts := make([]string, 0, maxChoices+1)
	for i, t := range list {
		if i == maxChoices {
			texts = append(texts, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		texts = append(texts, fmt.Sprintf("%q (%s)", t.Name, t.ID))
	}
	return strings.Join(texts, ", ")
}

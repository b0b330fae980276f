package importer

import (
	"slices"

	"guestflow/importer/guest"
)

// WithTemplate returns the plan of the same file with another template for rows that name none, such as the id for the name that the
// plan was made with. Nothing of how the file is read depends on it.
func (p Plan) WithTemplate(id string) Plan {
	was := p.Settings.Template
	id = guest.CanonicalID(id)
	if id == was || was == "" {
		return p
	}
	p.Settings.Template = id
	p.Import = p.Settings.ImportID(p.SHA256)
	uses := make(map[string][]string, len(p.Uses))
	for event, templates := range p.Uses {
		uses[event] = renamed(templates, was, id)
	}
	p.Uses, p.Templates = uses, renamed(p.Templates, was, id)
	return p
}

func renamed(list []string, was, id string) []string {
	list = slices.Clone(list)
	for i := range list {
		if list[i] == was {
			list[i] = id
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

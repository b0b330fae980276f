package api

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"guestflow/cmd/guestflow/console/access"
)

// document is the description, as far as it is compared.
type document struct {
	Paths      map[string]map[string]any `yaml:"paths"`
	Components struct {
		Schemas map[string]struct {
			Properties map[string]any `yaml:"properties"`
			Required   []string       `yaml:"required"`
		} `yaml:"schemas"`
	} `yaml:"components"`
}

func described(t *testing.T) (d document) {
	t.Helper()
	if err := yaml.Unmarshal(Description(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDescriptionHasEveryPathAndNoOther(t *testing.T) {
	t.Parallel()
	a := New(nil, nil, nil)
	var served, said []string
	for path := range a.reads() {
		served = append(served, "get "+path)
	}
	for path := range a.changes() {
		served = append(served, "post "+path)
	}
	for path, methods := range described(t).Paths {
		for method := range methods {
			if method != "parameters" {
				said = append(said, method+" "+path)
			}
		}
	}
	same(t, "paths", served, said)
}

func TestTheDescriptionHasEveryParameterOfAnImport(t *testing.T) {
	t.Parallel()
	d := described(t)
	var said []string
	for _, p := range d.Paths["/imports"]["post"].(map[string]any)["parameters"].([]any) {
		if p := p.(map[string]any); p["in"] == "query" {
			said = append(said, p["name"].(string))
		}
	}
	same(t, "parameters", slices.Collect(maps.Keys(parameters())), said)
	ofFiles := []string{"sheet", "encoding", "header_row", "hidden"}
	inJSON := slices.DeleteFunc(said, func(name string) bool { return slices.Contains(ofFiles, name) })
	same(t, "fields of a body", append(inJSON, "mapping", "guests"),
		slices.Collect(maps.Keys(d.Components.Schemas["Order"].Properties)))
}

func TestTheDescriptionHasEveryFieldOfAnAnswer(t *testing.T) {
	t.Parallel()
	d := described(t)
	for name, answered := range map[string]any{
		"Problem": access.Problem{}, "Created": createdView{}, "Waiting": waitingView{}, "Plan": planView{},
		"Finding": findingView{}, "Import": importView{},
		"Imports": importsView{}, "Rows": rowsView{}, "Row": rowView{}, "Agreement": agreement{}, "NamedRows": namedRows{}, "Done": doneView{},
		"Status": statusView{},
	} {
		var fields, always []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(answered)) {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, tag)
			if options == "" {
				always = append(always, tag)
			}
		}
		schema, known := d.Components.Schemas[name]
		if !known {
			t.Errorf("there is no schema %s", name)
		}
		same(t, name, fields, slices.Collect(maps.Keys(schema.Properties)))
		same(t, name+", required", always, schema.Required)
	}
}

func same(t *testing.T, what string, served, said []string) {
	t.Helper()
	slices.Sort(served)
	slices.Sort(said)
	if !slices.Equal(served, said) {
		t.Errorf("%s: served are %v, described %v", what, served, said)
	}
}

package api

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// order is what is asked of a list: as parameters of the URL beside a file, or as fields of a JSON body with guests.
type order struct {
	Name     string `json:"name"` // of the list, as people will see it
	Profile  string `json:"profile"`
	Event    string `json:"event"`
	Template string `json:"template"`
	Key      string `json:"key"`
	DryRun   bool   `json:"dry_run"`
	Hold     bool   `json:"hold"`
	Again    bool   `json:"again"`

	spec.Reading

	Guests []map[string]any `json:"guests"`
}

const (
	// maxName bounds the name of a list, in bytes.
	maxName = 180

	// maxParameter bounds a parameter's value, in bytes: a rule may be a long list.
	maxParameter = 4 << 10
)

// parameter sets a field of an order from its text in a URL.
type parameter func(o *order, value string) error

// parameters are those of a file's import. Their names are those of the JSON fields.
func parameters() map[string]parameter {
	text := func(field func(*order) *string) parameter {
		return func(o *order, value string) error { *field(o) = value; return nil }
	}
	flag := func(field func(*order) *bool) parameter {
		return func(o *order, value string) (err error) { *field(o), err = parseFlag(value); return err }
	}
	choice := func(field func(*order) **bool) parameter {
		return func(o *order, value string) error {
			said, err := parseFlag(value)
			*field(o) = &said
			return err
		}
	}
	return map[string]parameter{
		"name":     text(func(o *order) *string { return &o.Name }),
		"profile":  text(func(o *order) *string { return &o.Profile }),
		"event":    text(func(o *order) *string { return &o.Event }),
		"template": text(func(o *order) *string { return &o.Template }),
		"key":      text(func(o *order) *string { return &o.Key }),
		"dry_run":  flag(func(o *order) *bool { return &o.DryRun }),
		"hold":     flag(func(o *order) *bool { return &o.Hold }),
		"again":    flag(func(o *order) *bool { return &o.Again }),

		"dates":           text(func(o *order) *string { return &o.Dates }),
		"sheet":           text(func(o *order) *string { return &o.Sheet }),
		"encoding":        text(func(o *order) *string { return &o.Encoding }),
		"header_row":      text(func(o *order) *string { return &o.HeaderRow }),
		"hidden":          text(func(o *order) *string { return &o.Hidden }),
		"where":           text(func(o *order) *string { return &o.Where }),
		"send_window":     text(func(o *order) *string { return &o.SendWindow }),
		"outside_window":  text(func(o *order) *string { return &o.OutsideWindow }),
		"near_misses":     text(func(o *order) *string { return (*string)(&o.NearMisses) }),
		"missing_columns": text(func(o *order) *string { return &o.MissingColumns }),
		"max_rejects":     text(func(o *order) *string { return (*string)(&o.MaxRejects) }),
		"split_names":     choice(func(o *order) **bool { return &o.SplitNames }),
		"strict":          choice(func(o *order) **bool { return &o.Strict }),
	}
}

func parseFlag(value string) (bool, error) {
	said, err := strconv.ParseBool(value)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", value)
	}
	return said, nil
}

// orderOfURL reads the parameters beside a file. A column's mapping is map.FIELD=HEADER.
func orderOfURL(q url.Values) (o order, err error) {
	known := parameters()
	for name, values := range q {
		set, field := known[name], ""
		if of, isMap := strings.CutPrefix(name, "map."); isMap {
			field = of
			set = func(o *order, value string) error {
				if o.Mapping == nil {
					o.Mapping = map[string]string{}
				}
				o.Mapping[field] = value
				return nil
			}
		}
		switch {
		case set == nil:
			return o, wrong(name, "There is no such parameter.")
		case len(values) > 1:
			return o, wrong(name, "It is there more than once.")
		case len(values[0]) > maxParameter:
			return o, wrong(name, fmt.Sprintf("It has more than %d bytes.", maxParameter))
		}
		if err := set(&o, values[0]); err != nil {
			return o, wrong(name, err.Error()+".")
		}
	}
	return o, nil
}

// orderOfJSON reads a body with guests, which is bounded already.
func orderOfJSON(raw []byte) (o order, err error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		return o, wrong("body", "It is not the JSON that is expected: "+jsonMistake(err)+".")
	}
	if d.More() {
		return o, wrong("body", "Something follows the JSON object.")
	}
	return o, nil
}

// jsonMistake is what is wrong with a body, without its values, which may be guests' data.
func jsonMistake(err error) string {
	switch e := err.(type) { //nolint:errorlint // a decoder returns them as they are
	case *json.SyntaxError:
		return fmt.Sprintf("byte %d is not as JSON has it", e.Offset)
	case *json.UnmarshalTypeError:
		return fmt.Sprintf("%s is of another type than %s", e.Field, e.Type)
	}
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return "there is no field " + field
	}
	return "it ends too early"
}

// check returns what is wrong with an order, and completes its name.
func (o *order) check(c *call, kind string) error {
	if o.Profile != "" && !slices.Contains(c.Profiles, o.Profile) {
		return wrong("profile", "There is no such profile of this account.")
	}
	if o.Again && c.Header.Get(keyHeader) == "" {
		return wrong("again", "It needs the header "+keyHeader+", so that a repeated request makes no further import.")
	}
	if err := importer.Check(o.spec()); err != nil {
		return wrong("", err.Error()+".")
	}
	return o.checkName(kind)
}

// checkName makes sure that a list has a name that a file can have, and the ending of what it is.
func (o *order) checkName(kind string) error {
	if o.Name == "" {
		o.Name = "list"
	}
	plain := func(r rune) bool { return !unicode.IsPrint(r) || r == '/' || r == '\\' }
	if len(o.Name) > maxName || strings.ContainsFunc(o.Name, plain) || strings.HasPrefix(o.Name, ".") {
		return wrong("name", fmt.Sprintf("A name has at most %d bytes, no slashes and no control characters, and does not begin with a dot.", maxName))
	}
	if path.Ext(o.Name) == "" {
		o.Name += kind
	}
	return nil
}

// kinds are the endings of lists by their media types; what is in a file is found out by reading it.
var kinds = map[string]string{
	"text/csv": ".csv", "text/tab-separated-values": ".tsv", "text/plain": ".csv", "application/gzip": ".csv.gz",
	"application/zip": ".zip",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

const jsonType = "application/json"

// kindOf returns the ending for a request's body, or jsonType.
func kindOf(r *http.Request) (string, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && media == jsonType {
		return jsonType, nil
	}
	if kind, known := kinds[media]; known {
		return kind, nil
	}
	return "", wrong("Content-Type",
		"It is text/csv, "+jsonType+", the type of .xlsx workbooks, application/zip or application/gzip.")
}

// spec is what is asked of the import.
func (o *order) spec() spec.Spec {
	return spec.Spec{Event: o.Event, Template: o.Template, Profile: o.Profile, Key: o.Key, Reading: o.Reading}
}

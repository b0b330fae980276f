package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

type configCommand struct{}

// Run prints the configuration as it came out of flags, environment and file. It was checked before this is reached, but for
// the files that only sources need.
func (c *configCommand) Run(_ context.Context, s *settings, std output) error {
	for name, p := range s.profiles {
		if _, err := p.open(name); err != nil {
			return err
		}
	}
	values := s.effective()
	if s.JSON {
		return json.NewEncoder(std.out).Encode(values)
	}
	out, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err = fmt.Fprintf(std.out, "# as a guestflow.yaml would have it; secrets are hidden\n%s", out)
	return err
}

// effective lists the settings by their names in the file, as far as they may be shown.
func (s *settings) effective() map[string]any {
	values := valuesOf(*s)
	if len(s.profiles) > 0 {
		profiles := map[string]any{}
		for name, p := range s.profiles {
			profiles[name] = p.values()
		}
		values["profiles"] = profiles
	}
	return values
}

// valuesOf lists the flags of a struct.
func valuesOf(flags any) map[string]any {
	values := map[string]any{}
	v := reflect.ValueOf(flags)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.IsExported() && !f.Anonymous {
			key := fileKey(f)
			values[key] = display(key, f, v.FieldByIndex(f.Index))
		}
	}
	return values
}

// fileKey is the flag's name with underscores: RedisURLFile is redis_url_file.
func fileKey(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return strings.ReplaceAll(name, "-", "_")
	}
	var b strings.Builder
	upper := true // no underscore before the first letter, nor inside of URL and JSON
	for _, r := range f.Name {
		is := r >= 'A' && r <= 'Z'
		if is && !upper {
			b.WriteByte('_')
		}
		b.WriteRune(r)
		upper = is
	}
	return strings.ToLower(strings.ReplaceAll(b.String(), "URLF", "URL_F"))
}

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

// Run prints the configuration as it came out of flags, environment and file. It was checked before this is reached.
func (c *configCommand) Run(_ context.Context, s *settings, io console) error {
	values := s.effective()
	if s.JSON {
		return json.NewEncoder(io.out).Encode(values)
	}
	out, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err = fmt.Fprintf(io.out, "# as a guestflow.yaml would have it; secrets are hidden\n%s", out)
	return err
}

// effective lists the settings by their names in the file. Secrets hide themselves when they are printed.
func (s *settings) effective() map[string]any {
	values := map[string]any{}
	v := reflect.ValueOf(*s)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		values[snake(f.Name)] = v.Field(i).Interface()
	}
	if len(s.profiles) > 0 {
		values["profiles"] = s.profiles
	}
	return values
}

// snake is kong's name of a field, with underscores: RedisURLFile is redis_url_file.
func snake(name string) string {
	for _, short := range []string{"URL", "API", "JSON", "ID"} {
		name = strings.ReplaceAll(name, short, short[:1]+strings.ToLower(short[1:]))
	}
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

package config

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/knadh/koanf/v2"

	"guestflow/importer/spec"
)

// Profile is named settings of imports, from the file.
type Profile struct {
	Account  string `koanf:"account"`
	Event    string `koanf:"event"`
	Template string `koanf:"template"`
	Key      string `koanf:"key"`
	Timezone string `koanf:"timezone"` // of times in the file, and of cron

	spec.Reading `koanf:",squash"`

	Source           string `koanf:"source"` // a URL or a folder; see importer/remote
	SourcePattern    string `koanf:"source_pattern"`
	SourceAfter      string `koanf:"source_after"`
	SourceID         string `koanf:"source_id"`
	SourceSecretFile string `koanf:"source_secret_file"`
	SourceKeyFile    string `koanf:"source_key_file"`
	SourceKnownHosts string `koanf:"source_known_hosts"`

	Cron   string `koanf:"cron"` // without one a source is polled
	Missed string `koanf:"missed"`
	Jitter string `koanf:"jitter"` // text, for a number without a unit would be nanoseconds
}

// values are the keys that are set, as far as they may be shown.
func (p Profile) values() map[string]any {
	set := map[string]any{}
	v := reflect.ValueOf(p)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if value := v.FieldByIndex(f.Index); !f.Anonymous && !value.IsZero() {
			key := f.Tag.Get("koanf")
			set[key] = Display(key, f, reflect.Indirect(value))
		}
	}
	return set
}

// ProfileKeys are the keys that a profile can have.
func ProfileKeys() map[string]bool {
	known := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Profile]()) {
		if !f.Anonymous {
			known[f.Tag.Get("koanf")] = true
		}
	}
	return known
}

// readProfiles decodes the profiles key by key, so that what cannot be read is named and not shown.
func readProfiles(path string, values *koanf.Koanf) (map[string]Profile, error) {
	switch values.Get("profiles").(type) {
	case nil:
		return nil, nil
	case map[string]any:
	default:
		return nil, Usagef("%s: profiles is not a table of profiles by name", path)
	}
	profiles := map[string]Profile{}
	for _, name := range values.MapKeys("profiles") {
		at := "profiles." + name
		var p Profile
		if values.Unmarshal(at, &p) != nil || !isTable(values.Get(at)) {
			return nil, Usagef("%s: profile %s: %s", path, name, unreadable(values, at))
		}
		profiles[name] = p
	}
	return profiles, nil
}

func isTable(value any) bool {
	_, is := value.(map[string]any)
	return is || value == nil
}

// unreadable names the first key of a profile that cannot be read, and what is wanted there.
func unreadable(values *koanf.Koanf, at string) string {
	keys := values.MapKeys(at)
	slices.Sort(keys)
	fields := reflect.VisibleFields(reflect.TypeFor[Profile]())
	for _, key := range keys {
		i := slices.IndexFunc(fields, func(f reflect.StructField) bool { return f.Tag.Get("koanf") == key })
		if i < 0 {
			return fmt.Sprintf("it has the unknown key %q", keyName(key))
		}
		alone := koanf.New(".")
		if err := alone.Set(key, values.Get(at+"."+key)); err == nil && alone.Unmarshal("", new(Profile)) == nil {
			continue
		}
		return fmt.Sprintf("%s cannot be read: %s is wanted", key, wanted(fields[i].Type))
	}
	return "it cannot be read: a table of settings is wanted"
}

func wanted(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() { //nolint:exhaustive // the kinds that a profile has
	case reflect.Bool:
		return "true or false"
	case reflect.Map:
		return "a table"
	}
	return "one value"
}

package config

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/knadh/koanf/v2"

	"guestflow/importer/hold"
	"guestflow/importer/spec"
)

// Profile is named settings of imports, from the file. What a key means is its help, as for flags.
type Profile struct {
	Account  string `koanf:"account" help:"Account whose guests they are, where there are several."`
	Event    string `koanf:"event" help:"Event id for rows that name none."`
	Template string `koanf:"template" help:"Template of the email for rows that name none, by id or name; without it no email is sent."`
	Key      string `koanf:"key" help:"Column that identifies guests; default is email and name."`
	Timezone string `koanf:"timezone" help:"Time zone of times that name none and of cron, such as Europe/London; default is UTC."`

	spec.Reading `koanf:",squash"`
	hold.Rules   `koanf:",squash"`

	Source           string `koanf:"source" help:"Where its lists come from: an https, sftp, s3 or gs URL, or a folder."`
	SourcePattern    string `koanf:"source_pattern" help:"Names of files in the source that are lists, such as *.csv."`
	SourceAfter      string `koanf:"source_after" help:"What becomes of a file there once it is imported: leave, move or delete."`
	ExpectEvery      string `koanf:"expect_every" help:"Longest time without a new list in the source, or without one in the profile's folder of the inbox, such as 26h; beyond it an event list.missing is reported."`
	SourceID         string `koanf:"source_id" help:"Access key, user or account at the source; sftp has it in the URL."`
	SourceSecretFile string `koanf:"source_secret_file" help:"File with the password, the access key's secret or a bearer token."`
	SourceKeyFile    string `koanf:"source_key_file" help:"File with the private key for sftp."`
	SourceKnownHosts string `koanf:"source_known_hosts" help:"File of the hosts that sftp trusts, as ssh writes it."`

	Cron   string `koanf:"cron" help:"When the source is looked at: minute, hour, day, month, weekday. Without it the source is polled."`
	Missed string `koanf:"missed" help:"After a downtime: run_once, late, or skip."`
	// text, for a number without a unit would be nanoseconds
	Jitter string `koanf:"jitter" help:"Up to how much later a run starts, such as 10m, so that not all start at once."`
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

// ProfileHelp returns the keys that a profile can have, with what each means, in the order of the code.
func ProfileHelp() (list []Key) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Profile]()) {
		if key := f.Tag.Get("koanf"); !f.Anonymous && key != "-" {
			list = append(list, Key{Key: key, Help: f.Tag.Get("help")})
		}
	}
	return list
}

// ProfileKeys are the keys that a profile can have.
func ProfileKeys() map[string]bool {
	known := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Profile]()) {
		if key := f.Tag.Get("koanf"); !f.Anonymous && key != "-" {
			known[key] = true
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

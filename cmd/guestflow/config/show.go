package config

import (
	"net/url"
	"path/filepath"
	"reflect"
	"strings"

	"guestflow/tokencache/secret"
)

// Effective lists all settings and the profiles by their keys, as far as they may be shown.
func (s *Settings) Effective() map[string]any {
	values := Values(*s)
	if len(s.Profiles) > 0 {
		profiles := map[string]any{}
		for name, p := range s.Profiles {
			profiles[name] = p.values()
		}
		for name := range s.guardedProfiles() {
			profiles[name].(map[string]any)[approveByKey] = byOtherValue
		}
		values["profiles"] = profiles
	}
	return values
}

// Values lists the settings of a struct by their keys, as far as they may be shown.
func Values(flags any) map[string]any {
	values := map[string]any{}
	v := reflect.ValueOf(flags)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.IsExported() && !f.Anonymous && f.Tag.Get("kong") != "-" {
			key := FileKey(f)
			values[key] = Display(key, f, v.FieldByIndex(f.Index))
		}
	}
	return values
}

// FileKey returns the key of a field: RedisURLFile is redis_url_file.
func FileKey(f reflect.StructField) string {
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

// What config and the page of settings show: numbers, switches, choices and paths, and of the texts only those that are
// listed here. A text that is added later stays hidden until it is listed. All names are keys of the file.
var (
	ShownTexts = words(`account client_id username key_header checkin_prefix comms_prefix egress scope event event_names template key listen
		metrics_listen hosts oidc_client_id oidc_groups_claim proxy_header proxy_groups_header proxy_from viewer_groups
		operator_groups guests_groups mail_from mail_to allow_http redis_server_name redis_sentinel_username
		dates sheet max_rejects map timezone mapping source_pattern source_after expect_every source_id source_secret_file source_key_file
		source_known_hosts cron missed jitter send_window outside_window hold approve_by undo start_at at
		surname`)

	// shownAddresses are shown without user, password, query and fragment.
	shownAddresses = words(`console_url api_url identity_url auth_url redirect_uri oidc_issuer oidc_redirect_url source`)
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// Display returns what may be shown of a setting.
func Display(key string, f reflect.StructField, v reflect.Value) any {
	_, isSecret := v.Interface().(secret.Text)
	switch {
	case isSecret, !hasText(v.Type()), f.Tag.Get("enum") != "", f.Tag.Get("type") == "path", ShownTexts[key], v.IsZero():
		return v.Interface() // a secret.Text hides itself
	case shownAddresses[key] && v.Kind() == reflect.String:
		return bareAddress(v.String())
	}
	return secret.Hidden
}

// hasText reports whether values of a type hold more than numbers, switches and durations.
func hasText(t reflect.Type) bool {
	switch t.Kind() { //nolint:exhaustive // whatever else there is may hold text
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return false
	case reflect.Slice, reflect.Pointer:
		return hasText(t.Elem())
	}
	return true
}

// bareAddress returns an address without what may give access: user, password, query and fragment.
func bareAddress(address string) string {
	if filepath.IsAbs(address) {
		return address // a folder
	}
	u, err := url.Parse(address)
	if err != nil || !strings.Contains(address, "://") || u.Host == "" && u.Path == "" { // it may be user:password@host
		return secret.Hidden
	}
	open := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	text := open.String()
	if u.User != nil {
		text = strings.Replace(text, "://", "://"+secret.Hidden+"@", 1)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		text += "?" + secret.Hidden
	}
	return text
}

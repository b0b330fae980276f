package main

import (
	"net/url"
	"path/filepath"
	"reflect"
	"strings"

	"guestflow/tokencache/secret"
)

// What config and the page of settings show: numbers, switches, choices and paths, and of the texts only those that are
// listed here. A text that is added later stays hidden until somebody has thought about it. All names are those of the file.
var (
	shownTexts = words(`account client_id username key_header checkin_prefix comms_prefix egress scope event template key listen
		metrics_listen hosts oidc_client_id oidc_groups_claim proxy_header proxy_groups_header proxy_from viewer_groups
		operator_groups guests_groups mail_from mail_to allow_http redis_server_name redis_sentinel_username
		dates sheet max_rejects map timezone mapping source_pattern source_after source_id source_secret_file source_key_file
		source_known_hosts cron missed jitter`)

	// shownAddresses are shown without user, password, query and fragment.
	shownAddresses = words(`api_url identity_url auth_url redirect_uri oidc_issuer oidc_redirect_url source`)
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// display is what may be seen of a setting.
func display(key string, f reflect.StructField, v reflect.Value) any {
	_, isSecret := v.Interface().(secret.Text)
	switch {
	case isSecret, !hasText(v.Type()), f.Tag.Get("enum") != "", f.Tag.Get("type") == "path", shownTexts[key], v.IsZero():
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

// bareAddress is an address without what gives access: user, password, query and fragment.
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

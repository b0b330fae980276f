package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/budget"
)

// settingsShown are the limits, the configuration and the audit log.
type settingsShown struct {
	Budget budget.State
	Config []setting
	Tokens []operate.APIToken
	Audit  operate.AuditPage
	Pager  pager
}

// setting is one line of the configuration.
type setting struct{ Name, Value string }

func settingsPage(ctx context.Context, r *request) (page, error) {
	var shown settingsShown
	var err error
	if shown.Budget, err = r.Budget.State(ctx); err != nil {
		return page{}, err
	}
	shown.Config = flatten("", r.Config())
	if shown.Tokens, err = r.APITokens(ctx); err != nil {
		return page{}, err
	}
	after, before, err := r.cursors(auditCursor.MatchString)
	if err != nil {
		return page{}, err
	}
	shown.Audit, err = r.AuditPage(ctx, after, before, auditPageSize)
	shown.Pager = pager{Items: "actions", Path: r.at("settings"), Anchor: "audit", Newer: shown.Audit.Newer,
		Older: shown.Audit.Older}
	return page{Template: "settings", Title: "Settings", Data: shown}, err
}

// auditPageSize is how many entries a page lists.
const auditPageSize = 100

// auditCursor is the shape of an entry's id in the audit log.
var auditCursor = regexp.MustCompile(`^\d{1,20}-\d{1,20}$`)

// flatten lists the settings that are set, those of profiles by name. Secrets redact themselves.
func flatten(prefix string, values map[string]any) (list []setting) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch v := values[name].(type) {
		case map[string]any:
			list = append(list, flatten(prefix+name+".", v)...)
		case map[string]string:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				list = append(list, setting{prefix + name + "." + key, v[key]})
			}
		default:
			if text := fmt.Sprint(v); !slices.Contains(unsetValues, text) {
				list = append(list, setting{prefix + name, text})
			}
		}
	}
	return list
}

// unsetValues are the printed forms of values that are not set.
var unsetValues = []string{"", "[]", "map[]", "false", "<nil>"}

// setLimits changes the limits in force, or restores the configured ones.
func setLimits(ctx context.Context, r *request) (next, flash string, err error) {
	next = r.at("settings")
	if r.PostFormValue("reset") != "" {
		return next, "The limits are reset to the configured ones.", r.ResetLimits(ctx, r.actor())
	}
	var c budget.LimitChanges
	for name, into := range map[string]**int{"calls": &c.API, "emails": &c.Email} {
		text := r.PostFormValue(name)
		if text == "" {
			continue
		}
		n, zero, err := config.ParseLimit(text)
		switch {
		case zero:
			return "", "", &problem{http.StatusUnprocessableEntity, "No limit, or nothing at all?",
				fmt.Sprintf("0 %s a minute could mean either. Enter none for no limit; to send nothing, pause the imports.", name)}
		case err != nil || n > maxLimit:
			return "", "", &problem{http.StatusUnprocessableEntity, "Invalid limit",
				fmt.Sprintf("%q is not a number of %s a minute; none is no limit.", text, name)}
		}
		*into = &n
	}
	if c.API == nil && c.Email == nil {
		return "", "", &problem{http.StatusUnprocessableEntity, "No limit given",
			"Enter the calls or the emails a minute, or both."}
	}
	done := "The new limits apply to all workers."
	if c.Email != nil && *c.Email == 0 {
		done = "The limit of emails is lifted for all workers: they go out as fast as calls are allowed."
	}
	return next, done, r.SetLimits(ctx, r.actor(), c)
}

// maxLimit is above what any plan of Qflow's allows, and catches typing errors.
const maxLimit = 1_000_000

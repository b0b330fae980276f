package console

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/budget"
)

// settingsShown are the limits and the configuration.
type settingsShown struct {
	Budget budget.State
	Config []setting
	Trail  []operate.Act
}

// setting is one line of the configuration.
type setting struct{ Name, Value string }

func settingsPage(ctx context.Context, r *request) (page, error) {
	var shown settingsShown
	var err error
	if shown.Budget, err = r.Budget.State(ctx); err != nil {
		return page{}, err
	}
	values := r.Config()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if text := inText(values[name]); text != "" {
			shown.Config = append(shown.Config, setting{name, text})
		}
	}
	shown.Trail, err = r.Trail(ctx, "", 100)
	return page{Template: "settings", Title: "Settings", Data: shown}, err
}

// inText shows a value, and nothing for one that is not set. Secrets hide themselves.
func inText(value any) string {
	switch text := fmt.Sprint(value); text {
	case "", "[]", "map[]", "false", "<nil>":
		return ""
	default:
		return text
	}
}

// setLimits changes the limits in force, or goes back to the configured ones.
func setLimits(ctx context.Context, r *request) (next, done string, err error) {
	next = r.at("settings")
	if r.PostFormValue("reset") != "" {
		return next, "The limits are as configured again.", r.ResetLimits(ctx, r.person())
	}
	var c budget.Changes
	for name, into := range map[string]**int{"calls": &c.Zone, "emails": &c.Send} {
		text := r.PostFormValue(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > mostLimit {
			return "", "", &problem{422, "That is not a limit", fmt.Sprintf("%q is not a number of %s a minute; 0 is no limit.", text, name)}
		}
		*into = &n
	}
	if c.Zone == nil && c.Send == nil {
		return "", "", &problem{422, "No limit was given", "Type the calls or the emails a minute, or both."}
	}
	return next, "The new limits are in force for the whole fleet.", r.SetLimits(ctx, r.person(), c)
}

// mostLimit is above what any plan of Qflow's allows, and keeps a slip of the finger from being one.
const mostLimit = 1_000_000

package config

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const (
	variables = "GUESTFLOW_"     // begins the names of those in the environment that are guestflow's
	ofTests   = "GUESTFLOW_TEST" // begins the names of those that its tests read
)

// UnknownVariables returns the names of variables that look like guestflow's and are not: they are misspelt, or of
// another version, and what they say is not heard.
func UnknownVariables(app *kong.Application, environment []string) (unknown []string) {
	known := map[string]bool{}
	for _, f := range allFlags(app) {
		for _, name := range f.Envs {
			known[name] = true
		}
	}
	for _, line := range environment {
		name, _, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, variables) && !strings.HasPrefix(name, ofTests) && !known[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

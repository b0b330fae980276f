package main

import (
	"context"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

type configCommand struct{}

// Run prints the configuration as it came out of flags, environment and file. It was checked before this is reached, but for
// the files that only sources need.
func (c *configCommand) Run(_ context.Context, s *config.Settings, std terminal.Output) error {
	for name, p := range s.Profiles {
		if _, err := p.Open(name); err != nil {
			return err
		}
	}
	values := s.Effective()
	if s.JSON {
		return json.NewEncoder(std.Out).Encode(values)
	}
	out, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err = fmt.Fprintf(std.Out, "# as a guestflow.yaml would have it; secrets are hidden\n%s", out)
	return err
}

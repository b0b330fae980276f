package config

import (
	"testing"

	"guestflow/importer/spec"
)

// The inbox, sources, schedules and the console take settings from here.
func TestAllWaysToAProfileKeepAMappingOutsideFromMailing(t *testing.T) {
	t.Parallel()
	s := &Settings{Profiles: map[string]Profile{"mute": {Event: "E"}}}
	outside := Ways{Rest: spec.Reading{Mapping: map[string]string{"template_id": "=T", "tags": "=all"}}}
	of := func(name string) string {
		to, err := s.ImportSpec(name, Lists{Ways: outside})
		if err != nil {
			t.Fatal(err)
		}
		return to.Mapping["template_id"] + to.Mapping["tags"]
	}
	if in, out := of("mute"), of(""); in != "=all" || out != "=T=all" {
		t.Errorf("a profile takes %q, and other lists %q", in, out)
	}
	if len(outside.Rest.Mapping) != 2 {
		t.Error("the other lists lose it")
	}
}

package config

import (
	"slices"
	"time"

	"guestflow/importer/hold"
	"guestflow/importer/spec"
)

// Daemon is the flags of guestflow run.
type Daemon struct {
	Roles  []string      `help:"What this process does; inbox includes sources without a cron." default:"inbox,schedules,workers" enum:"inbox,schedules,workers"`
	Inbox  string        `help:"Folder whose CSV files are imported; those in a subfolder under the profile of that name." type:"path"`
	Settle time.Duration `help:"How long a file must be unchanged before it is imported." default:"5s"`
	// Of the profiles' folders it stands in the profiles.
	ExpectEvery time.Duration `help:"Longest time without a new list in the inbox itself, such as 26h; beyond it an event list.missing is reported. Profiles have their own." keyonly:""`
	// A minute is soon enough for an operator who waits, and few enough requests for any server.
	SourceEvery time.Duration `help:"How often the source of a profile without a cron is polled." default:"1m"`
	Event       string        `help:"Event id for rows that name none, outside of profiles."`
	// The template has no default on purpose: a dropped file sends no emails unless it is configured.
	Template string `help:"Template for rows that name none, outside of profiles; by id or name."`
	Key      string `help:"Column that identifies guests, outside of profiles; default is email and name."`

	Console

	spec.Reading
	hold.Rules
}

// Check returns what is wrong with the flags; it uses no network.
func (d Daemon) Check() error {
	if len(d.Roles) == 0 {
		return Usagef("--roles names nothing to do: inbox, schedules, workers or some of them")
	}
	if d.SourceEvery < time.Second {
		return Usagef("--source-every is less than a second")
	}
	if d.ExpectEvery != 0 && d.ExpectEvery < time.Minute {
		return Usagef("expect_every is less than a minute")
	}
	if err := d.Rules.Check(nil); err != nil {
		return Usagef("%w", err)
	}
	return nil
}

// Has reports whether the process has a role.
func (d Daemon) Has(role string) bool { return slices.Contains(d.Roles, role) }

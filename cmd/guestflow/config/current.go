package config

import "os"

// Current returns the settings with what guestflow.yaml says of lists by now: a process that runs for long has read it at
// its start. A file that cannot be read now is as it was then.
func (s *Settings) Current() *Settings {
	if s.File == nil || s.File.read == nil {
		return s
	}
	is, err := os.Stat(s.File.path)
	if err != nil || is.ModTime().Equal(s.File.read.ModTime()) && is.Size() == s.File.read.Size() {
		return s
	}
	f, err := ReadFile([]string{"--config=" + s.File.path})
	if err != nil {
		return s
	}
	now := *s
	f.account = s.File.account
	now.File, now.Profiles = f, f.Profiles
	return &now
}

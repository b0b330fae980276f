package config

import "fmt"

// UsageError is a mistake in the command line, the environment or the configuration file.
type UsageError struct{ err error }

// Usagef returns a UsageError; %w wraps, as in fmt.Errorf.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

func (e *UsageError) Error() string { return e.err.Error() }

func (e *UsageError) Unwrap() error { return e.err }

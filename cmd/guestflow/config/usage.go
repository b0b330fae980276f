package config

import (
	"fmt"
)

// UsageError is a mistake in what was typed or configured.
type UsageError struct{ err error }

// Usagef returns a usageError; it wraps an error that is given for %w.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

func (e *UsageError) Error() string { return e.err.Error() }

func (e *UsageError) Unwrap() error { return e.err }

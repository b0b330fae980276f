//go:build !linux

package spool

import (
	"crypto/rand"
	"time"
)

var (
	started   = time.Now()
	processID = rand.Text()
)

// sinceBoot is the time since this process was started, and what names that: other systems are not asked for more.
func sinceBoot() (id string, up time.Duration) { return processID, time.Since(started) }

package spool

import (
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

var bootID = sync.OnceValue(func() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // without it there is no such clock
	return strings.TrimSpace(string(id))
})

// sinceBoot is the time since the host was started, and what names that start. It counts while the host sleeps.
func sinceBoot() (id string, up time.Duration) {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return "", 0
	}
	return bootID(), time.Duration(now.Nano())
}

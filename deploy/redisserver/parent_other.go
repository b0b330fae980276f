//go:build !linux

package redisserver

import "syscall"

// endWithParent: other systems have no such signal; Stop ends the child, and a killed parent leaves it running.
func endWithParent() *syscall.SysProcAttr { return nil }

package redisserver

import "syscall"

// endWithParent has the kernel end the child when we die, even by SIGKILL: a store that outlives its owner would keep
// the port and the files from the next start.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}

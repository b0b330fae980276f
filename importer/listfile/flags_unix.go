//go:build unix

package listfile

import (
	"errors"
	"syscall"
)

// openFlags open without waiting for a FIFO's other end and without following a link.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW

// isLink reports whether a file was not opened because its path is a link: Linux says ELOOP, BSD EMLINK.
func isLink(err error) bool { return errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) }

//go:build unix

package http1

import (
	"errors"
	"net"
	"syscall"
)

// canAsk is whether the system says of a connection that waits whether it is open.
const canAsk = true

// isOpen reports whether a server has neither closed a connection nor sent anything on it since its last answer: what
// is posted there would be lost, or be given an answer that is none to it.
func isOpen(c net.Conn) (open bool) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		_, err := syscall.Read(int(fd), b[:]) // which waits for nothing: Go's sockets do not block
		open = errors.Is(err, syscall.EAGAIN)
	})
	return open && err == nil
}

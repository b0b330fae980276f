//go:build !unix

package http1

import "net"

const canAsk = false

func isOpen(net.Conn) bool { return false }

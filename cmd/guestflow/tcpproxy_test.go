package main

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// tcpProxy stands before a server: what is to be done with each connection and the one to the server is up to pass,
// which does not wait for their end. It gives the address to dial instead.
func tcpProxy(tb testing.TB, server string, pass func(here, there net.Conn)) (address string) {
	tb.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = door.Close() })
	go func() {
		for {
			here, err := door.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", server)
			if err != nil {
				_ = here.Close()
				continue
			}
			pass(here, there)
		}
	}()
	return door.Addr().String()
}

// distance puts a server farther away: what is written at one end arrives at the other after a while. It is a delay,
// not a bottleneck: any amount may be under way.
func distance(tb testing.TB, server string, oneWay time.Duration) (address string) {
	tb.Helper()
	return tcpProxy(tb, server, func(here, there net.Conn) {
		go carry(here, there, oneWay)
		go carry(there, here, oneWay)
	})
}

// untilWritten stands before a server, and lets nothing more pass on any connection once a text was written to it.
func untilWritten(tb testing.TB, server, text string) (address string) {
	tb.Helper()
	var written atomic.Bool
	return tcpProxy(tb, server, func(here, there net.Conn) {
		go func() { _, _ = io.Copy(here, there) }()
		go func() {
			defer there.Close()
			buf := make([]byte, 64<<10)
			for {
				n, err := here.Read(buf)
				if err != nil {
					return
				}
				if written.Load() {
					continue
				}
				if _, err := there.Write(buf[:n]); err != nil {
					return
				}
				written.Store(written.Load() || bytes.Contains(buf[:n], []byte(text)))
			}
		}()
	})
}

// carry ends, and ends the other way too, when either end is closed.
func carry(from, to net.Conn, oneWay time.Duration) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	road := make(chan parcel, 4096)
	go func() {
		defer close(road)
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			if n > 0 {
				road <- parcel{time.Now().Add(oneWay), bytes.Clone(buf[:n])}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range road {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	_ = to.Close()
	_ = from.Close()
	for range road { // whatever still was under way is lost
	}
}

package console_test

import (
	"net"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
)

func TestConnectionsAreBoundedAndAPlaceIsFreeAgain(t *testing.T) {
	const most = 1024
	listener, err := console.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, most+1)
	go func() {
		defer close(accepted)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	var open []net.Conn
	for range most + 1 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if len(open) < most {
			open = append(open, <-accepted)
		}
	}
	select {
	case <-accepted:
		t.Errorf("%d connections are open", most+1)
	case <-time.After(100 * time.Millisecond):
	}
	open[0].Close()
	if conn := <-accepted; conn == nil {
		t.Error("a place that is free is not taken")
	} else {
		conn.Close()
	}
	for _, conn := range open {
		conn.Close()
	}
	listener.Close()
	for range accepted {
	}
}

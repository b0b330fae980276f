package webhook

import (
	"fmt"
	"testing"
)

func TestOneSourceHasEightSeatsAndItsNeighbourToo(t *testing.T) {
	t.Parallel()
	var r readers
	for _, addresses := range []string{"198.51.100.1:%d", "198.51.100.2:%d", "[2001:db8::%d]:9", "[2001:db8:0:1::%d]:9"} {
		for i := range 9 {
			if in := r.enter(network(fmt.Sprintf(addresses, i))); in != (i < maxReadersEach) {
				t.Errorf("request %d of %s: let in is %t", i, addresses, in)
			}
		}
	}
	for range maxReadersEach {
		r.leave("198.51.100.1")
	}
	if _, known := r.of["198.51.100.1"]; known {
		t.Error("who has left takes up memory")
	}
}

func TestSeatsAreBoundedHoweverManySourcesThereAre(t *testing.T) {
	t.Parallel()
	var r readers
	in := 0
	for i := range 2 * maxReaders {
		if r.enter(fmt.Sprint(i)) {
			in++
		}
	}
	if in != maxReaders {
		t.Errorf("%d bodies at once", in)
	}
}

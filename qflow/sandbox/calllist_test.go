package sandbox_test

import (
	"net/http"
	"testing"

	"guestflow/qflow/sandbox"
)

func TestTheCallListTellsWhichAnswersWereLost(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(s *sandbox.Switches) { s.KeepCalls = true })
	record := invited()
	c.inject(
		sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail500After, Next: 1},
		sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.ResetBefore, Next: 1},
		sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.Slow, DelayMS: 1},
	)
	c.create(record).want(http.StatusInternalServerError)
	c.send(record["id"]).wantLost()
	c.send(record["id"]).want(http.StatusOK)
	want := []struct {
		at      sandbox.Endpoint
		outcome string
		lost    bool
	}{{sandbox.CreateGuest, "500", true}, {sandbox.Send, "cut", true}, {sandbox.Send, "200", false}}
	list := c.box.History().CallList
	if len(list) != len(want) {
		t.Fatalf("calls %+v", list)
	}
	for i, w := range want {
		if got := list[i]; (got.Email != "") != (w.at == sandbox.CreateGuest) || got.Endpoint != w.at ||
			got.Outcome != w.outcome || got.Lost() != w.lost || got.GuestID != record["id"] {
			t.Errorf("call %d is %+v, want %+v", i, got, w)
		}
	}
}

func TestTheCallListIsKeptOnlyOnDemand(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	c.create(invited()).want(http.StatusOK)
	if list := c.box.History().CallList; len(list) != 0 {
		t.Fatalf("calls %+v", list)
	}
}

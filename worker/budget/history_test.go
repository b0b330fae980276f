package budget_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/worker/budget"
)

// age makes the running minute one that is so many minutes ago, and gives its beginning.
func (b *bench) age(minutes int64) time.Time {
	b.t.Helper()
	number, rest, _ := strings.Cut(b.redis.HGet(b.t.Context(), address, "minute").Val(), " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.redis.HSet(b.t.Context(), address, "minute", fmt.Sprintf("%d %s", n-minutes, rest))
	return time.Unix((n-minutes)*60, 0).UTC()
}

func (b *bench) history(x *budget.Budget, minutes int) []budget.Minute {
	b.t.Helper()
	list, err := x.History(b.t.Context(), minutes)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func of(list []budget.Minute, at time.Time) budget.Minute {
	for _, m := range list {
		if m.At.Equal(at) {
			m.At = time.Time{}
			return m
		}
	}
	return budget.Minute{APILimit: -1}
}

// bookings counts over minutes that a slow test may straddle.
func bookings(list []budget.Minute) (zone, send int) {
	for _, m := range list {
		zone, send = zone+m.Calls, send+m.Emails
	}
	return zone, send
}

func (b *bench) keepsHistory() {
	b.t.Helper()
	limits := budget.Limits{API: 60_000, Email: 30_000}
	x, y := b.process("main", limits), b.process("other", limits)
	if list := b.history(x, 3); len(list) != 3 ||
		list[2] != (budget.Minute{At: list[2].At, APILimit: 60_000, EmailLimit: 30_000}) {
		b.t.Fatalf("before any booking it is %+v", list)
	}
	b.book(x, budget.API)
	b.book(y, budget.API, budget.Email)
	b.book(x)
	if zone, send := bookings(b.history(x, 2)); zone != 2 || send != 1 {
		b.t.Fatalf("the fleet has booked %d calls and %d sends, want 2 and 1", zone, send)
	}
	long := b.age(5)
	if _, _, err := x.Pause(b.t.Context(), time.Second); err != nil {
		b.t.Fatal(err)
	}
	b.pass(10 * time.Second)
	b.book(x, budget.API)
	list := b.history(y, 10)
	zone, send := bookings(list)
	if zone < 2 || zone > 3 || send != 1 || of(list, long).Emails != 1 || of(list, long).APILimit != 60_000 {
		b.t.Fatalf("five minutes later it is %+v", list)
	}
	last := list[len(list)-1]
	if last.APILimit >= 60_000 || last.APILimit < 48_000 {
		b.t.Fatalf("after a 429 the fleet is allowed %d, want about four fifths of 60000", last.APILimit)
	}
	if !last.Recorded || !of(list, long).Recorded {
		b.t.Fatalf("minutes with bookings are not called recorded: %+v", list)
	}
	if gap := list[len(list)-3]; gap.Calls != 0 || gap.APILimit != 60_000 || gap.Recorded {
		b.t.Fatalf("a minute without bookings is %+v", gap)
	}
}

func TestTheHistoryCountsTheWholeFleetsBookings(t *testing.T) { newBench(t).keepsHistory() }

func TestTheEmbeddedStoreKeepsAHistoryToo(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = client.Close() })
	(&bench{t: t, redis: client}).keepsHistory()
}

func TestTheHistoryHoldsADayAndNoMore(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{})
	for minutes := int64(3 * budget.HistoryMinutes); minutes > 0; minutes -= 3 {
		b.book(x, budget.API)
		b.age(minutes)
	}
	b.book(x, budget.API)
	if n := b.redis.HLen(t.Context(), address+":minutes").Val(); n > budget.HistoryMinutes {
		t.Fatalf("%d minutes are kept", n)
	}
	list := b.history(x, 10*budget.HistoryMinutes)
	if zone, _ := bookings(list); len(list) != budget.HistoryMinutes || zone < budget.HistoryMinutes/3-2 ||
		zone > budget.HistoryMinutes/3+2 {
		t.Fatalf("%d minutes with %d bookings, want %d with %d", len(list), zone, budget.HistoryMinutes,
			budget.HistoryMinutes/3)
	}
	if left := b.redis.TTL(t.Context(), address+":minutes").Val(); left <= 24*time.Hour {
		t.Fatalf("it is forgotten in %s", left)
	}
}

package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

var edgeBehaviours = map[string]map[string]func(*client){
	"mitigation_scope": {
		"all":  sendLimitTripped(http.StatusTooManyRequests),
		"rule": sendLimitTripped(http.StatusOK),
	},
	"origin_down": {
		"no":  func(c *client) { c.create(guest()).want(http.StatusOK) },
		"521": downWith(521), "522": downWith(522), "523": downWith(523), "524": downWith(524), "525": downWith(525),
		"526": downWith(526),
	},
	"rate_limit_body": {
		"json":  tooMany(func(got answer) bool { return got.json()["error"] == "rate_limit" }),
		"html":  tooMany(func(got answer) bool { return strings.Contains(got.body, "1015") }),
		"empty": tooMany(func(got answer) bool { return got.body == "" }),
	},
	"retry_after": {
		"none":    tooMany(func(got answer) bool { return got.header.Get("Retry-After") == "" }),
		"seconds": tooMany(func(got answer) bool { return got.header.Get("Retry-After") == "60" }),
		"date":    tooMany(func(got answer) bool { return got.header.Get("Retry-After") == "Mon, 01 Jun 2026 12:01:00 GMT" }),
	},
}

func tooMany(fits func(answer) bool) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.ZonePerMinute = 1 })
		c.create(guest()).want(http.StatusOK)
		if got := c.create(guest()).want(http.StatusTooManyRequests); !fits(got) {
			c.t.Errorf("429: %q %v", got.body, got.header)
		}
	}
}

func sendLimitTripped(guestStatus int) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.SendPerMinute = 1 })
		record := guest()
		c.create(record).want(http.StatusOK)
		c.send(record["id"]).want(http.StatusOK)
		c.send(record["id"]).want(http.StatusTooManyRequests)
		c.create(guest()).want(guestStatus)
	}
}

func TestZoneLimitSlides(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.ZonePerMinute, sw.MitigationSeconds = 10, 0 })
	for range 10 { // one each 6 s: exactly the allowance, for ever
		c.create(guest()).want(http.StatusOK)
		c.clock.Step(6 * time.Second)
	}
	for range 10 {
		c.create(guest()).want(http.StatusOK)
		c.create(guest()).want(http.StatusTooManyRequests)
		c.clock.Step(6 * time.Second)
	}
	if busiest := c.box.Summary().Busiest[sandbox.ZoneScope]; busiest.Total != 30 {
		t.Fatalf("history: %+v", busiest)
	}
}

func downWith(status int) func(*client) {
	return func(c *client) {
		c.create(guest()).want(status)
		if n := c.box.Summary().Guests; n != 0 {
			c.t.Errorf("%d guests were made behind a gateway that is down", n)
		}
	}
}

func TestATrippedLimitRefusesForTheWholeMitigationWindow(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.ZonePerMinute, sw.WindowSeconds = 1, 1 })
	c.create(guest()).want(http.StatusOK)
	c.create(guest()).want(http.StatusTooManyRequests)
	c.clock.Step(59 * time.Second) // the window is long over, the mitigation is not
	c.create(guest()).want(http.StatusTooManyRequests)
	c.clock.Step(time.Second)
	c.create(guest()).want(http.StatusOK)
	if n := c.box.Summary().LimitsTripped; n != 1 {
		t.Fatalf("tripped %d times", n)
	}
}

func TestIdentityIsOutsideTheZone(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.ZonePerMinute = 1 })
	for range 5 {
		c.token(passwordForm()).want(http.StatusOK)
	}
	c.create(guest()).want(http.StatusOK)
}

func TestAChangedLimitKeepsWhatWasCounted(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.ZonePerMinute, sw.MitigationSeconds = 4, 0 })
	for range 4 {
		c.create(guest()).want(http.StatusOK)
	}
	c.adjust(func(sw *sandbox.Switches) { sw.ZonePerMinute = 5 })
	c.create(guest()).want(http.StatusOK)
	c.create(guest()).want(http.StatusTooManyRequests)
	c.adjust(func(sw *sandbox.Switches) { sw.ZonePerMinute = 2 })
	c.create(guest()).want(http.StatusTooManyRequests)
	c.clock.Step(time.Minute)
	c.create(guest()).want(http.StatusOK)
}

func TestBusiestWindowsAreSliding(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	for _, pause := range []int{700, 200, 200, 1000, 0} { // arrivals at 0, 700, 900, 1100, 2100 ms
		c.create(guest()).want(http.StatusOK)
		c.clock.Step(time.Duration(pause) * time.Millisecond)
	}
	if got := c.box.Summary().Busiest[sandbox.ZoneScope]; got != (sandbox.Busiest{Total: 5, Second: 3, Minute: 5}) {
		t.Fatalf("history: %+v", got)
	}
	if n := len(c.box.History().Arrivals[sandbox.ZoneScope]); n != 5 {
		t.Fatalf("%d arrivals", n)
	}
}

package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

func TestAtomicCreateMakesOneGuestAndOneEmailHoweverOftenRepeated(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	record := invited()
	var repeats sync.WaitGroup
	for range 16 {
		repeats.Go(func() { c.create(record).want(http.StatusOK) })
	}
	repeats.Wait()
	c.wantBooks(1, 1)
	if sum := c.box.Summary(); sum.EmailsMax != 1 || sum.GuestsEmailed != 1 {
		t.Fatalf("history: %+v", sum)
	}
}

func TestCreatedGuestIsAnsweredWhole(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	got := c.create(guest("tags", " VIP ,{session}Keynote", "plusOnes", 2, "validFrom",
		"2026-06-01T18:00:00+02:00")).want(http.StatusOK).json()
	for key, want := range map[string]any{
		"firstName": "Ada", "tags": "VIP, {session}Keynote", "plusOnes": 2.0, "validFrom": "2026-06-01T16:00:00Z",
		"createdBy": "API (" + account.ClientID + ")", "otherNames": nil,
	} {
		if got[key] != want {
			t.Errorf("%s: %v, want %v", key, got[key], want)
		}
	}
	if len(got["barcode"].(string)) != 16 {
		t.Errorf("barcode: %v", got["barcode"])
	}
}

func TestInvalidGuestsAreRefused(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	for name, record := range map[string]map[string]any{
		"id not a GUID":       guest("id", "17"),
		"no event":            guest("eventId", nil),
		"no name":             guest("firstName", nil, "lastName", nil),
		"malformed email":     guest("email", "ada"),
		"wrong type":          guest("plusOnes", "two"),
		"negative":            guest("plusOnes", -1),
		"forbidden tag":       guest("tags", "100%"),
		"bad date":            guest("validTo", "yesterday"),
		"template no GUID":    guest("commsTemplateId", "invite"),
		"template, no email":  invited("email", nil),
		"template, null mail": with(invited(), "email", any(nil)),
	} {
		if got := c.create(record); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	c.call(http.MethodPost, guestPath, "{").want(http.StatusBadRequest)
	c.wantBooks(0, 0)
}

func TestForeignEventIsNotFound(t *testing.T) {
	t.Parallel()
	stranger := sandbox.OtherAccount()
	c := openWith(t, sandbox.Options{Others: []sandbox.Credentials{stranger}})
	c.signIn()
	c.create(guest("eventId", stranger.EventID)).want(http.StatusNotFound)
	c.create(guest("eventId", "e0000000-0000-4000-8000-00000000dead")).want(http.StatusNotFound)
	c.create(guest("commsTemplateId", stranger.TemplateID)).want(http.StatusNotFound)
	c.call(http.MethodGet, "/checkin/v1/api/guests/"+stranger.EventID, nil).want(http.StatusNotFound)
}

func TestBulkUpsertsUpTo200(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	var records []map[string]any
	for i := range 201 {
		records = append(records, guest("firstName", fmt.Sprintf("Guest %d", i)))
	}
	c.bulk(records...).want(http.StatusBadRequest)
	c.wantBooks(0, 0)
	if got := c.bulk(records[:200]...).want(http.StatusOK).list(); len(got) != 200 {
		t.Fatalf("%d records answered", len(got))
	}
	got := c.bulk(with(records[0], "firstName", "Changed")).want(http.StatusOK).list()
	if got[0].(map[string]any)["firstName"] != "Changed" {
		t.Fatalf("upsert answered %v", got[0])
	}
	c.wantBooks(200, 0)
}

func TestPlanLimitCountsGuestsPerMonth(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.PlanLimit = 2; sw.AccessTokenSeconds = 1 << 30 })
	c.signIn()
	first := guest()
	c.create(first).want(http.StatusOK)
	c.create(guest()).want(http.StatusOK)
	c.create(guest()).want(http.StatusForbidden)
	c.bulk(guest()).want(http.StatusForbidden)
	c.create(first).want(http.StatusOK) // a repeat adds no guest
	c.bulk(first).want(http.StatusOK)
	c.clock.Step(31 * 24 * time.Hour)
	c.create(guest()).want(http.StatusOK)
	c.wantBooks(3, 0)
}

func TestGuestListIsOnePage(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.PageSize = 2 })
	for range 3 {
		c.create(guest()).want(http.StatusOK)
	}
	if got := c.call(http.MethodGet, bulkPath, nil).want(http.StatusOK).list(); len(got) != 2 {
		t.Fatalf("%d guests on the page", len(got))
	}
}

func TestEventIDsAreTheServers(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	record := map[string]any{
		"title": "Gala", "startTime": "2026-06-01T18:00:00", "endTime": "2026-06-01T23:00:00", "timeZoneId": "Europe/London",
	}
	made := c.call(http.MethodPost, "/checkin/v1/api/event", record).want(http.StatusOK).json()
	c.create(guest("eventId", made["id"])).want(http.StatusOK)
	delete(record, "timeZoneId")
	c.call(http.MethodPost, "/checkin/v1/api/event", record).want(http.StatusBadRequest)
}

func TestGatewayRefusalsDiffer(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	r := c.request(http.MethodPost, guestPath, guest())
	r.Header.Del(sandbox.DefaultKeyHeader)
	if got := c.do(r).want(http.StatusUnauthorized).json(); !strings.Contains(got["message"].(string),
		"missing subscription key") {
		t.Errorf("missing key: %v", got)
	}
	r = c.request(http.MethodPost, guestPath, guest())
	r.Header.Set(sandbox.DefaultKeyHeader, "00000000000000000000000000000000")
	if got := c.do(r).want(http.StatusUnauthorized).json(); !strings.Contains(got["message"].(string),
		"invalid subscription key") {
		t.Errorf("wrong key: %v", got)
	}
	r = c.request(http.MethodPost, guestPath, guest())
	r.Header.Set("Authorization", "Bearer nonsense")
	if got := c.do(r).want(http.StatusUnauthorized); got.body != "" {
		t.Errorf("bad bearer: %q", got.body)
	}
}

func TestFlatLayoutAndOtherKeyHeader(t *testing.T) {
	t.Parallel()
	c := openWith(t, sandbox.Options{Layout: sandbox.LayoutFlat, KeyHeader: sandbox.IntegratorKeyName})
	c.signIn()
	r := c.request(http.MethodPost, "/api/guest", invited())
	r.Header.Set(sandbox.IntegratorKeyName, c.key)
	c.do(r).want(http.StatusOK)
	c.create(guest()).want(http.StatusNotFound)
	c.wantBooks(1, 1)
}

func TestCheckInIsKeptUnlessAnUpsertResetsIt(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	record := guest()
	c.create(record).want(http.StatusOK)
	c.call(http.MethodPost, "/checkin/v1/api/guest/checkin", map[string]any{"id": record["id"]}).want(http.StatusOK)
	admitted := func() any { return c.bulk(record).want(http.StatusOK).list()[0].(map[string]any)["admitted"] }
	if admitted() == nil {
		t.Error("an upsert reset the check-in by default")
	}
	c.adjust(func(sw *sandbox.Switches) { sw.UpsertResetsCheckIn = true })
	if admitted() != nil {
		t.Error("the switch did not reset the check-in")
	}
}

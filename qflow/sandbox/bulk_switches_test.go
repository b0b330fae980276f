package sandbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

var bulkBehaviours = map[string]map[string]func(*client){
	"bulk_partial": {
		"reject_all":    oneBadRow(http.StatusBadRequest, 0),
		"keep_good_400": oneBadRow(http.StatusBadRequest, 2),
		"per_row_200":   oneBadRow(http.StatusOK, 2),
		"per_row_207":   oneBadRow(http.StatusMultiStatus, 2),
	},
	"bulk_body": {
		"array": bulkBody(func(body string) bool { return strings.HasPrefix(body, "[{") }),
		"object": bulkBody(func(body string) bool {
			return strings.HasPrefix(body, "{") &&
				strings.Contains(body, `"guests":[`)
		}),
		"empty":    bulkBody(func(body string) bool { return body == "" }),
		"not_json": bulkBody(func(body string) bool { return body == "OK" }),
	},
	"bulk_status": {
		"200": func(c *client) { c.bulk(guest()).want(http.StatusOK) },
		"201": func(c *client) { c.bulk(guest()).want(http.StatusCreated) },
		"204": func(c *client) {
			if got := c.bulk(guest()).want(http.StatusNoContent); got.body != "" {
				c.t.Errorf("204 with body %q", got.body)
			}
			c.wantBooks(1, 0)
		},
	},
	"bulk_rows": {
		"status":      badRowTold(`"index":1,`, `"status":400`, `"status":200`),
		"success":     badRowTold(`"success":false`, `"success":true`),
		"errors_only": badRowTold(`{"created":1,"errors":[{"index":1,`),
	},
	"bulk_template": {
		"ignored":  func(c *client) { c.bulk(invited()).want(http.StatusOK); c.wantBooks(1, 0) },
		"rejected": func(c *client) { c.bulk(invited()).want(http.StatusBadRequest); c.wantBooks(0, 0) },
	},
	"bulk_omitted": {
		"keeps":  infoAfter(nil, "Window seat"),
		"clears": infoAfter(nil, ""),
	},
	"bulk_null": {
		"clears": infoAfter(map[string]any{"additionalInfo": nil}, ""),
		"keeps":  infoAfter(map[string]any{"additionalInfo": nil}, "Window seat"),
	},
	"bulk_match": {
		"id":      sameBarcodeOtherID(2),
		"barcode": sameBarcodeOtherID(1),
	},
	"bulk_over_plan": {
		"refuse_all":      overPlan(0),
		"keep_until_full": overPlan(2),
	},
}

func oneBadRow(status, kept int) func(*client) {
	return func(c *client) {
		got := c.bulk(guest(), guest("email", "nonsense"), guest()).want(status)
		c.wantBooks(kept, 0)
		if status == http.StatusBadRequest {
			return
		}
		for i, want := range []float64{200, 400, 200} {
			if row := got.list()[i].(map[string]any); row["status"] != want {
				c.t.Errorf("row %d: %v", i, row)
			}
		}
	}
}

func badRowTold(parts ...string) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.BulkPartial = "per_row_207" })
		got := c.bulk(guest(), guest("email", "nonsense")).want(http.StatusMultiStatus)
		for _, part := range parts {
			if !strings.Contains(got.body, part) {
				c.t.Errorf("no %s in %s", part, got.body)
			}
		}
	}
}

func TestABarcodeTwiceInOneBulkCallIsADuplicateToo(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.DuplicateBarcode, sw.BulkPartial = "409", "per_row_200" })
	got := c.bulk(guest("barcode", "GALA01"), guest("barcode", "GALA01")).want(http.StatusOK).list()
	if status := got[1].(map[string]any)["status"]; status != 409.0 {
		t.Fatalf("second row: %v", got[1])
	}
	c.wantBooks(1, 0)
}

func bulkBody(fits func(string) bool) func(*client) {
	return func(c *client) {
		if got := c.bulk(guest()).want(http.StatusOK); !fits(got.body) {
			c.t.Errorf("body %q", got.body)
		}
		c.wantBooks(1, 0)
	}
}

func infoAfter(changes map[string]any, want string) func(*client) {
	return func(c *client) {
		record := guest("additionalInfo", "Window seat")
		c.bulk(record).want(http.StatusOK)
		again := guest("id", record["id"])
		for key, value := range changes {
			again = with(again, key, value)
		}
		c.bulk(again).want(http.StatusOK)
		if got := c.box.History().GuestList[0].AdditionalInfo; got != want {
			c.t.Errorf("additionalInfo %q, want %q", got, want)
		}
	}
}

func sameBarcodeOtherID(guests int) func(*client) {
	return func(c *client) {
		c.bulk(guest("barcode", "GALA01")).want(http.StatusOK)
		c.bulk(guest("barcode", "GALA01", "firstName", "Grace")).want(http.StatusOK)
		c.wantBooks(guests, 0)
	}
}

func overPlan(kept int) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.PlanLimit = 2 })
		c.bulk(guest(), guest(), guest()).want(http.StatusForbidden)
		c.wantBooks(kept, 0)
	}
}

func TestUpsertsAndRepeatsCountTowardThePlanOnlyWhenSwitched(t *testing.T) {
	t.Parallel()
	for _, counts := range []bool{false, true} {
		t.Run(strconv.FormatBool(counts), func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, func(sw *sandbox.Switches) { sw.UpsertUsesPlan, sw.RepeatUsesPlan = counts, counts })
			record := guest()
			c.create(record).want(http.StatusOK)
			c.create(record).want(http.StatusOK)
			c.bulk(record).want(http.StatusOK)
			want := 1
			if counts {
				want = 3
			}
			if used := c.box.Summary().PlanUsed; used != want {
				t.Fatalf("%d of the plan used, want %d", used, want)
			}
		})
	}
}

package sandbox_test

import (
	"net/http"
	"strings"
)

var wireBehaviours = map[string]map[string]func(*client){
	"error_shape": {
		"error":     errorShape(func(got answer) bool { return got.json()["error"] == "comms_api_not_enabled" }),
		"code":      errorShape(func(got answer) bool { return got.json()["code"] == "comms_api_not_enabled" }),
		"errorCode": errorShape(func(got answer) bool { return got.json()["errorCode"] == "comms_api_not_enabled" }),
		"pascal":    errorShape(func(got answer) bool { return got.json()["ErrorCode"] == "comms_api_not_enabled" }),
		"nested": errorShape(func(got answer) bool {
			return got.json()["error"].(map[string]any)["code"] == "comms_api_not_enabled"
		}),
		"text": errorShape(func(got answer) bool { return strings.HasPrefix(got.body, "comms_api_not_enabled: ") }),
		"problem": errorShape(func(got answer) bool {
			return got.header.Get("Content-Type") == "application/problem+json" && got.json()["title"] == "comms_api_not_enabled"
		}),
	},
	"date_parsing": {
		"any_iso":  dateAccepted("2026-06-01T18:00:00", http.StatusOK),
		"utc_only": dateAccepted("2026-06-01T18:00:00", http.StatusBadRequest),
	},
	"date_format": {
		"z":      dateBecomes("2026-06-01T18:00:00Z"),
		"offset": dateBecomes("2026-06-01T18:00:00+00:00"),
		"naive":  dateBecomes("2026-06-01T18:00:00"),
	},
	"empty_fields": {
		"null":    emptyFields(true),
		"omitted": emptyFields(false),
	},
}

func errorShape(fits func(answer) bool) func(*client) {
	return func(c *client) {
		noComms(c)
		if got := c.create(invited()).want(http.StatusForbidden); !fits(got) {
			c.t.Errorf("403: %q", got.body)
		}
	}
}

func dateAccepted(date string, status int) func(*client) {
	return func(c *client) {
		c.create(guest("validFrom", "2026-06-01T18:00:00Z")).want(http.StatusOK)
		c.create(guest("validFrom", date)).want(status)
	}
}

func dateBecomes(want string) func(*client) {
	return func(c *client) {
		if got := c.create(guest("validFrom", "2026-06-01T18:00:00Z")).want(http.StatusOK).json()["validFrom"]; got != want {
			c.t.Errorf("validFrom %v, want %s", got, want)
		}
	}
}

func emptyFields(present bool) func(*client) {
	return func(c *client) {
		if _, there := c.create(guest()).want(http.StatusOK).json()["tags"]; there != present {
			c.t.Errorf("empty tags present: %v", there)
		}
	}
}

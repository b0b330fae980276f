package sandbox_test

import (
	"maps"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

// behaviours are what each value of each text switch must bring about: switch -> value -> proof. Every value of every
// switch must have one, so that no test elsewhere relies on a switch that does nothing.
func behaviours() map[string]map[string]func(*client) {
	all := map[string]map[string]func(*client){}
	for _, group := range []map[string]map[string]func(*client){
		guestBehaviours, bulkBehaviours, commsBehaviours, webhookBehaviours, edgeBehaviours, wireBehaviours,
	} {
		maps.Copy(all, group)
	}
	return all
}

func TestEveryValueOfEverySwitchDoesWhatItSays(t *testing.T) {
	t.Parallel()
	proofs := behaviours()
	for name, choices := range sandbox.Choices() {
		for _, value := range choices {
			t.Run(name+"/"+value, func(t *testing.T) {
				t.Parallel()
				prove := proofs[name][value]
				if prove == nil {
					t.Fatalf("no proof of %s=%s", name, value)
				}
				c := signedIn(t, nil)
				admin := sandbox.Admin{URL: c.url, HTTP: c.http}
				if _, err := admin.Patch(t.Context(), map[string]any{name: value}); err != nil {
					t.Fatal(err)
				}
				prove(c)
			})
		}
	}
}

func TestDefaultsAreTheFirstChoices(t *testing.T) {
	t.Parallel()
	sw := sandbox.DefaultSwitches()
	if !sw.Trusted || !sw.CommsEnabled || sw.RowOnTrust403 != "kept" || sw.BulkPartial != "reject_all" ||
		sw.ZonePerMinute != 1000 {
		t.Fatalf("defaults: %+v", sw)
	}
}

func TestUnknownSwitchesAndValuesAreRefused(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	admin := sandbox.Admin{URL: c.url, HTTP: c.http}
	for _, changes := range []map[string]any{{"trustd": false}, {"bulk_body": "xml"}, {"plan_limit": "many"}} {
		if _, err := admin.Patch(t.Context(), changes); err == nil {
			t.Errorf("%v was accepted", changes)
		}
	}
	if err := c.box.Adjust(func(sw *sandbox.Switches) { sw.BulkBody = "xml" }); err == nil ||
		!strings.Contains(err.Error(), "bulk_body") {
		t.Errorf("the error does not name the switch: %v", err)
	}
	if sw := c.box.Switches(); sw != sandbox.DefaultSwitches() {
		t.Error("a refused change left traces")
	}
}

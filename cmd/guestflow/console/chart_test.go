package console_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/worker/budget"
)

func TestTheChartDrawsALimitOnlyWhereItIsOnRecord(t *testing.T) {
	t.Parallel()
	limit := regexp.MustCompile(`class="limit" d="([^"]*)"`)
	for _, c := range []struct {
		recorded string // a minute each
		pieces   int    // of a line
	}{{"...x", 1}, {"x..x", 2}, {".xx.x.", 2}, {"xxxx", 1}} {
		var history []budget.Minute
		for n, mark := range c.recorded {
			m := budget.Minute{At: time.Unix(int64(n)*60, 0), APILimit: 1000}
			if m.Recorded = mark == 'x'; m.Recorded {
				m.Calls = 10
			}
			history = append(history, m)
		}
		drawn := limit.FindAllStringSubmatch(console.CallChart(history), -1)
		if len(drawn) != 1 { // emails have no limit
			t.Fatalf("%s: %d limits are drawn", c.recorded, len(drawn))
		}
		if pieces, wide := strings.Count(drawn[0][1], "M"), strings.Count(drawn[0][1], "H"); pieces != c.pieces ||
			wide != strings.Count(c.recorded, "x") {
			t.Errorf("%s: the limit has %d pieces over %d minutes: %s", c.recorded, pieces, wide, drawn[0][1])
		}
	}
}

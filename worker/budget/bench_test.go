package budget_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/worker/budget"
)

// BenchmarkBooking is what one booking costs: under no limit and for an account whose calls went well, as most do;
// under limits so high that no booking waits; and for an account whose retry budget is not full.
func BenchmarkBooking(b *testing.B) {
	for name, c := range map[string]struct {
		limits budget.Limits
		failed bool
	}{
		"no limit":    {},
		"two limits":  {limits: budget.Limits{API: 1e9, Email: 1e9}},
		"some failed": {limits: budget.Limits{API: 1e9, Email: 1e9}, failed: true},
	} {
		b.Run(name, func(b *testing.B) {
			client := redistest.Client(b)
			x := budget.New(client, budget.Config{Egress: "egress", Account: "main", Limits: c.limits})
			for range 50 {
				if err := x.Report(b.Context(), c.failed); err != nil {
					b.Fatal(err)
				}
			}
			before := cpu(b, client)
			for b.Loop() {
				if err := x.Wait(b.Context(), nil, "an import", budget.API, budget.Email); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu(b, client)-before)*1e6/float64(b.N), "µs-Redis/op")
		})
	}
}

// cpu gives the seconds that Redis has computed.
func cpu(b *testing.B, client *redis.Client) (seconds float64) {
	info := client.Info(b.Context(), "cpu").Val()
	for _, field := range []string{"used_cpu_sys:", "used_cpu_user:"} {
		_, rest, _ := strings.Cut(info, field)
		text, _, _ := strings.Cut(rest, "\r")
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			b.Fatal(err)
		}
		seconds += n
	}
	return seconds
}

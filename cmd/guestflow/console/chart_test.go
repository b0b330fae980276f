package console_test

import (
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
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
				m.Calls = 500
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

func TestTheChartOfTheFirstMinutesIsNoEmptyAxis(t *testing.T) {
	t.Parallel()
	var hour []budget.Minute
	for n := range 60 {
		hour = append(hour, budget.Minute{At: time.Unix(int64(n)*60, 0), APILimit: 6000, EmailLimit: 200})
	}
	hour[58].Calls, hour[58].Emails, hour[58].Recorded = 100, 90, true
	drawn := console.CallChart(hour)
	for _, want := range []string{">00:50<", ">00:59<", "the limit 6,000.", ">200<", `height="70.0"`} {
		if !strings.Contains(drawn, want) {
			t.Errorf("it has no %s: %s", want, drawn)
		}
	}
	if strings.Count(drawn, `class="limit"`) != 1 {
		t.Errorf("the limit that is near is not drawn alone: %s", drawn)
	}
	hour[10].Calls = 1
	if drawn = console.CallChart(hour); !strings.Contains(drawn, ">00:09<") {
		t.Errorf("it begins elsewhere: %s", drawn)
	}
}

// Readers who see no red and green tell states by lightness, by blue and yellow, and by patterns. Labels are beside
// them all the same.
func TestNoTwoStatesLookAlikeWithoutRedAndGreen(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme: dark")
	colour := regexp.MustCompile(`--s-([a-z-]+): #([0-9a-f]{6})`)
	themes := map[string]map[string]string{"light": {}, "dark": {}}
	for _, found := range colour.FindAllStringSubmatch(light, -1) {
		themes["light"][found[1]], themes["dark"][found[1]] = found[2], found[2]
	}
	for _, found := range colour.FindAllStringSubmatch(dark, -1) {
		themes["dark"][found[1]] = found[2]
	}
	for theme, colours := range themes {
		states := slices.Sorted(maps.Keys(colours))
		if len(states) < 18 {
			t.Fatalf("%s: %v", theme, states)
		}
		for i, a := range states {
			for _, b := range states[i+1:] {
				if console.Patterns[a] == console.Patterns[b] && apart(colours[a], colours[b]) < 12 {
					t.Errorf("%s: %s and %s look alike: %.1f", theme, a, b, apart(colours[a], colours[b]))
				}
			}
		}
	}
	for state, pattern := range console.Patterns {
		if !strings.Contains(string(css), ".dot.s-"+state) {
			t.Errorf("%s has no %s in a legend", state, pattern)
		}
	}
}

// apart is how far two colours are from each other for an eye without the cones of green (Machado and others 2009), in
// CIE Lab.
func apart(a, b string) float64 {
	one, other := seen(a), seen(b)
	return math.Hypot(math.Hypot(one[0]-other[0], one[1]-other[1]), one[2]-other[2])
}

func seen(hex string) (lab [3]float64) {
	var c [3]float64
	for i := range c {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if v := float64(n) / 255; v <= .04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+.055)/1.055, 2.4)
		}
	}
	mix := func(m [3][3]float64, c [3]float64) (out [3]float64) {
		for i := range m {
			out[i] = max(0, m[i][0]*c[0]+m[i][1]*c[1]+m[i][2]*c[2])
		}
		return out
	}
	c = mix([3][3]float64{{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}}, c)
	xyz := mix([3][3]float64{{.4124, .3576, .1805}, {.2126, .7152, .0722}, {.0193, .1192, .9505}}, c)
	for i, white := range [3]float64{.9505, 1, 1.089} {
		xyz[i] = math.Cbrt(xyz[i] / white)
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

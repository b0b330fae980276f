package console

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"guestflow/cmd/guestflow/console/lang"
	"guestflow/importer/advice"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
)

// bar draws an import's states as one bar. Every page has the numbers in words too, and states that a reader without
// red and green would take for each other have patterns (layout.html, style.css).
func bar(shares []advice.Share, l *lang.Language) template.HTML {
	var b strings.Builder
	total := 0
	for _, s := range shares {
		total += s.Rows
	}
	fmt.Fprintf(&b, `<svg class="bar" role="img" aria-label="%s">`, template.HTMLEscapeString(sharesText(shares, l)))
	x := 0
	percent := func(n int) float64 { return 100 * float64(n) / float64(max(total, 1)) }
	for _, s := range shares {
		patterned(&b, s.Class(), fmt.Sprintf(`<rect %%s x="%.3f%%%%" width="%.3f%%%%" height="100%%%%"/>`,
			percent(x), percent(s.Rows)))
		x += s.Rows
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers and the names of states
}

// patterns are those of states, by class.
var patterns = map[string]string{
	"rejected": "slashes", "refused": "backslashes", "undeliverable": "bars", "unknown": "crosses", "exhausted": "grid",
	"parked": "dots", "parked-tried": "rings", "cancelled": "lines", "filtered": "dashes", "suppressed": "grid",
	"created": "dashes", "sending": "bars", "released": "dots",
}

// patterned draws a shape in the colour of a class, and its pattern over it. The shape has one place, for its fill.
func patterned(b *strings.Builder, class, shape string) {
	fmt.Fprintf(b, shape, `class="s-`+class+`"`)
	if pattern := patterns[class]; pattern != "" {
		fmt.Fprintf(b, shape, `fill="url(#p-`+pattern+`)"`)
	}
}

// sharesText lists the states that have rows, with their numbers.
func sharesText(list []advice.Share, l *lang.Language) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, l.Printer.Sprintf("%d %s", s.Rows, l.Text(s.Name)))
	}
	return strings.Join(parts, ", ")
}

// The size of a chart's plot; the browser stretches it to the width that there is, and its texts stand beside it.
const (
	chartWidth  = 960
	chartHeight = 140
)

// stateChart draws the states of an import over time, stacked: at the bottom what has succeeded, at the top what is
// open.
func stateChart(moments []history.Moment, l *lang.Language) template.HTML {
	if len(moments) < 2 || moments[len(moments)-1].At.Sub(moments[0].At) < minChart {
		return ""
	}
	moments = downsample(moments)
	first, last := moments[0], moments[len(moments)-1]
	total := 0
	for _, m := range moments {
		total = max(total, m.Counts.Total())
	}
	x := func(at time.Time) float64 {
		return chartWidth * at.Sub(first.At).Seconds() / max(last.At.Sub(first.At).Seconds(), 1)
	}
	y := func(n int) float64 { return chartHeight * (1 - float64(n)/float64(max(total, 1))) }
	var b strings.Builder
	beginChart(&b, l.Text("States over time; at the end")+" "+sharesText(advice.Shares(last.Counts, false), l)+". "+
		l.Text("It begins and ends"))
	grid(&b)
	below := make([]int, len(moments))
	for _, s := range stacked() {
		area(&b, s, l.Text(s.String()), moments, below, x, y)
	}
	endChart(&b, total, first.At, last.At, l)
	return template.HTML(b.String()) // numbers, times and the names of states
}

// minChart is how long an import has to take for a chart: of less than that, the bar shows all.
const minChart = 15 * time.Second

// sinceStart is a history that begins where its import did, before anything had become of its rows.
func sinceStart(imp ledger.Import, moments []history.Moment) []history.Moment {
	if len(moments) == 0 || !moments[0].At.After(imp.Started) {
		return moments
	}
	start := history.Moment{At: imp.Started}
	start.Counts[ledger.New] = imp.Rows
	return append([]history.Moment{start}, moments...)
}

// maxPoints is how many points a chart has: it is drawn each second while a page is open.
const maxPoints = 120

// downsample keeps the first and the last point, and evenly spaced ones between.
func downsample(moments []history.Moment) []history.Moment {
	step := (len(moments) + maxPoints - 1) / maxPoints
	var kept []history.Moment
	for i := 0; i < len(moments)-1; i += step {
		kept = append(kept, moments[i])
	}
	return append(kept, moments[len(moments)-1])
}

// stacked are the states from the bottom up.
func stacked() []ledger.State {
	good := slices.DeleteFunc(ledger.AllStates(), func(s ledger.State) bool { return !s.Succeeded() })
	wrong := slices.DeleteFunc(ledger.AllStates(), func(s ledger.State) bool { return !s.NeedsAttention() })
	decided := slices.DeleteFunc(ledger.AllStates(), func(s ledger.State) bool { return !s.Decided() })
	open := slices.DeleteFunc(ledger.AllStates(), func(s ledger.State) bool { return s.Class() != ledger.Open })
	return slices.Concat(good, wrong, decided, open)
}

// area draws one state on top of those below, and adds it to them.
func area(b *strings.Builder, s ledger.State, name string, moments []history.Moment, below []int,
	x func(time.Time) float64,
	y func(int) float64) {
	var up, down strings.Builder
	drawn := false
	for i, m := range moments {
		drawn = drawn || m.Counts[s] > 0
		fmt.Fprintf(&up, "%.1f,%.1f ", x(m.At), y(below[i]+m.Counts[s]))
	}
	for i, m := range slices.Backward(moments) {
		fmt.Fprintf(&down, "%.1f,%.1f ", x(m.At), y(below[i]))
	}
	for i, m := range moments {
		below[i] += m.Counts[s]
	}
	if drawn {
		patterned(b, s.String(), fmt.Sprintf(`<polygon %%s points="%s%s"><title>%s</title></polygon>`, up.String(),
			strings.TrimSpace(down.String()), template.HTMLEscapeString(name)))
	}
}

// minMinutes is how many minutes a chart of calls has at least.
const minMinutes = 10

// sinceFirstCall leaves the minutes out before the first call, so that the first day is no empty axis.
func sinceFirstCall(moments []budget.Minute) []budget.Minute {
	first := slices.IndexFunc(moments, func(m budget.Minute) bool { return m.Calls > 0 })
	return moments[max(0, min(first-1, len(moments)-minMinutes)):]
}

// scaleOf is the number at the top of a chart of calls, and the limits that are far above it: in their scale nothing
// would be seen.
func scaleOf(moments []budget.Minute) (most int, above []int) {
	limits := []int{0, 0}
	for _, m := range moments {
		if most = max(most, m.Calls, m.Emails, 1); m.Recorded {
			limits[0], limits[1] = max(limits[0], m.APILimit), max(limits[1], m.EmailLimit)
		}
	}
	used := most
	for _, limit := range limits {
		if limit > 4*used {
			above = append(above, limit)
		} else {
			most = max(most, limit)
		}
	}
	return most, above
}

func limitsText(limits []int, l *lang.Language) string {
	if len(limits) == 1 {
		return l.Sprintf("the limit %d", limits[0])
	}
	return l.Sprintf("the limits %d and %d", limits[0], limits[1])
}

// callChart draws the calls and emails of each minute, and the limits.
func callChart(moments []budget.Minute, l *lang.Language) template.HTML {
	calls, sends := 0, 0
	for _, m := range moments {
		calls, sends = calls+m.Calls, sends+m.Emails
	}
	if calls == 0 {
		return ""
	}
	moments = sinceFirstCall(moments)
	most, above := scaleOf(moments)
	wide := chartWidth / float64(len(moments))
	x := func(i int) float64 { return wide * float64(i) }
	y := func(n int) float64 { return chartHeight * (1 - float64(n)/float64(most)) }
	var b strings.Builder
	beginChart(&b, l.Sprintf("Calls a minute over the last %s: %s, %d of them emails. It begins and ends",
		counting(len(moments), "minute"), counting(calls, "call"), sends))
	grid(&b)
	for i, m := range moments {
		for _, column := range []struct {
			class, title string
			n            int
			from         float64
		}{{"calls", "calls", m.Calls, .1}, {"sends", "sends", m.Emails, .5}} {
			if column.n > 0 {
				fmt.Fprintf(&b,
					`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title%s>%s, %d %s</title></rect>`,
					column.class, x(i)+wide*column.from, y(column.n), wide*.4, chartHeight-y(column.n),
					timeAttr(m.At, hour), m.At.UTC().Format(hour.layout), column.n, template.HTMLEscapeString(l.Text(column.title)))
			}
		}
	}
	for _, limit := range []func(budget.Minute) int{func(m budget.Minute) int { return m.APILimit },
		func(m budget.Minute) int { return m.EmailLimit }} {
		steps(&b, moments, func(m budget.Minute) int { // one that is above the chart is named there
			if n := limit(m); n <= most {
				return n
			}
			return 0
		}, x, y)
	}
	endChart(&b, most, moments[0].At, moments[len(moments)-1].At, l)
	if len(above) > 0 {
		fmt.Fprintf(&b, `<p class="hint">%s: %s.</p>`, template.HTMLEscapeString(l.Text("Above the chart")),
			template.HTMLEscapeString(limitsText(above, l)))
	}
	return template.HTML(b.String()) // numbers and times
}

// steps draws a limit over the minutes in which it was recorded, with gaps between: it may have been another one there.
func steps(b *strings.Builder, moments []budget.Minute, limit func(budget.Minute) int, x func(int) float64,
	y func(int) float64) {
	var line strings.Builder
	for i, m := range moments {
		n := limit(m)
		if !m.Recorded || n == 0 {
			continue
		}
		to := "L"
		if i == 0 || !moments[i-1].Recorded || limit(moments[i-1]) == 0 {
			to = "M"
		}
		fmt.Fprintf(&line, "%s%.1f,%.1f H%.1f ", to, x(i), y(n), x(i+1))
	}
	if line.Len() > 0 {
		fmt.Fprintf(b, `<path class="limit" d="%s"/>`, strings.TrimSpace(line.String()))
	}
}

// beginChart opens a chart. Its text for screen readers ends with its first and last time, which the script converts.
func beginChart(b *strings.Builder, label string) {
	fmt.Fprintf(b, `<div class="chart"><svg viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" `+
		`aria-labelledby="chart-about chart-first chart-last"><desc id="chart-about">%s</desc>`,
		chartWidth, chartHeight, template.HTMLEscapeString(label))
}

// grid draws three lines.
func grid(b *strings.Builder) {
	for _, y := range []int{0, chartHeight / 2, chartHeight} {
		fmt.Fprintf(b, `<line class="grid" x1="0" y1="%d" x2="%d" y2="%d"/>`, y, chartWidth, y)
	}
}

// endChart closes a chart, with the numbers of its lines and its first and last time.
func endChart(b *strings.Builder, most int, first, last time.Time, l *lang.Language) {
	b.WriteString(`</svg><div class="scale" aria-hidden="true">`)
	for _, n := range []int{most, most / 2, 0} {
		fmt.Fprintf(b, `<span>%s</span>`, l.Printer.Sprint(n))
	}
	b.WriteString(`</div><div class="times">`)
	timeLabels(b, first, last, l)
	b.WriteString(`</div></div>`)
}

// timeFormat is the format of a chart's times. The script knows it by its name.
type timeFormat struct{ name, layout string }

var (
	second = timeFormat{"second", "15:04:05"}
	hour   = timeFormat{"hour", "15:04"}
	day    = timeFormat{"day", "2 Jan 15:04"}
)

// timeAttr is the attribute by which the script converts a time, where no <time> is possible.
func timeAttr(at time.Time, f timeFormat) string {
	return fmt.Sprintf(` data-at=%q data-form=%q`, rfc3339(at), f.name)
}

// timeLabels writes the first and the last time under a chart.
func timeLabels(b *strings.Builder, first, last time.Time, l *lang.Language) {
	f := hour
	switch span := last.Sub(first); {
	case span > 24*time.Hour:
		f = day
	case span < 5*time.Minute:
		f = second
	}
	for _, at := range []struct {
		id string
		time.Time
	}{{"chart-first", first}, {"chart-last", last}} {
		fmt.Fprintf(b, `<span id="%s"%s>%s</span>`, at.id, timeAttr(at.Time, f), at.UTC().Format(l.Text(f.layout)))
	}
}

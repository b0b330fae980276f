package console

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"guestflow/importer/advice"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
)

// bar draws an import's states as one bar. Every page has the numbers in words too, so colours are no information by
// themselves.
func bar(shares []advice.Share) template.HTML {
	var b strings.Builder
	total := 0
	for _, s := range shares {
		total += s.Rows
	}
	fmt.Fprintf(&b, `<svg class="bar" viewBox="0 0 %d 10" preserveAspectRatio="none" role="img" aria-label="%s">`,
		max(total, 1), sharesText(shares))
	x := 0
	for _, s := range shares {
		fmt.Fprintf(&b, `<rect class="s-%s" x="%d" y="0" width="%d" height="10"/>`, s.Class(), x, s.Rows)
		x += s.Rows
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers and the names of states
}

// countsText lists the states that have rows, with their numbers.
func countsText(c ledger.Counts) string { return sharesText(advice.Shares(c, false)) }

func sharesText(list []advice.Share) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, english.Sprintf("%d %s", s.Rows, s.Name))
	}
	return strings.Join(parts, ", ")
}

// The size of a chart's plot; the browser scales it.
const (
	chartWidth  = 960
	chartHeight = 140
	chartFoot   = 22 // for the times
	chartSide   = 52 // for the numbers
)

// stateChart draws the states of an import over time, stacked: at the bottom what has succeeded, at the top what is
// open.
func stateChart(moments []history.Moment) template.HTML {
	if len(moments) < 2 {
		return ""
	}
	moments = downsample(moments)
	first, last := moments[0], moments[len(moments)-1]
	total := 0
	for _, m := range moments {
		total = max(total, m.Counts.Total())
	}
	x := func(at time.Time) float64 {
		return chartSide + float64(chartWidth-chartSide)*at.Sub(first.At).Seconds()/max(last.At.Sub(first.At).Seconds(),
			1)
	}
	y := func(n int) float64 { return chartHeight * (1 - float64(n)/float64(max(total, 1))) }
	var b strings.Builder
	beginChart(&b, fmt.Sprintf("States over time; at the end %s. It begins and ends", countsText(last.Counts)))
	grid(&b, total)
	below := make([]int, len(moments))
	for _, s := range stacked() {
		area(&b, s, moments, below, x, y)
	}
	timeLabels(&b, first.At, last.At)
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers, times and the names of states
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
func area(b *strings.Builder, s ledger.State, moments []history.Moment, below []int, x func(time.Time) float64,
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
		fmt.Fprintf(b, `<polygon class="s-%s" points="%s%s"><title>%s</title></polygon>`, s, up.String(),
			strings.TrimSpace(down.String()), s)
	}
}

// callChart draws the calls and emails of each minute, and the limits.
func callChart(moments []budget.Minute) template.HTML {
	most, calls, sends := 1, 0, 0
	for _, m := range moments {
		if most = max(most, m.Calls, m.Emails); m.Recorded {
			most = max(most, m.APILimit, m.EmailLimit)
		}
		calls, sends = calls+m.Calls, sends+m.Emails
	}
	if calls == 0 {
		return ""
	}
	wide := float64(chartWidth-chartSide) / float64(len(moments))
	x := func(i int) float64 { return chartSide + wide*float64(i) }
	y := func(n int) float64 { return chartHeight * (1 - float64(n)/float64(most)) }
	var b strings.Builder
	beginChart(&b, english.Sprintf("Calls a minute over the last %s: %s, %d of them emails. It begins and ends",
		counting(len(moments), "minute"), counting(calls, "call"), sends))
	grid(&b, most)
	for i, m := range moments {
		for _, column := range []struct {
			class string
			n     int
		}{{"calls", m.Calls}, {"sends", m.Emails}} {
			if column.n > 0 {
				fmt.Fprintf(&b,
					`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title%s>%s, %d %s</title></rect>`,
					column.class, x(i)+wide*.1, y(column.n), wide*.8, chartHeight-y(column.n), timeAttr(m.At, hour),
					m.At.UTC().Format(hour.layout), column.n, column.class)
			}
		}
	}
	for _, limit := range []func(budget.Minute) int{func(m budget.Minute) int { return m.APILimit },
		func(m budget.Minute) int { return m.EmailLimit }} {
		steps(&b, moments, limit, x, y)
	}
	timeLabels(&b, moments[0].At, moments[len(moments)-1].At)
	b.WriteString(`</svg>`)
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
	fmt.Fprintf(b,
		`<svg class="chart" viewBox="0 -8 %d %d" role="img" aria-labelledby="chart-about chart-first chart-last"><desc id="chart-about">%s</desc>`,
		chartWidth, chartHeight+chartFoot+8, template.HTMLEscapeString(label))
}

// grid draws three lines with their numbers.
func grid(b *strings.Builder, most int) {
	for _, n := range []int{0, most / 2, most} {
		y := chartHeight * (1 - float64(n)/float64(max(most, 1)))
		fmt.Fprintf(b,
			`<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			chartSide, y, chartWidth, y, chartSide-6, y+4, english.Sprint(n))
	}
}

// timeFormat is the format of a chart's times. The script knows it by its name.
type timeFormat struct{ name, layout string }

var (
	hour = timeFormat{"hour", "15:04"}
	day  = timeFormat{"day", "2 Jan 15:04"}
)

// timeAttr is the attribute by which the script converts a time, where no <time> is possible.
func timeAttr(at time.Time, f timeFormat) string {
	return fmt.Sprintf(` data-at=%q data-form=%q`, rfc3339(at), f.name)
}

// timeLabels writes the first and the last time under a chart.
func timeLabels(b *strings.Builder, first, last time.Time) {
	f := hour
	if last.Sub(first) > 24*time.Hour {
		f = day
	}
	fmt.Fprintf(b, `<text id="chart-first" x="%d" y="%d"%s>%s</text>`, chartSide, chartHeight+chartFoot-4,
		timeAttr(first, f), first.UTC().Format(f.layout))
	fmt.Fprintf(b, `<text id="chart-last" x="%d" y="%d" text-anchor="end"%s>%s</text>`, chartWidth,
		chartHeight+chartFoot-4, timeAttr(last, f), last.UTC().Format(f.layout))
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// line is a row of the table.
type line struct {
	title   string
	latency time.Duration
	of      func(s score, guests int) float64 // 0: it does not apply
	format  string
	less    bool // less is better
}

func perSecond(guests int, took time.Duration) float64 {
	if took == 0 {
		return 0
	}
	return float64(guests) / took.Seconds()
}

func per100k(guests int, cpu time.Duration) float64 { return cpu.Seconds() / float64(guests) * 100_000 }

func lines() []line {
	worked := func(s score, n int) float64 { return perSecond(n, s.worked) }
	const slow = 20 * time.Millisecond
	return []line{
		{title: "import, rows/s", of: func(s score, n int) float64 { return perSecond(n, s.imported) }, format: "%.0f"},
		{title: "guests/s, API 0 ms", of: worked, format: "%.0f"},
		{title: "guests/s, API 20 ms", latency: slow, of: worked, format: "%.0f"},
		{title: "guests/s with the import, API 0 ms", format: "%.0f", of: func(s score, n int) float64 {
			if s.worked == 0 {
				return 0
			}
			return perSecond(n, s.imported+s.worked)
		}},
		{title: "CPU-s per 100,000, all but the API", format: "%.1f", less: true, of: func(s score, n int) float64 {
			if s.worked == 0 {
				return 0
			}
			return per100k(n, s.importerCPU+s.workerCPU+s.redisCPU)
		}},
		{title: "of it the worker", format: "%.1f", less: true,
			of: func(s score, n int) float64 { return per100k(n, s.workerCPU) }},
		{title: "of it the worker, API 20 ms", latency: slow, format: "%.1f", less: true,
			of: func(s score, n int) float64 { return per100k(n, s.workerCPU) }},
		{title: "importer resident, MB", format: "%.0f", less: true,
			of: func(s score, _ int) float64 { return float64(s.importerKB) / 1024 }},
		{title: "script calls a guest", format: "%.2f", less: true,
			of: func(s score, n int) float64 { return float64(s.redis.evals) / float64(n) }},
		{title: "Redis commands a guest, scripts' included", format: "%.1f", less: true,
			of: func(s score, n int) float64 { return float64(s.redis.commands) / float64(n) }},
		{title: "bytes sent to Redis a guest", format: "%.0f", less: true,
			of: func(s score, n int) float64 { return float64(s.redis.bytes) / float64(n) }},
	}
}

// table returns two tables as Markdown: medians, and how many times better guestflow is.
func table(o options, all results, idle map[string]float64) string {
	var b strings.Builder
	names := make([]string, 0, len(all))
	for _, p := range peers(o) {
		names = append(names, p.name)
	}
	fmt.Fprintf(&b, "%d guests a run, %d rounds, %d calls in flight; medians\n\n", o.guests, o.rounds, o.places)
	header(&b, "", names)
	for _, l := range lines() {
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = cell(l.format, median(l.values(all, name, o.guests)))
		}
		row(&b, l.title, cells)
	}
	row(&b, "idle: Redis commands/s", idleCells(names, idle))
	names = slices.DeleteFunc(names, func(name string) bool { return name == nameGuestflow })
	fmt.Fprintf(&b, "\nguestflow, times better: medians of each round's ratio\n\n")
	header(&b, "", names)
	for _, l := range lines() {
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = cell("%.2f", median(l.ratios(all, name, o.guests)))
		}
		row(&b, l.title, cells)
	}
	return b.String()
}

func (l line) values(all results, name string, guests int) (values []float64) {
	for _, s := range all[name][l.latency] {
		values = append(values, l.of(s, guests))
	}
	return values
}

// ratios returns how many times better guestflow was than another in each round; none where one of them has no value.
func (l line) ratios(all results, name string, guests int) (ratios []float64) {
	ours := l.values(all, nameGuestflow, guests)
	for i, theirs := range l.values(all, name, guests) {
		switch {
		case i >= len(ours) || theirs == 0 || ours[i] == 0:
		case l.less:
			ratios = append(ratios, theirs/ours[i])
		default:
			ratios = append(ratios, ours[i]/theirs)
		}
	}
	return ratios
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

func cell(format string, value float64) string {
	if value == 0 {
		return ""
	}
	return fmt.Sprintf(format, value)
}

func idleCells(names []string, idle map[string]float64) []string {
	cells := make([]string, len(names))
	for i, name := range names {
		cells[i] = cell("%.1f", idle[name])
	}
	return cells
}

func header(b *strings.Builder, title string, names []string) {
	row(b, title, names)
	b.WriteString("|---|" + strings.Repeat("---:|", len(names)) + "\n")
}

func row(b *strings.Builder, title string, cells []string) {
	fmt.Fprintf(b, "| %s | %s |\n", title, strings.Join(cells, " | "))
}

// line is a run in short, for who watches.
func (s score) line(guests int) string {
	var parts []string
	if s.imported > 0 {
		parts = append(parts, fmt.Sprintf("%.0f rows/s", perSecond(guests, s.imported)))
	}
	if s.worked > 0 {
		parts = append(parts, fmt.Sprintf("%.0f guests/s, worker %.1f CPU-s per 100,000", perSecond(guests, s.worked),
			per100k(guests, s.workerCPU)))
	}
	return strings.Join(parts, ", ")
}

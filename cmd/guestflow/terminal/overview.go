package terminal

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/tokencache"
	"guestflow/worker/budget"
)

// Overview lays an account out as status --watch shows it.
func Overview(o operate.Overview, width int) []Line {
	lines := heading(o, width)
	if len(o.Running)+len(o.Ended) == 0 {
		lines = append(lines, nil, Line{{"No imports yet.", normal}})
	}
	for _, p := range o.Running {
		lines = append(append(lines, nil), block(p, o, width)...)
		if p.Stall != "" && p.Stall != o.Stall && !p.WaitsForGate() { // otherwise the heading says it
			lines = append(lines, flow(width, span{p.Stall, state(p, o).tone})...)
		}
	}
	for _, i := range o.Ended[:min(len(o.Ended), endedShown)] {
		lines = append(append(lines, nil), block(operate.Progress{Import: i}, o, width)...)
	}
	return lines
}

// endedShown is how many finished imports are shown below the running ones.
const endedShown = 3

// heading is what applies to the whole account, and why nothing moves.
func heading(o operate.Overview, width int) []Line {
	who := span{"sandbox: no real emails", faint}
	if o.Live {
		who = span{"Qflow: real emails", normal}
	}
	lines := flow(width, span{"guestflow " + o.At.Local().Format(time.TimeOnly), strong},
		span{"account " + o.Account, normal}, who)
	if o.SignIn != nil {
		lines = append(lines, flow(width, span{"Sign-in fails: " + o.SignIn.String(), bad})...)
	}
	facts := []span{workers(o.Workers), pace(o.Budget)}
	if o.Token != nil && o.SignIn == nil {
		facts = append(facts, token(*o.Token))
	}
	switch {
	case o.Parked > 0 && len(o.Gates) > 0:
		facts = append(facts, span{fmt.Sprintf("%d parked", o.Parked), waiting})
	case o.Parked > 0:
		facts = append(facts, span{fmt.Sprintf("%d %s", o.Parked, advice.Releasing), moving})
	}
	if len(o.Gates) == 0 {
		facts = append(facts, span{"all gates open", good})
	}
	lines = append(lines, flow(width, facts...)...)
	for _, g := range o.Gates {
		text := fmt.Sprintf("%s closed since %s, next probe %s (%d so far)", g.Name().Title(o.Events),
			g.Since.Local().Format(time.TimeOnly),
			g.NextProbe.Local().Format(time.TimeOnly), g.Probes)
		if meaning := g.Meaning(); !strings.Contains(o.Stall, meaning) {
			text += ": " + meaning
		}
		lines = append(lines, flow(width, span{text, waiting})...)
	}
	if text := o.WaitingFiles.Text(); text != "" {
		lines = append(lines, flow(width, span{text, waiting})...)
	}
	if o.Stall != "" {
		lines = append(lines, flow(width, span{"Nothing moves: " + o.Stall, bad})...)
	}
	return lines
}

func workers(n int) span {
	switch n {
	case 0:
		return span{"no worker", bad}
	case 1:
		return span{"1 worker", normal}
	}
	return span{strconv.Itoa(n) + " workers", normal}
}

func pace(b budget.State) span {
	text := "no limits"
	if b.APILimit > 0 || b.EmailLimit > 0 {
		text = fmt.Sprintf("at most %s calls, %s emails a minute", orAny(b.APILimit), orAny(b.EmailLimit))
	}
	if b.EmailLimit == 0 && b.APILimit > 0 {
		text = fmt.Sprintf("at most %s a minute, the limit of emails is lifted", plural.Of(b.APILimit, "call"))
	}
	if slow := operate.SlowdownText(b); slow != "" {
		return span{text + "; " + slow, waiting}
	}
	if b.Throttle < 1 {
		return span{text + ", pace " + operate.PaceText(b), waiting}
	}
	return span{text, normal}
}

func orAny(limit int) string {
	if limit == 0 {
		return "any"
	}
	return strconv.Itoa(limit)
}

func token(i tokencache.Info) span {
	switch {
	case !i.PausedUntil.IsZero():
		return span{fmt.Sprintf("no new token for %s (%s)", i.PausedUntil.Sub(i.Now).Round(time.Second), i.PauseReason), bad}
	case i.Trouble() != "":
		return span{i.Trouble(), bad}
	case i.State == "fresh":
		return span{fmt.Sprintf("token valid for %s", i.ExpiresAt.Sub(i.Now).Round(time.Second)), good}
	case i.State == "none":
		return span{"no token yet", faint}
	}
	return span{"token " + i.State, waiting}
}

// block is one import: what and how fast, a bar, the same in words.
func block(p operate.Progress, o operate.Overview, width int) []Line {
	lines := flow(width, span{p.ID, strong}, span{filepath.Base(p.Source), normal}, state(p, o))
	lines = append(lines, bar(p.Shares(), p.Counts, width))
	var words []span
	for _, s := range p.Shares() {
		words = append(words, span{fmt.Sprintf("%d %s", s.Rows, s.Name), toneOf(s)})
	}
	return append(lines, flow(width, words...)...)
}

// state says how an import is doing.
func state(p operate.Progress, o operate.Overview) span {
	switch {
	case p.Stopped != "":
		return span{p.Stopped, waiting}
	case p.Done():
		return span{"finished at " + p.Finished.Local().Format(time.TimeOnly), faint}
	case p.Rate >= 1:
		return span{fmt.Sprintf("%.0f a second%s", p.Rate, leftText(p)), good}
	case p.WaitsForGate():
		return span{fmt.Sprintf("waiting for its gate, then about %s", max(p.RemainingParked, time.Second)), waiting}
	case p.WaitsForWindow():
		return span{"waiting for its window, which opens " + p.Window.OpensText(), waiting}
	case o.IsStalled(p):
		return span{"stuck", bad}
	case p.Stall == "" && !p.Gated && p.Counts.Parked() > 0 && p.Counts.Open() == p.Counts.Parked():
		return span{fmt.Sprintf("being released, about %s", max(p.RemainingParked, time.Second)), moving}
	case p.Behind != "":
		return span{"waits behind " + p.Behind, waiting}
	case p.Reading():
		return span{"its file is being read", moving}
	case p.Remaining > 0:
		return span{fmt.Sprintf("not moving yet, about %s at the limits", p.Remaining), waiting}
	}
	return span{"not moving yet", waiting}
}

// leftText is the time that is left of an import that moves, as far as it can be kept: what a gate holds up is not in
// it.
func leftText(p operate.Progress) string {
	switch {
	case p.Gated && p.RemainingParked > 0 && p.Remaining == 0:
		return fmt.Sprintf(", and about %s after the gate opens", p.RemainingParked)
	case p.Gated && p.RemainingParked > 0:
		return fmt.Sprintf(", %s left, and about %s after the gate opens", p.Remaining, p.RemainingParked)
	}
	return fmt.Sprintf(", %s left", cmp.Or(p.Remaining, p.RemainingParked, time.Second))
}

// toneOf returns the tone of a row's state, in the bar and in words.
func toneOf(share advice.Share) tone {
	s := share.State
	switch {
	case share.Name == advice.Releasing:
		return moving
	case s.Succeeded():
		return good
	case s == ledger.Parked || s == ledger.ParkedTried:
		return waiting
	case s.Decided():
		return faint
	case s.Class() == ledger.Open:
		return moving
	}
	return bad
}

// shades distinguish the parts of a bar without colour. Their order is that from the left: settled rows come first.
var shades = []struct {
	tone  tone
	glyph string
}{{good, "█"}, {bad, "▓"}, {faint, "="}, {waiting, "▒"}, {moving, "░"}}

// longestBar is the width beyond which a bar shows nothing more.
const longestBar = 60

// bar draws an import's rows. Every part is at least one cell wide: one refused row in a million must be visible.
func bar(shares []advice.Share, c ledger.Counts, width int) Line {
	share := map[tone]int{}
	for _, s := range shares {
		share[toneOf(s)] += s.Rows
	}
	percent := 100 * (c.Total() - c.Open()) / max(c.Total(), 1)
	cells := max(min(width, longestBar)-len(" 100 %"), 1)
	parts := 0
	for _, rows := range share {
		parts += min(rows, 1)
	}
	left, rows := cells, c.Total()
	var l Line
	for _, s := range shades {
		if share[s.tone] == 0 || left == 0 {
			continue
		}
		parts--
		n := max(min((share[s.tone]*left+rows/2)/rows, left-parts), 1)
		l = append(l, span{strings.Repeat(s.glyph, n), s.tone})
		left, rows = left-n, rows-share[s.tone]
	}
	return append(l, span{fmt.Sprintf(" %d %%", percent), normal})
}

// Ranking lays an account out as top shows it: one line for each import, the fastest first.
func Ranking(o operate.Overview, width int) []Line {
	lines := append(heading(o, width), nil)
	list := slices.Clone(o.Running)
	slices.SortStableFunc(list, func(a, b operate.Progress) int { return cmp.Compare(b.Rate, a.Rate) })
	for _, i := range o.Ended {
		list = append(list, operate.Progress{Import: i})
	}
	wide := len("IMPORT")
	for _, p := range list {
		wide = max(wide, len(p.ID))
	}
	const row = "%-*s  %5s %6s %8s %8s %8s %8s  %-9s  %s%s"
	lines = append(lines, Line{{fmt.Sprintf(row, wide, "IMPORT", "DONE", "PER S", "LEFT", "ROWS", "PARKED", "ATTENTN",
		"STATE", "FILE", ""), strong}})
	for _, p := range list {
		word, t := stateWord(p, o)
		done := fmt.Sprintf("%d%%", 100*p.Settled()/max(p.Rows, 1))
		left, parked := p.Remaining, p.Counts.Parked()
		if p.Releasing { // they go out
			left, parked = left+p.RemainingParked, 0
		}
		if o.IsStalled(p) { // unknown
			left = 0
		}
		text := fmt.Sprintf(row, wide, p.ID, done, number(p.Rate), length(left), strconv.Itoa(p.Rows),
			number(float64(parked)),
			number(float64(p.Counts.Attention())), word, filepath.Base(p.Source), behindText(p))
		lines = append(lines, Line{{text, t}})
	}
	for _, p := range o.Running {
		if o.IsStalled(p) && p.Stall != o.Stall { // otherwise the heading says it
			lines = append(lines, flow(width, span{p.ID + " is stuck: " + p.Stall, bad})...)
		}
	}
	return lines
}

func behindText(p operate.Progress) string {
	if p.Behind == "" {
		return ""
	}
	return ", waits behind " + p.Behind
}

// stateWord is an import's state in a word.
func stateWord(p operate.Progress, o operate.Overview) (string, tone) {
	switch {
	case p.Stopped != "":
		return p.Stopped, faint
	case p.Done():
		return "finished", faint
	case p.Rate >= 1:
		return "moving", good
	case p.WaitsForGate():
		return "parked", waiting
	case o.IsStalled(p):
		return "stuck", bad
	case p.Releasing:
		return "releasing", moving
	case p.Behind != "":
		return "behind", waiting
	}
	return "waiting", waiting
}

func number(n float64) string {
	if n < 1 {
		return "-"
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

func length(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return d.String()
}

// inLines is an overview for a log or a pipe: one line for each running import, or one that says that none is running.
func inLines(o operate.Overview) (lines []string) {
	at := o.At.Local().Format(time.TimeOnly)
	if o.SignIn != nil {
		lines = append(lines, at+"  sign-in fails: "+o.SignIn.String())
	}
	for _, p := range o.Running {
		text := fmt.Sprintf("%s  import %s: %d of %s settled: %s | %s", at, p.ID, p.Settled(), plural.Of(p.Rows, "row"),
			Shares(p.Shares()), state(p, o).text)
		if p.Stall != "" {
			text += " | " + p.Stall
		}
		lines = append(lines, text)
	}
	if text := o.WaitingFiles.Text(); text != "" {
		lines = append(lines, at+"  "+text)
	}
	if len(o.Running) > 0 {
		return lines
	}
	for _, i := range o.Ended[:min(len(o.Ended), 1)] {
		lines = append(lines, fmt.Sprintf("%s  import %s is finished: %s", at, i.ID, Shares(advice.Shares(i.Counts, false))))
	}
	if len(o.Ended) == 0 {
		lines = append(lines, at+"  no imports yet")
	}
	return lines
}

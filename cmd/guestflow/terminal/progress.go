package terminal

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

const (
	LookEvery = 250 * time.Millisecond // between two looks at an import: fast enough for the eye
	lineEvery = 5 * time.Second        // between two lines where there is no terminal
)

// Follow shows an import's progress until it has no open rows: a bar on a terminal, a line every few seconds otherwise,
// nothing with --json.
func Follow(ctx context.Context, a *operate.Account, id string, std Output) (ledger.Import, error) {
	p := &progress{watcher: operate.NewWatcher(a), std: std}
	defer p.end()
	tick := time.NewTicker(LookEvery)
	defer tick.Stop()
	for {
		imp, err := a.Ledger.Import(ctx, id)
		if err != nil && ctx.Err() == nil {
			return imp, err
		}
		if err == nil {
			if p.show(ctx, imp); imp.Done() {
				return imp, nil
			}
		}
		select {
		case <-ctx.Done():
			return imp, fmt.Errorf("follow import %s: %w", id, ctx.Err())
		case <-tick.C:
		}
	}
}

type progress struct {
	watcher *operate.Watcher
	std     Output
	bar     *progressbar.ProgressBar
	line    time.Time // when the last line was printed
	why     string    // the last sentence about why nothing moves

	looked time.Time // when the surroundings of the import were read
	last   operate.Progress
}

// surroundingsEvery is how often gates, queues and other imports are read: more than the import itself.
const surroundingsEvery = time.Second

func (p *progress) show(ctx context.Context, imp ledger.Import) {
	if p.std.JSON {
		return
	}
	settled, shares := operate.Progress{Import: imp}.Settled(), p.look(ctx, imp)
	if file, is := p.std.file(); is {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			p.draw(imp, shares, file, width)
			return
		}
	}
	if time.Since(p.line) >= lineEvery || imp.Done() {
		p.line = time.Now()
		text, why := p.pace(imp)
		if why != "" {
			text = " | " + why
		}
		Printf(p.std.Out, "%s  %d of %s settled: %s%s\n", p.line.Format(time.TimeOnly), settled, plural.Of(imp.Rows, "row"),
			Shares(shares), text)
	}
}

// draw keeps one bar on the terminal's last line. A reason why nothing moves is printed above it, once.
func (p *progress) draw(imp ledger.Import, shares []advice.Share, out *os.File, width int) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(imp.Rows, progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(barWidth),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
	}
	text, why := p.pace(imp)
	if why != p.why {
		p.why = why
		_ = p.bar.Clear()
		Printf(out, "\r%s %s\n", time.Now().Format(time.TimeOnly), cmp.Or(why, "Rows move again."))
	}
	p.bar.Describe(cut(Shares(shares)+text, width-barWidth-30)) // the bar, its percentage and its count
	_ = p.bar.Set(operate.Progress{Import: imp}.Settled())
}

const barWidth = 20

// cut keeps a line from wrapping, which would leave every state of the bar on the terminal.
func cut(s string, width int) string {
	if r := []rune(s); len(r) > max(width, 10) {
		return string(r[:max(width, 10)-1]) + "…"
	}
	return s
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// pace returns the rate and the remaining time, or in a sentence why nothing moves: as status --watch and the console.
func (p *progress) pace(imp ledger.Import) (text, why string) {
	switch {
	case imp.Done() || p.last.ID == "":
		return "", ""
	case p.last.Stall != "":
		return "", p.last.Stall
	case p.last.Behind != "":
		return "", "waits behind " + p.last.Behind
	case p.last.Rate < 1:
		return "", ""
	}
	return fmt.Sprintf(" | %.0f a second%s", p.last.Rate, leftText(p.last)), ""
}

// look reads the surroundings of an import now and then. If they cannot be read, what was known stays.
func (p *progress) look(ctx context.Context, imp ledger.Import) []advice.Share {
	if time.Since(p.looked) >= surroundingsEvery && !imp.Done() {
		if now, err := p.watcher.Progress(ctx, imp.ID); err == nil {
			p.last = now
		}
		p.looked = time.Now()
	}
	return advice.Shares(imp.Counts, p.last.Releasing)
}

// Counts lists the states that have rows.
func Counts(c ledger.Counts) string { return Shares(advice.Shares(c, false)) }

// Shares lists what rows have come to.
func Shares(list []advice.Share) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, fmt.Sprintf("%d %s", s.Rows, s.Name))
	}
	return strings.Join(parts, ", ")
}

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
	"guestflow/importer/ledger"
)

const (
	LookEvery = 250 * time.Millisecond // between two looks at an import: fast enough for the eye
	lineEvery = 5 * time.Second        // between two lines where there is no terminal
)

// Follow shows an import's progress until it has no open rows: a bar on a terminal, a line every few seconds otherwise,
// nothing with --json.
func Follow(ctx context.Context, a *operate.Account, id string, std Output) (ledger.Import, error) {
	p := &progress{account: a, std: std}
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
	account *operate.Account
	std     Output
	bar     *progressbar.ProgressBar
	samples []sample  // of the last rateOver, the oldest first
	line    time.Time // when the last line was printed
	why     string    // the last sentence about why nothing moving
}

// sample is how many rows were settled at a moment.
type sample struct {
	at      time.Time
	settled int
}

// rateOver is the time over which the rate is measured: long enough to be steady, short enough to show that nothing
// moves.
const rateOver = 15 * time.Second

func (p *progress) show(ctx context.Context, imp ledger.Import) {
	if p.std.JSON {
		return
	}
	settled := imp.Rows - imp.Counts.Open()
	p.sample(settled)
	if file, is := p.std.file(); is {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			p.draw(ctx, imp, settled, file, width)
			return
		}
	}
	if time.Since(p.line) >= lineEvery || imp.Done() {
		p.line = time.Now()
		text, why := p.pace(ctx, imp)
		if why != "" {
			text = " | " + why
		}
		Printf(p.std.Out, "%s  %d of %d rows settled: %s%s\n", p.line.Format(time.TimeOnly), settled, imp.Rows, Counts(imp.Counts), text)
	}
}

// draw keeps one bar on the terminal's last line. A reason why nothing moves is printed above it, once.
func (p *progress) draw(ctx context.Context, imp ledger.Import, settled int, out *os.File, width int) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(imp.Rows, progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(barWidth),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
	}
	text, why := p.pace(ctx, imp)
	if why != p.why {
		p.why = why
		_ = p.bar.Clear()
		Printf(out, "\r%s %s\n", time.Now().Format(time.TimeOnly), cmp.Or(why, "Rows move again."))
	}
	p.bar.Describe(cut(Counts(imp.Counts)+text, width-barWidth-30)) // the bar, its percentage and its count
	_ = p.bar.Set(settled)
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

// pace returns the rate and the remaining time, or in a sentence why nothing moves.
func (p *progress) pace(ctx context.Context, imp ledger.Import) (text, why string) {
	if imp.Done() {
		return "", ""
	}
	rate := p.rate()
	if rate < 1 {
		return "", p.account.Stall(ctx, imp)
	}
	left := time.Duration(float64(imp.Counts.Open()) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf(" | %.0f a second, %s left", rate, left), ""
}

func (p *progress) sample(settled int) {
	p.samples = append(p.samples, sample{time.Now(), settled})
	for time.Since(p.samples[0].at) > rateOver {
		p.samples = p.samples[1:]
	}
}

// rate returns settled rows per second.
func (p *progress) rate() float64 {
	oldest, newest := p.samples[0], p.samples[len(p.samples)-1]
	took := newest.at.Sub(oldest.at).Seconds()
	if took == 0 {
		return 0
	}
	return float64(newest.settled-oldest.settled) / took
}

// Counts lists the states that have rows.
func Counts(c ledger.Counts) string {
	var parts []string
	for _, s := range ledger.AllStates() {
		if c[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

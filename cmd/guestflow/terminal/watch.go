package terminal

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// Watcher is the flags of status --watch and top: a live view on a terminal, lines elsewhere, one overview a line with
// --json.
type Watcher struct {
	Every time.Duration `help:"Interval between updates; by default a second, or five without a terminal." placeholder:"TIME"`
	Times int           `help:"End after so many updates; by default when the watched import is finished, or by q or Ctrl-C." placeholder:"N"`
}

// Layout lays an account out for a terminal of some width.
type Layout func(o operate.Overview, width int) []Line

// Show shows the accounts, or only one import until that is finished.
func (w *Watcher) Show(ctx context.Context, std Output, watches []*operate.Watcher, only string, draw Layout) error {
	from := source{watches: watches, only: only}
	seen, err := from.overviews(ctx)
	if err != nil {
		return err
	}
	if !std.JSON {
		if d, is := openDisplay(std); is {
			defer d.close()
			w.live(ctx, from, d, seen, draw)
			return nil
		}
	}
	return w.stream(ctx, from, seen, std)
}

// live draws until the user or the end of the import ends it. While Redis does not answer, the last overview stays.
func (w *Watcher) live(ctx context.Context, from source, d *display, seen []operate.Overview, draw Layout) {
	var trouble error
	for n := 1; ; n++ {
		last, failed := seen, trouble
		d.draw(func(width int) (lines []Line) {
			if failed != nil {
				lines = flow(width, span{"Not up to date: " + operate.Describe(failed), bad})
			}
			for i, o := range last {
				if i > 0 {
					lines = append(lines, nil)
				}
				lines = append(lines, draw(o, width)...)
			}
			return lines
		})
		if n == w.Times || from.finished(seen) || !d.wait(ctx, w.every(time.Second)) {
			return
		}
		var now []operate.Overview
		if now, trouble = from.overviews(ctx); trouble == nil {
			seen = now
		}
	}
}

// stream prints until the import is finished. An interrupt before that is an error: a script must not go on.
func (w *Watcher) stream(ctx context.Context, from source, seen []operate.Overview, std Output) error {
	every := w.every(lineEvery)
	if std.JSON {
		every = w.every(time.Second)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		for _, o := range seen {
			if err := printOverview(o, len(seen) > 1, std); err != nil {
				return err
			}
		}
		if n == w.Times || from.finished(seen) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var err error
		if seen, err = from.overviews(ctx); err != nil {
			return err
		}
	}
}

// printOverview prints an account in lines, which begin with its name if there are several.
func printOverview(o operate.Overview, several bool, std Output) error {
	if std.JSON {
		return std.Encode(o)
	}
	for _, text := range inLines(o) {
		if several {
			text = o.Account + "  " + text
		}
		PrintLine(std.Out, text)
	}
	return nil
}

func (w *Watcher) every(usual time.Duration) time.Duration {
	if w.Every > 0 {
		return w.Every
	}
	return usual
}

// source returns overviews of accounts, or of one import of one.
type source struct {
	watches []*operate.Watcher
	only    string
}

func (s source) overviews(ctx context.Context) ([]operate.Overview, error) {
	seen := make([]operate.Overview, len(s.watches))
	for i, w := range s.watches {
		o, err := w.Overview(ctx)
		if err == nil && s.only != "" {
			err = onlyImport(ctx, w, s.only, &o)
		}
		if err != nil {
			return nil, err
		}
		o.Running, o.Ended, o.Gates = List(o.Running), List(o.Ended), List(o.Gates)
		seen[i] = o
	}
	return seen, nil
}

// onlyImport leaves one import in an overview.
func onlyImport(ctx context.Context, w *operate.Watcher, id string, o *operate.Overview) error {
	p, err := w.Progress(ctx, id)
	if err != nil {
		return err
	}
	o.Running, o.Ended, o.Stall = nil, nil, p.Stall
	if p.Done() {
		o.Ended = []ledger.Import{p.Import}
	} else {
		o.Running = []operate.Progress{p}
	}
	return nil
}

func (s source) finished(seen []operate.Overview) bool {
	return s.only != "" && len(seen[0].Running) == 0
}

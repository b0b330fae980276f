package terminal

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// Watcher is how status --watch and top go on: a picture on a terminal, lines elsewhere, an overview a line with --json.
type Watcher struct {
	Every time.Duration `help:"How often to look; by default every second, or every five where there is no terminal." placeholder:"TIME"`
	Times int           `help:"End after so many looks; by default only when the import that is watched is over, or by q or Ctrl-C." placeholder:"N"`
}

// Layout draws an account as wide as the terminal is.
type Layout func(o operate.Overview, width int) []Line

// Show shows the accounts, or only one import and until that is over.
func (w *Watcher) Show(ctx context.Context, std Output, watches []*operate.Watcher, only string, draw Layout) error {
	look := looker{watches: watches, only: only}
	seen, err := look.at(ctx)
	if err != nil {
		return err
	}
	if !std.JSON {
		if screen, is := onTerminal(std); is {
			defer screen.close()
			w.live(ctx, look, screen, seen, draw)
			return nil
		}
	}
	return w.stream(ctx, look, seen, std)
}

// live draws until somebody or the import ends it. A Redis that blinks leaves the last picture standing.
func (w *Watcher) live(ctx context.Context, look looker, s *screen, seen []operate.Overview, draw Layout) {
	var trouble error
	for n := 1; ; n++ {
		last, failed := seen, trouble
		s.draw(func(width int) (lines []Line) {
			if failed != nil {
				lines = flow(width, span{"It cannot be looked at: " + operate.Describe(failed), bad})
			}
			for i, o := range last {
				if i > 0 {
					lines = append(lines, nil)
				}
				lines = append(lines, draw(o, width)...)
			}
			return lines
		})
		if n == w.Times || look.over(seen) || !s.wait(ctx, w.every(time.Second)) {
			return
		}
		var now []operate.Overview
		if now, trouble = look.at(ctx); trouble == nil {
			seen = now
		}
	}
}

// stream prints until the import is over. An interrupt before that is told: what a script does next would be too early.
func (w *Watcher) stream(ctx context.Context, look looker, seen []operate.Overview, std Output) error {
	every := w.every(lineEvery)
	if std.JSON {
		every = w.every(time.Second)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		for _, o := range seen {
			if err := printed(o, len(seen) > 1, std); err != nil {
				return err
			}
		}
		if n == w.Times || look.over(seen) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var err error
		if seen, err = look.at(ctx); err != nil {
			return err
		}
	}
}

// printed prints an account in lines, which say which one it is where there are several.
func printed(o operate.Overview, several bool, std Output) error {
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

// looker looks at accounts, or at one import of one.
type looker struct {
	watches []*operate.Watcher
	only    string
}

func (l looker) at(ctx context.Context) ([]operate.Overview, error) {
	seen := make([]operate.Overview, len(l.watches))
	for i, w := range l.watches {
		o, err := w.Overview(ctx)
		if err == nil && l.only != "" {
			err = alone(ctx, w, l.only, &o)
		}
		if err != nil {
			return nil, err
		}
		o.Running, o.Ended, o.Gates = NonNil(o.Running), NonNil(o.Ended), NonNil(o.Gates)
		seen[i] = o
	}
	return seen, nil
}

// alone leaves one import in an overview.
func alone(ctx context.Context, w *operate.Watcher, id string, o *operate.Overview) error {
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

func (l looker) over(seen []operate.Overview) bool { return l.only != "" && len(seen[0].Running) == 0 }

// NonNil is a list that is [] in JSON, and not null, when it is empty.
func NonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

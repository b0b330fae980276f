package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// watching is how status --watch and top go on: a picture on a terminal, lines elsewhere, an overview a line with --json.
type watching struct {
	Every time.Duration `help:"How often to look; by default every second, or every five where there is no terminal." placeholder:"TIME"`
	Times int           `help:"End after so many looks; by default only when the import that is watched is over, or by q or Ctrl-C." placeholder:"N"`
}

type topCommand struct{ watching }

// Run shows the account's imports, what moves fastest first.
func (c *topCommand) Run(ctx context.Context, s *settings, std output) error {
	return c.watch(ctx, s, std, "", ranking)
}

// layout draws an account as wide as the terminal is.
type layout func(o operate.Overview, width int) []line

// watch shows the accounts, or only one import and until that is over.
func (c *watching) watch(ctx context.Context, s *settings, std output, only string, draw layout) error {
	do := func(apps []*app) error {
		look := looker{only: only}
		for _, a := range apps {
			if err := a.connect(nil); err != nil { // for the token's health; nothing is asked of Qflow
				return err
			}
			look.watches = append(look.watches, operate.NewWatcher(a.account()))
		}
		seen, err := look.at(ctx)
		if err != nil {
			return err
		}
		if !s.JSON {
			if screen, is := onTerminal(std); is {
				defer screen.close()
				c.live(ctx, look, screen, seen, draw)
				return nil
			}
		}
		return c.stream(ctx, look, seen, s.JSON, std)
	}
	if only != "" {
		return s.withImport(ctx, only, func(a *app) error { return do([]*app{a}) })
	}
	return s.withEach(ctx, func(*settings) bool { return true }, do)
}

// live draws until somebody or the import ends it. A Redis that blinks leaves the last picture standing.
func (c *watching) live(ctx context.Context, look looker, s *screen, seen []operate.Overview, draw layout) {
	var trouble error
	for n := 1; ; n++ {
		last, failed := seen, trouble
		s.draw(func(width int) (lines []line) {
			if failed != nil {
				lines = flow(width, span{"It cannot be looked at: " + describe(failed), bad})
			}
			for i, o := range last {
				if i > 0 {
					lines = append(lines, nil)
				}
				lines = append(lines, draw(o, width)...)
			}
			return lines
		})
		if n == c.Times || look.over(seen) || !s.wait(ctx, c.every(time.Second)) {
			return
		}
		var now []operate.Overview
		if now, trouble = look.at(ctx); trouble == nil {
			seen = now
		}
	}
}

// stream prints until the import is over. An interrupt before that is told: what a script does next would be too early.
func (c *watching) stream(ctx context.Context, look looker, seen []operate.Overview, asJSON bool, std output) error {
	every := c.every(lineEvery)
	if asJSON {
		every = c.every(time.Second)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		for _, o := range seen {
			if err := printed(o, len(seen) > 1, asJSON, std); err != nil {
				return err
			}
		}
		if n == c.Times || look.over(seen) {
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
func printed(o operate.Overview, several, asJSON bool, std output) error {
	if asJSON {
		if err := json.NewEncoder(std.out).Encode(o); err != nil {
			return fmt.Errorf("print the overview: %w", err)
		}
		return nil
	}
	for _, text := range inLines(o) {
		if several {
			text = o.Account + "  " + text
		}
		printLine(std.out, text)
	}
	return nil
}

func (c *watching) every(usual time.Duration) time.Duration {
	if c.Every > 0 {
		return c.Every
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
		o.Running, o.Ended, o.Gates = some(o.Running), some(o.Ended), some(o.Gates)
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

// some is a list that is [] in JSON, and not null, when it is empty.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

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

// watch shows the account, or only one import of it and until that is over.
func (c *watching) watch(ctx context.Context, s *settings, std output, only string, layout func(operate.Overview, int) []line) error {
	return s.withImport(ctx, only, func(a *app) error {
		if err := a.connect(nil); err != nil { // for the token's health; nothing is asked of Qflow
			return err
		}
		look := looker{operate.NewWatch(a.desk()), only}
		o, err := look.at(ctx)
		if err != nil {
			return err
		}
		if !s.JSON {
			if screen, is := onTerminal(std); is {
				defer screen.close()
				c.live(ctx, look, screen, o, layout)
				return nil
			}
		}
		return c.stream(ctx, look, o, s.JSON, std)
	})
}

// live draws until somebody or the import ends it. A Redis that blinks leaves the last picture standing.
func (c *watching) live(ctx context.Context, look looker, s *screen, o operate.Overview, layout func(operate.Overview, int) []line) {
	var trouble error
	for n := 1; ; n++ {
		last, failed := o, trouble
		s.draw(func(width int) []line {
			lines := layout(last, width)
			if failed != nil {
				lines = append(flow(width, span{"It cannot be looked at: " + describe(failed), bad}), lines...)
			}
			return lines
		})
		if n == c.Times || look.over(o) || !s.wait(ctx, c.every(time.Second)) {
			return
		}
		var seen operate.Overview
		if seen, trouble = look.at(ctx); trouble == nil {
			o = seen
		}
	}
}

// stream prints until the import is over. An interrupt before that is told: what a script does next would be too early.
func (c *watching) stream(ctx context.Context, look looker, o operate.Overview, asJSON bool, std output) error {
	every := c.every(lineEvery)
	if asJSON {
		every = c.every(time.Second)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		if asJSON {
			if err := json.NewEncoder(std.out).Encode(o); err != nil {
				return fmt.Errorf("print the overview: %w", err)
			}
		} else {
			for _, text := range inLines(o) {
				fmt.Fprintln(std.out, text)
			}
		}
		if n == c.Times || look.over(o) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var err error
		if o, err = look.at(ctx); err != nil {
			return err
		}
	}
}

func (c *watching) every(usual time.Duration) time.Duration {
	if c.Every > 0 {
		return c.Every
	}
	return usual
}

// looker looks at an account, or at one import of it.
type looker struct {
	watch *operate.Watch
	only  string
}

func (l looker) at(ctx context.Context) (operate.Overview, error) {
	o, err := l.watch.Overview(ctx)
	if err != nil {
		return o, err
	}
	if l.only != "" {
		p, err := l.watch.Progress(ctx, l.only)
		if err != nil {
			return o, err
		}
		o.Running, o.Ended, o.Waiting = nil, nil, p.Waiting
		if p.Done() {
			o.Ended = []ledger.Import{p.Import}
		} else {
			o.Running = []operate.Progress{p}
		}
	}
	o.Running, o.Ended, o.Gates = some(o.Running), some(o.Ended), some(o.Gates)
	return o, nil
}

func (l looker) over(o operate.Overview) bool { return l.only != "" && len(o.Running) == 0 }

// some is a list that is [] in JSON, and not null, when it is empty.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

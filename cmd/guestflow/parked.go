package main

import (
	"context"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// parkedCommand shows what waits for a gate, and when that is probed next.
type parkedCommand struct{}

// parkedList is what `parked --json` prints.
type parkedList struct {
	Gates   []gate.Closed  `json:"gates"`
	Imports []parkedImport `json:"imports"`
	Rows    int            `json:"rows"`

	events qflow.EventNames
}

type parkedImport struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Rows   int    `json:"rows"`            // rows that wait for a gate
	Tried  int    `json:"tried,omitempty"` // of them, those whose guest may exist by now
}

// listed is how many imports are searched, the newest first.
const listed = 1000

func (parkedCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		list, err := parked(ctx, a)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(list)
		}
		return list.print(std)
	})
}

func parked(ctx context.Context, a *program.Account) (parkedList, error) {
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return parkedList{}, err
	}
	imports, err := a.Ledger.Imports(ctx, listed)
	if err != nil {
		return parkedList{}, err
	}
	list := parkedList{Gates: terminal.List(closed), Imports: []parkedImport{}, events: a.Settings.Events()}
	for _, imp := range imports {
		if n := imp.Counts.Parked(); n > 0 {
			list.Imports = append(list.Imports,
				parkedImport{ID: imp.ID, Source: imp.Source, Rows: n, Tried: imp.Counts[ledger.ParkedTried]})
			list.Rows += n
		}
	}
	return list, nil
}

func (l parkedList) print(std terminal.Output) error {
	if l.Rows == 0 && len(l.Gates) == 0 {
		terminal.PrintLine(std.Out, "Nothing is parked; all gates are open.")
		return nil
	}
	for _, g := range l.Gates {
		terminal.Printf(std.Out, "The %s is closed since %s: %s. Next probe %s; to probe now: guestflow gate probe %s\n",
			g.Name().Title(l.events), g.Since.Local().Format(time.DateTime), g.Meaning(),
			g.NextProbe.Local().Format(time.TimeOnly), g.Gate)
	}
	if len(l.Gates) > 0 {
		terminal.Printf(std.Out, "%s parked, and what waits is sent by itself once its gate opens.\n",
			plural.Of(l.Rows, "row is", "rows are"))
	} else {
		terminal.Printf(std.Out,
			"%s parked. All gates are open: what waited is being released, except that of paused imports.\n",
			plural.Of(l.Rows, "row was", "rows were"))
	}
	t := std.Table()
	fmt.Fprintln(t, "IMPORT\tROWS\tGUEST MAY EXIST\tFILE")
	for _, i := range l.Imports {
		terminal.Printf(t, "%s\t%d\t%d\t%s\n", i.ID, i.Rows, i.Tried, i.Source)
	}
	return t.Flush()
}

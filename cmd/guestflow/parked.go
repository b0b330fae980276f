package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// parkedCommand answers what waits, for what, and when it is tried next.
type parkedCommand struct{}

// parkedList is what `parked --json` prints.
type parkedList struct {
	Gates   []gate.Closed  `json:"gates"`
	Imports []parkedImport `json:"imports"`
	Rows    int            `json:"rows"`
}

type parkedImport struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Rows   int    `json:"rows"`            // rows that wait for a gate
	Tried  int    `json:"tried,omitempty"` // of them, those whose guest may exist by now
}

// listed is how many imports are looked through, the newest first.
const listed = 1000

func (parkedCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error {
		list, err := a.parked(ctx)
		if err != nil {
			return err
		}
		if s.JSON {
			return json.NewEncoder(std.out).Encode(list)
		}
		return list.print(std)
	})
}

func (a *app) parked(ctx context.Context) (parkedList, error) {
	closed, err := a.gates.Closed(ctx)
	if err != nil {
		return parkedList{}, err
	}
	imports, err := a.ledger.Imports(ctx, listed)
	if err != nil {
		return parkedList{}, err
	}
	list := parkedList{Gates: some(closed), Imports: []parkedImport{}}
	for _, imp := range imports {
		if n := imp.Counts.Parked(); n > 0 {
			list.Imports = append(list.Imports, parkedImport{ID: imp.ID, Source: imp.Source, Rows: n, Tried: imp.Counts[ledger.ParkedTried]})
			list.Rows += n
		}
	}
	return list, nil
}

func (l parkedList) print(std output) error {
	if l.Rows == 0 && len(l.Gates) == 0 {
		printLine(std.out, "Nothing is parked; all gates are open.")
		return nil
	}
	for _, g := range l.Gates {
		printf(std.out, "The %s is closed since %s: %s. Next probe %s, or now by: guestflow gate probe %s\n",
			g.Name().Title(), g.Since.Local().Format(time.DateTime), g.Meaning(), g.NextProbe.Local().Format(time.TimeOnly), g.Gate)
	}
	if len(l.Gates) > 0 {
		printf(std.out, "%d rows are parked. They go out by themselves when their gate opens.\n", l.Rows)
	} else {
		printf(std.out, "%d rows were parked. All gates are open: they go out now, but for those of an import that is paused.\n", l.Rows)
	}
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "IMPORT\tROWS\tGUEST MAY EXIST\tFILE")
	for _, i := range l.Imports {
		printf(t, "%s\t%d\t%d\t%s\n", i.ID, i.Rows, i.Tried, i.Source)
	}
	return t.Flush()
}

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/plural"
)

type guestCommand struct {
	Find guestFindCommand `cmd:"" help:"Find a guest by email, name, barcode or id in the files of imports, the newest first."`
}

type guestFindCommand struct {
	Text   []string      `arg:"" help:"An email, a name, a barcode, a guest's id or a correlation id; cells are compared as a whole, the words of a name one by one."`
	Within time.Duration `help:"How long to search at most." default:"2m"`
}

// foundGuest is a row as guest find prints it with --json. Its cells are a guest's data: the operator has asked for it.
type foundGuest struct {
	Import   string    `json:"import"`
	File     string    `json:"file"`
	Row      int       `json:"row"`
	Line     int       `json:"line,omitempty"`
	State    string    `json:"state"`
	Event    string    `json:"event"` // of rows that name none
	Template string    `json:"template,omitempty"`
	Started  time.Time `json:"started"` // the import
	Cells    []string  `json:"cells,omitempty"`
}

// foundGuests is the whole answer.
type foundGuests struct {
	Guests     []foundGuest `json:"guests"`
	Rows       int          `json:"rows_searched"`
	Imports    int          `json:"imports_searched"`
	Total      int          `json:"imports"`
	Unreadable []string     `json:"unreadable,omitempty"` // imports whose file is gone or has changed
	Complete   bool         `json:"complete"`             // nothing was left out: no limit of time or matches was met
}

func (c *guestFindCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	text := strings.Join(c.Text, " ")
	if err := operate.CheckQuery(text); err != nil {
		return err
	}
	return program.With(ctx, s, func(a *program.Account) error {
		ctx, cancel := context.WithTimeout(ctx, c.Within)
		defer cancel()
		found, err := a.Operate().FindGuest(ctx, text, func(operate.Search) {})
		if err != nil {
			return err
		}
		return printGuests(found, std)
	})
}

func printGuests(s operate.Search, std terminal.Output) error {
	if std.JSON {
		return std.Encode(foundIn(s))
	}
	if len(s.Matches) > 0 {
		t := std.Table()
		fmt.Fprintln(t, "IMPORT\tROW\tSTATE\tSTARTED\tEVENT\tTEMPLATE\tIN THE FILE")
		for _, m := range s.Matches {
			terminal.Printf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", m.Import.ID, m.Row, m.State,
				m.Import.Started.Local().Format(time.DateTime),
				orDash(m.Import.Event), orDash(m.Import.Template), shortCells(m.Cells))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	terminal.PrintLine(std.Out, searchText(s))
	return nil
}

// searchText says what was found, and what was not searched.
func searchText(s operate.Search) string {
	text := fmt.Sprintf("%s found in %s of %s.", plural.Of(len(s.Matches), "row"), plural.Of(s.Imports, "import"),
		strconv.Itoa(s.Total))
	switch {
	case s.Truncated:
		text += " More matches are not shown, and older imports were not searched: narrow the text, or search by the guest's id."
	case s.TimedOut:
		text += " Time was up, and older imports were not searched: a longer --within searches them too."
	}
	if n := len(s.Unreadable); n > 0 {
		text += fmt.Sprintf(" %s could not be searched, as the file is gone or has changed: %s.", plural.Of(n, "import"),
			strings.Join(s.Unreadable[:min(n, 10)], ", "))
	}
	return text
}

func foundIn(s operate.Search) foundGuests {
	all := foundGuests{
		Guests: []foundGuest{}, Rows: s.Rows, Imports: s.Imports, Total: s.Total, Unreadable: s.Unreadable,
		Complete: !s.Truncated && !s.TimedOut && len(s.Unreadable) == 0,
	}
	for _, m := range s.Matches {
		all.Guests = append(all.Guests, foundGuest{
			Import: m.Import.ID, File: m.Import.FileName(), Row: m.Row, Line: m.Line, State: m.State.String(),
			Event:    m.Import.Event,
			Template: m.Import.Template, Started: m.Import.Started, Cells: m.Cells,
		})
	}
	return all
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// mostShown is how much of a row's cells a line of a terminal shows, in characters.
const mostShown = 120

func shortCells(cells []string) string {
	text := []rune(strings.Join(cells, " · "))
	if len(text) > mostShown {
		text = append(text[:mostShown-1], '…')
	}
	return string(text)
}

package notify

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/visible"
	"guestflow/qflow"
)

// finished is the end of an import. One that is resumed or retried finishes again, which is another event.
func finished(imp ledger.Import, events qflow.EventNames) Event {
	succeeded := 0
	states := map[string]any{}
	for _, s := range ledger.AllStates() {
		if n := imp.Counts[s]; n > 0 {
			states[s.String()] = n
		}
		if s.Succeeded() {
			succeeded += imp.Counts[s]
		}
	}
	return Event{
		ID:     fmt.Sprintf("%s-import-%s-finished-%d", imp.Account, imp.ID, imp.Finished.UnixMilli()),
		Kind:   ImportFinished,
		At:     imp.Finished,
		Import: imp.ID,
		Title:  fmt.Sprintf("Import %s has finished: %s of %s succeeded", imp.ID, number(succeeded), rows(imp.Rows)),
		Text:   finishedText(imp, events),
		Fields: map[string]any{"rows": imp.Rows, "fine": succeeded, "attention": imp.Counts.Attention(), "states": states},
	}
}

func finishedText(imp ledger.Import, events qflow.EventNames) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The import %s of %s", imp.ID, visible.Line(imp.FileName()))
	if imp.Profile != "" {
		fmt.Fprintf(&b, " by the profile %s", imp.Profile)
	}
	if imp.Event != "" {
		fmt.Fprintf(&b, " for the event %s", visible.Line(events.Text(imp.Event)))
	}
	took := imp.Finished.Sub(imp.Started).Round(time.Second)
	fmt.Fprintf(&b, " has finished. It had %s and took %s.\n\n", rows(imp.Rows), took)
	todo := ""
	for _, s := range ledger.AllStates() {
		if imp.Counts[s] == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s %s: %s.\n", rows(imp.Counts[s]), s, advice.Meaning(s))
		if do := advice.ToDo(s, imp.ID); do != "" {
			todo += fmt.Sprintf("The %s ones: %s.\n", s, do)
		}
	}
	if todo == "" {
		return b.String() + "\nThere is nothing to do.\n"
	}
	fmt.Fprintf(&b, "\n%sEvery row with its state, and rejects.csv: guestflow report %s\n", todo, imp.ID)
	return b.String()
}

// FileFailure is a file that was not imported: it is at fault, or more of its rows are than the settings allow.
type FileFailure struct {
	ID     string // the same in every process that sees the same failure
	Name   string
	Reason string // and what to do
	Where  string // where the file is now
	SoFar  string // what of it was imported; empty is nothing
	Part   bool   // a part of it was
	At     time.Time
}

// clockError is how far the clock of a file server may be off from that of Redis.
const clockError = time.Hour

// PublishFailure publishes that a file was not imported, unless that was before the first poll.
func (n *Notifier) PublishFailure(ctx context.Context, f FileFailure) error {
	if len(n.channels) == 0 {
		return nil
	}
	since, err := n.since(ctx)
	if err != nil || f.At.Before(since.Add(-clockError)) {
		return err
	}
	return n.Publish(ctx, fileFailed(n.ledger.Account(), f))
}

func fileFailed(account string, f FileFailure) Event {
	f.Name, f.Reason = visible.Text(f.Name), visible.Text(f.Reason)
	title := f.Name + " was not imported"
	if f.Part {
		title = "Rows of " + f.Name + " wait for an answer"
	}
	f.SoFar = cmp.Or(f.SoFar, "No row of this file was imported, and no email was sent.")
	return Event{
		ID:     fmt.Sprintf("%s-file-%s-failed", account, f.ID),
		Kind:   FileFailed,
		At:     f.At.UTC(),
		Title:  title,
		Text:   fmt.Sprintf("%s\n\n%s\n\n%s\n", f.SoFar, f.Reason, f.Where),
		Fields: map[string]any{"file": f.Name},
	}
}

// WaitingFile is a file that waits for a person's approval.
type WaitingFile struct {
	ID   string // the same in every process that sees the same wait
	Item string // by which it is approved
	Name string
	Why  string // it waits
	At   time.Time
	URL  string // of the page where it is approved; may be empty

	SoFar       string   // what of it was imported; empty is nothing
	Differences []string // from what earlier imports have done

	Guests, Emails int    // that an import would have
	Event          string // of them; "" if there are several
	Template       string // as it is shown; "" if there are several, or none
}

// PublishWaiting publishes that a file waits for approval, unless that was before the first poll.
func (n *Notifier) PublishWaiting(ctx context.Context, f WaitingFile) error {
	if len(n.channels) == 0 {
		return nil
	}
	since, err := n.since(ctx)
	if err != nil || f.At.Before(since.Add(-clockError)) {
		return err
	}
	return n.Publish(ctx, fileWaiting(n.ledger.Account(), n.events, f))
}

func fileWaiting(account string, events qflow.EventNames, f WaitingFile) Event {
	f.Name, f.Why = visible.Text(f.Name), visible.Text(f.Why)
	do := "To approve it: guestflow approve " + f.Item
	fields := map[string]any{"file": f.Name, "waiting": f.Item, "guests": f.Guests, "emails": f.Emails}
	if f.URL != "" {
		fields["url"] = f.URL
		do = "To look at it and approve it: " + f.URL + "\nOr: guestflow approve " + f.Item
	}
	to := ""
	if f.Event != "" {
		fields["event"] = f.Event
		to = "\nEvent: " + visible.Line(events.Text(f.Event))
	}
	if f.Template != "" {
		to += "\nTemplate: " + visible.Line(f.Template)
	}
	return Event{
		ID:    fmt.Sprintf("%s-file-%s-waiting", account, f.ID),
		Kind:  FileWaiting,
		At:    f.At.UTC(),
		Title: f.Name + " waits for approval",
		Text: fmt.Sprintf("%s It waits: %s.\n\nGuests: %s, emails: %s.%s%s\n\n"+
			"%s\nTo remove it: guestflow discard %s\n",
			cmp.Or(f.SoFar, "Nothing of this file was imported, and no email was sent."),
			f.Why, number(f.Guests), number(f.Emails), sentences(f.Differences), to, do, f.Item),
		Fields: fields,
	}
}

// sentences are some texts with full stops, each with a blank before it.
func sentences(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return " " + strings.Join(texts, ". ") + "."
}

func gateClosed(account string, events qflow.EventNames, g ClosedGate, parked int) Event {
	code := ""
	if g.Code != "" {
		code = fmt.Sprintf(" (%s)", g.Code)
	}
	return Event{
		ID:    gateEvent(account, g.Gate, "closed", strconv.FormatInt(g.Since.UnixMilli(), 10)),
		Kind:  GateClosed,
		At:    g.Since,
		Title: fmt.Sprintf("The %s is closed", g.Gate.Title(events)),
		Text: fmt.Sprintf("The %s is closed since %s%s: %s.\n\n%s Nothing is lost.\nIts state: guestflow gate\n",
			g.Gate.Title(events), clock(g.Since), code, g.Meaning, waiting(parked)),
		Fields: map[string]any{"gate": g.Gate, "code": g.Code, "parked": parked},
	}
}

func gateOpened(account string, events qflow.EventNames, gate qflow.Gate, since string, parked int) Event {
	text := "No row was waiting for it."
	if parked > 0 {
		text = fmt.Sprintf("%s that waited %s being released.", rows(parked), plural.Word(parked, "is", "are"))
	}
	return Event{
		ID:    gateEvent(account, gate, "opened", since),
		Kind:  GateOpened,
		At:    time.Now().UTC(),
		Title: fmt.Sprintf("The %s is open again", gate.Title(events)),
		Text: fmt.Sprintf("The %s, which was closed since %s, is open again. %s\nThere is nothing to do.\n",
			gate.Title(events), clock(millis(since)), text),
		Fields: map[string]any{"gate": gate, "parked": parked},
	}
}

// gateEvent is named by when the gate closed, which tells one closing, and its opening, from the next. It goes into the
// id of an email, where the signs between the parts of a gate's name have a meaning of their own.
func gateEvent(account string, gate qflow.Gate, what, since string) string {
	return fmt.Sprintf("%s-gate-%s-%s-%s", account, plain.Replace(string(gate)), what, since)
}

var plain = strings.NewReplacer("@", "-", "/", "-", "%", "-", "+", "-")

func waiting(parked int) string {
	if parked == 0 {
		return "No row waits for it yet."
	}
	return rows(parked) + plural.Word(parked, " waits so far, and is released when it opens.",
		" wait so far, and are released when it opens.")
}

var english = message.NewPrinter(language.English)

func number(n int) string { return english.Sprintf("%d", n) }

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return number(n) + " rows"
}

// clock is in UTC: a mail may be read anywhere.
func clock(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 MST") }

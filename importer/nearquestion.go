package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// knownOtherwise is the question of a list most of whose guests are known under another key or name: not they have
// changed, but how they are told apart, and all would be mailed again. It is asked whatever is said of near misses of
// all lists.
func (p Plan) knownOtherwise() error {
	if p.begun || p.Near == nil || !p.Near.Most || p.Settings.NearMisses.Most() != spec.NearHold {
		return nil
	}
	like := p.Near.Total() - p.Near.Twice
	problem := fmt.Sprintf("%d of its %s %s of earlier imports (%s)%s; as it is %s, with a second email",
		like, plural.Of(p.Guests, "guest"), plural.Word(like, "is a guest", "are guests"), p.Near.Kinds(), p.otherwise,
		plural.Word(like, "it would be a new guest", "they would be new guests"))
	choices := []spec.NearChoice{spec.NearUpdate, spec.NearNew, spec.NearSkip}
	if 2*p.Near.Person > like { // the others are consequences
		like = p.Near.Person
		problem = fmt.Sprintf("%d of its %s %s the keys of guests of earlier imports, and neither their names nor their addresses: "+
			"the column %q seems to be numbered anew; as it is these rows would be written over other people", like, plural.Of(p.Guests, "guest"), plural.Word(like, "has", "have"), p.Settings.Key)
		choices = []spec.NearChoice{spec.NearUpdate, spec.NearSkip}
	}
	q := &table.Question{Text: problem}
	var flags []string
	for _, c := range choices {
		said := string(p.Settings.NearMisses.With(spec.NearMost, c))
		q.Choices = append(q.Choices, table.Choice{Option: nearOption, Value: said})
		flags = append(flags, "--"+nearOption+" "+said)
	}
	advice := "correct the key, the splitting of names or the mapping; or choose: " + strings.Join(flags, " or ") +
		" (update: they are those guests, and get no second email; “Known guests” in the console)"
	if unsent := p.Near.UnsentText(); unsent != "" {
		advice += "; " + unsent
	}
	return &FileError{Path: p.Path, NeedsAnswer: true, Problem: problem, Cause: q, Advice: advice}
}

// misnamedRows refuses choices for rows that are like no known guest: another row may be meant. Of an import that has
// begun the rows have become what was chosen.
func (p Plan) misnamedRows() error {
	if p.begun || p.Settings.Compare == nil {
		return nil
	}
	var misnamed []string
	for _, row := range p.Settings.NearMisses.NearRows() {
		if p.decisions[row].why == "" {
			misnamed = append(misnamed, strconv.Itoa(row))
		}
	}
	if len(misnamed) == 0 {
		return nil
	}
	problem := fmt.Sprintf("--%s decides about row %s, which is like no known guest", nearOption, misnamed[0])
	if len(misnamed) > 1 {
		problem = fmt.Sprintf("--%s decides about rows %s, which are like no known guests", nearOption, strings.Join(misnamed, ", "))
	}
	advice := "no row of this list is"
	if p.Near.Total() > 0 {
		advice = "rows that are: " + p.Near.rowsText()
	}
	return &FileError{Path: p.Path, NeedsAnswer: true, Problem: problem, Advice: advice + "; rows are counted from 1 below the header, and are not lines"}
}

// rowsShown is how many rows an error names.
const rowsShown = 10

// rowsText names the first rows, such as "1 (line 2), 3 (line 4)".
func (n *NearMisses) rowsText() string {
	var parts []string
	for _, m := range n.Rows[:min(len(n.Rows), rowsShown)] {
		parts = append(parts, fmt.Sprintf("%d (line %d)", m.Row, m.Line))
	}
	text := strings.Join(parts, ", ")
	if more := n.Total() - len(parts); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Advice is how it is decided what becomes of the rows that are held, by the choices that settle any of them.
func (n *NearMisses) Advice() string {
	update, anew := n.unclear < n.Hold, n.held[spec.NearPerson] < n.Hold
	switch {
	case update && anew:
		return "choose: --near-misses update (they are those guests, and get no second email), new (they are others, and are mailed) " +
			"or skip, for all, by kind or by row, such as key=update,12=new (near_misses in the profile, “Known guests” in the console)"
	case update:
		return "choose: --near-misses update (they are those guests, and get no second email) or skip, for all, by kind or by row, " +
			"such as person=update,12=skip (near_misses in the profile, “Known guests” in the console)"
	case anew:
		return "choose: --near-misses new (they are others, and are mailed) or skip, for all, by kind or by row, " +
			"such as name=new,12=skip (near_misses in the profile, “Known guests” in the console)"
	}
	return "choose: --near-misses skip, for all, by kind or by row, such as 12=skip (near_misses in the profile, “Known guests” in the console)"
}

// nearOption is the flag that decides about near misses.
const nearOption = "near-misses"

// HeldRows is the question about so many rows of a list whose other rows are imported; nil without any.
func (p Plan) HeldRows(held int) *FileError {
	if held == 0 {
		return nil
	}
	if p.Near == nil { // they were found when they were claimed
		p.Near = &NearMisses{}
	}
	like := are(held, "row") + " like guests of earlier imports"
	if p.Near.Held() == held { // else some were decided about since
		like = p.Near.likeText(held, p.Near.held)
	}
	problem := fmt.Sprintf("%s, and left out until that is decided; the others are imported, as import %s", like, p.Import)
	q := &table.Question{Text: problem}
	choices := []spec.NearChoice{spec.NearUpdate, spec.NearNew, spec.NearSkip}
	without := func(choice spec.NearChoice) {
		choices = slices.DeleteFunc(choices, func(c spec.NearChoice) bool { return c == choice })
	}
	settled := *p.Near
	settled.Hold = held // by now
	advice := settled.Advice()
	if n := p.Near.held[spec.NearPerson]; n > 0 {
		if advice += fmt.Sprintf("; a row with the key of another person cannot be new, as its key is taken: if the column %q is numbered anew, "+
			"import the list with another key, or with none (--key)", p.Settings.Key); n == held {
			without(spec.NearNew)
		}
	}
	if n := p.Near.unclear; n > 0 {
		if advice += "; " + p.Near.unclearText(); n == held {
			without(spec.NearUpdate)
		}
	}
	if unsent := p.Near.OnlyHeld().UnsentText(); unsent != "" {
		advice += "; " + unsent
	}
	for _, c := range choices {
		q.Choices = append(q.Choices, table.Choice{Option: nearOption, Value: string(p.Settings.NearMisses.With("", c))})
	}
	return &FileError{
		Path: p.Path, NeedsAnswer: true, Problem: problem, Cause: q,
		Advice: advice,
	}
}

// unclearText says what settles rows that may be several guests.
func (n *NearMisses) unclearText() string {
	rows := make([]string, len(n.several))
	for i, row := range n.several {
		rows[i] = strconv.Itoa(row)
	}
	named := plural.Word(n.unclear, "row ", "rows ") + strings.Join(rows, ", ")
	if n.unclear > len(rows) {
		named += fmt.Sprintf(" and %d more", n.unclear-len(rows))
	}
	return fmt.Sprintf("of %s it is not known which of several guests %s, so update does not settle %s: choose new or skip, such as %s=new",
		named, plural.Word(n.unclear, "it is", "they are"), plural.Word(n.unclear, "it", "them"), rows[0])
}

func are(n int, one string) string {
	if n == 1 {
		return plural.Of(n, one) + " is"
	}
	return plural.Of(n, one) + " are"
}

// HeldNearMisses counts the rows of an import that are held as near misses.
func (im *Importer) HeldNearMisses(ctx context.Context, id string) (held int, err error) {
	imp, err := im.ledger.Import(ctx, id)
	if err != nil || imp.Counts[ledger.Filtered] == 0 {
		return 0, err
	}
	err = im.ledger.EachWindow(ctx, id, func(first int, bytes []ledger.RowByte) error {
		var filtered []int
		for i, b := range bytes {
			if b.State() == ledger.Filtered {
				filtered = append(filtered, first+i)
			}
		}
		reasons, err := im.ledger.Reasons(ctx, id, filtered)
		for _, r := range reasons {
			if r.Code == reason.NearMissHeld {
				held++
			}
		}
		return err
	})
	return held, err
}

// lookAround finds out whether the import is there, and what tells its guests apart otherwise than those that it is like.
func (p *planner) lookAround(ctx context.Context) error {
	if p.Settings.ledger == nil {
		return nil
	}
	if err := p.countByID(ctx); err != nil || p.Near == nil && len(p.Settings.NearMisses.NearRows()) == 0 {
		return err
	}
	_, err := p.Settings.ledger.Import(ctx, p.Import)
	if !errors.Is(err, ledger.ErrNotFound) {
		p.begun = err == nil
		return err
	}
	if p.Near == nil || len(p.Near.Rows) == 0 {
		return nil
	}
	like := slices.IndexFunc(p.Near.Rows, func(m NearMiss) bool { return m.Known.Import != "" })
	if like < 0 {
		return nil
	}
	before, err := p.Settings.ledger.Import(ctx, p.Near.Rows[like].Known.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	p.otherwise = difference(before, p.Settings.Spec)
	return err
}

// maxCounted is of how many events the guests are counted: it takes thousands of look-ups each.
const maxCounted = 3

// countByID counts guests whose address and name are not known, for a plan that is shown.
func (p *planner) countByID(ctx context.Context) error {
	if p.Compared == nil || !p.Settings.ShowValues {
		return nil
	}
	for _, event := range p.Events[:min(len(p.Events), maxCounted)] {
		n, err := guestindex.For(p.Settings.ledger).KnownByIDOnly(ctx, event)
		if err != nil {
			return err
		}
		p.Compared.ByIDOnly += n
	}
	return nil
}

// difference says what tells guests apart otherwise than in an earlier import.
func difference(before ledger.Import, now spec.Spec) string {
	var parts []string
	if before.Key != now.Key {
		parts = append(parts, fmt.Sprintf("guests were told apart by %s and are now by %s", keyName(before.Key), keyName(now.Key)))
	}
	if before.SplitsNames() != now.SplitsNames() {
		parts = append(parts, map[bool]string{true: "full names are split now", false: "full names are no longer split"}[now.SplitsNames()])
	}
	if len(parts) == 0 {
		return ""
	}
	return "; since import " + before.ID + " " + strings.Join(parts, ", and ")
}

func keyName(key string) string {
	if key == "" {
		return "email and name"
	}
	return fmt.Sprintf("the column %q", key)
}

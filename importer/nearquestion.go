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
	choices := []spec.NearChoice{spec.NearUpdate, spec.NearSkip, spec.NearNew}
	if 2*p.Near.Person > like { // the others are consequences
		like = p.Near.Person
		problem = fmt.Sprintf("%d of its %s %s the keys of guests of earlier imports, and neither their names nor their addresses: "+
			"the column %q seems to be numbered anew; as it is these rows would be written over other people", like, plural.Of(p.Guests, "guest"), plural.Word(like, "has", "have"), p.Settings.Key)
		choices = []spec.NearChoice{spec.NearSkip, spec.NearUpdate}
	}
	q := &table.Question{Text: problem}
	var flags []string
	for _, c := range choices {
		said := string(p.Settings.NearMisses.With(spec.NearMost, c))
		q.Choices = append(q.Choices, table.Choice{Option: nearOption, Value: said})
		flags = append(flags, "--"+nearOption+" "+said)
	}
	advice := "correct the key, the splitting of names or the mapping; or choose: " + strings.Join(flags, " or ") +
		" (update: they are those guests, and get no second email; skip: they are left out; new: they are others, and each gets an email; “Known guests” in the console)"
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
	if len(p.misnamed) > 0 {
		row := p.misnamed[0]
		return &FileError{Path: p.Path, NeedsAnswer: true,
			Problem: fmt.Sprintf("--%s says which guest row %d is, and it is not like that one, or another row is said to be the same guest", nearOption, row),
			Advice:  "rows that are like known guests: " + p.Near.rowsText() + "; the plan lists which guests each may be"}
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
	says := map[spec.NearChoice]string{
		spec.NearUpdate: "update (they are those guests, who are changed as the rows say and get no second email)",
		spec.NearSkip:   "skip (left out: nothing is changed or mailed)",
		spec.NearNew:    "new (they are other people, and each gets an email)",
	}
	if n.again {
		says[spec.NearUpdate] = "update (they are those guests, who are changed as the rows say and get this email again)"
	}
	if n.held[spec.NearTwice] == n.Hold {
		says[spec.NearSkip] = "skip (they are one person, who gets one email, as the other row says)"
		says[spec.NearNew] = "new (they are two people, and each gets an email)"
	}
	if n.Most && n.Hold == n.Total() { // the list is held whole
		return n.wholeAdvice(says)
	}
	var parts, examples []string
	choices, kinds := n.choices(), []string{spec.NearName, spec.NearAddress, spec.NearKey, spec.NearTwice, spec.NearPerson}
	for _, c := range choices {
		parts = append(parts, says[c])
	}
	for _, kind := range kinds {
		if n.held[kind] > 0 {
			examples = []string{kind + "=" + string(choices[0])}
			break
		}
	}
	examples = append(examples, "12="+string(choices[len(choices)-1]))
	how := "for all, by kind or by row"
	if n.Most { // of such a list what is said of all counts for nothing
		how, examples = "by kind or by row", examples[len(examples)-1:]
	}
	return "choose: --near-misses " + strings.Join(parts, ", or ") + "; " + how + ", such as " + strings.Join(examples, ",") +
		" (near_misses in the profile, “Known guests” in the console)"
}

// wholeAdvice is how it is decided about a list as a whole.
func (n *NearMisses) wholeAdvice(says map[spec.NearChoice]string) string {
	var parts []string
	for _, c := range n.choices() {
		parts = append(parts, "most="+says[c])
	}
	return "choose: --near-misses " + strings.Join(parts, ", or ") + " (“Known guests” in the console)"
}

// choices are those that settle any of the rows that are held, the safest first.
func (n *NearMisses) choices() (choices []spec.NearChoice) {
	twice, person := n.held[spec.NearTwice], n.held[spec.NearPerson]
	update := n.unclear < n.Hold-twice
	if update && person == 0 {
		choices = append(choices, spec.NearUpdate)
	}
	choices = append(choices, spec.NearSkip)
	if update && person > 0 { // it may write over another person
		choices = append(choices, spec.NearUpdate)
	}
	if person < n.Hold {
		choices = append(choices, spec.NearNew)
	}
	return choices
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
	settled := *p.Near
	settled.Hold = held // by now
	advice := settled.Advice()
	if p.Near.held[spec.NearPerson] > 0 {
		advice += fmt.Sprintf("; a row with the key of another person cannot be new, as its key is taken: if the column %q is numbered anew, "+
			"import the list with another key, or with none (--key)", p.Settings.Key)
	}
	if p.Near.unclear > 0 {
		advice += "; " + p.Near.unclearText()
	}
	if unsent := p.Near.OnlyHeld().UnsentText(); unsent != "" {
		advice += "; " + unsent
	}
	for _, c := range settled.choices() {
		q.Choices = append(q.Choices, table.Choice{Option: nearOption, Value: string(p.Settings.NearMisses.With("", c))})
	}
	return &FileError{Path: p.Path, NeedsAnswer: true, Problem: problem, Cause: q, Advice: advice}
}

// heldAgain is the refusal to send an email again while it is not decided what becomes of some rows: the command that
// decides it afterwards would send it to all others once more.
func (p Plan) heldAgain() error {
	if p.begun || !p.Settings.Resend || p.Near.Held() == 0 {
		return nil
	}
	held := p.HeldRows(p.Near.Held())
	held.Problem = fmt.Sprintf("%s; they are decided first, as all rows get the email again by one command", p.Near.likeText(p.Near.Held(), p.Near.held))
	return held
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
	choices := "skip"
	if n.unclear > n.unclearPerson {
		choices = "skip or new"
	}
	return fmt.Sprintf("of %s it is not known which of several guests %s, so update does not settle %s: choose %s by row, such as %s=skip, or "+
		"the guest, as the plan lists them: %s=update:IMPORT/ROW", named, plural.Word(n.unclear, "it is", "they are"), plural.Word(n.unclear, "it", "them"), choices, rows[0], rows[0])
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
	err = im.ledger.EachReason(ctx, id, ledger.Filtered, func(why ledger.Reason) {
		if why.Code == reason.NearMissHeld {
			held++
		}
	})
	return held, err
}

// lookAround finds out whether the import is there, and what tells its guests apart otherwise than those that it is like.
func (p *planner) lookAround(ctx context.Context) error {
	if p.Settings.ledger == nil {
		return nil
	}
	asks := p.Near != nil || p.Unsent != nil || p.Missing != nil || len(p.Settings.NearMisses.NearRows()) > 0
	if err := p.countByID(ctx); err != nil || !asks {
		return err
	}
	_, err := p.Settings.ledger.Import(ctx, p.Import)
	if !errors.Is(err, ledger.ErrNotFound) {
		p.begun = err == nil
		return err
	}
	if p.begun, err = p.goesOn(ctx); err != nil || p.begun {
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

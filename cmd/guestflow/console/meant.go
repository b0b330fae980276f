package console

// Which rows of a list are meant: what its columns say of it, with a box for each text, and the rule that the boxes
// make.

import (
	"slices"

	"guestflow/importer/columns"
	"guestflow/importer/spec"
	"guestflow/importer/where"
)

// statusShown is a column that says that rows may not be meant.
type statusShown struct {
	Header string
	Boxes  []boxShown
	Others int // rows with texts that are not shown
}

// boxShown is a box that leaves rows out.
type boxShown struct {
	Test   string // that holds for the other rows
	Text   string // of the column; "" is described by Kind
	Kind   string // "empty" or "filled"
	Rows   int
	Ticked bool
}

// statuses are the columns of a plan with their boxes. Without the right to see guests' data only known words are
// shown.
func (p *planShown) statuses() (list []statusShown) {
	if p.Plan == nil || p.Redacted {
		return nil
	}
	ruled := p.Settings.Where != "" && !where.IsAll(p.Settings.Where)
	for _, c := range p.Plan.Statuses {
		s := statusShown{Header: c.Header, Others: c.Others}
		filled, rows := c.Filled()
		if filled != "" {
			s.Boxes = append(s.Boxes, boxShown{Test: filled, Kind: "filled", Rows: rows, Ticked: !ruled || c.FilledLeftOut()})
		}
		for _, v := range c.Values {
			switch {
			case v.Out && filled != "":
			case !v.Known && !p.Values:
				s.Others += v.Rows
			case v.Text == "":
				s.Boxes = append(s.Boxes, boxShown{
					Test: where.Empty(c.Header, true).String(), Kind: "empty", Rows: v.Rows, Ticked: ruled && c.LeftOut("") ||
						!ruled && v.Out,
				})
			default:
				s.Boxes = append(s.Boxes, boxShown{
					Test: where.In(c.Header, true, v.Text).String(), Text: v.Text, Rows: v.Rows,
					Ticked: ruled && c.LeftOut(v.Text) || !ruled && v.Out,
				})
			}
		}
		if c.Empty > 0 {
			s.Boxes = append(s.Boxes, boxShown{
				Test: where.Empty(c.Header, true).String(), Kind: "empty", Rows: c.Empty, Ticked: ruled && c.LeftOut(""),
			})
		}
		list = append(list, s)
	}
	return list
}

// leavingOut returns the settings of a file whose rows are left out that are ticked. headers are the columns of the
// boxes: what the rule said of them before is dropped.
func leavingOut(s spec.Spec, headers, ticked []string) spec.Spec {
	before, err := where.Parse(s.Where)
	if err != nil {
		return s // which is shown as a fault
	}
	rule := before.Without(func(t *where.Test) bool {
		return slices.ContainsFunc(headers, func(h string) bool { return columns.SameHeader(h, t.Column) })
	})
	values := map[string][]string{} // by column
	for _, text := range ticked {
		box, err := where.Parse(text)
		if err != nil || len(box.Tests()) != 1 {
			continue // no form of ours has it
		}
		t := box.Tests()[0]
		if !t.Not || len(t.Values) == 0 {
			rule = where.And(rule, text)
			continue
		}
		values[t.Column] = append(values[t.Column], t.Values...)
	}
	for _, header := range headers {
		if texts := values[header]; len(texts) > 0 {
			rule = where.And(rule, where.In(header, true, texts...).String())
		}
	}
	if s.Where = rule; rule == "" {
		s.Where = where.All
	}
	return s
}

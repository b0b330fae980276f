package importer

import (
	"fmt"

	"guestflow/importer/guestindex"
	"guestflow/importer/plural"
)

// Compared is how many guests of a plan earlier imports know already.
type Compared struct {
	New       int `json:"new"`
	Changed   int `json:"changed"`   // the guest is there with other content
	Unchanged int `json:"unchanged"` // nothing is to be done
	Waiting   int `json:"waiting"`   // another import has them in its hands

	// ByIDOnly is about how many guests of its events are known by their id alone, since an earlier version imported them.
	ByIDOnly int `json:"known_by_id_only,omitempty"`

	// Known is how many are there as their rows want them, and get an email that they have not had.
	Known           int `json:"known"`
	AnotherTemplate int `json:"another_template"` // of Known, those who have had an email of another template
}

func (c *Compared) addEmail(v guestindex.Verdict) {
	c.Known++
	if v == guestindex.Send {
		c.AnotherTemplate++
	}
}

// KnownText is what known guests get, such as "3 known guests, 3 emails of another template"; "" without any.
func (c Compared) KnownText() string {
	if c.Known == 0 {
		return ""
	}
	text := fmt.Sprintf("%s, %s", plural.Of(c.Known, "known guest"), plural.Of(c.Known, "email"))
	switch c.AnotherTemplate {
	case c.Known:
		return text + " of another template"
	case 0:
		return text + " that they have not had"
	}
	return fmt.Sprintf("%s that they have not had, %d of them of another template", text, c.AnotherTemplate)
}

// Text says how many guests there are of each kind.
func (c Compared) Text() string {
	text := fmt.Sprintf("%d new, %d changed, %d unchanged", c.New, c.Changed, c.Unchanged)
	if c.Waiting > 0 {
		text += fmt.Sprintf(", %d being processed by another import", c.Waiting)
	}
	if known := c.KnownText(); known != "" {
		return known + "; " + text
	}
	return text
}

// ByIDText says how many known guests cannot be compared by name and address; "" where all can.
func (c Compared) ByIDText() string {
	if c.ByIDOnly == 0 {
		return ""
	}
	return plural.Of(c.ByIDOnly, "guest of imports before this version is", "guests of imports before this version are") + " known by id only: rows that are like them are not found"
}

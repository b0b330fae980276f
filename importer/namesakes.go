package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/plural"
	"guestflow/importer/sameperson"
)

// Namesakes are guests who stay apart although they have one name: by it they may be one person with two addresses.
type Namesakes struct {
	// Beyond are guests of whom it is not known, as they are beyond those of the list that are compared.
	Beyond int `json:"beyond,omitempty"`

	List  SharedNames `json:"list"`  // guests of the list who have the name of another one of it, and another address
	Known SharedNames `json:"known"` // new guests who have the name of a guest of earlier imports
}

// SharedNames counts guests, and has the lines of the first ones.
type SharedNames struct {
	Guests int   `json:"guests"`
	Lines  []int `json:"lines,omitempty"`
}

func (s *SharedNames) add(line int) {
	s.Guests++
	if len(s.Lines) < rowsShown {
		s.Lines = append(s.Lines, line)
	}
}

// Texts says how many there are, and where; none without any.
func (n *Namesakes) Texts() (texts []string) {
	if n == nil {
		return nil
	}
	if s := n.List; s.Guests > 0 {
		texts = append(texts, fmt.Sprintf("%s a name that another guest of it has (%s): each is a guest of his own, at an address of his own",
			plural.Of(s.Guests, "guest of this list has", "guests of this list have"), s.lines()))
	}
	if s := n.Known; s.Guests > 0 {
		texts = append(texts, fmt.Sprintf("%s the name of a known guest, and another address (%s)",
			plural.Of(s.Guests, "new guest has", "new guests have"), s.lines()))
	}
	if n.Beyond > 0 {
		texts = append(texts, fmt.Sprintf("beyond the first %d guests with an address, %d are not compared with the "+
			"others of this list: a person who is in it twice, by two spellings of a name or at two addresses, is "+
			"not found there",
			sameperson.MaxGuests, n.Beyond))
	}
	return texts
}

// lines names the lines, such as "lines 2, 4 and 5 more".
func (s SharedNames) lines() string {
	parts := make([]string, len(s.Lines))
	for i, line := range s.Lines {
		parts[i] = strconv.Itoa(line)
	}
	text := plural.Word(s.Guests, "line ", "lines ") + strings.Join(parts, ", ")
	if more := s.Guests - len(parts); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// maxNames is of how many guests of a list the names are compared: longer lists have many namesakes.
const maxNames = 10_000

// nameFinder finds guests of a list who have one name.
type nameFinder map[guestindex.ContactHash]*bearers

// bearers are the guests of a name.
type bearers struct {
	guests int
	lines  []int // of the first ones
}

// add takes a guest.
func (f *nameFinder) add(c guestindex.Contact, line int) {
	if c.Name == (guestindex.ContactHash{}) || c.Address == (guestindex.ContactHash{}) {
		return
	}
	of := (*f)[c.Name]
	if of == nil {
		if len(*f) == maxNames {
			return
		}
		if *f == nil {
			*f = nameFinder{}
		}
		of = &bearers{}
		(*f)[c.Name] = of
	}
	if of.guests++; len(of.lines) < rowsShown {
		of.lines = append(of.lines, line)
	}
}

// drop takes a guest away who is asked about.
func (f nameFinder) drop(c guestindex.Contact, line int) {
	if of := f[c.Name]; of != nil {
		of.guests--
		of.lines = slices.DeleteFunc(of.lines, func(l int) bool { return l == line })
	}
}

// shared returns the guests who share a name.
func (f nameFinder) shared() (s SharedNames) {
	for _, of := range f {
		if of.guests > 1 {
			s.Guests += of.guests
			s.Lines = append(s.Lines, of.lines...)
		}
	}
	slices.Sort(s.Lines)
	s.Lines = s.Lines[:min(len(s.Lines), rowsShown)]
	return s
}

// addNamesake counts a new guest who has a known guest's name.
func (p *planner) addNamesake(r nearRow) {
	namesake := func(a guestindex.Alike) bool { return a.SameName && !a.SameAddress && !a.OfHeld }
	if r.full && slices.ContainsFunc(r.alike, namesake) {
		p.shared.Known.add(r.line)
	}
}

// endNames has the plan name the guests who share a name.
func (p *planner) endNames() {
	if p.shared.List = p.names.shared(); p.shared.List.Guests+p.shared.Known.Guests+p.people.beyond > 0 {
		p.shared.Beyond = p.people.beyond
		shared := p.shared // the plan stays, and its planner, with all that finds guests who are alike, does not
		p.Namesakes = &shared
	}
}

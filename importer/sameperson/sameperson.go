// Package sameperson finds people who may be in one list twice: at one mailbox by two spellings of a name, or by one name at
// two addresses. Each would get two emails. Families have one address and other first names; of people of one name a long list
// has some, whose names are frequent in it. What it finds is a question, so it may be wrong; but lists have families and
// namesakes, so it should seldom be.
package sameperson

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/guest"
)

// Guest is what is compared of a row.
type Guest struct {
	Row                        int
	Event, First, Others, Last string
	Email                      string
}

// Pair is two rows that may be one person.
type Pair struct {
	Of, Row int // Of is the row that came first
	By      By
}

// By is what two rows have in common.
type By string

// What it may be.
const (
	Address By = "address" // the mailbox, and names that may be spellings of one
	Name    By = "name"    // the name, and addresses that may be of one person
)

const (
	// MaxGuests is of how many guests of a list it is found out: each takes some 200 bytes.
	MaxGuests = 20_000
	// maxOfOne is how many guests of one mailbox or of one name are compared: a mailbox of more is a company's, and a name of
	// more says nothing.
	maxOfOne = 8
	// commonName is how many guests of one name say that the name is frequent.
	commonName = 4
)

// Finder finds them. The zero Finder has met none.
type Finder struct {
	seed      maphash.Seed
	people    []*person
	mailboxes map[uint64][]int32 // of people
	names     map[uint64][]int32
	first     map[uint64]int32 // how many guests have a first name
	last      map[uint64]int32
}

type person struct {
	name
	event           string
	row             int
	local, domain   string // of the mailbox
	mailbox, called uint64
}

// Add takes a guest, and reports whether it is compared.
func (f *Finder) Add(g Guest) bool {
	if g.Email == "" || len(f.people) == MaxGuests {
		return false
	}
	if f.mailboxes == nil {
		f.seed, f.mailboxes, f.names = maphash.MakeSeed(), map[uint64][]int32{}, map[uint64][]int32{}
		f.first, f.last = map[uint64]int32{}, map[uint64]int32{}
	}
	p := &person{name: nameOf(g.First, g.Others, g.Last), event: g.Event, row: g.Row}
	mailbox := guest.Mailbox(g.Email)
	p.local, p.domain, _ = strings.Cut(mailbox, "@")
	p.mailbox, p.called = f.hash(g.Event, mailbox), f.hash(g.Event, p.key())
	n := int32(len(f.people))
	f.people = append(f.people, p)
	f.mailboxes[p.mailbox] = append(f.mailboxes[p.mailbox], n)
	if p.call != "" && p.name.last != "" {
		f.names[p.called] = append(f.names[p.called], n)
		f.first[f.hash(g.Event, p.name.first)]++
		f.last[f.hash(g.Event, p.name.last)]++
	}
	return true
}

// key is a name in any order, with what tells two people of it apart.
func (n name) key() string {
	return min(n.first, n.last) + "\x00" + max(n.first, n.last) + "\x00" + n.apart
}

func (f *Finder) hash(event, text string) uint64 {
	return maphash.Comparable(f.seed, [2]string{event, text})
}

// Pairs returns the rows that may be one person, by the later row; each row is the later one of one pair at most.
func (f *Finder) Pairs() (pairs []Pair) {
	for i := range f.people {
		p := f.people[i]
		if of := f.find(f.mailboxes[p.mailbox], i, f.atOneMailbox); of >= 0 {
			pairs = append(pairs, Pair{Of: f.people[of].row, Row: p.row, By: Address})
			continue
		}
		if of := f.find(f.names[p.called], i, f.ofOneName); of >= 0 {
			pairs = append(pairs, Pair{Of: f.people[of].row, Row: p.row, By: Name})
		}
	}
	return pairs
}

// find returns the first of some people, before one, who may be the same; -1 for none.
func (f *Finder) find(people []int32, before int, same func(a, b *person) bool) int {
	if len(people) > maxOfOne {
		return -1
	}
	for _, n := range people {
		if int(n) < before && same(f.people[n], f.people[before]) {
			return int(n)
		}
	}
	return -1
}

// atOneMailbox reports whether two guests with one mailbox may be one person. A married name is a spelling where the mailbox has
// the first name: ida@example.org of Ida Holm and Ida Berg.
func (f *Finder) atOneMailbox(a, b *person) bool {
	if a.isSpeltAs(b.name) {
		return true
	}
	return a.mayBe(b.name) && a.call == b.call && utf8.RuneCountInString(a.call) > 2 && a.name.last != "" && b.name.last != "" &&
		strings.Contains(guest.OneSpelling(lettersOf(a.local)), a.call)
}

// ofOneName reports whether two guests of one name may be one person with two addresses: not where the name is a frequent one of
// the list, nor where one domain tells them apart by a number.
func (f *Finder) ofOneName(a, b *person) bool {
	if a.mailbox == b.mailbox || !a.mayBe(b.name) || a.domain == b.domain && lettersOf(a.local) == lettersOf(b.local) && hasDigit(a.local+b.local) {
		return false
	}
	if len(f.names[a.called]) >= commonName {
		return false
	}
	return a.local == b.local && a.madeOf() || !f.isFrequent(a)
}

// madeOf reports whether a mailbox has both names, or the initial of one.
func (p *person) madeOf() bool {
	made := guest.OneSpelling(lettersOf(p.local))
	return strings.Contains(made, p.name.last) && len(made) > len(p.name.last) || strings.Contains(made, p.name.first) && len(made) > len(p.name.first)
}

// isFrequent reports whether guests meet by chance who have a person's name, by how many others have the first name and how many
// the last: of 5,000 guests with 60 Thomases and 45 Müllers one has both names in every second list.
func (f *Finder) isFrequent(p *person) bool {
	bearers := int32(len(f.names[p.called]))
	first, last := max(f.count(f.first, p, p.name.first)-bearers, 0), max(f.count(f.last, p, p.name.last)-bearers, 0)
	return int(first)*int(last)*chance > len(f.people)
}

// IsSeldom reports whether so few people of the list have a guest's first name or last name that among so many other people hardly
// one has both.
func (f *Finder) IsSeldom(row, others int) bool {
	at, found := slices.BinarySearchFunc(f.people, row, func(p *person, row int) int { return cmp.Compare(p.row, row) })
	if !found {
		return false
	}
	p, guests := f.people[at], float64(len(f.people))
	if p.call == "" || p.name.last == "" {
		return false
	}
	first, last := max(float64(f.count(f.first, p, p.name.first)-1), 0.5), max(float64(f.count(f.last, p, p.name.last)-1), 0.5)
	return float64(others)*first/guests*last/guests < seldom
}

// seldom is how often a name that counts as seldom is met by chance.
const seldom = 0.01

// chance is how seldom two guests have one name by chance for it to be asked: once in so many lists.
const chance = 20

func (f *Finder) count(of map[uint64]int32, p *person, text string) int32 {
	return of[f.hash(p.event, text)]
}

func lettersOf(local string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, local)
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

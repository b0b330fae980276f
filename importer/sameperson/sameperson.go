// Package sameperson finds people who may be in one list twice: at one mailbox by two spellings of a name, or by one name at
// two addresses. Each would get two emails. Families have one address and other first names; of people of one name a long list
// has some, whose names are frequent in it. What it finds is a question, so it may be wrong; but lists have families and
// namesakes, so it should seldom be.
package sameperson

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/guest"
	"guestflow/importer/sealedfile"
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
	// MaxGuests is of how many guests of a list it is found out: each takes 36 bytes of memory, and what is compared of him.
	MaxGuests = 20_000
	// maxOfOne is how many guests of one mailbox or of one name are compared: a mailbox of more is a company's, and a name of
	// more says nothing.
	maxOfOne = 8
	// commonName is how many guests of one name say that the name is frequent.
	commonName = 4
)

// Finder finds them. The zero Finder has met none; one that has is to be closed.
type Finder struct {
	seed   maphash.Seed
	people sealedfile.Records // as person.pack has them
	packed []byte
	full   bool // they cannot be kept

	rows      []int32 // of each
	mailboxes hashes  // of each
	names     hashes  // of each, in any order of its parts; 0 for a name that is not compared

	local, short, typed keyed // what both name and address may be written otherwise beside (both.go)

	first, last  hashes // of all whose names are compared
	namesCounted bool   // they are in order
}

// hashes are those of some texts. Two of a list are hardly ever one by chance.
type hashes []uint64

// person is a guest as he is compared.
type person struct {
	name
	event         uint64 // a hash
	local, domain string // of the mailbox
	bearers       int    // how many guests have the name
}

// Add takes a guest, and reports whether it is compared.
func (f *Finder) Add(g Guest) bool {
	if g.Email == "" || len(f.rows) == MaxGuests || f.full {
		return false
	}
	if f.rows == nil {
		f.seed = maphash.MakeSeed()
	}
	p := person{name: nameOf(g.First, g.Others, g.Last), event: maphash.String(f.seed, g.Event)}
	mailbox := guest.Mailbox(g.Email)
	p.local, p.domain, _ = strings.Cut(mailbox, "@")
	f.packed = p.pack(f.packed[:0])
	if f.full = f.people.Append(f.packed) != nil; f.full {
		return false
	}
	f.rows, f.mailboxes = append(f.rows, int32(g.Row)), append(f.mailboxes, f.hash(p.event, mailbox))
	called := uint64(0)
	if p.call != "" && p.name.last != "" {
		called = f.hash(p.event, min(p.name.first, p.name.last), max(p.name.first, p.name.last), p.apart)
		f.first = append(f.first, f.hash(p.event, p.name.first))
		f.last = append(f.last, f.hash(p.event, p.name.last))
	}
	f.names = append(f.names, called)
	f.addKeys(&p)
	return true
}

// Close removes what was kept of the guests.
func (f *Finder) Close() error { return f.people.Close() }

// hash returns one that is not 0.
func (f *Finder) hash(event uint64, texts ...string) uint64 {
	h := event
	for _, text := range texts {
		h = bits.RotateLeft64(h, 23)*0x9e3779b97f4a7c15 ^ maphash.String(f.seed, text)
	}
	return max(h, 1)
}

// pack writes what is compared of a person.
func (p *person) pack(data []byte) []byte {
	data = binary.LittleEndian.AppendUint64(data, p.event)
	for _, text := range [...]string{p.name.first, p.name.last, p.call, p.apart, p.local, p.domain} {
		data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
	}
	return data
}

// person returns a guest who was added.
func (f *Finder) person(n int) (p person, err error) {
	data, err := f.people.Read(n)
	if err != nil {
		return p, err
	}
	p.event, data = binary.LittleEndian.Uint64(data), data[8:]
	for _, text := range [...]*string{&p.name.first, &p.name.last, &p.call, &p.apart, &p.local, &p.domain} {
		size, n := binary.Uvarint(data)
		*text, data = string(data[n:n+int(size)]), data[n+int(size):] // as pack has written them
	}
	return p, nil
}

// Pairs returns the rows that may be one person, by the later row; each row is the later one of one pair at most.
func (f *Finder) Pairs() ([]Pair, error) {
	of := map[int32]Pair{}
	err := f.mailboxes.eachGroup(maxOfOne, func(people []int32) error {
		return f.pair(people, Address, f.atOneMailbox, of)
	})
	if err == nil {
		err = f.names.eachGroup(commonName-1, func(people []int32) error {
			return f.pair(people, Name, f.ofOneName, of)
		})
	}
	if err == nil {
		err = f.pairBoth(of)
	}
	if err != nil {
		return nil, err
	}
	pairs := make([]Pair, 0, len(of))
	for _, n := range slices.Sorted(maps.Keys(of)) {
		pairs = append(pairs, of[n])
	}
	return pairs, nil
}

// eachGroup calls a function with the numbers of those that have one hash, where they are from two to so many.
func (h hashes) eachGroup(most int, do func([]int32) error) error {
	order := make([]int32, 0, len(h))
	for n, hash := range h {
		if hash != 0 {
			order = append(order, int32(n))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(h[a], h[b]), cmp.Compare(a, b)) })
	for len(order) > 0 {
		n := 1
		for n < len(order) && h[order[n]] == h[order[0]] {
			n++
		}
		if n > 1 && n <= most {
			if err := do(order[:n]); err != nil {
				return err
			}
		}
		order = order[n:]
	}
	return nil
}

// pair finds for each of some people the first one before who may be the same, but for those who are the later ones of a pair already.
func (f *Finder) pair(group []int32, by By, same func(a, b *person) bool, of map[int32]Pair) error {
	people := make([]person, len(group))
	for i, n := range group {
		var err error
		if people[i], err = f.person(int(n)); err != nil {
			return err
		}
		people[i].bearers = len(group)
	}
	for i, n := range group {
		if _, paired := of[n]; paired {
			continue
		}
		for j := range i {
			if same(&people[j], &people[i]) {
				of[n] = Pair{Of: int(f.rows[group[j]]), Row: int(f.rows[n]), By: by}
				break
			}
		}
	}
	return nil
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
	if a.local == b.local && a.domain == b.domain || !a.mayBe(b.name) ||
		a.domain == b.domain && lettersOf(a.local) == lettersOf(b.local) && hasDigit(a.local+b.local) {
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
	first, last := f.bearers(p)
	return max(first-p.bearers, 0)*max(last-p.bearers, 0)*chance > len(f.rows)
}

// IsSeldom reports whether so few people of the list have a guest's first name or last name that among so many other people hardly
// one has both.
func (f *Finder) IsSeldom(row, others int) bool {
	at, found := slices.BinarySearch(f.rows, int32(row))
	if !found {
		return false
	}
	p, err := f.person(at)
	if err != nil || p.call == "" || p.name.last == "" {
		return false
	}
	first, last := f.bearers(&p)
	guests := float64(len(f.rows))
	return float64(others)*max(float64(first-1), 0.5)/guests*max(float64(last-1), 0.5)/guests < seldom
}

// seldom is how often a name that counts as seldom is met by chance.
const seldom = 0.01

// chance is how seldom two guests have one name by chance for it to be asked: once in so many lists.
const chance = 20

// bearers returns how many guests have a person's first name, and how many the last.
func (f *Finder) bearers(p *person) (first, last int) {
	if !f.namesCounted {
		slices.Sort(f.first)
		slices.Sort(f.last)
		f.namesCounted = true
	}
	return f.first.count(f.hash(p.event, p.name.first)), f.last.count(f.hash(p.event, p.name.last))
}

// count returns how many there are of one, where they are in order.
func (h hashes) count(of uint64) int {
	from, _ := slices.BinarySearch(h, of)
	n, _ := slices.BinarySearchFunc(h[from:], of, func(one, of uint64) int {
		if one > of {
			return 1
		}
		return -1
	})
	return n
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

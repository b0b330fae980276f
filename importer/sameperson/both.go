package sameperson

import (
	"cmp"
	"slices"
	"strings"

	"guestflow/importer/guest"
)

// Both is a name and an address that are both written otherwise: a typing error in each, a short first name at another
// address, or a mailbox that has the name which the other guest of it has now.
const Both By = "both"

// maxTyped is of how many guests typing errors in both are looked for: each takes some 120 bytes.
const maxTyped = 5_000

// keyed are numbers of guests by hashes of which each may have several.
type keyed []keyedGuest

type keyedGuest struct {
	hash uint64
	n    int32
}

// keys of what two guests may have in common, so that only those are compared who have one.
const (
	byLocal = "local"
	byShort = "short"
	bySlip  = "slip"
)

// addKeys takes what a guest may have in common with others beside his mailbox and his name.
func (f *Finder) addKeys(p *person) {
	if p.call == "" || p.name.last == "" {
		return
	}
	n := int32(len(f.rows) - 1)
	add := func(to *keyed, texts ...string) { *to = append(*to, keyedGuest{f.hash(p.event, texts...), n}) }
	local := withoutSigns.Replace(p.local)
	if len(local) >= minLocal {
		add(&f.local, byLocal, local)
	}
	for _, long := range guest.OtherFirstNames(p.call) {
		add(&f.short, byShort, min(p.call, long), max(p.call, long), p.name.last)
	}
	if len(f.rows) > maxTyped {
		f.typed = nil
		return
	}
	if len(local) < minLocal || len(local) > maxLocal {
		return
	}
	for i := range len(local) { // a letter too many, wrong or exchanged leaves one of these the same
		if i == 0 || local[i] != local[i-1] {
			add(&f.typed, bySlip, local[:i]+local[i+1:], p.domain)
		}
	}
	add(&f.typed, bySlip, local, p.domain)
}

// withoutSigns writes a mailbox as Gmail compares it; others may have been typed so.
var withoutSigns = strings.NewReplacer(".", "", "-", "", "_", "")

const (
	// minLocal is how long a mailbox is of which a letter may be wrong, or which is the same at another domain.
	minLocal = 5
	maxLocal = 32
)

// eachGroup is as that of hashes, each guest once.
func (k keyed) eachGroup(most int, do func([]int32) error) error {
	slices.SortFunc(k, func(a, b keyedGuest) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.n, b.n)) })
	for len(k) > 0 {
		n, group := 1, []int32{k[0].n}
		for ; n < len(k) && k[n].hash == k[0].hash; n++ {
			if last := group[len(group)-1]; len(group) <= most && k[n].n != last {
				group = append(group, k[n].n)
			}
		}
		if len(group) > 1 && len(group) <= most {
			if err := do(group); err != nil {
				return err
			}
		}
		k = k[n:]
	}
	return nil
}

// pairBoth finds those of whom name and address are written otherwise.
func (f *Finder) pairBoth(of map[int32]Pair) error {
	for _, kind := range []struct {
		keyed
		same func(a, b *person) bool
	}{{f.local, f.atOneLocal}, {f.short, f.byShortName}, {f.typed, typedInBoth}} {
		err := kind.eachGroup(maxOfOne, func(people []int32) error { return f.pair(people, Both, kind.same, of) })
		if err != nil {
			return err
		}
	}
	return nil
}

// atOneLocal reports whether two guests may be one person who have the part of an address before its @, at two
// domains: where it is made of a whole name, and both have that in some spelling, or one has it and the other its
// first name with a new last name.
func (f *Finder) atOneLocal(a, b *person) bool {
	made := guest.OneSpelling(lettersOf(a.local))
	sameName := a.name.first == b.name.first && a.name.last == b.name.last
	if a.domain == b.domain || sameName || !hasName(made, a) && !hasName(made, b) {
		return false
	}
	return a.isSpeltAs(b.name) || a.mayBe(b.name) && a.call == b.call && !f.isFrequent(a) && !f.isFrequent(b)
}

// hasName reports whether a mailbox has a person's first name and last name.
func hasName(made string, p *person) bool {
	return len(p.call) > 2 && len(p.name.last) > 2 && strings.Contains(made, p.call) &&
		strings.Contains(made, p.name.last) && len(made) > len(p.name.last)
}

// byShortName reports whether two guests at two addresses may be one person, of whose first names one is short for
// the other: Tom and Thomas Holm, by the rules for those of one name.
func (f *Finder) byShortName(a, b *person) bool {
	if a.name.last != b.name.last || a.call == b.call || a.local == b.local && a.domain == b.domain ||
		!a.mayBe(b.name) ||
		a.domain == b.domain && lettersOf(a.local) == lettersOf(b.local) && hasDigit(a.local+b.local) {
		return false
	}
	first, last := f.bearers(a)
	otherFirst, _ := f.bearers(b)
	return (first+otherFirst-2)*max(last-2, 0)*chance <= len(f.rows)
}

// typedInBoth reports whether two guests at one domain may be one person, with a typing error in the address and one
// in the name. Where the addresses differ as the names do, they are two: Elena and Helena at elena@ and helena@.
func typedInBoth(a, b *person) bool {
	if !isSlip(lettersOf(a.local), lettersOf(b.local)) || digitsOf(a.local) != digitsOf(b.local) || !a.mayBe(b.name) {
		return false
	}
	sameFirst, sameLast := a.name.first == b.name.first, a.name.last == b.name.last
	if sameFirst && sameLast || follows(a, b, sameFirst, sameLast) {
		return false
	}
	return (sameFirst || isTypedFirst(a.call, b.call)) && (sameLast || isTypedLast(a.name.last, b.name.last))
}

func isTypedFirst(a, b string) bool {
	return sound(a) == sound(b) && (!nearNames[a] || !nearNames[b]) || isSlip(a, b) && isTypingError(a, b)
}

func isTypedLast(a, b string) bool { return len(a) > 3 && (isSlip(a, b) || sound(a) == sound(b)) }

// follows reports whether each address has the part of its guest's name that differs.
func follows(a, b *person, sameFirst, sameLast bool) bool {
	made, other := guest.OneSpelling(lettersOf(a.local)), guest.OneSpelling(lettersOf(b.local))
	return !sameFirst && strings.Contains(made, a.call) && strings.Contains(other, b.call) ||
		!sameLast && strings.Contains(made, a.name.last) && strings.Contains(other, b.name.last)
}

func digitsOf(local string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, local)
}

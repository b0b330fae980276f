package importer_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// shared is a family, whose members have one address, or some namesakes.
type shared struct {
	name    string
	members []string
	renamed func(member int) string // with another name
	moved   func(member int) string // with another address; nil where too many have the name for it to say anything
}

func sharing(n int) []shared {
	family := shared{name: fmt.Sprintf("a family of %d", n)}
	family.renamed = func(m int) string { return fmt.Sprintf("Other%d,Berg,fam@x.example", m) }
	family.moved = func(m int) string { return fmt.Sprintf("Kin%d,Berg,other%d@x.example", m, m) }
	namesakes := shared{name: fmt.Sprintf("%d namesakes", n)}
	namesakes.renamed = func(m int) string { return fmt.Sprintf("Other,Dahl,carl%d@x.example", m) }
	if n < 4 {
		namesakes.moved = func(m int) string { return fmt.Sprintf("Carl,Dahl,other%d@x.example", m) }
	}
	for m := range n {
		family.members = append(family.members, fmt.Sprintf("Kin%d,Berg,fam@x.example", m))
		namesakes.members = append(namesakes.members, fmt.Sprintf("Carl,Dahl,carl%d@x.example", m))
	}
	return []shared{family, namesakes}
}

// looked is the plan of a list, which is not imported.
func (l *lists) looked(guests []string) importer.Plan {
	l.t.Helper()
	path := filepath.Join(l.t.TempDir(), "looked.csv")
	if err := os.WriteFile(path, []byte(list(guests...)), 0o600); err != nil {
		l.t.Fatal(err)
	}
	plan, err := importer.MakePlan(l.t.Context(), path, l.s.Beside(l.ledger))
	if err != nil {
		l.t.Fatal(err)
	}
	plan.Close()
	return plan
}

// shuffled returns guests in some order, always the same one.
func shuffled(parts ...[]string) []string {
	all := slices.Concat(parts...)
	rand.New(rand.NewPCG(14, uint64(len(all)))).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// However guests who share an address or a name came into the index, each is found once the other half is corrected.
func TestEveryGuestOfASharedAddressOrNameIsFoundOnceCorrected(t *testing.T) {
	t.Parallel()
	others := people(1, 9, "x.example")
	for way, bring := range map[string]func(l *lists, members []string){
		"entered in a first list": func(l *lists, members []string) {
			l.bring(list(shuffled(others, members)...))
		},
		"entered in a later list": func(l *lists, members []string) {
			l.bring(list(people(100, 103, "y.example")...))
			l.bring(list(shuffled(others, members)...))
		},
		"claimed in a list that is known": func(l *lists, members []string) {
			l.bring(list(others...))
			l.bring(list(shuffled(others, members)...))
		},
		"one in each list": func(l *lists, members []string) {
			for n := range members {
				l.bring(list(shuffled(others, members[:n+1])...))
			}
		},
		"the first before a list that is new": func(l *lists, members []string) {
			l.bring(list(members[0], "Ada,Ek,ada@y.example"))
			l.bring(list(shuffled(others, members)...))
		},
	} {
		for _, s := range slices.Concat(sharing(2), sharing(3), sharing(4)) {
			t.Run(way+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				l := newLists(t, "family")
				bring(l, s.members)
				l.findsEachOf(s, others)
			})
		}
	}
}

// findsEachOf corrects one member after the other in a list that was imported.
func (l *lists) findsEachOf(s shared, others []string) {
	l.t.Helper()
	if plan := l.looked(shuffled(others, s.members)); plan.Emails != 0 || plan.Near.Total() != 0 {
		l.t.Fatalf("the list again has %d emails and near misses %+v", plan.Emails, plan.Near)
	}
	for kind, corrected := range map[string]func(int) string{spec.NearName: s.renamed, spec.NearAddress: s.moved} {
		for m, member := range s.members {
			if corrected == nil {
				continue
			}
			now := slices.Clone(s.members)
			now[m] = corrected(m)
			plan := l.looked(shuffled(others, now))
			near := cmp.Or(plan.Near, &importer.NearMisses{}).Rows
			if plan.Emails != 0 || len(near) != 1 || near[0].Kind != kind || near[0].Among != 1 {
				l.t.Errorf("%s as %s: %d emails, near misses %+v", member, now[m], plan.Emails, near)
			}
		}
	}
}

package importer_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// randomList is a list of people who are like each other in all ways: few names in several spellings, few addresses.
func randomList(r *rand.Rand, most int) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	first := []string{"Ida", "Ida Maria", "Tom", "Thomas", "Jörg", "Joerg", "Jorg", "Bo", "Bob", "Robert", "I.", "Una", "Unna"}
	last := []string{"Holm", "Lund", "Holm-Lund", "Müller", "Mueller", "Berg", "Lee"}
	var guests []string
	for range 1 + r.IntN(most) {
		f, l := pick(first...), pick(last...)
		if r.IntN(8) == 0 {
			f, l = l, f
		}
		local := pick("ida", "tom", "jm", "bo", "una", "ida.holm", "family", "x"+strconv.Itoa(r.IntN(6)))
		if r.IntN(6) == 0 {
			local += "+gala"
		}
		address := local + "@" + pick("example.com", "example.org", "gmail.com", "googlemail.com")
		if r.IntN(12) == 0 {
			address = ""
		}
		guests = append(guests, f+","+l+","+address)
	}
	return list(guests...)
}

// Promise: an import does with each row what its plan has said, however alike the rows of a list and known guests are.
func TestAnImportDoesWhatItsPlanSays(t *testing.T) {
	t.Parallel()
	games, seeds := 12, []int{120} // one in which rows are held behind those that they are like
	if n, err := strconv.Atoi(os.Getenv("GUESTFLOW_PLAN_GAMES")); err == nil {
		games, seeds = n, nil
	}
	for seed := range games {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 7))
			l := newLists(t, fmt.Sprintf("plan-%d", seed))
			for range 6 {
				text := randomList(r, 14)
				says := []spec.NearMisses{"", "update", "new", "skip", "name=update", "address=new", "twice=skip", "update,most=update", "new,most=new"}[r.IntN(9)]
				o := l.bring(text, near(says))
				if o.refuse != nil {
					continue
				}
				p := o.plan
				left, near := p.Filtered, p.Near
				if near != nil {
					left += near.Hold + near.Skip
					for _, m := range near.Rows { // the person is as the other row has him
						if m.Kind == spec.NearTwice && m.Choice == spec.NearUpdate {
							left++
						}
					}
				}
				if o.rows[ledger.Filtered] != left || o.rows[ledger.Rejected] != p.Rejected || p.Compared != nil && o.rows[ledger.Unchanged] != p.Compared.Unchanged {
					t.Errorf("by %q the plan says %d left out, %d rejected, %+v, and the import has %v; %+v\n%s", says, left, p.Rejected, p.Compared, o.rows, near, text)
				}
			}
		})
	}
}

// Promise: a row is not held for what another held row of its list has.
func TestAHeldRowHoldsNoOtherOfItsList(t *testing.T) {
	t.Parallel()
	l := newLists(t, "others")
	known := people(1, 6, "example.com")
	l.bring(list(append([]string{"Ann,Vahl,ann@example.com"}, known...)...))
	o := l.bring(list(append([]string{"Zoe,Vahl,ann@example.com", "Zoe,Vahl,z1@example.com", "Zoe,Vahl,z2@example.com", "Zoe,Vahl,z3@example.com", "Zoe,Vahl,z4@example.com"}, known...)...))
	if o.plan.Near.Held() != 1 || o.rows[ledger.Filtered] != 1 || o.emails != 4 {
		t.Errorf("the plan holds %d rows, and the import has %v", o.plan.Near.Held(), o.rows)
	}
}

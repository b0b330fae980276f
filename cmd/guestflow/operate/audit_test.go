package operate_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
)

// acts writes acts down that are numbered from first to last.
func (o *office) acts(first, last int) {
	o.t.Helper()
	for n := first; n <= last; n++ {
		if err := o.Audited(o.t.Context(), anna, fmt.Sprint("act ", n), "the trust gate", "", func() (string, error) { return "", nil }); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) page(after, before string) (p operate.TrailPage, numbers string) {
	o.t.Helper()
	p, err := o.TrailPage(o.t.Context(), after, before, 3)
	if err != nil {
		o.t.Fatal(err)
	}
	var list []string
	for _, a := range p.Acts {
		list = append(list, strings.TrimPrefix(a.What, "act "))
	}
	return p, strings.Join(list, " ")
}

func TestPagesOfTheTrailStayAsTheyAreWhileActsAreWritten(t *testing.T) {
	t.Parallel()
	o := open(t)
	if p, numbers := o.page("", ""); numbers != "" || p.Older+p.Newer != "" || p.Kept != 0 {
		t.Errorf("of an empty trail: %q %+v", numbers, p)
	}
	o.acts(1, 8)
	first, numbers := o.page("", "")
	if numbers != "8 7 6" || first.Newer != "" || first.Kept != 8 {
		t.Fatalf("the newest are %q, %+v", numbers, first)
	}
	o.acts(9, 10)
	second, numbers := o.page("", first.Older)
	if numbers != "5 4 3" || second.Kept != 10 {
		t.Errorf("those before are %q, %+v", numbers, second)
	}
	last, numbers := o.page("", second.Older)
	if numbers != "2 1" || last.Older != "" {
		t.Errorf("the oldest are %q, %+v", numbers, last)
	}
	back, numbers := o.page(last.Newer, "")
	if numbers != "5 4 3" || back.Older != second.Older {
		t.Errorf("back again it is %q, %+v", numbers, back)
	}
	back, numbers = o.page(back.Newer, "")
	if numbers != "8 7 6" || back.Newer == "" {
		t.Errorf("further back it is %q, %+v", numbers, back)
	}
	if top, numbers := o.page(back.Newer, ""); numbers != "10 9 8" || top.Newer != "" {
		t.Errorf("too few are newer, so it should be the newest: %q, %+v", numbers, top)
	}
	if none, numbers := o.page("", "1-1"); numbers != "" || none.Older != "" || none.Newer != "1-1" {
		t.Errorf("before all that is kept: %q, %+v", numbers, none)
	}
}

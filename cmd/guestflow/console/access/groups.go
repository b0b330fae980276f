package access

import "slices"

// Groups turns groups of an identity provider or a proxy into rights. "*" stands for everybody. Whoever is in none of the
// lists stays out; operators and those who may see guests' data may also look.
type Groups struct {
	Viewers, Operators, Guests []string
}

func (g Groups) empty() bool { return len(g.Viewers)+len(g.Operators)+len(g.Guests) == 0 }

// user gives somebody the rights of their groups, or false.
func (g Groups) user(name string, groups []string) (User, bool) {
	within := func(list []string) bool {
		return slices.ContainsFunc(list, func(in string) bool { return in == "*" || slices.Contains(groups, in) })
	}
	u := User{Name: name, Operator: within(g.Operators), Guests: within(g.Guests)}
	return u, u.Operator || u.Guests || within(g.Viewers)
}

// relevant keeps the groups that matter here: somebody in five hundred of them still gets a cookie.
func (g Groups) relevant(groups []string) []string {
	var kept []string
	for _, list := range [][]string{g.Viewers, g.Operators, g.Guests} {
		for _, in := range list {
			if slices.Contains(groups, in) && !slices.Contains(kept, in) {
				kept = append(kept, in)
			}
		}
	}
	return kept
}

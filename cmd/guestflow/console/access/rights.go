package access

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// User is an authenticated user. Every user may see everything but guests' data.
type User struct {
	Name     string
	Operator bool // may steer: start, pause, cancel, retry, change limits
	Guests   bool // may see guests' data: names, addresses, cells of a file

	Account string // to which a program's token belongs; "" for a person
}

// NoLogin is the name of every user of a console without logins.
const NoLogin = "local"

type userKey struct{}

// withUser returns a context with the user.
func withUser(ctx context.Context, u User) context.Context {
	return context.WithValue(ctx, userKey{}, u)
}

// UserFrom returns the user of a context; without one the zero user, without any rights.
func UserFrom(ctx context.Context) User {
	u, _ := ctx.Value(userKey{}).(User)
	return u
}

// Groups map groups of an identity provider or a proxy to rights. "*" stands for every user. Users in none of the lists
// are refused; the rights to operate and to see guests' data include that of a viewer.
type Groups struct {
	Viewers, Operators, Guests []string
}

func (g Groups) empty() bool { return len(g.Viewers)+len(g.Operators)+len(g.Guests) == 0 }

// user returns a user with the rights of their groups, or false.
func (g Groups) user(name string, groups []string) (User, bool) {
	within := func(list []string) bool {
		return slices.ContainsFunc(list, func(in string) bool { return in == "*" || slices.Contains(groups, in) })
	}
	u := User{Name: name, Operator: within(g.Operators), Guests: within(g.Guests)}
	return u, u.Operator || u.Guests || within(g.Viewers)
}

// relevant returns the groups in one of the lists, so that a user in five hundred groups still fits a cookie.
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

// addRights parses rights. An unknown word is not quoted: in a file with swapped columns it is a hash or worse.
func (u *User) addRights(rights string) (why string) {
	for word := range strings.FieldsFuncSeq(rights, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		switch word {
		case "viewer":
		case "operator":
			u.Operator = true
		case "guests":
			u.Guests = true
		default:
			return "the rights are not words of viewer, operator and guests"
		}
	}
	return ""
}

// Rights are the user's rights in the words of the password file.
func (u User) Rights() string {
	words := []string{"viewer"}
	if u.Operator {
		words[0] = "operator"
	}
	if u.Guests {
		words = append(words, "guests")
	}
	return strings.Join(words, ",")
}

// Package access decides who may see and do what in the console: login, sessions, rights, and the protection of every request.
package access

import "context"

// User is somebody who has been let in. Everybody who is may look at everything but guests' data.
type User struct {
	Name     string
	Operator bool // may steer: start, pause, cancel, retry, change limits
	Guests   bool // may see guests' data: names, addresses, cells of a file
}

type userKey struct{}

// WithUser gives a context in which the user acts.
func WithUser(ctx context.Context, u User) context.Context {
	return context.WithValue(ctx, userKey{}, u)
}

// UserFrom gives the user who acts; the zero one, who may do nothing, where nobody has been let in.
func UserFrom(ctx context.Context) User {
	u, _ := ctx.Value(userKey{}).(User)
	return u
}

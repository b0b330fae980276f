package access

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Proxy is a reverse proxy in front. Its addresses alone only identify clients behind it; with a header it also
// authenticates users. The zero value is none. The proxy must remove the header from requests that it receives, and
// should be the only way to reach the console.
type Proxy struct {
	Header       string   // such as X-Forwarded-User; "" if users log in at the console
	From         []string // addresses or networks of the proxy; a header from elsewhere is refused
	GroupsHeader string   // comma-separated groups; "" is no groups
	Groups       Groups   // without any list every user is a viewer
}

// proxy is a checked Proxy with a header.
type proxy struct {
	Proxy
	from networks
}

func newProxy(p Proxy, from networks) (*proxy, error) {
	if p.Header == "" {
		if p.GroupsHeader != "" || !p.Groups.empty() {
			return nil, &UsageError{"the reverse proxy has no header with the user's name; set one such as " +
				"X-Forwarded-User"}
		}
		return nil, nil
	}
	if len(from) == 0 {
		return nil, &UsageError{"the header " + p.Header + " needs the addresses that it is trusted from; name the " +
			"reverse proxy's, such as 10.0.0.5"}
	}
	if p.Groups.empty() {
		p.Groups.Viewers = []string{"*"}
	}
	return &proxy{p, from}, nil
}

// user reads the header. named is false without one, so that our own login works beside the proxy's.
func (p *proxy) user(r *http.Request) (u User, named bool, err error) {
	values := r.Header.Values(p.Header)
	if len(values) == 0 {
		return u, false, nil
	}
	if !p.from.contains(peerAddress(r)) {
		return u, false, &refusal{http.StatusForbidden, "This request has the header " + p.Header +
			", but does not come from the reverse proxy."}
	}
	name := strings.TrimSpace(values[0])
	if len(values) == 1 && name == "" {
		return u, false, nil
	}
	if len(values) > 1 || !printable(name) {
		return u, false, &refusal{http.StatusForbidden, "The reverse proxy sent more than one user, or one with " +
			"invalid characters, in the header " + p.Header + "."}
	}
	groups, err := p.groups(r)
	if err != nil {
		return u, false, err
	}
	u, in := p.Groups.user(name, groups)
	if !in {
		return User{}, false, &refusal{http.StatusForbidden, "You are logged in at the reverse proxy, but none of " +
			"your groups may use this console. Ask its administrator."}
	}
	return u, true, nil
}

// groups reads the header of groups. A second one is refused: a client may have sent it through the proxy.
func (p *proxy) groups(r *http.Request) (groups []string, err error) {
	if p.GroupsHeader == "" {
		return nil, nil
	}
	values := r.Header.Values(p.GroupsHeader)
	if len(values) > 1 {
		return nil, &refusal{http.StatusForbidden, "The reverse proxy sent the header " + p.GroupsHeader +
			" more than once."}
	}
	for _, value := range values {
		for group := range strings.SplitSeq(value, ",") {
			groups = append(groups, strings.TrimSpace(group))
		}
	}
	return groups, nil
}

// printable reports whether a name from outside fits on one line of a page and of a log.
func printable(name string) bool {
	return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= 2*maxName &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

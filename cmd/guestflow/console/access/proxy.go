package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Proxy is a reverse proxy that has logged people in and names them in a header. The zero value is none. The proxy must take
// the header away from what it is sent; nobody but it should reach the console.
type Proxy struct {
	Header       string   // such as X-Forwarded-User
	From         []string // addresses or networks of the proxy; a header from elsewhere is refused
	GroupsHeader string   // groups, with commas between; none is everybody in no group
	Groups       Groups   // without any list everybody whom the proxy names is a viewer
}

// proxy is Proxy, checked.
type proxy struct {
	Proxy
	from []netip.Prefix
}

func newProxy(p Proxy) (*proxy, error) {
	if p.Header == "" {
		if len(p.From) > 0 || p.GroupsHeader != "" || !p.Groups.none() {
			return nil, &UsageError{"the reverse proxy has no header that names who it is; set one such as X-Forwarded-User"}
		}
		return nil, nil
	}
	if len(p.From) == 0 {
		return nil, &UsageError{"the header " + p.Header + " is trusted from nowhere; name the reverse proxy's address or network, such as 10.0.0.5 or 10.0.0.0/24"}
	}
	checked := &proxy{Proxy: p}
	for _, text := range p.From {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		checked.from = append(checked.from, network)
	}
	if p.Groups.none() {
		checked.Groups.Viewers = []string{"*"}
	}
	return checked, nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return network, &UsageError{fmt.Sprintf("the reverse proxy's address %q is neither an address nor a network such as 10.0.0.0/24", text)}
	}
	if network.Bits() == 0 {
		return network, &UsageError{fmt.Sprintf("the reverse proxy's network %s is the whole internet, so anybody could name themselves", text)}
	}
	return network.Masked(), nil
}

// trusts tells whether an address is that of the proxy.
func (p *proxy) trusts(address netip.Addr) bool {
	for _, network := range p.from {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// who reads the header. Without one it is nobody, so that a login of our own may stand beside the proxy's.
func (p *proxy) who(r *http.Request) (u User, named bool, err error) {
	values := r.Header.Values(p.Header)
	if len(values) == 0 {
		return u, false, nil
	}
	if !p.trusts(peer(r)) {
		return u, false, &refusal{http.StatusForbidden, "This request names a user in the header " + p.Header + ", and does not come from the reverse proxy that may."}
	}
	name := strings.TrimSpace(values[0])
	if len(values) == 1 && name == "" {
		return u, false, nil
	}
	if len(values) > 1 || !plain(name) {
		return u, false, &refusal{http.StatusForbidden, "The reverse proxy names more than one user, or one with odd characters, in the header " + p.Header + "."}
	}
	u, in := p.Groups.user(name, p.groups(r))
	if !in {
		return User{}, false, &refusal{http.StatusForbidden, "You are logged in at the reverse proxy, and in no group that may look at this console. Ask its administrator."}
	}
	return u, true, nil
}

func (p *proxy) groups(r *http.Request) (groups []string) {
	if p.GroupsHeader == "" {
		return nil
	}
	for _, value := range r.Header.Values(p.GroupsHeader) {
		for group := range strings.SplitSeq(value, ",") {
			groups = append(groups, strings.TrimSpace(group))
		}
	}
	return groups
}

// plain tells whether a name from elsewhere can stand on one line of a page and of a log.
func plain(name string) bool {
	return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= 2*maxName &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr().Unmap().WithZone("")
}

// source is the address that a request began at, as far as it can be trusted: the last one that is not the proxy's.
func (a *Access) source(r *http.Request) netip.Addr {
	address := peer(r)
	if a.proxy == nil || !a.proxy.trusts(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if address = hop.Unmap().WithZone(""); !a.proxy.trusts(address) {
			break
		}
	}
	return address
}

// loopback tells whether a host or an address to listen on is this machine's only.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

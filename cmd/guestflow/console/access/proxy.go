package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Proxy is a reverse proxy in front. With only its addresses it tells where requests begin; with a header it has logged people in
// and names them. The zero value is none. The proxy must take the header away from what it is sent; nobody but it should reach
// the console.
type Proxy struct {
	Header       string   // such as X-Forwarded-User; none where people log in here
	From         []string // addresses or networks of the proxy; a header from elsewhere is refused
	GroupsHeader string   // groups, with commas between; none is everybody in no group
	Groups       Groups   // without any list everybody whom the proxy names is a viewer
}

// proxy is Proxy with a header, checked.
type proxy struct {
	Proxy
	from networks
}

// networks are those of the proxy.
type networks []netip.Prefix

func newProxy(p Proxy, from networks) (*proxy, error) {
	if p.Header == "" {
		if p.GroupsHeader != "" || !p.Groups.empty() {
			return nil, &UsageError{"the reverse proxy has no header that names who it is; set one such as X-Forwarded-User"}
		}
		return nil, nil
	}
	if len(from) == 0 {
		return nil, &UsageError{"the header " + p.Header + " is trusted from nowhere; name the reverse proxy's address, such as 10.0.0.5"}
	}
	if p.Groups.empty() {
		p.Groups.Viewers = []string{"*"}
	}
	return &proxy{p, from}, nil
}

func parseNetworks(texts []string) (networks, error) {
	var parsed networks
	for _, text := range texts {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, network)
	}
	return parsed, nil
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

// wide gives those in which there likely is more than the proxy.
func (n networks) wide() (wide []string) {
	for _, network := range n {
		narrow := 24
		if network.Addr().Is6() {
			narrow = 64
		}
		if network.Bits() < narrow {
			wide = append(wide, network.String())
		}
	}
	return wide
}

// contains tells whether an address is in one of them.
func (n networks) contains(address netip.Addr) bool {
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// lists tells whether an address is there by itself, and not only as one of a network in which clients may be, too.
func (n networks) lists(address netip.Addr) bool {
	return address.IsValid() && slices.Contains(n, netip.PrefixFrom(address, address.BitLen()))
}

// user reads the header. Without one it is nobody, so that a login of our own may stand beside the proxy's.
func (p *proxy) user(r *http.Request) (u User, named bool, err error) {
	values := r.Header.Values(p.Header)
	if len(values) == 0 {
		return u, false, nil
	}
	if !p.from.contains(peerAddress(r)) {
		return u, false, &refusal{http.StatusForbidden, "This request names a user in the header " + p.Header + ", and does not come from the reverse proxy that may."}
	}
	name := strings.TrimSpace(values[0])
	if len(values) == 1 && name == "" {
		return u, false, nil
	}
	if len(values) > 1 || !printable(name) {
		return u, false, &refusal{http.StatusForbidden, "The reverse proxy names more than one user, or one with odd characters, in the header " + p.Header + "."}
	}
	groups, err := p.groups(r)
	if err != nil {
		return u, false, err
	}
	u, in := p.Groups.user(name, groups)
	if !in {
		return User{}, false, &refusal{http.StatusForbidden, "You are logged in at the reverse proxy, and in no group that may look at this console. Ask its administrator."}
	}
	return u, true, nil
}

// groups reads the header of groups. There is one: of two, somebody may have sent the other through the proxy.
func (p *proxy) groups(r *http.Request) (groups []string, err error) {
	if p.GroupsHeader == "" {
		return nil, nil
	}
	values := r.Header.Values(p.GroupsHeader)
	if len(values) > 1 {
		return nil, &refusal{http.StatusForbidden, "The reverse proxy sends the header " + p.GroupsHeader + " more than once."}
	}
	for _, value := range values {
		for group := range strings.SplitSeq(value, ",") {
			groups = append(groups, strings.TrimSpace(group))
		}
	}
	return groups, nil
}

// printable tells whether a name from elsewhere can stand on one line of a page and of a log.
func printable(name string) bool {
	return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= 2*maxName &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// peerAddress is the address at the other end of the connection.
func peerAddress(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr().Unmap().WithZone("")
}

// sourceAddress is the address that a request began at, as far as it can be trusted: the last hop before the proxy. Of several proxies
// those are passed over that are named by their address. Others of a network are counted as clients: one of them that could put
// hops before its own would be somebody else with every request.
func (a *Access) sourceAddress(r *http.Request) netip.Addr {
	address := peerAddress(r)
	if !a.proxyNetworks.contains(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = before.Unmap().WithZone("")
		if address != peerAddress(r) && !a.proxyNetworks.lists(address) {
			break
		}
	}
	return address
}

// WithSourceAddress gives a handler requests whose address is the one that they began at, and not the proxy's.
func (a *Access) WithSourceAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		copied := *r
		copied.RemoteAddr = netip.AddrPortFrom(a.sourceAddress(r), 0).String()
		next.ServeHTTP(w, &copied)
	})
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

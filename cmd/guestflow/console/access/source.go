package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// networks are those of the reverse proxy.
type networks []netip.Prefix

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
		return network, &UsageError{fmt.Sprintf("the reverse proxy's address %q is neither an address nor a network "+
			"such as 10.0.0.0/24", text)}
	}
	if network.Bits() == 0 {
		return network, &UsageError{fmt.Sprintf("the reverse proxy's network %s is the whole internet, so every "+
			"client could claim to be any user", text)}
	}
	return network.Masked(), nil
}

// wide returns those that likely hold more than the proxy.
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

// contains reports whether an address is in one of them.
func (n networks) contains(address netip.Addr) bool {
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// lists reports whether an address is listed by itself, and not only as part of a network, which may hold clients too.
func (n networks) lists(address netip.Addr) bool {
	return address.IsValid() && slices.Contains(n, netip.PrefixFrom(address, address.BitLen()))
}

// peerAddress is the address at the other end of the connection.
func peerAddress(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr().Unmap().WithZone("")
}

// sourceAddress is the client's address, as far as it can be trusted: the last hop before the proxy. Of several proxies
// in a row, those that are listed by their address are skipped. Other addresses of a network count as clients: one that
// could add hops before its own would have a new address with every request.
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

// WithSourceAddress replaces the proxy's address in requests by the client's.
func (a *Access) WithSourceAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		copied := *r
		copied.RemoteAddr = netip.AddrPortFrom(a.sourceAddress(r), 0).String()
		next.ServeHTTP(w, &copied)
	})
}

// network is the range of addresses of one client: one of IPv4, 2^64 of IPv6.
func network(address netip.Addr) string {
	if address.Is6() {
		if wide, err := address.Prefix(64); err == nil {
			return wide.String()
		}
	}
	return address.String()
}

// loopback reports whether a host or a listening address is reachable from this machine only.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

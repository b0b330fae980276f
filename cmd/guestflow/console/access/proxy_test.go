package access_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

func behind(t *testing.T, p access.Proxy) *door {
	return open(t, func(o *access.Options) { o.Passwords, o.Proxy = "", p })
}

func TestAProxysHeaderSaysWhoItIs(t *testing.T) {
	t.Parallel()
	d := behind(t, access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8", "127.0.0.1", "::1"},
		GroupsHeader: "X-Forwarded-Groups",
		Groups: access.Groups{Viewers: []string{"staff"}, Operators: []string{"events", "admins"},
			Guests: []string{"admins"}}})
	named := header{"X-Forwarded-User", "Anna Ångström"}
	groups := func(of string) header { return header{"X-Forwarded-Groups", of} }
	d.wants(d.get("/", named, groups("staff, other")), http.StatusOK, "{Name:Anna Ångström Operator:false "+
		"Guests:false Account:} out=false")
	d.wants(d.get("/", named, groups("other,events")), http.StatusOK, "Operator:true Guests:false")
	d.wants(d.get("/", named, groups("other, admins")), http.StatusOK, "Operator:true Guests:true")
	d.wants(d.get("/", named, groups("other"), groups("admins")), http.StatusForbidden, "more than once")
	d.wants(d.get("/", named, groups("stafff,*")), http.StatusForbidden, "of your groups may use this console")
	d.wants(d.get("/", named), http.StatusForbidden, "of your groups may use this console")
	d.wants(d.get("/", groups("admins"), asPage), http.StatusUnauthorized, "proxy sent no user name")
	d.wants(d.get("/login", asPage), http.StatusUnauthorized, "proxy sent no user name")
	d.wants(d.get("/", header{"X-Forwarded-User", ""}, groups("staff")), http.StatusUnauthorized, "")
	d.wants(d.get("/", named, header{"X-Forwarded-User", "otto"}, groups("staff")), http.StatusForbidden,
		"more than one")
	d.wants(d.get("/", header{"X-Forwarded-User", "a\u202eb"}, groups("staff")), http.StatusForbidden,
		"invalid characters")
	d.wants(d.do("POST", "/steer", url.Values{}, named, groups("events"), header{"Sec-Fetch-Site", "cross-site"}),
		http.StatusForbidden, "another site")
}

func TestAHeaderFromElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	forged := header{"X-Forwarded-User", "otto"}
	d := behind(t, access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8", "127.0.0.2"}})
	d.wants(d.get("/", forged), http.StatusForbidden, "does not come from the reverse proxy")
	// an address that is claimed is none
	d.wants(d.get("/", forged, header{"X-Forwarded-For", "10.0.0.1"}), http.StatusForbidden, "")
	d.wants(d.get("/login", forged, asPage), http.StatusUnauthorized, "")

	d = open(t, func(o *access.Options) {
		o.Proxy = access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8"},
			Groups: access.Groups{Operators: []string{"*"}}}
	})
	d.enter("vera") // beside the proxy there is a login
	d.wants(d.do("POST", "/steer", url.Values{}, forged), http.StatusForbidden, "does not come from")
	d.wants(d.get("/"), http.StatusOK, "{Name:vera Operator:false")
}

func TestProxyOptionsThatTrustTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []access.Proxy{
		{Header: "X-User"}, {From: []string{"10.0.0.1"}}, {Header: "X-User", From: []string{"proxy.example"}},
		{Header: "X-User", From: []string{"0.0.0.0/0"}}, {Header: "X-User", From: []string{"::/0"}},
		{GroupsHeader: "X-Groups"},
	} {
		if _, err := access.New(access.Options{Listen: ":80", Proxy: p,
			Hosts: []string{"console.example"}}); !isUsage(err) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// A page elsewhere whose name was made to point here (DNS rebinding) sends what headers it likes, from a browser near
// the proxy.
func TestAProxysHeaderIsBelievedForItsHostsOnly(t *testing.T) {
	t.Parallel()
	trusted := access.Proxy{Header: "X-Forwarded-User", From: []string{"127.0.0.1"}}
	if _, err := access.New(access.Options{Listen: ":80", Proxy: trusted}); !isUsage(err) ||
		!strings.Contains(err.Error(), "hosts") {
		t.Errorf("without hosts: %v", err)
	}
	d := behind(t, trusted)
	d.wants(d.get("/", header{"X-Forwarded-User", "otto"}, header{"Host", "evil.example"}),
		http.StatusMisdirectedRequest, "does not serve that host name")
	d.wants(d.get("/", header{"X-Forwarded-User", "otto"}), http.StatusOK, "otto")
}

func TestAWideNetworkOfTheProxyIsWarnedOf(t *testing.T) {
	t.Parallel()
	d := behind(t, access.Proxy{Header: "X-User", From: []string{"10.0.0.0/8", "10.1.2.0/24", "10.1.2.3",
		"2001:db8::/32", "2001:db8::/64"}})
	log := d.log.String()
	if strings.Count(log, "network is wide") != 2 || !strings.Contains(log, "network=10.0.0.0/8") ||
		!strings.Contains(log, "network=2001:db8::/32") {
		t.Errorf("the log says\n%s", log)
	}
}

func isUsage(err error) bool {
	_, is := errors.AsType[*access.UsageError](err)
	return is
}

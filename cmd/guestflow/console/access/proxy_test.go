package access_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"guestflow/cmd/guestflow/console/access"
)

func behind(t *testing.T, p access.Proxy) *door {
	return open(t, func(o *access.Options) { o.Passwords, o.Proxy = "", p })
}

func TestAProxysHeaderSaysWhoItIs(t *testing.T) {
	t.Parallel()
	d := behind(t, access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8", "127.0.0.1", "::1"}, GroupsHeader: "X-Forwarded-Groups",
		Groups: access.Groups{Viewers: []string{"staff"}, Operators: []string{"events", "admins"}, Guests: []string{"admins"}}})
	named := header{"X-Forwarded-User", "Anna Ångström"}
	groups := func(of string) header { return header{"X-Forwarded-Groups", of} }
	d.wants(d.get("/", named, groups("staff, other")), http.StatusOK, "{Name:Anna Ångström Operator:false Guests:false} out=false")
	d.wants(d.get("/", named, groups("other,events")), http.StatusOK, "Operator:true Guests:false")
	d.wants(d.get("/", named, groups("other"), groups("admins")), http.StatusOK, "Operator:true Guests:true")
	d.wants(d.get("/", named, groups("stafff,*")), http.StatusForbidden, "in no group")
	d.wants(d.get("/", named), http.StatusForbidden, "in no group")
	d.wants(d.get("/", groups("admins"), asPage), http.StatusUnauthorized, "proxy does not say who you are")
	d.wants(d.get("/login", asPage), http.StatusUnauthorized, "proxy does not say who you are")
	d.wants(d.get("/", header{"X-Forwarded-User", ""}, groups("staff")), http.StatusUnauthorized, "")
	d.wants(d.get("/", named, header{"X-Forwarded-User", "otto"}, groups("staff")), http.StatusForbidden, "more than one")
	d.wants(d.get("/", header{"X-Forwarded-User", "a\u202eb"}, groups("staff")), http.StatusForbidden, "odd characters")
	d.wants(d.do("POST", "/steer", url.Values{}, named, groups("events"), header{"Sec-Fetch-Site", "cross-site"}), http.StatusForbidden, "another site")
}

func TestAHeaderFromElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	forged := header{"X-Forwarded-User", "otto"}
	d := behind(t, access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8", "127.0.0.2"}})
	d.wants(d.get("/", forged), http.StatusForbidden, "does not come from the reverse proxy")
	d.wants(d.get("/", forged, header{"X-Forwarded-For", "10.0.0.1"}), http.StatusForbidden, "") // an address that is claimed is none
	d.wants(d.get("/login", forged, asPage), http.StatusUnauthorized, "")

	d = open(t, func(o *access.Options) {
		o.Proxy = access.Proxy{Header: "X-Forwarded-User", From: []string{"10.0.0.0/8"}, Groups: access.Groups{Operators: []string{"*"}}}
	})
	d.enter("vera") // beside the proxy there is a login
	d.wants(d.do("POST", "/steer", url.Values{}, forged), http.StatusForbidden, "does not come from")
	d.wants(d.get("/"), http.StatusOK, "{Name:vera Operator:false")
}

func TestProxyOptionsThatTrustTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []access.Proxy{
		{Header: "X-User"}, {From: []string{"10.0.0.1"}}, {Header: "X-User", From: []string{"proxy.example"}},
		{Header: "X-User", From: []string{"0.0.0.0/0"}}, {Header: "X-User", From: []string{"::/0"}}, {GroupsHeader: "X-Groups"},
	} {
		if _, err := access.New(access.Options{Listen: ":80", Proxy: p}); !isUsage(err) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func isUsage(err error) bool {
	_, is := errors.AsType[*access.UsageError](err)
	return is
}

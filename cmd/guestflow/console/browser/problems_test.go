package browser

import (
	"fmt"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// problems visits the pages of errors, one after the other in the tab of one user, each once.
func problems(t *testing.T, html *pages) {
	t.Helper()
	h := newHouse(t, "GUESTFLOW_UPLOAD_MIB=1")
	h.user("otto", "--operator", "--guests")
	h.user("vera")
	h.serve("--users=users")
	id := h.imports(h.file("gala.csv", 5), template)
	b := h.open()
	for _, code := range []string{"400", "401", "403", "404", "409", "413", "422", "429", "500", "503"} {
		b.expect(code)
	}
	look := func(name, title string) {
		t.Helper()
		b.titled(title)
		b.lookAt(name)
	}
	b.visit(h.at(""))
	look("login", "guestflow")
	html.keep(t, "login", h.site+"/login")
	b.logIn("otto", "not the password")
	b.until("refuses", `document.querySelector("[role=alert]")`)
	look("login-refused", "guestflow")
	b.logIn("otto", passwordOf("otto"))
	b.titled("Overview")

	b.visit(h.at("nonesuch"))
	look("problem-404-address", "Page not found")
	b.visit(h.at("imports/nonesuch"))
	look("problem-404", "Import not found")
	html.write(t, "problem", b.source("GET", "imports/nonesuch"))
	b.posts(h.at("new"))
	look("problem-400", "No file came")
	b.visit(h.at("new"))
	b.uploads(2 << 20)
	look("problem-413", "The file is too large")
	b.visit(h.at("imports/" + id))
	b.says("Finished")
	b.visit(h.at("imports/" + id + "/steer/resume"))
	look("problem-409", "Not possible now")
	b.posts(h.at("imports/" + id + "/steer/pause"))
	look("problem-422", "Nothing was changed")
	client := redistest.Connect(t, h.redis)
	key := "gf:{sandbox}:import:" + id + ":history"
	if err := client.Del(t.Context(), key).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), key, "no list", 0).Err(); err != nil {
		t.Fatal(err)
	}
	b.visit(h.at("imports/" + id))
	look("problem-500", "Internal error")
	b.visit(h.at(""))
	b.click("header form button")
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.logIn("vera", passwordOf("vera"))
	b.titled("Overview")
	b.visit(h.at("new"))
	look("problem-403", "Only operators may do that")
	b.postsTired(h.at("new"))
	look("problem-429", "Too Many Requests")
	stranger := h.open()
	stranger.expect("401")
	stranger.expect("429")
	stranger.visit(h.site + "/login")
	stranger.tires(h.site+"/login", "name=otto&password=wrong")
	stranger.logIn("otto", "not the password")
	stranger.says("Too many wrong passwords")
	stranger.lookAt("login-429")
	h.redis.Kill()
	b.visit(h.at("imports"))
	look("problem-503", "Redis cannot be reached")
	html.write(t, "problem-503", b.source("GET", "imports"))
}

// signInFails visits a page of a live account whose sign-in fails, and one that access refuses.
func signInFails(t *testing.T, html *pages) {
	t.Helper()
	account := sandbox.Defaults()
	h := newHouse(t, "GUESTFLOW_CLIENT_ID="+account.ClientID, "GUESTFLOW_CLIENT_SECRET=not-the-secret",
		"GUESTFLOW_USERNAME="+account.Email, "GUESTFLOW_PASSWORD="+account.Password,
		"GUESTFLOW_SUBSCRIPTION_KEY="+account.SubscriptionKey)
	h.Shell = h.With("GUESTFLOW_IDENTITY_URL=" + h.api + "/core/connect/token")
	h.user("wilhelmina-of-the-front-desk", "--operator", "--guests")
	h.serve("--users=users")
	b := h.open()
	b.expect("401")
	b.visit(h.site)
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.logIn("wilhelmina-of-the-front-desk", passwordOf("wilhelmina-of-the-front-desk"))
	b.titled("Overview")
	_, _, _ = h.Run("token", "renew")
	b.says("refuses the client secret")
	lines := evaluate[int](b,
		`new Set([...document.querySelectorAll("header nav a")].map(a => a.getBoundingClientRect().top)).size`)
	if lines != 1 {
		t.Errorf("with a login the menu has %d lines", lines)
	}
	b.lookAt("sign-in-fails")
	html.write(t, "sign-in-fails", b.source("GET", "imports"))

	open := newHouse(t)
	open.serve()
	stranger := open.open()
	stranger.expect("404")
	stranger.visit(open.site)
	stranger.titled("Overview")
	stranger.posts(open.site + "/login")
	stranger.titled("Not Found")
	stranger.lookAt("refused")
	html.write(t, "refused", stranger.source("POST", "/login"))
}

// uploads sends a file of so many bytes in the form of the page, past its script, which would refuse one that is too
// large.
func (b *tab) uploads(size int) {
	b.t.Helper()
	evaluate[bool](b, fmt.Sprintf(`(() => {
		const form = document.querySelector("form#upload"), list = new DataTransfer();
		list.items.add(new File([new Uint8Array(%d)], "list.csv"));
		form.querySelector("input[type=file]").files = list.files;
		form.submit();
		return true;
	})()`, size))
}

// tires sends forms until they are refused as too many.
func (b *tab) tires(url, form string) {
	b.t.Helper()
	evaluate[bool](b, fmt.Sprintf(`(async () => {
		for (;;) {
			const r = await fetch(%q, {method: "POST", body: new URLSearchParams(%q)});
			if (r.status === 429) return true;
		}
	})()`, url, form))
}

// posts sends an empty form, as a page would.
func (b *tab) posts(url string) {
	b.t.Helper()
	evaluate[bool](b, fmt.Sprintf(`(() => {
		const form = document.createElement("form");
		form.method = "post";
		form.action = %q;
		document.body.append(form);
		form.submit();
		return true;
	})()`, url))
}

// postsTired sends an empty form, as a page would, as soon as one is refused as too many, and goes on sending others
// until the page is there: on a busy machine that one might be taken again.
func (b *tab) postsTired(url string) {
	b.t.Helper()
	evaluate[bool](b, fmt.Sprintf(`(async () => {
		const form = document.createElement("form");
		form.method = "post";
		form.action = %q;
		document.body.append(form);
		for (;;) {
			const r = await fetch(form.action, {method: "POST", body: new URLSearchParams("")});
			if (r.status === 429) {
				setInterval(() => fetch(form.action, {method: "POST", body: new URLSearchParams("")}).catch(() => {}), 20);
				form.submit();
				return true;
			}
		}
	})()`, url))
}

// source is a page as it comes from the server, for the user of the tab.
func (b *tab) source(method, path string) string {
	b.t.Helper()
	if path[0] != '/' {
		path = evaluate[string](b, `location.pathname.match(/^\/a\/[^/]+\//)[0]`) + path
	}
	return evaluate[string](b, fmt.Sprintf(
		`fetch(%q, {method: %q, headers: {Accept: "text/html"}}).then(r => r.text())`, path, method))
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/api"
	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// apiUser is a program that uses the API.
type apiUser struct {
	t          *testing.T
	url, token string
}

// reply is what it is answered.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (p apiUser) do(method, path, kind, body string, header ...string) (r reply) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+api.Path+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	r = reply{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &r.body); err != nil {
			p.t.Fatalf("%v in %q", err, text)
		}
	}
	return r
}

func (p apiUser) get(path string) reply { p.t.Helper(); return p.do("GET", path, "", "") }
func (p apiUser) post(path, kind, body string) reply {
	p.t.Helper()
	return p.do("POST", path, kind, body)
}

// wants fails unless an answer has a status and says all of some words.
func (p apiUser) wants(r reply, status int, says ...string) reply {
	p.t.Helper()
	if r.status != status {
		p.t.Errorf("answered %d, want %d: %s", r.status, status, r.text)
	}
	for _, text := range says {
		if !strings.Contains(r.text, text) {
			p.t.Errorf("does not say %q: %s", text, r.text)
		}
	}
	return r
}

// settled waits until an import is finished.
func (p apiUser) settled(id string) (imp map[string]any) {
	p.t.Helper()
	testkit.Eventually(p.t, "import "+id+" is finished", func() bool {
		imp = p.get("/imports/" + id).body
		return imp["state"] == "finished"
	})
	return imp
}

// serving runs guestflow, and returns programs with tokens of some rights.
func serving(t *testing.T) (h *house, box *sandbox.Sandbox, with func(name string, rights ...string) apiUser) {
	t.Helper()
	h = newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box = h.sandbox(sandbox.Options{Adjust: noLimits})
	url := listening.FindStringSubmatch(h.start("msg=console", "run").String())
	if url == nil {
		t.Fatal("no console")
	}
	return h, box, func(name string, rights ...string) apiUser {
		t.Helper()
		return apiUser{t, url[1], strings.TrimSpace(h.must(append([]string{"api-token", "add", name}, rights...)...))}
	}
}

const csvKind, jsonKind = "text/csv", "application/json"

func TestAProgramImportsListsAndFollowsThemByTheAPI(t *testing.T) {
	t.Parallel()
	h, box, with := serving(t)
	p, viewer := with("shop", "--operator", "--guests"), with("board")
	to := fmt.Sprintf("?event=%s&template=%s", sandbox.Defaults().EventID, sandbox.Defaults().TemplateID)
	const list = "First name,Last name,Email\nIda,Holm,ida@example.com\nBo,Ek,bo@example.com\nAnn,Lee,ann@@example.com\n"

	t.Run("a dry run writes nothing and says what would happen", func(t *testing.T) {
		r := p.wants(p.post("/imports"+to+"&dry_run=true", csvKind, list), http.StatusOK, `"state":"dry_run"`, `"guests":2`, `"emails":2`, "bad_email")
		p.wants(p.get("/imports/"+r.body["import"].(string)), http.StatusNotFound)
	})
	t.Run("a list is imported once, however often it is sent", func(t *testing.T) {
		r := p.wants(p.post("/imports"+to+"&name=gala.csv", csvKind, list), http.StatusAccepted, `"state":"started"`)
		id := r.body["import"].(string)
		if at := r.header.Get("Location"); at != "/api/v1/imports/"+id {
			t.Errorf("its location is %q", at)
		}
		imp := p.settled(id)
		if counts := fmt.Sprint(imp["counts"]); counts != "map[accepted:2 rejected:1]" || imp["name"] != "gala.csv" {
			t.Errorf("%v", imp)
		}
		p.wants(p.post("/imports"+to+"&name=gala.csv", csvKind, list), http.StatusOK, `"state":"known"`, id)
		p.wants(p.get("/imports/"+id+"/rows?state=rejected"), http.StatusOK, `"row":3`, "bad_email")
		p.wants(p.get("/imports/"+id+"/report/rejects.csv"), http.StatusOK, "ann@@example.com")
		p.wants(p.get("/imports?limit=1"), http.StatusOK, id)
		if s := box.Summary(); s.Emails != 2 || s.EmailsMax != 1 {
			t.Errorf("%d emails, at most %d for one", s.Emails, s.EmailsMax)
		}
	})
	t.Run("a repeated request has one effect and one answer", func(t *testing.T) {
		body := fmt.Sprintf(`{"event":%q,"template":%q,"again":true,"guests":[{"first_name":"Cy","last_name":"Roe","email":"cy@example.com"}]}`,
			sandbox.Defaults().EventID, sandbox.Defaults().TemplateID)
		p.wants(p.post("/imports", jsonKind, body), http.StatusBadRequest, "Idempotency-Key")
		first := p.wants(p.do("POST", "/imports", jsonKind, body, "Idempotency-Key", "order 17"), http.StatusAccepted)
		again := p.wants(p.do("POST", "/imports", jsonKind, body, "Idempotency-Key", "order 17"), http.StatusAccepted)
		if first.text != again.text || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s, and then %s", first.text, again.text)
		}
		other := strings.Replace(body, "Cy", "Di", 1)
		p.wants(p.do("POST", "/imports", jsonKind, other, "Idempotency-Key", "order 17"), http.StatusUnprocessableEntity,
			"another request")
		p.settled(first.body["import"].(string))
		if n := box.Summary().Emails; n != 3 {
			t.Errorf("%d emails", n)
		}
	})
	t.Run("a doubt is asked, and answered by a parameter", func(t *testing.T) {
		const none = "Gil,Fox,gil@example.com\nHal,Ivy,hal@example.com\n"
		r := p.wants(p.post("/imports"+to, csvKind, none), http.StatusUnprocessableEntity, `"needs_answer":true`,
			"--header-row")
		if !strings.HasPrefix(r.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("as %s", r.header.Get("Content-Type"))
		}
		p.wants(p.post("/imports"+to+"&header_row=none&map.first_name=A&map.last_name=B&map.email=C&dry_run=1", csvKind,
			none), http.StatusOK, `"guests":2`)
	})
	t.Run("what is held waits for a person", func(t *testing.T) {
		r := p.wants(p.post("/imports"+to+"&hold=true", csvKind, "First name,Last name,Email\nJo,Kay,jo@example.com\n"),
			http.StatusAccepted,
			`"state":"waiting"`)
		id := r.body["waiting"].(map[string]any)["id"].(string)
		h.must("approve", id)
		p.settled(r.body["import"].(string))
	})
	t.Run("a token has its rights and no others", func(t *testing.T) {
		viewer.wants(viewer.post("/imports"+to, csvKind, list), http.StatusForbidden, "--operator")
		id := p.get("/imports?limit=1").body["imports"].([]any)[0].(map[string]any)["id"].(string)
		viewer.wants(viewer.get("/imports/"+id+"/report/result.csv"), http.StatusForbidden, "--guests")
		viewer.wants(viewer.get("/status"), http.StatusOK, `"workers":1`)
		viewer.wants(viewer.get("/gates"), http.StatusOK, `"gate":"trust"`)
		for name, token := range map[string]string{"none": "", "another": "gf_aaaaaaaabbbb", "cut off": viewer.token[:20],
			"none of ours": strings.Repeat("x", 9000)} {
			stranger := apiUser{t, viewer.url, token}
			if r := stranger.wants(stranger.get("/status"), http.StatusUnauthorized,
				"api-token add"); !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: %v", name, r.header)
			}
		}
		h.must("api-token", "revoke", "board")
		viewer.wants(viewer.get("/status"), http.StatusUnauthorized)
		if _, errs, code := h.run("api-token", "add", "shop"); code != exit.Usage && code != exit.Declined {
			t.Errorf("a second token of one name: exit %d, %s", code, errs)
		}
	})
	t.Run("an import is steered by those who say how many rows they mean", func(t *testing.T) {
		id := p.get("/imports?limit=1").body["imports"].([]any)[0].(map[string]any)["id"].(string)
		p.wants(p.post("/imports/"+id+"/cancel", jsonKind, `{}`), http.StatusBadRequest, `"rows"`)
		p.wants(p.post("/imports/"+id+"/cancel", jsonKind, `{"rows":1}`), http.StatusConflict, "finished")
		for _, wrong := range []string{`{}`, `{"rows":[]}`, `{"rows":[0]}`, `{"rows":3}`, `{"row":[1]}`} {
			p.wants(p.post("/imports/"+id+"/rows/cancel", jsonKind, wrong), http.StatusBadRequest, `"rows"`)
		}
		p.wants(p.post("/imports/"+id+"/rows/cancel", jsonKind, `{"rows":[1]}`), http.StatusConflict, "finished")
		p.wants(p.post("/imports/"+id+"/retry", jsonKind, `{"rows":0}`), http.StatusOK, "0 rows are retried")
		p.wants(p.post("/imports/"+id+"/explode", jsonKind, `{"rows":0}`), http.StatusNotFound)
		p.wants(p.post("/gates/trust/open", "", ""), http.StatusConflict, "open already")
	})
}

// The generator and the module of the client are in .ci/apiclient.
func TestAClientGeneratedFromTheDescriptionImportsAList(t *testing.T) {
	t.Parallel()
	_, box, with := serving(t)
	p := with("generated", "--operator")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../.ci/apiclient")); err != nil {
		t.Fatal(err)
	}
	description := filepath.Join(dir, "openapi.yaml")
	if err := os.WriteFile(description, []byte(p.get("/openapi.yaml").text), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = inFolder(t, dir, "go", "tool", "oapi-codegen", "-config", "generate.yaml", description)
	id := strings.TrimSpace(inFolder(t, dir, "go", "run", ".", p.url+api.Path, p.token, sandbox.Defaults().EventID))
	if got := fmt.Sprint(p.get("/imports/" + id).body["counts"]); got != "map[created:2]" || box.Summary().Guests != 2 {
		t.Errorf("%s, %+v", got, box.Summary())
	}
}

func inFolder(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stderr = dir, t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// uploaded uploads a list for a profile, and returns the address of its plan.
func (h *house) uploaded(site, profile, name, content string) string {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("profile", profile)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = io.WriteString(part, content)
	_ = form.Close()
	answer, err := http.Post(site+"/a/sandbox/new", form.FormDataContentType(), &body)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		h.t.Fatalf("the upload is answered by %d", answer.StatusCode)
	}
	return answer.Request.URL.String()
}

// Promise: an upload is planned by the profile as guestflow.yaml has it then, and not as the process has read it at its start;
// a file that cannot be read changes nothing.
func TestAnUploadIsPlannedByTheProfileOfNow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala())
	daemon := h.start("msg=console", "run", "--listen=127.0.0.1:0")
	site := listening.FindStringSubmatch(daemon.String())[1]
	const list = "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Kim,bob@example.com\nCyd,Kim,cyd@example.com\n"
	planned := func(name string, filtered bool) {
		t.Helper()
		at, shown := h.uploaded(site, "gala", name, list), ""
		testkit.Eventually(t, "it is planned", func() bool {
			_, shown = visit(t, at)
			return strings.Contains(shown, "emails") || strings.Contains(shown, "1 email")
		})
		if strings.Contains(shown, "Last Name&#34; = Lee") != filtered {
			t.Errorf("%s: by the rule of the profile of now: %t, want %t", name, !filtered, filtered)
		}
	}
	planned("before.csv", false)
	h.write("guestflow.yaml", gala(`where: '"Last Name" = Lee'`))
	planned("now.csv", true)
	h.write("guestflow.yaml", "profiles: [\n")
	planned("broken.csv", true)
	planned("broken again.csv", true)
	if n := strings.Count(daemon.String(), "configuration file was changed and cannot be read"); n != 1 {
		t.Errorf("logged %d times that it cannot be read: %s", n, daemon.String())
	}
}

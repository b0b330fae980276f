package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
)

func TestARunWhoseAddressIsInUseEndsWithWhatToDo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only holds the port
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	for flag, arguments := range map[string][]string{
		"--listen":         {"run", "--listen=" + l.Addr().String()},
		"--metrics-listen": {"run", "--listen=", "--metrics-listen=" + l.Addr().String()},
	} {
		if _, errs, code := h.run(arguments...); code == exit.OK || !strings.Contains(errs, l.Addr().String()) ||
			!strings.Contains(errs, "set "+flag+" to another") {
			t.Errorf("guestflow %v: exit %d, and says\n%s", arguments, code, errs)
		}
	}
}

func TestAMisspeltInboxIsNotMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_LISTEN=")
	folder := filepath.Join(h.dir, "gusts")
	if _, errs, code := h.run("run", "--inbox="+folder); code != exit.Usage || !strings.Contains(errs, "is not there") {
		t.Errorf("exit %d, and says\n%s", code, errs)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made")
	}
}

func TestAnOperatorHearsAtTheStartWhatWouldGoWrong(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redis.URL(), "GUESTFLOW_LISTEN=", "GUESTFLOW_SEND_RATE_PER_MINUT=1")
	d := h.start("running", "run", "--inbox=in")
	for _, want := range []string{
		"variable=GUESTFLOW_SEND_RATE_PER_MINUT", "maxmemory-policy is allkeys-lru",
		"imported only if each row names its event", "nobody is mailed",
	} {
		d.WaitFor(want)
	}
}

func TestACommandOnTheSandboxSaysFirstAndLastThatNobodyIsMailed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	for _, line := range []string{"import " + h.file("guests.csv", 2) + " --preview 1", "imports", "gate"} {
		_, errs, _ := h.run(strings.Fields(line)...)
		if !strings.HasPrefix(errs, "Sandbox: ") || !strings.Contains(errs, "\nSandbox: nobody was mailed.\n") {
			t.Errorf("guestflow %s says on standard error:\n%s", line, errs)
		}
		if _, errs, _ := h.run(append(strings.Fields(line), "--json")...); strings.Contains(errs, "Sandbox:") {
			t.Errorf("guestflow %s --json says on standard error:\n%s", line, errs)
		}
	}
	if _, errs, _ := h.run("version"); errs != "" {
		t.Errorf("guestflow version says %s", errs)
	}
}
